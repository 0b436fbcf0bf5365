"""Who has which role, since when, and how they come in: for the functional manager and the privacy officer.

Looked through once a quarter, because these roles can see or arrange more than others; that it was done is recorded.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce

from meldroute.rules.access import may_enter
from meldroute.rules.actors import Reader
from meldroute.storage import history, second_factors
from meldroute.storage.models import AccessReview, Membership, Message, Organisation, SignOn

from .notices import to_members
from .people import LISTED_AFTER, today
from .privileges import WATCH

EVERY = timedelta(days=91)
REMIND_AGAIN = timedelta(days=7)
KIND = "access_review_due"


class NotTheReviewer(Exception):
    """Only the functional manager and the privacy officer of a municipality look through its rights."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """`state`: "planned", "current", "ended" or "closed" (the account itself)."""

    name: str
    email: str
    role: str
    since: date
    until: date | None
    appointed_by: str
    last_sign_in: datetime | None
    second_factor: bool
    sign_on: bool
    state: str


@dataclass(frozen=True, slots=True)
class ReviewCard:
    at: datetime
    by: str
    people: int


@dataclass(frozen=True, slots=True)
class AccessPage:
    organisation: str
    rows: tuple[AccessRow, ...]
    reviews: tuple[ReviewCard, ...]  # the newest first
    due_at: datetime | None  # None: it was never done, so it is due


def access_of(*, reader: Reader, now: datetime) -> AccessPage:
    """Everybody with a role here now, planned, or ended lately. Written down before it is shown."""
    organisation = _reviewed(reader)
    rows = _rows(organisation.pk, now=now)
    done = AccessReview.objects.filter(organisation=organisation).select_related("by__user").order_by("-at")[:5]
    reviews = tuple(ReviewCard(r.at, r.by.user.name, r.people) for r in done)
    _remember("access.read", reader, now=now, people=len(rows))
    return AccessPage(organisation.name, rows, reviews, reviews[0].at + EVERY if reviews else None)


def export(*, reader: Reader, now: datetime) -> tuple[AccessRow, ...]:
    rows = _rows(_reviewed(reader).pk, now=now)
    _remember("access.exported", reader, now=now, people=len(rows))
    return rows


def record_review(*, reader: Reader, now: datetime) -> None:
    """Looked through, and right: who, when, and how many people it was about."""
    organisation = _reviewed(reader)
    people = Membership.objects.filter(organisation=organisation).current(today(now)).values("user").distinct().count()
    with transaction.atomic():
        AccessReview.objects.create(organisation=organisation, by_id=reader.membership, at=now, people=people)
        history.append(organisation.pk, actor=reader.actor, act="access.reviewed", now=now, details={"people": people})


def remind(*, now: datetime) -> int:
    """For the clock: who watches over a municipality hears when a quarter has passed. One short query when none has.

    A municipality that never looked counts from the day of its first settings.
    """
    begun = Organisation.objects.filter(kind="municipality").annotate(
        last=Coalesce(Max("access_reviews__at"), Min("settings__saved_at")))
    late = list(begun.filter(last__lte=now - EVERY).values_list("pk", flat=True))
    if not late:
        return 0
    members = Membership.objects.filter(organisation__in=late, role__in=WATCH).current(today(now))
    told = Message.objects.filter(kind=KIND, created_at__gt=now - REMIND_AGAIN, membership__in=members)
    waiting = members.exclude(pk__in=told.values("membership")).order_by("pk").values_list("pk", "organisation")
    messages = [m for id, organisation in waiting for m in to_members(KIND, [id], municipality=organisation, now=now)]
    return len(Message.objects.bulk_create(messages))


def _reviewed(reader: Reader) -> Organisation:
    if not may_enter(reader, "access_review") or reader.organisation_kind != "municipality":
        raise NotTheReviewer
    return Organisation.objects.get(pk=reader.organisation)


def _rows(organisation: UUID, *, now: datetime) -> tuple[AccessRow, ...]:
    day = today(now)
    listed = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day - LISTED_AFTER), organisation=organisation)
    found = list(listed.select_related("user").order_by("role", "user__name", "valid_from", "pk"))
    people = [m.user_id for m in found]
    factors = second_factors.with_factor(people)
    bound = set(SignOn.objects.filter(user__in=people).values_list("user", flat=True))
    return tuple(AccessRow(
        m.user.name, m.user.email, m.role, m.valid_from, m.valid_to, m.appointed_by, m.user.last_login,
        m.user_id in factors, m.user_id in bound, _state(m, day)) for m in found)


def _state(row: Membership, day: date) -> str:
    if not row.user.is_active:
        return "closed"
    if row.valid_to is not None and row.valid_to < day:
        return "ended"
    return "planned" if row.valid_from > day else "current"


def _remember(act: str, reader: Reader, *, now: datetime, **details: object) -> None:
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act=act, now=now, details=details)
