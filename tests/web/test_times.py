"""Times as people say them."""
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from meldroute.web import times

NOW = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)  # Monday 13:30 in Amsterdam


@pytest.fixture(autouse=True)
def dutch():
    with override("nl"):
        yield


@pytest.mark.parametrize(("ahead", "words"), [
    (timedelta(hours=3), "vandaag 16:30"),
    (timedelta(hours=-10, minutes=-18), "vandaag 03:12"),
    (timedelta(hours=-34, minutes=-18), "gisteren 03:12"),
    (timedelta(hours=10, minutes=29), "vandaag 23:59"),
    (timedelta(hours=10, minutes=30), "morgen 00:00"),   # midnight in Amsterdam, not in UTC
    (timedelta(days=7, hours=-4, minutes=-30), "maandag 9 november 2026 09:00"),
])
def test_a_moment(ahead, words):
    assert times.moment_text(NOW + ahead, now=NOW) == words


@pytest.mark.parametrize(("left", "words"), [
    (timedelta(seconds=59), "nog minder dan een minuut"),
    (timedelta(minutes=1), "nog 1 minuut"),
    (timedelta(minutes=59, seconds=59), "nog 59 minuten"),
    (timedelta(hours=3, minutes=59), "nog 3 uur"),       # never more than there is
    (timedelta(hours=47), "nog 47 uur"),
    (timedelta(hours=48), "nog 2 dagen"),
    (timedelta(0), "nog minder dan een minuut"),
    (timedelta(seconds=-1), "minder dan een minuut te laat"),
    (timedelta(minutes=-90), "1 uur te laat"),
    (timedelta(days=-3), "3 dagen te laat"),
])
def test_what_is_left(left, words):
    assert times.remaining_text(NOW + left, now=NOW) == words


def test_english_too():
    with override("en"):
        assert times.moment_text(NOW - timedelta(days=1), now=NOW) == "yesterday 13:30"
        assert times.exact_text(NOW) == "Monday 2 November 2026 13:30"
        assert times.remaining_text(NOW + timedelta(hours=1), now=NOW) == "1 hour left"


def test_the_hour_that_exists_twice_says_which_one():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert times.exact_text(first) == "zondag 25 oktober 2026 02:30 CEST"
    assert times.exact_text(first + timedelta(hours=1)) == "zondag 25 oktober 2026 02:30 CET"


def test_across_the_change_of_the_clock_the_day_is_the_local_one():
    now = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # Sunday 00:30 in Amsterdam
    assert times.moment_text(now + timedelta(hours=23), now=now) == "vandaag 22:30"


def test_a_time_that_lost_its_zone_is_refused():
    with pytest.raises(times.NoTimeZone, match="has no zone"):
        times.moment_text(datetime(2026, 11, 2, 12, 30), now=NOW)
