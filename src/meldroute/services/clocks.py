"""Start and stop clocks, and keep the order of the work list true."""

from datetime import datetime, timedelta

from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import due_at
from meldroute.rules.policy import Policy
from meldroute.storage.models import Clock, Referral, Signal

REMIND_AFTER = 0.75  # of the term: the last quarter is "soon" on the screen too
FAR = timedelta(days=36500)  # a closed signal has no next moment; the column is never null


def new_clock(signal: Signal, norm: str, *, policy: Policy, choices: Choices, now: datetime,
              referral: Referral | None = None) -> Clock:
    """A clock that starts now, not saved yet. It keeps its due time whatever norms become later."""
    row = choices.norm(norm, policy)
    due = due_at(row.norm_for(danger=signal.danger), start=now, hours=choices.hours, danger=signal.danger)
    return Clock(signal=signal, referral=referral, municipality_id=signal.municipality_id, norm=norm, started_at=now,
                 due_at=due, next_action_at=now + (due - now) * REMIND_AFTER)


def stop_clocks(signal: Signal, *, now: datetime, **which: object) -> None:
    Clock.objects.filter(signal=signal, stopped_at=None, **which).update(stopped_at=now, next_action_at=None)


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
