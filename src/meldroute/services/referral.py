"""One request to one partner: open it, let it run its lifecycle with its clock, end it without an answer."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules import referral as lifecycle
from meldroute.rules.effects import TOLD_BY_PHONE
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.rules.policy import Policy
from meldroute.rules.route import on_route
from meldroute.storage.models import Membership, Message, Organisation, PartnerLink, Referral
from meldroute.storage.vouching import genuine, refuse_forged

from . import clocks
from .calling import resolve_partner
from .desk import Desk, NoSuchSignal
from .running_policy import pack_now

# What a partner says the municipality may do meanwhile; asked with every request and every call.
MEANWHILE = ("nothing", "something", "not_asked")


class AlreadyAsked(Exception):
    """This partner has this request already and has not finished with it."""

    def __init__(self, partner: str):
        super().__init__(f"partner '{partner}': a request is open already. Record the answer or set it aside first.")
        self.partner = partner


class ReasonMissing(ValueError):
    """An act that needs a reason got none. `act` says which."""

    def __init__(self, act: str):
        super().__init__(f"{act}: it needs a reason. Write in a few words why.")
        self.act = act


def open_referral(desk: Desk, *, partner: str, purpose: str, channel: str, question: str = "") -> Referral:
    """One request to one partner, with its clock. Raises `AlreadyAsked`.

    One row per partner and purpose (and per round of advice): a new request takes the place of one that was
    answered, failed or skipped. The care coordinator becomes the one who serves this municipality today.
    """
    partner = resolved(desk, partner)
    row = place_of_request(desk, partner, purpose)
    if row.status in OPEN_REFERRAL:
        raise AlreadyAsked(partner)
    if purpose == "referral":
        _end_skips(desk, partner)
    row.channel, row.opened_at, row.settled_at = channel, desk.now, None
    row.status = TOLD_BY_PHONE if channel == "phone" else "open"
    row.seal("content_sealed", {"question": question}, key=desk.key)
    row.save()
    _run_clock(desk, row)
    return row


def _end_skips(desk: Desk, partner: str) -> None:
    """Who coordinates care now is told: that an earlier coordinator was skipped holds no longer."""
    name = on_route(partner, desk.policy)
    for row in Referral.objects.of_signal(desk.signal.pk).filter(purpose="referral", status="skipped"):
        if row.partner != partner and on_route(row.partner, desk.policy) == name:
            row.status = "withdrawn"
            row.save(update_fields=["status"])


def resolved(desk: Desk, partner: str) -> str:
    """The body behind a name on the route, as long as this signal's own policy knows it as the same."""
    municipality = desk.signal.municipality.code
    found = resolve_partner(partner, municipality=municipality, now=desk.now)
    return found if on_route(found, desk.policy) == on_route(partner, desk.policy) else partner


def partners_here(desk: Desk) -> tuple[str, ...]:
    """Who can be told something by this municipality: of the care coordinators only the one who serves it."""
    policy = pack_now(now=desk.now).policy
    coordinators = {m.care_coordinator for m in policy.municipalities} - {resolved(desk, policy.care_partner)}
    return tuple(p.id for p in policy.partners if resolved(desk, p.id) == p.id and p.id not in coordinators)


def place_of_request(desk: Desk, partner: str, purpose: str) -> Referral:
    place = {"signal": desk.signal, "partner": partner, "purpose": purpose,
             "round": desk.signal.round if purpose == "advice" else 0}
    found = Referral.objects.filter(**place).first()
    return found or Referral(**place, municipality_id=desk.signal.municipality_id, status="",
                             organisation=_organisation(partner))


def _organisation(partner: str) -> Organisation | None:
    found = Organisation.objects.filter(kind="partner", code=partner).first()
    if found is not None:
        refuse_forged(found)
    return found


def norm_of(status: str, policy: Policy) -> str | None:
    """The norm that runs against the partner in this status; None when the referral is settled."""
    clock = lifecycle.running_clock(status)
    return policy.norm_for_role(clock).norm.id if clock else None


def _run_clock(desk: Desk, row: Referral) -> None:
    """The clock of the new status replaces the old one. Nothing runs for a signal that was closed."""
    clocks.stop_clocks(desk.signal, now=desk.now, referral=row)
    norm = norm_of(row.status, desk.policy)
    if norm and desk.signal.kind != "end":
        desk.start_clock(norm, referral=row)


def set_status(desk: Desk, row: Referral, status: str) -> None:
    """Give an open referral its next status, and let its clock follow. The caller asked `rules.referral`."""
    row.status = status
    row.settled_at = desk.now if status in lifecycle.SETTLED else None
    row.save(update_fields=["status", "settled_at"])
    _run_clock(desk, row)


def referral_at(desk: Desk, referral: UUID) -> Referral:
    """A referral of this very signal; another one does not exist as far as this reader may know."""
    row = Referral.objects.of_signal(desk.signal.pk).exclude(status="skipped").filter(pk=referral).first()
    if row is None:
        raise NoSuchSignal(desk.signal.reference)
    return row


def require_open(row: Referral) -> None:
    """Raises `AlreadySettled` for a request that needs no answer any more."""
    if row.status not in OPEN_REFERRAL:
        raise lifecycle.AlreadySettled(row.status, "a new link")


def account_members(row: Referral, *, now: datetime) -> tuple[UUID, ...]:
    if row.organisation_id is None:
        return ()
    members = Membership.objects.of(row.organisation_id, "partner", "care_coordinator")
    return tuple(members.current(timezone.localtime(now).date()).values_list("id", flat=True))


def put_aside(desk: Desk, row: Referral, *, how: str, reason: str) -> None:
    status = lifecycle.set_aside(row.status, how)
    content = row.unseal("content_sealed", key=desk.key)
    row.seal("content_sealed", content | {"reason": reason.strip()}, key=desk.key)
    row.save(update_fields=["content_sealed"])
    set_status(desk, row, status)
    replace_links(row, now=desk.now)
    desk.note(f"referral.{how}", referral=str(row.pk), partner=row.partner)


def replace_links(row: Referral, *, now: datetime) -> None:
    """Links of this request that were not used yet open nothing more, and those not sent yet stay here."""
    for link in genuine(PartnerLink.objects.filter(referral=row, spent_at=None, replaced_at=None)):
        link.replaced_at = now
        link.save(update_fields=["replaced_at"])
    Message.objects.filter(referral=row, kind="partner_link", sent_at=None).update(next_try_at=None, error="replaced")
