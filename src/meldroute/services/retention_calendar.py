"""The retention calendar: what ends when, what is held and by whom, and which lists wait. References and counts only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncMonth

from meldroute.rules.actors import Reader
from meldroute.storage.models import Destruction, KeptSignal, RetentionHold

from .destruction import DestructionCard, card_of
from .reading.log import log_list_read

SOON = 50  # how many references stand on the page, the first to end first
HELD = 100
DONE = 25


@dataclass(frozen=True, slots=True)
class MonthCount:
    month: date | None  # None: the term is unknown
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class Ending:
    reference: str
    outcome: str
    closed_on: date
    ends_on: date
    confidential: bool


@dataclass(frozen=True, slots=True)
class StandingHold:
    reference: str
    reason: str
    by: str
    role: str
    since: datetime
    until: date
    confidential: bool


@dataclass(frozen=True, slots=True)
class CalendarCard:
    months: tuple[MonthCount, ...]
    ending: tuple[Ending, ...]
    holds: tuple[StandingHold, ...]
    waiting: tuple[DestructionCard, ...]
    done: tuple[DestructionCard, ...]


def calendar(*, reader: Reader, now: datetime) -> CalendarCard:
    """Five queries, whatever is stored; the references on it are in the read log before it is shown."""
    rows = KeptSignal.objects.watched_by(reader)
    ending = list(rows.filter(ends_on__isnull=False, outcome__gt="").order_by("ends_on", "pk").values_list(
        "pk", "signal__reference", "outcome", "closed_on", "ends_on", "lane")[:SOON])
    holds = _holds(reader)
    waiting = _lists(reader, "listed", "proposed")
    card = CalendarCard(
        months=_months(rows), ending=tuple(Ending(*row[1:5], confidential=row[5] == "confidential") for row in ending),
        holds=tuple(hold for _, hold in holds), waiting=waiting, done=_lists(reader, "destroyed")[:DONE],
    )
    shown = sorted({row[0] for row in ending} | {id for id, _ in holds})
    if shown:
        log_list_read(shown, reader.organisation, reader=reader, now=now, which="retention")
    return card


def _months(rows) -> tuple[MonthCount, ...]:
    counts = rows.exclude(outcome="").annotate(month=TruncMonth("ends_on")).values("month", "outcome")
    found = counts.annotate(count=Count("pk")).values_list("month", "outcome", "count")
    return tuple(MonthCount(*row) for row in sorted(found, key=lambda r: (r[0] is None, r[0] or date.max, r[1])))


def _holds(reader: Reader) -> list[tuple[UUID, StandingHold]]:
    kept = KeptSignal.objects.watched_by(reader).values("pk")
    held = RetentionHold.objects.filter(signal__in=kept, lifted_at=None, municipality=reader.organisation)
    rows = held.order_by("until", "pk").values_list(
        "signal", "signal__reference", "reason", "placed_by__user__name", "placed_by__role", "placed_at", "until", "lane")
    return [(row[0], StandingHold(*row[1:7], confidential=row[7] == "confidential")) for row in rows[:HELD]]


def _lists(reader: Reader, *states: str) -> tuple[DestructionCard, ...]:
    related = ("municipality", "proposed_by__user", "approved_by__user")
    rows = Destruction.objects.watched_by(reader).filter(state__in=states).select_related(*related)
    return tuple(card_of(row, [], reader=reader) for row in rows.order_by("-listed_at")[:HELD])


