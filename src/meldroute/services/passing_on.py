"""Pass a signal on: in writing to a partner, or past one with a reason, until everybody on the route knows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import NO_GROUNDS, Grounds
from meldroute.storage.models import Referral

from . import closing, partner_links
from .desk import Desk, at_desk
from .disclosure import PreviewChanged, freeze
from .referral import (
    ReasonMissing,
    account_members,
    open_referral,
    place_of_request,
    put_aside,
    referral_at,
    resolved,
)
from .urgent_calls import keep_calling

WRITTEN = ("account", "link")


class NoAccount(Exception):
    """Nobody of this partner can sign in, so nobody would read what is sent to an account."""

    def __init__(self, partner: str):
        super().__init__(f"partner '{partner}': nobody there has an account. Use a link and code, or call.")
        self.partner = partner


class NotInWriting(Exception):
    """The phone call is recorded as a contact; only an account or a link carries something written."""

    def __init__(self, channel: str):
        super().__init__(f"channel '{channel}' carries nothing written. Use {' or '.join(WRITTEN)}, or record a call.")


@dataclass(frozen=True, slots=True)
class PassOn:
    """What the focal point chose to send. `shown`: fingerprint of the exact text that stood on the screen."""

    channel: str
    fields: frozenset[str]
    shown: str
    description: str = ""
    question: str = ""
    purpose: str = ""
    legal_basis: str = ""
    grounds: Grounds = NO_GROUNDS
    to: str = ""  # the partner's mail address, for a link


@dataclass(frozen=True, slots=True)
class Sent:
    referral: UUID
    partner: str
    channel: str


def pass_on(reference: str, *, partner: str, wanted: PassOn, reader: Reader, now: datetime,
            version: int | None = None) -> Sent:
    """Send a signal to a partner in writing: order guard, frozen disclosure, clock and message in one transaction.

    Raises `StepRefused`, `DisclosureRefused`, `PreviewChanged`, `AlreadyAsked`, `NoAccount`, `NotInWriting`
    and `BadAddress`; then nothing left the building.
    """
    if wanted.channel not in WRITTEN:
        raise NotInWriting(wanted.channel)
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        row = send_in_writing(desk, partner=partner, purpose="referral", wanted=wanted)
        return Sent(row.pk, row.partner, row.channel)


def send_in_writing(desk: Desk, *, partner: str, purpose: str, wanted: PassOn) -> Referral:
    """The part that a request for advice shares with a referral; for advice the caller has asked the policy."""
    allowed = desk.step("refer", partner=resolved(desk, partner)) if purpose == "referral" else None
    if not wanted.shown:
        raise PreviewChanged  # a text that stood on no screen was read by nobody
    row = open_referral(desk, partner=partner, purpose=purpose, channel=wanted.channel, question=wanted.question)
    freeze(desk, referral=row, chosen_fields=wanted.fields, legal_basis=wanted.legal_basis, purpose=wanted.purpose,
           grounds=wanted.grounds, description=wanted.description, question=wanted.question, shown=wanted.shown)
    if wanted.channel == "link":
        partner_links.issue(desk, row, to=wanted.to)
    else:
        _tell_account(desk, row)
    if allowed:
        desk.move(allowed)
    desk.note("referral.opened", referral=str(row.pk), partner=row.partner, purpose=purpose, channel=row.channel)
    return row


def _tell_account(desk: Desk, row: Referral) -> None:
    members = account_members(row, now=desk.now)
    if not members:
        raise NoAccount(row.partner)
    for member in members:
        desk.tell("disclosure_received", recipient_kind="membership", membership_id=member, referral=row)


def skip_partner(reference: str, *, partner: str, reason: str, reader: Reader, now: datetime,
                 version: int | None = None) -> None:
    """Pass over a partner of the route, with a reason. Whom the policy promises to call first cannot be skipped."""
    if not reason.strip():
        raise ReasonMissing("skip")
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        found = resolved(desk, partner)
        allowed = desk.step("skip_referral", partner=found)
        row = place_of_request(desk, found, "referral")
        row.status, row.channel, row.opened_at, row.settled_at = "skipped", "", now, now
        row.seal("content_sealed", {"reason": reason.strip()}, key=desk.key)
        row.save()
        desk.move(allowed)
        desk.note("referral.skipped", referral=str(row.pk), partner=found)
        keep_calling(desk)


def set_aside(reference: str, *, referral: UUID, how: str, reason: str, reader: Reader, now: datetime,
              version: int | None = None) -> None:
    """End an open request without an answer: "failed" (it never arrived) or "withdrawn". Raises `AlreadySettled`."""
    if not reason.strip():
        raise ReasonMissing(how)
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        row = referral_at(desk, referral)
        put_aside(desk, row, how=how, reason=reason)


def complete_referrals(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Everybody on the route knows: now the partners are to answer."""
    _take("complete_referrals", reference, reader=reader, now=now, version=version)


def settle(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Every partner answered: the reporter is to hear."""
    _take("settle", reference, reader=reader, now=now, version=version)


def _take(act: str, reference: str, *, reader: Reader, now: datetime, version: int | None) -> None:
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        desk.move(desk.step(act))
        closing.bring_members_along(desk)
