"""Which days and moments count as working time in the Netherlands."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from meldroute.rules import working_time as wt
from meldroute.rules.working_time import OFFICE_HOURS, BadHours, NaiveMoment, NoWorkingTime, WorkingHours

MONDAY_ONLY = WorkingHours.of({0: (time(9), time(12))})
SUNDAY_NIGHT = WorkingHours.of({6: (time(0), time(6))})


def local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=wt.AMSTERDAM, fold=fold)


def easter(year: int) -> date:
    """Gauss and Oudin, worked out apart from the library that the rules use."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= moon // 28 * (1 - moon // 28 * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def days_of_the_law(year: int) -> set[date]:
    """Algemene termijnenwet art. 3, first and second paragraph."""
    after_easter = {easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50)}
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == 6:
        kings_day = date(year, 4, 26)
    fixed = {date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    return after_easter | fixed | {kings_day}


@pytest.mark.parametrize("year", range(2014, 2100))
def test_the_calendar_is_that_of_the_law_in_every_year(year):
    counted = {day for day in wt.public_holidays(year) if day.weekday() != 6}
    assert counted == {day for day in days_of_the_law(year) if day.weekday() != 6}


@pytest.mark.parametrize(
    ("sentence", "day", "free"),
    [
        ("Good Friday counts, by the second paragraph", "2026-04-03", True),
        ("Good Friday of another year", "2027-03-26", True),
        ("Easter Monday", "2026-04-06", True),
        ("Ascension Day", "2026-05-14", True),
        ("the Friday after Ascension Day is not in the law itself", "2026-05-15", False),
        ("Whit Monday", "2026-05-25", True),
        ("5 May in a year that is no lustrum", "2026-05-05", True),
        ("5 May in a lustrum year", "2025-05-05", True),
        ("27 April on a Monday is King's Day", "2026-04-27", True),
        ("27 April 2025 is a Sunday: King's Day is the Saturday before", "2025-04-26", True),
        ("and the Monday after it is worked", "2025-04-28", False),
        ("27 April 2031 is a Sunday too", "2031-04-26", True),
        ("27 April on a Saturday stays where it is", "2024-04-27", True),
        ("and the Friday before it is worked", "2024-04-26", False),
        ("both Christmas days: the second", "2028-12-26", True),
        ("Christmas Eve is worked", "2026-12-24", False),
        ("New Year's Day", "2027-01-01", True),
        ("New Year's Eve is worked", "2026-12-31", False),
    ],
)
def test_a_day_is_a_public_holiday(sentence, day, free):
    assert wt.is_public_holiday(date.fromisoformat(day)) is free, sentence


@pytest.mark.parametrize(
    ("sentence", "moment", "working"),
    [
        ("at opening time they work", "2026-03-02 09:00", True),
        ("a minute before they do not", "2026-03-02 08:59", False),
        ("a minute before closing they work", "2026-03-02 16:59", True),
        ("at closing time they do not", "2026-03-02 17:00", False),
        ("not on Saturday", "2026-03-07 10:00", False),
        ("not on Good Friday", "2026-04-03 10:00", False),
        ("in summer time 09:00 is 07:00 UTC", "2026-07-01 09:00", True),
    ],
)
def test_office_hours(sentence, moment, working):
    assert wt.is_working_moment(local(moment), OFFICE_HOURS) is working, sentence


@pytest.mark.parametrize(
    ("sentence", "hours", "moment", "expected"),
    [
        ("at work already: now", OFFICE_HOURS, "2026-03-02 10:30", "2026-03-02 10:30"),
        ("before opening: at opening", OFFICE_HOURS, "2026-03-02 03:00", "2026-03-02 09:00"),
        ("at closing: tomorrow", OFFICE_HOURS, "2026-03-02 17:00", "2026-03-03 09:00"),
        ("Thursday evening before Easter: Tuesday", OFFICE_HOURS, "2026-04-02 18:00", "2026-04-07 09:00"),
        ("Mondays only, at Easter: a week later", MONDAY_ONLY, "2026-04-04 12:00", "2026-04-13 09:00"),
        ("over New Year", OFFICE_HOURS, "2026-12-31 17:00", "2027-01-04 09:00"),
        ("the night the clock goes forward", OFFICE_HOURS, "2026-03-28 23:00", "2026-03-30 09:00"),
    ],
)
def test_the_next_working_moment(sentence, hours, moment, expected):
    found = wt.next_working_moment(local(moment), hours)
    assert found == local(expected), sentence
    assert found.tzinfo is UTC


def test_a_day_that_a_royal_decree_adds_is_data_and_is_free():
    day = date(2026, 5, 15)
    bridged = WorkingHours(closed_on=frozenset({day}))
    assert wt.is_working_day(day, OFFICE_HOURS)
    assert not wt.is_working_day(day, bridged)
    assert wt.next_working_moment(local("2026-05-13 17:00"), bridged) == local("2026-05-18 09:00")


@pytest.mark.parametrize(
    ("sentence", "sunday", "worked"),
    [
        ("an ordinary night from 0 to 6 has six hours", "2026-03-22", 6),
        ("the night the clock goes forward has five", "2026-03-29", 5),
        ("the night the clock goes back has seven", "2026-10-25", 7),
    ],
)
def test_a_night_has_its_true_length(sentence, sunday, worked):
    day = datetime.fromisoformat(sunday).replace(tzinfo=wt.AMSTERDAM)
    until = day + timedelta(days=1)
    assert wt.working_time(day, until, SUNDAY_NIGHT) == timedelta(hours=worked), sentence


def test_midnight_may_be_the_end_of_a_day():
    hours = WorkingHours.of({0: (time(16), time(0))})
    assert wt.is_working_moment(local("2026-03-02 23:59"), hours)
    assert not wt.is_working_moment(local("2026-03-03 00:00"), hours)


def test_a_day_off_has_no_span():
    with pytest.raises(BadHours, match=r"2026-03-01 is a day off\. Ask is_working_day first"):
        wt.working_span(date(2026, 3, 1), OFFICE_HOURS)


def test_hours_that_never_come_are_refused_aloud():
    every_monday = frozenset(date(2026, 1, 5) + timedelta(weeks=n) for n in range(600))
    hours = WorkingHours.of({0: (time(9), time(12))}, closed_on=every_monday)
    with pytest.raises(NoWorkingTime, match="Widen the working hours"):
        wt.next_working_moment(local("2026-01-01 10:00"), hours)


@pytest.mark.parametrize(
    ("sentence", "make", "message"),
    [
        ("no day at all", lambda: WorkingHours.of({}), "no day is worked. Give at least one weekday"),
        ("six days", lambda: WorkingHours((None,) * 6), "6 days given. Give seven, Monday first"),
        ("an eighth weekday", lambda: WorkingHours.of({7: (time(9), time(17))}), "weekday 7 does not exist"),
        (
            "closing before opening",
            lambda: WorkingHours.of({2: (time(17), time(9))}),
            "working hours, Wednesday: 17:00-09:00 ends before it starts. Split a night at 00:00",
        ),
        ("no length", lambda: WorkingHours.of({2: (time(9), time(9))}), "ends before it starts"),
        (
            "a time zone inside",
            lambda: WorkingHours.of({2: (time(9, tzinfo=UTC), time(17))}),
            "carries a time zone. Give local times without one",
        ),
    ],
)
def test_impossible_hours_are_refused_with_a_way_out(sentence, make, message):
    with pytest.raises(BadHours) as caught:
        make()
    assert message in str(caught.value), sentence


def test_a_moment_without_a_time_zone_is_refused():
    naive = datetime(2026, 3, 2, 10)
    for ask in (wt.is_working_moment, wt.next_working_moment):
        with pytest.raises(NaiveMoment, match=r"has no time zone\. Pass an aware one"):
            ask(naive, OFFICE_HOURS)
    with pytest.raises(NaiveMoment):
        wt.working_time(local("2026-03-02 10:00"), naive, OFFICE_HOURS)


def test_the_holidays_of_a_year_are_worked_out_once():
    assert wt.public_holidays(2026) is wt.public_holidays(2026)


def test_equal_hours_are_equal_and_can_be_a_key():
    same = WorkingHours.of({day: (time(9), time(17)) for day in range(5)})
    assert same == OFFICE_HOURS
    assert {same: "office"}[OFFICE_HOURS] == "office"
