"""What the chain director sees of the region: steps as counts, and where something is late. Never a signal.

Signals about a colleague are left out of every number. Numbers below five are not told, nor what follows from
them; all others are rounded to fives, so that no two of them (two periods, two tables) differ by a small number.
An escalated term says municipality, step and days late: no reference, form, child or danger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from meldroute.rules.actors import Reader
from meldroute.rules.deadlines import OFFICE_HOURS, working_days_late
from meldroute.rules.policy import Policy, Text, UnknownInPolicy
from meldroute.storage import history
from meldroute.storage.models import Clock, Organisation, Signal

from . import boundaries
from .running_policy import pack_now, policy_of

SMALL = 5  # below it nothing is told; above it everything is a multiple of it
ESCALATED = 3  # the stage of a clock of which the chain director was told
MOST = 200


class NotTheDirector(Exception):
    """Only the chain director sees the chain."""


@dataclass(frozen=True, slots=True)
class StepCount:
    """None: fewer than five, and what would give that away."""

    label: Text
    open: int | None
    median_wait: timedelta | None
    late_share: int | None  # whole percents


@dataclass(frozen=True, slots=True)
class MunicipalityCount:
    name: str
    open: int | None
    late: int | None


@dataclass(frozen=True, slots=True)
class EscalatedTerm:
    municipality: str
    step: Text
    days_late: int  # working days; never less than one, because an hour would say "danger"


@dataclass(frozen=True, slots=True)
class ChainCard:
    steps: tuple[StepCount, ...]
    municipalities: tuple[MunicipalityCount, ...]
    escalated: tuple[EscalatedTerm, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    pack: UUID
    state: str
    open: int
    late: int


def chain(*, reader: Reader, now: datetime, days: int | None = None) -> ChainCard:
    """Five queries, whatever is stored; that the chain was looked at is logged before it is shown.

    `days`: the steps count only what came in since so many days ago.
    """
    if reader.role != "chain_director":
        raise NotTheDirector
    with boundaries.everywhere():  # numbers of all municipalities; no row of any leaves this room
        steps = _steps(_since(days, now=now), now=now)
        card = ChainCard(steps=steps, municipalities=_municipalities(now=now), escalated=_escalated(now=now))
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="chain.read", now=now)
    return card


def told(number: int) -> int | None:
    """A number as it may be shown: always the same for the same number, so that asking again tells no more."""
    return SMALL * round(number / SMALL) if number >= SMALL else None


def told_beside(numbers: Mapping[object, int]) -> dict[object, int | None]:
    """Each number as it may be shown beside the others, so that no small rest is found by subtracting."""
    found = {key: told(number) for key, number in numbers.items()}
    rest = sum(number for key, number in numbers.items() if found[key] is None)
    for key, number in sorted(numbers.items(), key=lambda one: one[1]):
        if 0 < rest < SMALL and found[key] is not None:
            found[key], rest = None, rest + number
    return found


def _open() -> QuerySet[Signal]:
    return Signal.objects.open().filter(lane="regular")


# Steps


def _since(days: int | None, *, now: datetime) -> datetime | None:
    return None if days is None else now - timedelta(days=days)


def _steps(since: datetime | None, *, now: datetime) -> tuple[StepCount, ...]:
    came = _open().filter(received_at__gte=since) if since else _open()
    rows = [_Step(*row) for row in came.values("pack", "state").annotate(
        open=Count("pk"), late=Count("pk", filter=Q(next_due_at__lt=now))).values_list("pack", "state", "open", "late")]
    labels = {row.state: policy_of(row.pack, now=now).state(row.state).label for row in rows}
    medians, policy = _medians(since, now=now), pack_now(now=now).policy
    labels |= {state.id: state.label for state in policy.states if state.is_open}
    counts = {state: _sum(rows, state) for state in labels}
    waiting = told_beside({state: number for state, (number, _) in counts.items()})
    return tuple(_step(labels[s], waiting[s], counts[s][1], medians.get(s)) for s in _in_order(policy, labels))


def _sum(rows: list[_Step], state: str) -> tuple[int, int]:
    here = [row for row in rows if row.state == state]
    return sum(row.open for row in here), sum(row.late for row in here)


def _step(label: Text, number: int | None, late: int, median: timedelta | None) -> StepCount:
    if number is None:
        return StepCount(label, None, None, None)
    return StepCount(label, number, median, _share(late, number))


def _share(late: int, number: int) -> int | None:
    """Of the rounded numbers: an exact share would tell the exact number behind it."""
    if late == 0:
        return 0
    return None if told(late) is None else min(100, round(100 * told(late) / number))


def _medians(since: datetime | None, *, now: datetime) -> dict[str, timedelta]:
    """How long the middle one of each step has waited: the database finds it, no row is fetched but that one."""
    own = [F("signal__state")]
    waiting = Clock.objects.filter(stopped_at=None, referral=None, signal__lane="regular").exclude(signal__kind="end")
    if since:
        waiting = waiting.filter(signal__received_at__gte=since)
    middle = waiting.annotate(
        place=Window(RowNumber(), partition_by=own, order_by=F("started_at").asc()),
        size=Window(Count("pk"), partition_by=own),
    ).filter(place=(F("size") + 1) / 2)
    return {state: now - started for state, started in middle.values_list("signal__state", "started_at")}


def _in_order(policy: Policy, labels: dict[str, Text]) -> list[str]:
    order = [state.id for state in policy.states]
    return sorted(labels, key=lambda s: (order.index(s) if s in order else len(order), s))


# Municipalities


def _municipalities(*, now: datetime) -> tuple[MunicipalityCount, ...]:
    """Counted from the open signals alone: their index holds a twentieth of what is stored."""
    rows = _open().values("municipality").annotate(open=Count("pk"), late=Count("pk", filter=Q(next_due_at__lt=now)))
    counts = {id: (open, late) for id, open, late in rows.values_list("municipality", "open", "late")}
    names = dict(Organisation.objects.filter(kind="municipality").order_by("name").values_list("pk", "name"))
    waiting, late = (told_beside({id: counts.get(id, (0, 0))[part] for id in names}) for part in (0, 1))
    return tuple(MunicipalityCount(name, waiting[id], late[id]) for id, name in names.items())


def _escalated(*, now: datetime) -> tuple[EscalatedTerm, ...]:
    """One line for each signal of which a term was escalated, in an order that tells nothing more."""
    late = Clock.objects.filter(stage=ESCALATED, stopped_at=None, signal__lane="regular").exclude(signal__kind="end")
    rows = late.values("signal", "municipality__name", "signal__pack", "signal__state").annotate(first=Min("due_at"))
    found = [EscalatedTerm(name, _label(pack, state, now=now), _days(first, now=now)) for name, pack, state, first in
             rows.order_by("first").values_list("municipality__name", "signal__pack", "signal__state", "first")[:MOST]]
    return tuple(sorted(found, key=lambda term: (term.municipality, -term.days_late, term.step.nl)))


def _days(due: datetime, *, now: datetime) -> int:
    """Counted alike for the whole region, whatever hours a municipality keeps."""
    return max(1, working_days_late(due, now=now, hours=OFFICE_HOURS))


def _label(pack: UUID, state: str, *, now: datetime) -> Text:
    try:
        return policy_of(pack, now=now).state(state).label
    except UnknownInPolicy:  # a pack row and a state that no longer fit: the step is named as it is stored
        return Text(state)
