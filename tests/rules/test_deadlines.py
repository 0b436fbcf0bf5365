"""By when must something happen? Sentences a policy officer can check."""

from datetime import UTC, datetime, time

import pytest

from meldroute.rules.deadlines import (
    AMSTERDAM,
    OFFICE_HOURS,
    UNITS,
    BadNorm,
    NaiveMoment,
    Norm,
    NoWorkingTime,
    WorkingHours,
    due_at,
    standing,
    working_days_late,
)


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


def due(amount, unit, start, *, hours=OFFICE_HOURS, danger=False):
    return due_at(Norm("norm", amount, unit), start=start, hours=hours, danger=danger)


CALM = [
    ("within the day", 2, "working_hours", "2026-03-02 10:00", "2026-03-02 12:00"),
    ("eight working hours end at closing", 8, "working_hours", "2026-03-02 09:00", "2026-03-02 17:00"),
    ("after closing the clock starts tomorrow", 2, "working_hours", "2026-03-02 18:00", "2026-03-03 11:00"),
    ("before opening it starts at opening", 2, "working_hours", "2026-03-02 06:00", "2026-03-02 11:00"),
    ("Friday afternoon runs on into Monday", 4, "working_hours", "2026-03-06 15:00", "2026-03-09 11:00"),
    ("Thursday before Easter runs into Tuesday", 2, "working_hours", "2026-04-02 16:00", "2026-04-07 10:00"),
    ("over the weekend of the summer clock", 3, "working_hours", "2026-03-27 16:00", "2026-03-30 11:00"),
    ("over the weekend of the winter clock", 3, "working_hours", "2026-10-23 16:00", "2026-10-26 11:00"),
    ("5 May is skipped every year", 2, "working_hours", "2026-05-04 16:00", "2026-05-06 10:00"),
    ("Monday plus one day: Tuesday closing", 1, "working_days", "2026-03-02 10:00", "2026-03-03 17:00"),
    ("Friday plus one day: Monday closing", 1, "working_days", "2026-03-06 10:00", "2026-03-09 17:00"),
    ("Friday night counts as Friday", 1, "working_days", "2026-03-06 23:30", "2026-03-09 17:00"),
    ("Saturday plus one day: Monday closing", 1, "working_days", "2026-03-07 10:00", "2026-03-09 17:00"),
    ("just after midnight is the new day", 1, "working_days", "2026-03-03 00:10", "2026-03-04 17:00"),
    ("Christmas and the weekend are skipped", 1, "working_days", "2026-12-24 10:00", "2026-12-28 17:00"),
    ("New Year is skipped", 2, "working_days", "2026-12-30 10:00", "2027-01-04 17:00"),
    ("King's Day and 5 May in one term", 7, "working_days", "2026-04-24 10:00", "2026-05-07 17:00"),
    ("King's Day on the Saturday costs nothing", 1, "working_days", "2025-04-25 10:00", "2025-04-28 17:00"),
    ("hours are clock hours, weekend or not", 24, "hours", "2026-03-07 10:00", "2026-03-08 10:00"),
    ("the short night: 24 hours end an hour later", 24, "hours", "2026-03-28 12:00", "2026-03-29 13:00"),
    ("the long night: 24 hours end an hour earlier", 24, "hours", "2026-10-24 12:00", "2026-10-25 11:00"),
    ("days keep the local time over the short night", 1, "days", "2026-03-28 12:00", "2026-03-29 12:00"),
    ("days keep the local time over the long night", 1, "days", "2026-10-24 12:00", "2026-10-25 12:00"),
    ("the hour that is skipped is read as its end", 1, "days", "2026-03-28 02:30", "2026-03-29 03:00"),
    ("days do not skip the weekend", 2, "days", "2026-03-06 10:00", "2026-03-08 10:00"),
    ("February has 28 days", 30, "days", "2026-01-31 10:00", "2026-03-02 10:00"),
    ("or 29 in a leap year", 30, "days", "2028-01-31 10:00", "2028-03-01 10:00"),
    ("a month of 30", 31, "days", "2026-04-30 10:00", "2026-05-31 10:00"),
    ("over the end of the year", 30, "days", "2026-12-15 10:00", "2027-01-14 10:00"),
]


@pytest.mark.parametrize(("sentence", "amount", "unit", "start", "expected"), CALM, ids=[c[0] for c in CALM])
def test_a_norm_ends(sentence, amount, unit, start, expected):
    assert due(amount, unit, local(start)) == local(expected), sentence


DANGER = [
    ("at night a working hour is an hour", 1, "working_hours", "2026-03-02 03:00", "2026-03-02 04:00"),
    ("in the weekend too", 4, "working_hours", "2026-03-07 22:00", "2026-03-08 02:00"),
    ("at Christmas too", 2, "working_hours", "2026-12-25 03:00", "2026-12-25 05:00"),
    ("over the short night it is a real hour", 1, "working_hours", "2026-03-29 01:30", "2026-03-29 03:30"),
    ("a working day is a calendar day", 1, "working_days", "2026-03-06 10:00", "2026-03-07 10:00"),
    ("never later than without danger", 1, "working_days", "2026-03-02 20:00", "2026-03-03 17:00"),
    ("clock norms stay what they are", 24, "hours", "2026-03-07 10:00", "2026-03-08 10:00"),
    ("calendar norms too", 2, "days", "2026-03-06 10:00", "2026-03-08 10:00"),
]


@pytest.mark.parametrize(
    ("sentence", "amount", "unit", "start", "expected"), DANGER, ids=[c[0] for c in DANGER]
)
def test_danger_never_waits(sentence, amount, unit, start, expected):
    assert due(amount, unit, local(start), danger=True) == local(expected), sentence


def test_the_hour_that_comes_twice_never_turns_later_into_earlier():
    first, second = local("2026-10-25 02:50"), local("2026-10-25 02:10", fold=1)
    assert first.astimezone(UTC) < second.astimezone(UTC)
    assert due(1, "days", first) == local("2026-10-26 02:50")
    assert due(1, "days", second) == local("2026-10-26 03:00")


def test_a_deadline_in_the_hour_that_comes_twice_is_the_first_one():
    assert due(1, "days", local("2026-10-24 02:30")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hours_of_a_municipality_are_followed():
    mornings = WorkingHours.of({1: (time(9), time(12)), 3: (time(9), time(12))})
    assert due(4, "working_hours", local("2026-03-02 10:00"), hours=mornings) == local("2026-03-05 10:00")
    assert due(2, "working_days", local("2026-03-03 10:00"), hours=mornings) == local("2026-03-10 12:00")


def test_any_time_zone_may_ask_and_the_answer_is_utc():
    in_utc = datetime(2026, 7, 1, 8, tzinfo=UTC)
    answer = due(2, "working_hours", in_utc.astimezone(AMSTERDAM))
    assert answer == due(2, "working_hours", in_utc) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert answer.tzinfo is UTC


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("danger", [True, False])
def test_a_start_without_a_time_zone_is_refused(unit, danger):
    with pytest.raises(
        NaiveMoment, match=r"norm 'norm': 2026-03-02T10:00:00 has no time zone\. Pass an aware"
    ):
        due(1, unit, datetime(2026, 3, 2, 10), danger=danger)


@pytest.mark.parametrize(
    ("amount", "unit", "message"),
    [
        (
            1,
            "weeks",
            "norm 'first-look': unknown unit 'weeks'. Use working_hours, working_days, hours, days.",
        ),
        (0, "days", "norm 'first-look': amount 0 is no norm. Use a whole number, 1 to 1000."),
        (-3, "hours", "amount -3 is no norm"),
        (1.5, "hours", "amount 1.5 is no norm"),
        (True, "hours", "amount True is no norm"),
        (1001, "hours", "amount 1001 is no norm"),
    ],
)
def test_a_norm_nobody_can_count_is_refused(amount, unit, message):
    with pytest.raises(BadNorm) as caught:
        Norm("first-look", amount, unit)
    assert message in str(caught.value)


@pytest.mark.parametrize("unit", ["working_hours", "working_days"])
def test_a_norm_that_the_hours_cannot_hold_is_refused(unit):
    an_hour_a_week = WorkingHours.of({0: (time(9), time(10))})
    with pytest.raises(NoWorkingTime, match="norm 'norm': not enough working time within ten years"):
        due(1000, unit, local("2026-03-02 10:00"), hours=an_hour_a_week)


@pytest.mark.parametrize(
    ("sentence", "started", "due_moment", "now", "expected"),
    [
        ("a fresh clock is on time", "2026-03-02 09:00", "2026-03-12 09:00", "2026-03-03 09:00", "on_time"),
        (
            "three quarters less a minute",
            "2026-03-02 09:00",
            "2026-03-12 09:00",
            "2026-03-09 20:59",
            "on_time",
        ),
        ("the last quarter is soon", "2026-03-02 09:00", "2026-03-12 09:00", "2026-03-09 21:00", "soon"),
        ("at the due moment still soon", "2026-03-02 09:00", "2026-03-12 09:00", "2026-03-12 09:00", "soon"),
        ("after it, late", "2026-03-02 09:00", "2026-03-12 09:00", "2026-03-12 09:01", "late"),
        ("two hours left of four", "2026-03-02 09:00", "2026-03-02 13:00", "2026-03-02 11:00", "on_time"),
        ("a minute less: soon", "2026-03-02 09:00", "2026-03-02 13:00", "2026-03-02 11:01", "soon"),
        ("an hour is soon at once", "2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02 09:00", "soon"),
    ],
)
def test_how_a_clock_stands(sentence, started, due_moment, now, expected):
    assert standing(local(due_moment), now=local(now), started_at=local(started)) == expected, sentence


def test_on_friday_afternoon_a_clock_that_ends_monday_morning_is_soon():
    clock = {"now": local("2026-03-06 16:30"), "started_at": local("2026-03-05 09:00")}
    monday = local("2026-03-09 10:00")
    assert standing(monday, **clock) == "on_time"
    assert standing(monday, **clock, hours=OFFICE_HOURS) == "soon"


@pytest.mark.parametrize("wrong", ["due_at", "now", "started_at"])
def test_a_standing_without_time_zones_is_refused(wrong):
    moments = dict.fromkeys(("due_at", "now", "started_at"), local("2026-03-06 16:30"))
    moments[wrong] = datetime(2026, 3, 6, 16, 30)
    with pytest.raises(NaiveMoment, match=f"^{wrong}: "):
        standing(moments.pop("due_at"), **moments)


@pytest.mark.parametrize(
    ("sentence", "due_moment", "now", "expected"),
    [
        ("not late yet", "2026-03-06 17:00", "2026-03-02 10:00", 0),
        ("late the same day", "2026-03-02 12:00", "2026-03-02 16:00", 0),
        ("the next day", "2026-03-02 12:00", "2026-03-03 08:00", 1),
        ("a weekend is not lateness", "2026-03-06 17:00", "2026-03-08 23:59", 0),
        ("Monday is", "2026-03-06 17:00", "2026-03-09 00:00", 1),
        ("Easter is skipped", "2026-04-02 17:00", "2026-04-07 10:00", 1),
        ("due at midnight, the day after it is late", "2026-03-03 00:00", "2026-03-03 08:00", 1),
        ("a week later", "2026-03-02 12:00", "2026-03-09 12:00", 5),
    ],
)
def test_working_days_late(sentence, due_moment, now, expected):
    assert working_days_late(local(due_moment), now=local(now), hours=OFFICE_HOURS) == expected, sentence
