"""What holds for any norm, started at any moment, with any working hours."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from meldroute.rules.deadlines import (
    AMSTERDAM,
    OFFICE_HOURS,
    UNITS,
    Norm,
    WorkingHours,
    due_at,
    is_working_moment,
    next_working_moment,
    standing,
    working_days_late,
)
from meldroute.rules.working_time import is_working_day, local_date, working_time


def due(amount, unit, start, *, hours=OFFICE_HOURS, danger=False):
    return due_at(Norm("norm", amount, unit), start=start, hours=hours, danger=danger)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))
AMOUNTS = st.integers(1, 60)
WORKING_UNITS = st.sampled_from(["working_hours", "working_days"])
SHORT_NIGHT = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
LONG_NIGHT = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)


@st.composite
def working_hours(draw) -> WorkingHours:
    weekdays = draw(st.sets(st.integers(0, 6), min_size=1))
    days = {}
    for weekday in weekdays:
        opens = draw(st.integers(0, 22))
        closes = draw(st.integers(opens + 1, 24))
        days[weekday] = (time(opens), time(closes % 24))
    return WorkingHours.of(days)


@given(
    AMOUNTS,
    st.sampled_from(UNITS),
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=4)),
    working_hours(),
    st.booleans(),
)
@example(
    amount=1, unit="days", start=SHORT_NIGHT, later=timedelta(minutes=40), hours=OFFICE_HOURS, danger=False
)
@example(
    amount=1, unit="days", start=LONG_NIGHT, later=timedelta(minutes=20), hours=OFFICE_HOURS, danger=True
)
def test_who_starts_later_is_never_due_earlier(amount, unit, start, later, hours, danger):
    assert due(amount, unit, start, hours=hours, danger=danger) <= due(
        amount, unit, start + later, hours=hours, danger=danger
    )


@given(AMOUNTS, st.sampled_from(UNITS), MOMENTS, working_hours(), st.booleans())
def test_a_longer_norm_is_due_later_and_every_norm_after_its_start(amount, unit, start, hours, danger):
    shorter = due(amount, unit, start, hours=hours, danger=danger)
    assert start < shorter
    assert shorter <= due(amount + 1, unit, start, hours=hours, danger=danger)


@given(AMOUNTS, WORKING_UNITS, MOMENTS, working_hours())
def test_a_working_norm_runs_out_while_somebody_works(amount, unit, start, hours):
    last_moment = due(amount, unit, start, hours=hours) - timedelta(microseconds=1)
    assert is_working_moment(last_moment, hours)


@given(AMOUNTS, st.sampled_from(UNITS), MOMENTS, working_hours())
@example(1, "working_days", datetime(2026, 3, 2, 19, tzinfo=UTC), OFFICE_HOURS)
def test_danger_is_never_due_later(amount, unit, start, hours):
    assert due(amount, unit, start, hours=hours, danger=True) <= due(amount, unit, start, hours=hours)


@given(AMOUNTS, MOMENTS, working_hours())
def test_danger_needs_no_opening_hours(amount, start, hours):
    assert due(amount, "working_hours", start, hours=hours, danger=True) == start + timedelta(hours=amount)
    assert due(amount, "working_days", start, hours=hours, danger=True) <= due(amount, "days", start)


@given(
    AMOUNTS, AMOUNTS, st.sampled_from(["working_hours", "working_days", "hours"]), MOMENTS, working_hours()
)
def test_two_norms_after_each_other_are_their_sum(one, other, unit, start, hours):
    # Closing at midnight is the first moment of the next day, and the day of a start does not count.
    assume(unit != "working_days" or all(day is None or day[1] != time(0) for day in hours.days))
    halfway = due(one, unit, start, hours=hours)
    assert due(other, unit, halfway, hours=hours) == due(one + other, unit, start, hours=hours)


@given(AMOUNTS, MOMENTS, working_hours())
def test_working_hours_hold_exactly_that_much_working_time(amount, start, hours):
    end = due(amount, "working_hours", start, hours=hours)
    assert working_time(start, end, hours) == timedelta(hours=amount)


@given(AMOUNTS, MOMENTS, working_hours())
def test_working_days_hold_exactly_that_many_working_days(amount, start, hours):
    end = due(amount, "working_days", start, hours=hours)
    last = local_date(end - timedelta(microseconds=1))  # closing at midnight belongs to the day before
    span = (last - local_date(start)).days
    worked = [n for n in range(1, span + 1) if is_working_day(local_date(start) + timedelta(days=n), hours)]
    assert len(worked) == amount


@given(AMOUNTS, MOMENTS)
def test_days_keep_the_local_time_outside_the_night_of_the_clock(amount, start):
    begin, end = start.astimezone(AMSTERDAM), due(amount, "days", start).astimezone(AMSTERDAM)
    assert end.date() - begin.date() == timedelta(days=amount)
    assume(begin.hour != 2)
    assert end.time() == begin.time()


@given(MOMENTS, working_hours(), st.floats(0, 1))
def test_the_next_working_moment_is_the_first_one(moment, hours, part):
    found = next_working_moment(moment, hours)
    assert found >= moment
    assert is_working_moment(found, hours)
    assert next_working_moment(found, hours) == found
    between = moment + (found - moment) * part
    assert between >= found or not is_working_moment(between, hours)


@given(
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
    working_hours(),
)
def test_lateness_only_grows(due_moment, late, later, hours):
    now = due_moment + late
    assert working_days_late(due_moment, now=due_moment - late, hours=hours) == 0
    assert working_days_late(due_moment, now=now, hours=hours) <= working_days_late(
        due_moment, now=now + later, hours=hours
    )


@given(AMOUNTS, st.sampled_from(UNITS), MOMENTS, working_hours(), st.floats(0, 1.2), st.floats(0, 1))
def test_a_clock_never_turns_back_from_late_to_soon_to_on_time(amount, unit, start, hours, part, more):
    end = due(amount, unit, start, hours=hours)
    now = start + (end - start) * part
    later = now + (end - start) * more
    order = ("on_time", "soon", "late")
    for measure in (None, hours):
        first = standing(end, now=now, started_at=start, hours=measure)
        assert order.index(first) <= order.index(standing(end, now=later, started_at=start, hours=measure))
