"""A call with a partner, or an attempt at one: whom, when, how, their reference, what was agreed (S-B1-12).

It happened, so it may be recorded from every open state. While a signal is being passed on the call is the
referral: what was ticked as told is frozen as the disclosure, in the same transaction.
Sealed in `content_sealed`: whom, reference, agreements, outcome, reason, meanwhile and meanwhile_text.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import NO_GROUNDS, Grounds, refuse_excluded
from meldroute.rules.effects import contact_passes_on
from meldroute.rules.policy import Advice
from meldroute.rules.route import is_excluded, route_signal
from meldroute.storage.models import Contact

from .calling import CallCard, whom
from .desk import Desk, at_desk
from .disclosure import PreviewCard, freeze, preview_disclosure
from .opening import ActCard, Opened, opened
from .referral import MEANWHILE, open_referral, partners_here, resolved
from .running_policy import pack_now
from .urgent_calls import follow_call

CHANNELS = ("phone", "meeting", "email")
EARLIER = timedelta(days=31)  # a call may have been made before the signal was written down
OUTCOMES = ("no_answer", "voicemail", "call_back", "other")


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


class ContactTooEarly(ValueError):
    """A call about this signal can be a little older than the signal, when it was written down later; not a year."""

    def __init__(self, at: datetime, earliest: datetime):
        super().__init__(f"contact: {at.isoformat()} is long before the signal. Use a time from {earliest.isoformat()}.")
        self.at, self.earliest = at, earliest


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
        _check_time(contact, desk)
        _check(contact)
        passes_on = contact.reached and contact_passes_on(desk.facts, partner, desk.policy)
        _refuse_telling(contact, partner, desk)
        _row(contact, partner, desk).save(force_insert=True)
        desk.note("step.record_contact", step=allowed.step.id, state=allowed.to, partner=partner,
                  reached=contact.reached)  # fmt: skip
        if passes_on:
            _pass_on(contact, partner, desk)
        if partner == desk.policy.urgent_partner:
            follow_call(desk, reached=contact.reached)


def _refuse_telling(contact: NewContact, partner: str, desk: Desk) -> None:
    """A call with somebody kept out of the signal is recorded, no more: nothing can be ticked as told.

    In danger the urgent partner is called whatever else; what was ticked then is not kept as given either.
    """
    if contact.told and contact.told.fields and partner != desk.policy.urgent_partner:
        refuse_excluded(partner, desk.facts.excluded, desk.policy)


def partner_here(desk: Desk, partner: str) -> str:
    """The body that a name on the route means in this municipality. Raises `NoSuchPartner`."""
    if partner not in {p.id for p in pack_now(now=desk.now).policy.partners}:
        raise NoSuchPartner(partner)
    return resolved(desk, partner)


def _check_time(contact: NewContact, desk: Desk) -> None:
    earliest = desk.signal.received_at - EARLIER
    if contact.at > desk.now:
        raise ContactInFuture(contact.at)
    if contact.at < earliest:
        raise ContactTooEarly(contact.at, earliest)


def _check(contact: NewContact) -> None:
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


# The page


@dataclass(frozen=True, slots=True)
class PartnerChoice:
    id: str
    name: str
    on_route: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class ContactPage:
    act: ActCard
    partners: tuple[PartnerChoice, ...]
    chosen: str  # the partner here; with nobody named the urgent one, who is one step away in every open state
    urgent_id: str
    urgent: str  # name of the partner who is called first in danger
    passes_on: bool  # a call with the chosen partner now is the referral
    excluded: bool  # the signal is not shared with the chosen partner
    told: PreviewCard | None  # what can be ticked as told, when it passes on
    call: CallCard  # the chosen partner's numbers for this hour
    lines: tuple[Advice, ...]


def contact_page(reference: str, *, partner: str, reader: Reader, now: datetime,
                 language: str = "nl") -> ContactPage:
    """Whom one can call, and for the chosen partner what the call brings about. Raises `NoSuchPartner`."""
    with opened(reference, reader=reader, now=now, part="contact", language=language) as found:
        desk = found.desk
        chosen = partner_here(desk, partner or desk.policy.urgent_partner)
        passes_on = contact_passes_on(desk.facts, chosen, desk.policy)
        page = ContactPage(
            act=found.card(found.answer("record_contact", partner=chosen)), partners=_partners(found),
            chosen=chosen, urgent_id=desk.policy.urgent_partner,
            urgent=pack_now(now=now).policy.partner(desk.policy.urgent_partner).known_as,
            passes_on=passes_on, told=None, excluded=is_excluded(chosen, desk.facts.excluded, desk.policy),
            lines=found.lines("contact"),
            call=whom(chosen, municipality=reader.organisation_code, choices=desk.choices, now=now),
        )
    return replace(page, told=preview_disclosure(reference, partner=chosen, reader=reader, now=now)) if (
        passes_on) else page  # fmt: skip


def _partners(found: Opened) -> tuple[PartnerChoice, ...]:
    """Who is on the route first, then everybody else the policy knows here."""
    desk, policy = found.desk, pack_now(now=found.desk.now).policy
    route = [resolved(desk, r.partner) for r in route_signal(desk.facts, desk.policy).recipients]
    first = [desk.policy.urgent_partner, *route]
    return tuple(PartnerChoice(id, policy.partner(id).known_as, id in first, id in desk.facts.excluded)
                 for id in dict.fromkeys([*first, *partners_here(desk)]))  # fmt: skip
