"""The focal point's one list: nothing in it can lie around.

Its order is stored (urgency, next due moment, key), so that a page costs the same whatever is stored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from meldroute.rules.access import IN_WORK, SET_ASIDE
from meldroute.rules.actors import Reader
from meldroute.rules.deadlines import standing
from meldroute.rules.policy import State, Text
from meldroute.services.running_policy import policy_of
from meldroute.storage.models import Absence, Answer, Clock, Membership, Organisation, Signal
from meldroute.storage.prepared import Prepared
from meldroute.storage.querysets import SignalQuerySet
from meldroute.storage.visible import PreparedForReader

from .log import add_list_read

PAGE = 50
CAP = 100  # totals are counted up to here, then shown as "99+"
YOURS = ("entry", "enrich", "decide", "pass_on", "report_back")
OTHERS = ("advice", "await")
# A list opens nothing, and reads nothing that is sealed.
SHOWN = ("pk", "reference", "danger", "urgency", "minor", "pack", "state", "forms", "next_due_at", "received_at",
         "started_at", "lane")
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
            known = moment.tzinfo and 0 <= int(urgency) < 100
            return cls(int(urgency), moment.astimezone(UTC), UUID(id)) if known else None
        except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
            return None


TOP = Place(-1, datetime.min.replace(tzinfo=UTC), UUID(int=0))  # before every row


def work_list(*, reader: Reader, now: datetime, group: str = "yours", after: str = "") -> WorkList:
    """One page of one group, with how many stand in the others. Logs who saw which signals."""
    group = group if group in GROUPS else "yours"
    since = _SINCE(membership=reader.membership)[0]
    cut = _cut(reader, since, now=now)
    place = Place.parse(after) or TOP
    rows = _PAGE(reader, group, urgency=place.urgency, due_at=place.due_at, id=place.id, **cut)
    shown, more = rows[:PAGE], len(rows) > PAGE
    card = WorkList(
        group=group, rows=_cards(shown, now=now), since=since,
        counts=dict(zip(GROUPS, _COUNTS(reader, **cut)[0], strict=True)),
        buddy_present=_buddy_present(reader, now=now),
        next_after=str(Place(shown[-1]["urgency"], shown[-1]["next_due_at"], shown[-1]["pk"])) if more else None,
        first_due=None if rows else next(iter(_FIRST_DUE(reader)), None),
    )
    with transaction.atomic():
        if group == "yours" and not after:
            Membership.objects.filter(pk=reader.membership).update(last_worklist_at=now)
        add_list_read([row["pk"] for row in shown], reader.organisation, reader=reader, now=now, which=f"work_list.{group}")
    return card


class _Capped(Subquery):
    """How many rows there are, as far as the slice goes: a total costs the same whatever is stored."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0  # a lane that this reader has nothing to do with


def _cut(reader: Reader, since: datetime | None, *, now: datetime) -> dict[str, datetime | UUID]:
    """Where one group ends and another begins."""
    day_start, day_end = _today(now)
    return {"answers_of": reader.organisation, "since": since or datetime.min.replace(tzinfo=UTC), "now": now,
            "day_end": day_end, "week_start": day_start - timedelta(days=7)}


def _group(reader: Reader, group: str, *, since: datetime, now: datetime, day_end: datetime,
           week_start: datetime, answers_of: UUID) -> SignalQuerySet:
    visible = Signal.objects.visible_to(reader, lanes=frozenset({group}) if group in SET_ASIDE else IN_WORK)
    if group in SET_ASIDE:
        return visible.open()
    match group:
        case "done":
            return visible.filter(kind="end", closed_at__gte=week_start)
        case "yours":
            return visible.open().filter(Q(kind__in=YOURS) | Q(urgency=0))
        case "others":
            return visible.open().filter(kind__in=OTHERS)
        case "bundled":
            return visible.open().filter(kind="bundled")
        case "new":
            return visible.open().filter(received_at__gt=since)
        case "answered":
            answered = Answer.objects.filter(municipality=answers_of, at__gt=since).values("signal")
            return visible.open().filter(pk__in=answered)
        case "promised":
            return visible.open().filter(kind="report_back")
        case "late":
            return visible.open().filter(next_due_at__lt=now)
        case _:  # "today": what is due before the day ends; danger is due within hours
            return visible.open().filter(next_due_at__lt=day_end)


def _counted(reader: Reader, **cut: object) -> QuerySet:
    groups = {g: _Capped(_group(reader, g, **cut).values("pk")[:CAP]) for g in GROUPS}
    return Organisation.objects.filter(pk=cut["answers_of"]).annotate(**groups).values_list(*GROUPS)


_CUT = {"answers_of": UUID, "since": datetime, "now": datetime, "day_end": datetime, "week_start": datetime}
_COUNTS = PreparedForReader(_counted, **_CUT)  # all groups in one statement
_FIRST_DUE = PreparedForReader(
    lambda reader: Signal.objects.visible_to(reader, lanes=IN_WORK).open().order_by("next_due_at")
    .values_list("next_due_at", flat=True)[:1])
_SINCE = Prepared(lambda membership: Membership.objects.filter(pk=membership).values_list("last_worklist_at", flat=True),
                  membership=UUID)


def _paged(reader: Reader, group: str, *, urgency: int, due_at: datetime, id: UUID, **cut: object) -> QuerySet:
    clock = Clock.objects.filter(signal=OuterRef("pk"), stopped_at=None, due_at=OuterRef("next_due_at"))
    rows = _group(reader, group, **cut).annotate(started_at=Subquery(clock.values("started_at")[:1])).values(*SHOWN)
    if group == "done":
        return rows.order_by("-closed_at")[:PAGE]
    after = (Q(urgency__gt=urgency) | Q(urgency=urgency, next_due_at__gt=due_at)
             | Q(urgency=urgency, next_due_at=due_at, pk__gt=id))
    return rows.filter(after).order_by("urgency", "next_due_at", "pk")[: PAGE + 1]


# Each group is cut at other moments, and what is done starts nowhere.
_PAGE = PreparedForReader(_paged, (*_CUT, "urgency", "due_at", "id"), **_CUT, urgency=int, due_at=datetime, id=UUID)


def _cards(rows: list[dict], *, now: datetime) -> tuple[WorkRow, ...]:
    policies = {pack: policy_of(pack, now=now) for pack in {row["pack"] for row in rows}}
    return tuple(_card(row, policies[row["pack"]].state(row["state"]), now=now) for row in rows)


def _card(row: dict, state: State, *, now: datetime) -> WorkRow:
    return WorkRow(
        reference=row["reference"], danger=row["danger"], contacted=row["urgency"] != 0, minor=row["minor"],
        state=state.label, next=state.next, forms=tuple(row["forms"]), due_at=row["next_due_at"],
        standing=standing(row["next_due_at"], now=now, started_at=row["started_at"] or row["received_at"]),
        confidential=row["lane"] == "confidential",
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
