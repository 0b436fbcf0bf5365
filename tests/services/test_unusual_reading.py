"""Somebody opens far more than they usually do: the privacy officer hears how many people, once a day, and no signal."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from meldroute.rules.actors import Actor
from meldroute.rules.unusual_reading import FLOOR
from meldroute.services.oversight import oversight
from meldroute.services.unusual_reading import notice
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, Message, UnusualReading
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def reads(reader, number, *, at=MONDAY, signals=None, kind="membership"):
    actor = reader.actor if kind == "membership" else Actor(kind, "1:x", "reporter")
    with transaction.atomic():
        for n in range(number):
            history.append(reader.organisation, actor=actor, act="signal.read", now=at - timedelta(seconds=number - n),
                           signal=signals[n % len(signals)] if signals else uuid4(), details={"part": "page"})


def test_beyond_the_floor_and_one_s_own_norm_the_privacy_officer_hears_a_number(cast):
    reads(cast.anna, FLOOR + 1)
    assert notice(now=MONDAY) == 1
    told = Message.objects.get(kind="unusual_reading")
    assert (told.membership_id, told.count, told.signal_id) == (cast.pia.membership, 1, None)
    assert notice(now=MONDAY + timedelta(minutes=1)) == 0, "once a day"
    row = UnusualReading.objects.get()
    assert (row.membership_id, row.opened, row.usual) == (cast.anna.membership, FLOOR + 1, 0)
    assert HistoryEntry.objects.get(act="reading.unusual").details["membership"] == str(cast.anna.membership)
    assert [u.who for u in oversight(reader=cast.pia, now=MONDAY).unusual] == ["Anna Aandacht"]


def test_the_same_signal_again_and_one_s_own_busy_norm_are_nothing(cast):
    reads(cast.bo, 3 * FLOOR, signals=[uuid4(), uuid4()])
    for days in (3, 4, 5):
        reads(cast.anna, FLOOR, at=MONDAY - timedelta(days=days))
    reads(cast.anna, 2 * FLOOR)
    reads(cast.bram, 2 * FLOOR, kind="reporter")
    assert notice(now=MONDAY) == 0
    assert not Message.objects.exists()


def test_a_second_person_makes_it_two(cast):
    reads(cast.anna, FLOOR + 1)
    notice(now=MONDAY)
    reads(cast.bo, FLOOR + 5)
    assert notice(now=MONDAY) == 1
    assert sorted(Message.objects.values_list("count", flat=True)) == [1, 2]


def test_where_all_is_well_it_asks_one_short_question(cast, django_assert_max_num_queries):
    reads(cast.anna, 2)
    with django_assert_max_num_queries(1):
        assert notice(now=MONDAY) == 0
