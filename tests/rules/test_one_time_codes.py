"""Codes as an authenticator app shows them: the numbers of RFC 6238, and each good once."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from meldroute.rules.one_time_codes import code_of, counter_at, matching_counter

SECRET = base64.b32encode(b"12345678901234567890").decode()  # of RFC 6238, appendix B
NOW = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
])
def test_it_is_what_the_standard_says(seconds, code):
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_of(SECRET, counter_at(at)) == code
    assert matching_counter(SECRET, f" {code[:3]} {code[3:]} ", now=at) == counter_at(at)


@pytest.mark.parametrize(("off", "good"), [(0, True), (-30, True), (30, True), (-60, False), (60, False)])
def test_a_telephone_may_be_half_a_minute_off(off, good):
    code = code_of(SECRET, counter_at(NOW + timedelta(seconds=off)))
    assert (matching_counter(SECRET, code, now=NOW) is not None) == good


def test_a_code_is_good_once_and_so_is_every_older_one():
    now = counter_at(NOW)
    for counter in (now - 1, now):
        assert matching_counter(SECRET, code_of(SECRET, counter), now=NOW, after=now) is None
    assert matching_counter(SECRET, code_of(SECRET, now + 1), now=NOW, after=now) == now + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "٠١٢٣٤٥", "0" * 500])
def test_what_is_no_code_is_no_code(typed):
    assert matching_counter(SECRET, typed, now=NOW) is None
