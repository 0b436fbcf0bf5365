"""What the pages for passing on show: to whom and why in this order, and what happens after it was sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import Way
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.rules.lifecycle import Refused
from meldroute.rules.policy import Policy
from meldroute.rules.policy_entries import Advice, Note, Order, Partner, Text
from meldroute.rules.route import Recipient, is_excluded, on_route, route_signal
from meldroute.rules.working_time import local_date
from meldroute.storage.models import Clock, Disclosure, Membership, PartnerLink, Referral
from meldroute.storage.sealing import open_sealed

from . import calling
from .desk import Desk, NoSuchSignal
from .opening import ActCard, Opened, opened
from .partner_links import code_place, link_state
from .referral import referral_at, resolved
from .running_policy import pack_now


@dataclass(frozen=True, slots=True)
class Stop:
    """One partner on the route, in its place. `standing`: "spoken", "tried", "skipped", a referral's status, "todo"."""

    rank: int
    partner: str
    name: str
    required: bool
    because: tuple[Text, ...]
    source: str
    status: str
    standing: str
    here: bool  # the partner this page is about


@dataclass(frozen=True, slots=True)
class ReferPage:
    act: ActCard
    partner: str
    name: str
    full_name: Text
    tasks: tuple[Note, ...]
    check: Text | None
    police: bool
    route: tuple[Stop, ...]
    orders: tuple[Order, ...]  # promises of the policy in which this partner stands
    call: calling.CallCard
    has_account: bool
    mail: str
    asks_agreement: bool
    agreement_lines: tuple[Advice, ...]
    excluded: bool
    asked: str  # status of the request, "" when there is none
    skip: Refused | None  # why this partner cannot be skipped


@dataclass(frozen=True, slots=True)
class SentPage:
    act: ActCard
    referral: UUID
    partner: str
    channel: str
    purpose: str
    status: str
    mail: str  # where the policy says a link could go
    code: str  # to read aloud, while the link is open
    link: str  # "open", "spent", "blocked", "replaced", "expired", "" without a link
    link_until: datetime | None
    due_at: datetime | None
    norm: Text | None
    norm_source: str
    todo: tuple[Stop, ...]  # who is still to hear


@dataclass(frozen=True, slots=True)
class OtherPartner:
    """Somebody beside the route. `standing`: "todo", "excluded", "no_basis" or the status of a request."""

    id: str
    name: str
    scope: Text
    tasks: tuple[Note, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class OthersPage:
    act: ActCard
    partners: tuple[OtherPartner, ...]


class NoSuchPartner(NoSuchSignal):
    """The policy of today has no partner with this name."""


def refer_page(reference: str, *, partner: str, reader: Reader, now: datetime, language: str = "nl") -> ReferPage:
    policy = pack_now(now=now).policy
    with opened(reference, reader=reader, now=now, part="refer", language=language) as found:
        desk = found.desk
        here = _partner(resolved(desk, partner), policy)
        skip = found.answer("skip_referral", partner=here.id)
        return ReferPage(
            act=found.card(found.answer("refer", partner=here.id)), partner=here.id, name=here.known_as,
            full_name=here.name, tasks=here.tasks, check=here.check, police=here.police, route=_stops(desk, here.id),
            orders=_orders(desk, here.id),
            call=calling.whom(here.id, municipality=desk.signal.municipality.code, choices=desk.choices, now=now),
            has_account=_has_account(here.id, now=now), mail=_mail(here, desk),
            asks_agreement=_way(desk, here.id, policy).asks_agreement, agreement_lines=policy.advice_for("agreement"),
            excluded=is_excluded(here.id, desk.facts.excluded, policy),
            asked=_status(desk, here.id), skip=skip if isinstance(skip, Refused) else None,
        )


def others_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> OthersPage:
    """Everybody the policy knows who is not on the route: an extra recipient is possible, never required."""
    policy = pack_now(now=now).policy
    with opened(reference, reader=reader, now=now, part="refer", language=language) as found:
        desk = found.desk
        routed = {on_route(stop.partner, policy) for stop in _stops(desk, "")}
        beside = [p for p in policy.partners if on_route(p.id, policy) not in routed and resolved(desk, p.id) == p.id
                  and (on_route(p.id, policy) == p.id or p.id == resolved(desk, policy.care_partner))]
        return OthersPage(found.card(found.answer("refer")), tuple(
            OtherPartner(p.id, p.known_as, p.scope, p.tasks, _other_standing(desk, p.id, policy))
            for p in beside))


def _other_standing(desk: Desk, partner: str, policy: Policy) -> str:
    if is_excluded(partner, desk.facts.excluded, policy):
        return "excluded"
    way = Way(partner, "referral", timezone.localtime(desk.now).date(), policy, danger=desk.signal.danger, agreed=True)
    return _status(desk, partner) or ("todo" if way.basis("ordinary") else "no_basis")


def sent_page(reference: str, *, referral: UUID, reader: Reader, now: datetime, language: str = "nl") -> SentPage:
    """After sending: the clock, and the code to read aloud. That it was shown is logged."""
    with opened(reference, reader=reader, now=now, part="link_code", language=language) as found:
        desk, row = found.desk, referral_at(found.desk, referral)
        partner = _partner(row.partner, pack_now(now=now).policy)
        clock = Clock.objects.filter(referral=row, stopped_at=None).first()
        norm = desk.choices.norm(clock.norm, desk.policy) if clock else None
        link = _newest_link(row)
        state = link_state(link, now=now) if link else ""
        return SentPage(
            act=found.card(None), referral=row.pk, partner=partner.known_as, channel=row.channel, purpose=row.purpose,
            status=row.status, mail=_mail(partner, desk), code=_code(found, link) if state == "open" else "",
            link=state, link_until=link.expires_at if link else None, due_at=clock.due_at if clock else None,
            norm=norm.label if norm else None, norm_source=norm.source if norm else "",
            todo=tuple(s for s in _stops(desk, "") if s.standing == "todo" and s.required),
        )


def request_card(reference: str, *, referral: UUID, reader: Reader, now: datetime, language: str = "nl") -> ActCard:
    """For an act on one request of this very signal. Another one is absent before anything is drawn."""
    with opened(reference, reader=reader, now=now, part="request", language=language) as found:
        referral_at(found.desk, referral)
        return found.card(None)


def copy_card(reference: str, *, disclosure: UUID, reader: Reader, now: datetime, language: str = "nl") -> ActCard:
    """The same for one copy that was given of this very signal."""
    with opened(reference, reader=reader, now=now, part="copy", language=language) as found:
        if not Disclosure.objects.of_signal(found.signal.pk).filter(pk=disclosure).exists():
            raise NoSuchSignal(reference)
        return found.card(None)


def _way(desk: Desk, partner: str, policy: Policy) -> Way:
    return Way(partner, "referral", local_date(desk.now), policy, danger=desk.signal.danger)


def _partner(id: str, policy: Policy) -> Partner:
    found = next((p for p in policy.partners if p.id == id), None)
    if found is None:
        raise NoSuchPartner(id)
    return found


def _stops(desk: Desk, here: str) -> tuple[Stop, ...]:
    return tuple(_stop(desk, recipient, here) for recipient in route_signal(desk.facts, desk.policy).recipients)


def _orders(desk: Desk, partner: str) -> tuple[Order, ...]:
    name = on_route(partner, desk.policy)
    return tuple(o for o in desk.policy.orders if o.forms & desk.facts.forms and name in (o.first, o.then))


def _stop(desk: Desk, recipient: Recipient, here: str) -> Stop:
    partner = resolved(desk, recipient.partner)
    named = {f.id: f.label for f in desk.policy.forms} | {e.id: e.because for e in desk.policy.extras}
    return Stop(
        rank=recipient.rank, partner=partner, name=pack_now(now=desk.now).policy.partner(partner).known_as,
        required=recipient.required, because=tuple(named[id] for id in recipient.because), source=recipient.source,
        status=recipient.status, standing=_standing(desk, partner), here=partner == here,
    )


def _standing(desk: Desk, partner: str) -> str:
    """What was done about this partner so far, the furthest first."""
    name = on_route(partner, desk.policy)
    same = {p: on_route(p, desk.policy) == name for p in
            (desk.facts.contacts | desk.facts.attempts | desk.facts.skipped)}
    if status := _status(desk, partner):
        return status
    for standing, known in (("spoken", desk.facts.contacts), ("skipped", desk.facts.skipped),
                            ("tried", desk.facts.attempts)):
        if any(same[p] for p in known):
            return standing
    return "todo"


def _status(desk: Desk, partner: str) -> str:
    name = on_route(partner, desk.policy)
    return next((r.status for r in desk.facts.passed_on if on_route(r.partner, desk.policy) == name
                 and r.was_heard), "")


def is_open(page: ReferPage) -> bool:
    return page.asked in OPEN_REFERRAL


def _has_account(partner: str, *, now: datetime) -> bool:
    members = Membership.objects.filter(organisation__kind="partner", organisation__code=partner,
                                        role__in=("partner", "care_coordinator"))
    return members.current(timezone.localtime(now).date()).exists()


def _mail(partner: Partner, desk: Desk) -> str:
    """Where a link could go: the municipality's own address first."""
    channels = (*desk.choices.local_channels.get(partner.id, ()), *partner.channels)
    return next((c.value for c in channels if c.kind == "email"), "")


def _newest_link(row: Referral) -> PartnerLink | None:
    return PartnerLink.objects.filter(referral=row, replaced_at=None).order_by("-created_at").first()


def _code(found: Opened, link: PartnerLink) -> str:
    return open_sealed(found.desk.key, bytes(link.code_sealed), place=code_place(link.pk))


def act_card(reference: str, *, act: str | None, reader: Reader, now: datetime, language: str = "nl",
             partner: str | None = None) -> ActCard:
    """For an act that needs nothing but a look at the signal: whether it can be done now, and why not.

    `act` None: an act that needs no step of the policy.
    """
    with opened(reference, reader=reader, now=now, part=act or "act", language=language) as found:
        about = resolved(found.desk, partner) if partner else None
        return found.card(found.answer(act, partner=about) if act else None)
