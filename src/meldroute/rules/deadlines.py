"""By when must something happen, and how does that clock stand?

The policy gives no time limits: a norm is a municipality's own service level. It is counted like this.

hours          clock hours; a night with a change of the clock has its true length.
days           calendar days: the same local time so many days later.
working_hours  working time only, from the next opening on; it may end exactly at closing time.
working_days   whole days, as the law counts them: the day of the start does not count, and the term
               ends at closing time of the last working day. Friday 10:00 or 18:00 plus one: Monday 17:00.

Danger never waits: a working hour is then a clock hour and a working day a calendar day, unless counting
working time gives an even earlier moment. Weekends and public holidays: see `working_time.py`
(Algemene termijnenwet art. 3; that law extends statutory terms, which a norm is not: only its calendar
is borrowed here).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from .working_time import (
    AMSTERDAM,
    OFFICE_HOURS,
    BadHours,
    NaiveMoment,
    NoWorkingTime,
    WorkingHours,
    in_utc,
    is_working_day,
    is_working_moment,
    local_date,
    local_moment,
    next_working_moment,
    working_days_from,
    working_span,
    working_spans,
    working_time,
)

__all__ = [
    "AMSTERDAM",
    "OFFICE_HOURS",
    "UNITS",
    "BadHours",
    "BadNorm",
    "NaiveMoment",
    "NoWorkingTime",
    "Norm",
    "Standing",
    "Unit",
    "WorkingHours",
    "due_at",
    "is_working_moment",
    "next_working_moment",
    "standing",
    "working_days_late",
]

Unit = Literal["working_hours", "working_days", "hours", "days"]
Standing = Literal["on_time", "soon", "late"]
UNITS: tuple[str, ...] = ("working_hours", "working_days", "hours", "days")
LONGEST = 1000  # of any unit: more is a typing error, not a norm
SHORT_NOTICE = timedelta(hours=2)


class BadNorm(ValueError):
    """A norm that cannot be counted. The message says which one and what to change."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A service level: `amount` of `unit`. Raises `BadNorm`: unknown unit, amount outside 1 to 1000."""

    id: str
    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise BadNorm(f"norm '{self.id}': unknown unit {self.unit!r}. Use {', '.join(UNITS)}.")
        if (
            isinstance(self.amount, bool)
            or not isinstance(self.amount, int)
            or not 1 <= self.amount <= LONGEST
        ):
            raise BadNorm(
                f"norm '{self.id}': amount {self.amount!r} is no norm. Use a whole number, 1 to {LONGEST}."
            )


def due_at(norm: Norm, *, start: datetime, hours: WorkingHours, danger: bool) -> datetime:
    """The moment (UTC) at which this norm, started at `start`, is used up.

    `start` is any aware datetime. With `danger` nothing waits for opening time.
    Raises `NaiveMoment`, and `NoWorkingTime` when the hours cannot hold the norm within ten years.
    """
    start = in_utc(f"norm '{norm.id}'", start)
    if norm.unit == "hours":
        return _clock_hours(norm.amount, start)
    if norm.unit == "days":
        return _calendar_days(norm.amount, start)
    if norm.unit == "working_hours":
        # Working time is never shorter than clock time, so danger needs no comparison.
        return _clock_hours(norm.amount, start) if danger else _working_hours(norm, start, hours)
    working = _working_days(norm, start, hours)
    return min(working, _calendar_days(norm.amount, start)) if danger else working


def standing(
    due_at: datetime, *, now: datetime, started_at: datetime, hours: WorkingHours | None = None
) -> Standing:
    """How a running clock stands: "late" after `due_at`, "soon" shortly before, else "on_time".

    Soon is the last quarter of the time given, and never less than the last two hours: a norm of ten days
    leaves two days and a half to act, and a norm of an hour or two is soon from its first minute.
    With `hours` both are counted in working time, so that on Friday afternoon a clock that ends on Monday
    at opening time is soon; leave `hours` out for clock norms and danger. Raises `NaiveMoment`.
    """
    due_at, now = in_utc("due_at", due_at), in_utc("now", now)
    started_at = in_utc("started_at", started_at)
    if now > due_at:
        return "late"
    if hours is None:
        left, given = due_at - now, due_at - started_at
    else:
        left, given = working_time(now, due_at, hours), working_time(started_at, due_at, hours)
    return "soon" if left < SHORT_NOTICE or left <= given / 4 else "on_time"


def working_days_late(due_at: datetime, *, now: datetime, hours: WorkingHours) -> int:
    """How many working days have begun since the local day of `due_at`; 0 on that day itself and before.

    Due on Friday: 0 all weekend, 1 from Monday 00:00 local time. Raises `NaiveMoment`.
    """
    due_at, now = in_utc("due_at", due_at), in_utc("now", now)
    last_moment = due_at - timedelta(microseconds=1)  # closing at midnight belongs to the day it closes
    due_day, today = local_date(last_moment).toordinal(), local_date(now).toordinal()
    return sum(is_working_day(date.fromordinal(day), hours) for day in range(due_day + 1, today + 1))


def _clock_hours(amount: int, start: datetime) -> datetime:
    return start + timedelta(hours=amount)


def _calendar_days(amount: int, start: datetime) -> datetime:
    local = start.astimezone(AMSTERDAM)
    clock = local.time()
    if local.fold:  # the hour that comes twice, second time: read as its end, so that later stays later
        clock = time(local.hour + 1)
    return local_moment(local.date() + timedelta(days=amount), clock)


def _working_hours(norm: Norm, start: datetime, hours: WorkingHours) -> datetime:
    left = timedelta(hours=norm.amount)
    for since, until in working_spans(start, hours):
        if left <= until - since:
            return since + left
        left -= until - since
    raise NoWorkingTime(f"norm '{norm.id}'")


def _working_days(norm: Norm, start: datetime, hours: WorkingHours) -> datetime:
    left = norm.amount
    for day in working_days_from(local_date(start) + timedelta(days=1), hours):
        left -= 1
        if not left:
            return working_span(day, hours)[1]
    raise NoWorkingTime(f"norm '{norm.id}'")
