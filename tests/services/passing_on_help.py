"""Bring a signal to the moment at which something is passed on, the way the desk does it."""

from uuid import uuid4

from meldroute.rules.disclosure import Grounds
from meldroute.services import contact, judging, passing_on
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.taking_up import take_up
from tests.cast import MONDAY

STORY = "Op de boerderij slapen veertig mensen in een schuur aan de Verzonnenweg 12. Zij krijgen geen loon."


def reported(cast, **said) -> str:
    new = NewSignal(**{"narrative": STORY, "where": "Verzonnenweg 12", "when": "zondag", **said})
    return register_signal(new, reader=cast.bram, submission=uuid4(), now=MONDAY).reference


def passing(cast, *forms: str, now=MONDAY, **said) -> str:
    """A signal that was judged clear: the partners on its route are to hear."""
    reference = reported(cast, **said)
    take_up(reference, reader=cast.anna, now=now)
    judging.judge_clear(reference, forms=forms or ("AU",), why="zo gezien", reader=cast.anna, now=now)
    return reference


def wanted(cast, reference: str, partner: str, *, channel="account", agreement="", now=MONDAY, fields=None,
           description="Mensen slapen en werken op een plek onder slechte omstandigheden.", to="",
           **grounds) -> passing_on.PassOn:
    """What the focal point would send after seeing the preview."""
    chosen = Grounds(agreement=agreement, **grounds)
    card = preview_disclosure(reference, partner=partner, reader=cast.anna, now=now, fields=fields,
                              description=description, grounds=chosen)
    return passing_on.PassOn(channel=channel, fields=card.chosen, shown=card.fingerprint, description=description,
                             grounds=chosen, to=to)


def pass_on(cast, reference: str, partner: str, *, now=MONDAY, **how) -> passing_on.Sent:
    return passing_on.pass_on(reference, partner=partner, wanted=wanted(cast, reference, partner, now=now, **how),
                              reader=cast.anna, now=now)


def spoken(cast, reference: str, partner: str = "AVIM", *, now=MONDAY, fields=("narrative", "about")) -> None:
    """A call with a partner in which the ticked fields were told."""
    contact.record_contact(
        reference,
        contact.NewContact(partner, True, now, whom="de frontoffice", told=contact.Told(frozenset(fields))),
        reader=cast.anna, now=now,
    )
