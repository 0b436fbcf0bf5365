"""How often one address may do something: counted under a key that is gone within the hour."""

from datetime import timedelta

from meldroute.services.outside_limits import LIMITS, Limits
from tests.cast import MONDAY


def test_one_address_does_not_use_up_another_s():
    limits = Limits()
    allowed = [limits.allows("report", "192.0.2.1", now=MONDAY) for _ in range(LIMITS["report"] + 1)]
    assert allowed == [True] * LIMITS["report"] + [False]
    assert limits.allows("report", "192.0.2.2", now=MONDAY)
    assert limits.allows("receipt", "192.0.2.1", now=MONDAY)


def test_key_and_counts_are_thrown_away_within_the_hour():
    limits = Limits()
    for _ in range(LIMITS["report"] + 1):
        limits.allows("report", "192.0.2.1", now=MONDAY)
    before, keys = limits._key, set(limits._counts)
    assert limits.allows("report", "192.0.2.1", now=MONDAY + timedelta(minutes=30))
    assert limits._key != before
    assert not keys & set(limits._counts)


def test_a_clock_that_jumps_back_locks_nobody_out():
    limits = Limits()
    for _ in range(LIMITS["report"] + 1):
        limits.allows("report", "192.0.2.1", now=MONDAY)
    assert limits.allows("report", "192.0.2.1", now=MONDAY - timedelta(days=1))


def test_no_address_is_held():
    limits = Limits()
    limits.allows("report", "192.0.2.77", now=MONDAY)
    assert b"192.0.2.77" not in b"".join(limits._counts)
    assert "192.0.2.77" not in repr(vars(limits))
