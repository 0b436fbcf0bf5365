"""When is it working time? Weekends, Dutch public holidays, and the nights when the clock changes.

All moments are aware datetimes; answers are in UTC. Opening hours are local times in Europe/Amsterdam,
turned into UTC day by day, so a span that crosses a change of the clock has its true length.

Source of the calendar: Algemene termijnenwet art. 3. First paragraph: New Year's Day, Easter Monday,
Whit Monday, both Christmas days, Ascension Day, the day on which the King's birthday is celebrated and
5 May, every year. Second paragraph: Good Friday. Third paragraph: days that a royal decree adds; these
are not computable, so they are data (`WorkingHours.closed_on`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HORIZON = timedelta(days=3660)  # beyond ten years hours and norm do not fit each other
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

DayHours = tuple[time, time]
Span = tuple[datetime, datetime]  # UTC, from (included) to (excluded)

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_NINE_TO_FIVE: DayHours = (time(9), time(17))


class NaiveMoment(ValueError):
    """A moment without a time zone cannot be placed: it may be an hour or two off."""

    def __init__(self, place: str, moment: datetime):
        super().__init__(
            f"{place}: {moment.isoformat()} has no time zone. Pass an aware one, such as datetime.now(UTC)."
        )


class BadHours(ValueError):
    """Hours nobody can work. The message says which day and what to change."""


class NoWorkingTime(ValueError):
    """The hours hold too little time for what is asked within ten years."""

    def __init__(self, place: str):
        super().__init__(
            f"{place}: not enough working time within ten years. Widen the working hours or lower the norm."
        )


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Local working hours per weekday, Monday first; `None` is a day off.

    `closed_on` holds extra free days: those equated by royal decree (art. 3, third paragraph) and a
    municipality's own. An end of 00:00 means midnight at the end of that day.
    Raises `BadHours` when no day is worked or a day ends before it starts.
    """

    days: tuple[DayHours | None, ...] = (_NINE_TO_FIVE,) * 5 + (None, None)
    closed_on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise BadHours(
                f"working hours: {len(self.days)} days given. Give seven, Monday first, None for a day off."
            )
        if not any(self.days):
            raise BadHours("working hours: no day is worked. Give at least one weekday a start and an end.")
        for name, day in zip(WEEKDAYS, self.days, strict=True):
            if day is not None:
                check_window(f"working hours, {name}", *day)

    @classmethod
    def of(cls, days: Mapping[int, DayHours], *, closed_on: frozenset[date] = frozenset()) -> "WorkingHours":
        """From weekday (0 Monday … 6 Sunday) to (start, end); a weekday left out is a day off."""
        unknown = sorted(day for day in days if day not in range(7))
        if unknown:
            raise BadHours(
                f"working hours: weekday {unknown[0]} does not exist. Use 0 (Monday) to 6 (Sunday)."
            )
        return cls(tuple(days.get(day) for day in range(7)), closed_on)


def check_window(place: str, start: time, end: time) -> None:
    """Refuse (`BadHours`) a window of opening or working time that has no length or its own time zone."""
    if start.tzinfo or end.tzinfo:
        raise BadHours(f"{place}: {start}-{end} carries a time zone. Give local times without one.")
    if end <= start and end != _MIDNIGHT:
        raise BadHours(f"{place}: {start:%H:%M}-{end:%H:%M} ends before it starts. Split a night at 00:00.")


OFFICE_HOURS = WorkingHours()


@lru_cache(maxsize=128)
def public_holidays(year: int) -> frozenset[date]:
    """The days of this year that count as public holidays (Algemene termijnenwet art. 3, par. 1 and 2).

    Easter Day and Whit Sunday are in the answer too; for the law they are simply Sundays.
    """
    # "optional" holds 5 May of the years in which the law counts it and many employers do not.
    return frozenset(holidays.NL(years=year, categories=("public", "optional")))


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)


def is_working_day(day: date, hours: WorkingHours) -> bool:
    """Is this local date worked? Not on a day off, a public holiday or an extra free day."""
    return (
        hours.days[day.weekday()] is not None
        and day not in public_holidays(day.year)
        and day not in hours.closed_on
    )


def is_working_moment(moment: datetime, hours: WorkingHours) -> bool:
    """Is somebody at work now? At opening time yes, at closing time no. Raises `NaiveMoment`."""
    moment = in_utc("is_working_moment", moment)
    day = local_date(moment)
    if not is_working_day(day, hours):
        return False
    start, end = working_span(day, hours)
    return start <= moment < end


def next_working_moment(moment: datetime, hours: WorkingHours) -> datetime:
    """This moment when it is working time, else the next opening, in UTC. Raises `NaiveMoment`."""
    moment = in_utc("next_working_moment", moment)
    for start, _end in working_spans(moment, hours):
        return start
    raise NoWorkingTime("next_working_moment")


def working_spans(since: datetime, hours: WorkingHours) -> Iterator[Span]:
    """Stretches of working time from `since` (UTC) on, the first cut off there; ends after ten years."""
    for day in working_days_from(local_date(since), hours):
        start, end = working_span(day, hours)
        if end > since:
            yield max(start, since), end


def working_days_from(day: date, hours: WorkingHours) -> Iterator[date]:
    """This local date and later ones, as far as they are worked; ends after ten years."""
    last = day + HORIZON
    while day < last:
        if is_working_day(day, hours):
            yield day
        day += _DAY


def working_span(day: date, hours: WorkingHours) -> Span:
    """The working time of this local date, which must be a working day."""
    worked = hours.days[day.weekday()]
    if worked is None:
        raise BadHours(f"working hours: {day} is a day off. Ask is_working_day first.")
    return local_span(day, *worked)


def working_time(since: datetime, until: datetime, hours: WorkingHours) -> timedelta:
    """How much working time lies between two moments; zero when `until` is not later."""
    since, until = in_utc("working_time", since), in_utc("working_time", until)
    total = timedelta()
    for start, end in working_spans(since, hours):
        if start >= until:
            break
        total += min(end, until) - start
    return total


def local_span(day: date, start: time, end: time) -> Span:
    """A window of one local date in UTC. An end of 00:00 is the midnight after."""
    last = day + _DAY if end == _MIDNIGHT else day
    return local_moment(day, start), local_moment(last, end)


def local_moment(day: date, clock: time) -> datetime:
    """The UTC moment at which a local clock shows this time.

    In March an hour is skipped: a time in it is read as the end of that hour, 03:00, so that later stays
    later. In October an hour comes twice: the first one counts, because a deadline is better early.
    """
    moment = datetime.combine(day, clock, AMSTERDAM).astimezone(UTC)
    if moment.astimezone(AMSTERDAM).hour == clock.hour:
        return moment
    return datetime.combine(day, time(clock.hour + 1), AMSTERDAM).astimezone(UTC)


def local_date(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


def in_utc(place: str, moment: datetime) -> datetime:
    """The same moment in UTC; `place` names the asker when the moment has no time zone (`NaiveMoment`)."""
    if moment.utcoffset() is None:
        raise NaiveMoment(place, moment)
    return moment.astimezone(UTC)
