"""The focal point's one list: nothing in it can lie around.

Its order is stored (urgency, next due moment, key), so that a page costs the same whatever is stored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import IntegerField, Q, Subquery
from django.utils import timezone

from meldroute.rules.access import IN_WORK, SET_ASIDE
from meldroute.rules.actors import Reader
from meldroute.rules.deadlines import standing
from meldroute.rules.policy import Text
from meldroute.services.running_policy import policy_of
from meldroute.storage.models import Absence, Answer, Clock, Membership, Signal
from meldroute.storage.querysets import SignalQuerySet

from .log import add_list_read

PAGE = 50
CAP = 100  # totals are counted up to here, then shown as "99+"
YOURS = ("entry", "enrich", "decide", "pass_on", "report_back")
OTHERS = ("advice", "await")
SEALED = ("content_sealed", "reporter_sealed", "assessment_sealed")  # a list opens nothing
GROUPS = ("yours", "new", "answered", "promised", "today", "others", "bundled", "late", "done", "held", "spam")


@dataclass(frozen=True, slots=True)
class WorkRow:
    reference: str
    danger: bool
    contacted: bool  # with danger: the urgent partner was spoken to
    minor: bool | None
    state: Text
    next: Text
    forms: tuple[str, ...]
    due_at: datetime
    standing: str  # "on_time", "soon", "late"
    confidential: bool


@dataclass(frozen=True, slots=True)
class WorkList:
    group: str
    rows: tuple[WorkRow, ...]
    counts: dict[str, int]  # per group, at most CAP
    since: datetime | None  # when this reader last looked
    buddy_present: bool | None  # None: there is no buddy
    next_after: str | None  # where the next page starts
    first_due: datetime | None  # of what waits for others: the next thing that happens by itself


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list starts: after this row."""

    urgency: int
    due_at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.urgency}~{self.due_at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """None for a place that is not ours: the list then starts at the top."""
        try:
            urgency, due_at, id = text.split("~")
            moment = datetime.fromisoformat(due_at)
            return cls(int(urgency), moment.astimezone(UTC), UUID(id)) if moment.tzinfo else None
        except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
            return None


def work_list(*, reader: Reader, now: datetime, group: str = "yours", after: str = "") -> WorkList:
    """One page of one group, with how many stand in the others. Logs who saw which signals."""
    group = group if group in GROUPS else "yours"
    since = Membership.objects.values_list("last_worklist_at", flat=True).get(pk=reader.membership)
    visible = Signal.objects.visible_to(reader, lanes=IN_WORK)
    rows = list(_page(_group(visible, group, reader=reader, since=since, now=now), group, Place.parse(after)))
    shown, more = rows[:PAGE], len(rows) > PAGE
    card = WorkList(
        group=group, rows=_cards(shown, now=now), since=since,
        counts=_counts(visible, reader=reader, since=since, now=now),
        buddy_present=_buddy_present(reader, now=now),
        next_after=str(Place(shown[-1].urgency, shown[-1].next_due_at, shown[-1].pk)) if more else None,
        first_due=None if rows else _first_due(visible),
    )
    with transaction.atomic():
        if group == "yours" and not after:
            Membership.objects.filter(pk=reader.membership).update(last_worklist_at=now)
        add_list_read([s.pk for s in shown], reader.organisation, reader=reader, now=now, which=f"work_list.{group}")
    return card


class _Capped(Subquery):
    """How many rows there are, as far as the slice goes: a total costs the same whatever is stored."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()


def _counts(visible: SignalQuerySet, *, reader: Reader, since: datetime | None, now: datetime) -> dict[str, int]:
    """All groups in one statement."""
    groups = {g: _group(visible, g, reader=reader, since=since, now=now).values("pk")[:CAP] for g in GROUPS}
    counted = Membership.objects.filter(pk=reader.membership).annotate(**{g: _Capped(q) for g, q in groups.items()})
    return counted.values(*GROUPS).get()


def _group(visible: SignalQuerySet, group: str, *, reader: Reader, since: datetime | None,
           now: datetime) -> SignalQuerySet:
    day_start, day_end = _today(now)
    since = since or datetime.min.replace(tzinfo=now.tzinfo)
    if group in SET_ASIDE:
        return Signal.objects.visible_to(reader, lanes=frozenset({group})).open()
    match group:
        case "done":
            return visible.filter(kind="end", closed_at__gte=day_start - timedelta(days=7))
        case "yours":
            return visible.open().filter(Q(kind__in=YOURS) | Q(urgency=0))
        case "others":
            return visible.open().filter(kind__in=OTHERS)
        case "bundled":
            return visible.open().filter(kind="bundled")
        case "new":
            return visible.open().filter(received_at__gt=since)
        case "answered":
            answered = Answer.objects.filter(municipality=reader.organisation, at__gt=since).values("signal")
            return visible.open().filter(pk__in=answered)
        case "promised":
            return visible.open().filter(kind="report_back")
        case "late":
            return visible.open().filter(next_due_at__lt=now)
        case _:  # "today": what is due before the day ends; danger is due within hours
            return visible.open().filter(next_due_at__lt=day_end)


def _page(rows: SignalQuerySet, group: str, place: Place | None) -> SignalQuerySet:
    if group == "done":
        return rows.order_by("-closed_at").defer(*SEALED)[:PAGE]
    if place:
        rows = rows.filter(
            Q(urgency__gt=place.urgency)
            | Q(urgency=place.urgency, next_due_at__gt=place.due_at)
            | Q(urgency=place.urgency, next_due_at=place.due_at, pk__gt=place.id)
        )
    return rows.order_by("urgency", "next_due_at", "pk").defer(*SEALED)[: PAGE + 1]


def _cards(rows: list[Signal], *, now: datetime) -> tuple[WorkRow, ...]:
    running = Clock.objects.filter(signal__in=rows, stopped_at=None).values_list("signal", "due_at", "started_at")
    started = {(signal, due): start for signal, due, start in running}
    return tuple(_card(s, started.get((s.pk, s.next_due_at), s.received_at), now=now) for s in rows)


def _card(signal: Signal, started: datetime, *, now: datetime) -> WorkRow:
    state = policy_of(signal.pack_id, now=now).state(signal.state)
    return WorkRow(
        reference=signal.reference, danger=signal.danger, contacted=signal.urgency != 0, minor=signal.minor,
        state=state.label, next=state.next, forms=tuple(signal.forms), due_at=signal.next_due_at,
        standing=standing(signal.next_due_at, now=now, started_at=started),
        confidential=signal.lane == "confidential",
    )


def _today(now: datetime) -> tuple[datetime, datetime]:
    local = timezone.localtime(now)
    start = timezone.make_aware(datetime.combine(local.date(), time.min))
    return start, timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time.min))


def _buddy_present(reader: Reader, *, now: datetime) -> bool | None:
    day = timezone.localtime(now).date()
    buddies = list(Membership.objects.of(reader.organisation, "buddy").current(day).values_list("pk", flat=True))
    if not buddies:
        return None
    away = Absence.objects.filter(membership__in=buddies, from_day__lte=day, to_day__gte=day).values("membership")
    return away.distinct().count() < len(buddies)


def _first_due(visible: SignalQuerySet) -> datetime | None:
    return visible.open().order_by("next_due_at").values_list("next_due_at", flat=True).first()
