"""A call with a partner, or an attempt at one: whom, when, how, their reference, what was agreed (S-B1-12).

It happened, so it may be recorded from every open state. While a signal is being passed on the call is the
referral: what was ticked as told is frozen as the disclosure, in the same transaction.
Sealed in `content_sealed`: whom, reference, agreements, outcome, reason, meanwhile and meanwhile_text.
"""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import NO_GROUNDS, Grounds
from meldroute.rules.effects import contact_passes_on
from meldroute.rules.route import route_signal
from meldroute.storage.models import Clock, Contact

from . import clocks
from .desk import Desk, at_desk
from .disclosure import freeze
from .referral import open_referral, resolved
from .running_policy import pack_now

CHANNELS = ("phone", "meeting", "email")
MEANWHILE = ("nothing", "something", "not_asked")
OUTCOMES = ("no_answer", "voicemail", "call_back", "other")
CALL_AGAIN = "avim-bellen"  # the norm for reaching the urgent partner; a pack without it lets the state's clock run


@dataclass(frozen=True, slots=True)
class Told:
    """What was told by phone, when the call passes the signal on: ticked fields, as in writing."""

    fields: frozenset[str] = frozenset()
    description: str = ""
    legal_basis: str = ""
    grounds: Grounds = NO_GROUNDS


@dataclass(frozen=True, slots=True)
class NewContact:
    partner: str
    reached: bool
    at: datetime
    channel: str = "phone"  # CHANNELS
    whom: str = ""
    reference: str = ""  # theirs
    agreements: str = ""
    meanwhile: str = "not_asked"  # MEANWHILE: what may the municipality do meanwhile?
    meanwhile_text: str = ""
    outcome: str = ""  # of an attempt: OUTCOMES
    reason: str = ""  # of an attempt: why it counts as one
    told: Told | None = None

    def content(self) -> dict[str, str]:
        """What is sealed; an attempt holds no agreements, a call no outcome."""
        names = ("whom", "reference", "agreements", "meanwhile", "meanwhile_text") if self.reached else (
            "outcome", "reason")  # fmt: skip
        return {name: getattr(self, name).strip() for name in names}


class ContactIncomplete(ValueError):
    """Who, or why not: without it nobody can rely on this call."""

    def __init__(self, missing: str):
        super().__init__(f"contact: {missing} missing or not one of the choices. Fill it in.")
        self.missing = missing


class ContactInFuture(ValueError):
    def __init__(self, at: datetime):
        super().__init__(f"contact: {at.isoformat()} is still to come. Record a call after it was made.")
        self.at = at


class NoSuchPartner(ValueError):
    def __init__(self, partner: str):
        super().__init__(f"contact: '{partner}' is no partner in this policy. Choose from the list.")
        self.partner = partner


def record_contact(reference: str, contact: NewContact, *, reader: Reader, now: datetime,
                   version: int | None = None) -> None:
    """Keep a call or an attempt, and do what it brings about. Raises the errors above and `DisclosureRefused`."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        partner = partner_here(desk, contact.partner)
        allowed = desk.step("record_contact", partner=partner)
        _check(contact, now=now)
        passes_on = contact.reached and contact_passes_on(desk.facts, partner, desk.policy)
        _row(contact, partner, desk).save(force_insert=True)
        desk.note("step.record_contact", step=allowed.step.id, state=allowed.to, partner=partner,
                  reached=contact.reached)  # fmt: skip
        if passes_on:
            _pass_on(contact, partner, desk)
        if partner == desk.policy.urgent_partner:
            _follow_urgent(desk, reached=contact.reached)


def partner_here(desk: Desk, partner: str) -> str:
    """The body that a name on the route means in this municipality. Raises `NoSuchPartner`."""
    if partner not in {p.id for p in pack_now(now=desk.now).policy.partners}:
        raise NoSuchPartner(partner)
    return resolved(desk, partner)


def _check(contact: NewContact, *, now: datetime) -> None:
    if contact.at > now:
        raise ContactInFuture(contact.at)
    if contact.channel not in CHANNELS:
        raise ContactIncomplete("channel")
    if contact.reached:
        _check_call(contact)
    elif contact.outcome not in OUTCOMES:
        raise ContactIncomplete("outcome")
    elif not contact.reason.strip():
        raise ContactIncomplete("reason")


def _check_call(contact: NewContact) -> None:
    if not contact.whom.strip():
        raise ContactIncomplete("whom")
    if contact.meanwhile not in MEANWHILE:
        raise ContactIncomplete("meanwhile")
    if contact.meanwhile == "something" and not contact.meanwhile_text.strip():
        raise ContactIncomplete("meanwhile_text")


def _row(contact: NewContact, partner: str, desk: Desk) -> Contact:
    row = Contact(signal=desk.signal, municipality_id=desk.signal.municipality_id, partner=partner,
                  channel=contact.channel, reached=contact.reached, at=contact.at, by_id=desk.reader.membership)
    row.seal("content_sealed", contact.content(), key=desk.key)
    return row


def _pass_on(contact: NewContact, partner: str, desk: Desk) -> None:
    """The call was the referral: what was told is frozen as it was ticked."""
    told = contact.told or Told()
    referral = open_referral(desk, partner=partner, purpose="referral", channel="phone")
    freeze(desk, referral=referral, chosen_fields=told.fields, legal_basis=told.legal_basis, grounds=told.grounds,
           description=told.description)  # fmt: skip
    desk.note("referral.opened", referral=str(referral.pk), partner=partner, purpose="referral", channel="phone")


# The clock of the partner who must be spoken to first


def keep_calling(desk: Desk) -> None:
    """While the route demands the urgent partner and nobody spoke to them, a clock of its own says so."""
    desk.refresh_facts()
    urgent = desk.policy.urgent_partner
    wanted = urgent in route_signal(desk.facts, desk.policy).required or desk.facts.danger
    if wanted and urgent not in desk.facts.contacts:
        _start_calling(desk)


def _follow_urgent(desk: Desk, *, reached: bool) -> None:
    """Spoken to: their clock stops. An attempt keeps it running, and starts it where none ran."""
    if reached:
        clocks.stop_clocks(desk.signal, now=desk.now, norm=CALL_AGAIN)
    else:
        _start_calling(desk)


def _start_calling(desk: Desk) -> None:
    known = {row.norm.id for row in desk.policy.norms}
    running = Clock.objects.filter(signal=desk.signal, norm=CALL_AGAIN, stopped_at=None).exists()
    if CALL_AGAIN in known and not running and desk.signal.kind != "end":
        desk.start_clock(CALL_AGAIN)

