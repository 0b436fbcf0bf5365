"""Start and stop clocks, and keep the order of the work list true."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import due_at
from meldroute.rules.policy import NormRow, Policy
from meldroute.storage.models import Clock, Referral, Signal

REMIND_AFTER = 0.75  # of the term: the last quarter is "soon" on the screen too
FAR = timedelta(days=36500)  # a closed signal has no next moment; the column is never null


def new_clock(signal: Signal, norm: str, *, policy: Policy, choices: Choices, now: datetime,
              referral: Referral | None = None) -> Clock:
    """A clock that starts now, not saved yet. It keeps its due time whatever norms become later."""
    due = due_of(choices.norm(norm, policy), signal, choices=choices, now=now)
    return Clock(signal=signal, referral=referral, municipality_id=signal.municipality_id, norm=norm, started_at=now,
                 due_at=due, next_action_at=now + (due - now) * REMIND_AFTER)


def due_of(row: NormRow, signal: Signal, *, choices: Choices, now: datetime) -> datetime:
    """When this ends for this signal. In danger the earlier counts of the danger norm and a municipality's own."""
    norms = {row.norm, row.norm_for(danger=signal.danger)}
    return min(due_at(norm, start=now, hours=choices.hours, danger=signal.danger) for norm in norms)


def stop_clocks(signal: Signal, *, now: datetime, **which: object) -> None:
    Clock.objects.filter(signal=signal, stopped_at=None, **which).update(stopped_at=now, next_action_at=None)


def state_clock(signal: Signal, policy: Policy) -> QuerySet[Clock]:
    """The running clock of the state, without that of the urgent partner: that one ends with the talk or the signal."""
    running = Clock.objects.filter(signal=signal, referral=None, stopped_at=None)
    return running.exclude(norm=policy.norm_for_role("call_again").norm.id)


def stop_state_clock(signal: Signal, *, policy: Policy, now: datetime) -> None:
    state_clock(signal, policy).update(stopped_at=now, next_action_at=None)


def urgency_of(*, danger: bool, contacted: bool, minor: bool | None, closed: bool) -> int:
    """Where a signal stands in the list: danger first, recorded contact lowers it, then minors, then the rest."""
    if closed:
        return 9
    if danger:
        return 1 if contacted else 0
    return 2 if minor else 3


def next_due(signal: Signal, *, now: datetime) -> datetime:
    """The first moment at which something is due for this signal. A state clock always runs while it is open."""
    first = Clock.objects.filter(signal=signal, stopped_at=None).order_by("due_at").values_list("due_at", flat=True)
    return first.first() or now + FAR
