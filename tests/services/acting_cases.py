"""Signals brought to where a test begins. All invented."""

from datetime import timedelta
from uuid import uuid4

from meldroute.rules.disclosure import Grounds
from meldroute.rules.facts import SignalFacts
from meldroute.services.advice import AdviceRequest, Asked, ask_advice
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.contact import NewContact, Told, record_contact
from meldroute.services.desk import key_of
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.judging import judge_clear
from meldroute.services.running_policy import policy_of
from meldroute.services.taking_up import take_up
from meldroute.storage.facts import facts_of
from meldroute.storage.models import Referral, Signal
from tests.cast import MONDAY

MINIMUM = frozenset({"description", "about", "danger", "minor"})
HOUR = timedelta(hours=1)
QUESTION, SEEN = "Is dit mensenhandel?", "Iemand werkt veel en durft niet te praten."


def reported(cast, narrative="Er klopt iets niet.", **said) -> str:
    return register_signal(NewSignal(narrative, **said), reader=cast.bram, submission=uuid4(), now=MONDAY).reference


def taken_up(cast, **said) -> str:
    reference = reported(cast, **said)
    take_up(reference, reader=cast.anna, now=MONDAY)
    return reference


def enriched(cast, **said) -> str:
    reference = taken_up(cast, **said)
    for item in ("adres", "sancties"):
        add_fact(reference, NewFact(item, "nothing", "", "BRP", "verrijken-taak"), reader=cast.anna, now=MONDAY)
    return reference


def read_before(cast, reference, partner) -> str:
    """The fingerprint of what stood on the screen before this expert was asked."""
    return preview_disclosure(reference, partner=partner, purpose="advice", fields=MINIMUM, description=SEEN,
                              question=QUESTION, reader=cast.anna, now=MONDAY).fingerprint


def ask(cast, reference, *partners, act="ask_advice", channel="phone", now=MONDAY, **more):
    experts = tuple(Asked(p, channel, shown="" if channel == "phone" else read_before(cast, reference, p)) for p in partners)
    request = AdviceRequest(experts=experts, question=QUESTION, fields=MINIMUM, description=SEEN, **more)
    ask_advice(reference, request, reader=cast.anna, now=now, act=act)


def advised(cast, reference, partner="AVIM", kind="result", **said):
    row = Referral.objects.get(signal=signal(reference), partner=partner, purpose="advice", round=signal(reference).round)
    answer_by_phone(reference, referral=row.pk, reader=cast.anna, now=MONDAY,
                    new=NewAnswer(kind, said.pop("text", "Dit zegt de expert."), **said))


def clear(cast, *forms, now=MONDAY, **said) -> str:
    reference = enriched(cast, **said)
    judge_clear(reference, forms=forms, why="Zij vertelde het zelf.", reader=cast.anna, now=now)
    return reference


def called(partner="AVIM", **said) -> NewContact:
    """A call in which the minimum was told."""
    told = Told(fields=MINIMUM, description="Iemand werkt veel en durft niet te praten.",
                grounds=Grounds(agreement="unknown"))
    filled = {"reached": True, "at": MONDAY, "whom": "dienstdoende rechercheur", "meanwhile": "nothing", "told": told}
    return NewContact(partner, **(filled | said))


def tried(partner="AVIM", **said) -> NewContact:
    filled = {"reached": False, "at": MONDAY, "outcome": "no_answer", "reason": "Twee keer gebeld, niemand nam op."}
    return NewContact(partner, **(filled | said))


def call(cast, reference, contact=None, now=MONDAY, reader=None):
    record_contact(reference, contact or called(), reader=reader or cast.anna, now=now)


def signal(reference) -> Signal:
    return Signal.objects.get(reference=reference)


def facts(reference) -> SignalFacts:
    """What the rules know about it now."""
    row = signal(reference)
    return facts_of(row, policy_of(row.pack_id, now=MONDAY), key=key_of(row.pk))
