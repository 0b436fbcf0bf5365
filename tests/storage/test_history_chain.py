"""What comes back from the database still carries the hash it was written with, on either database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from meldroute.rules.actors import TICK, Actor
from meldroute.storage import history
from meldroute.storage.chain import ChainBroken, ChainEntry, ChainHead, StoredEntry, verify
from meldroute.storage.models import ChainHead as KeptHead
from meldroute.storage.models import HistoryEntry
from tests.unguarded import unguarded

MUNICIPALITY = UUID("00000000-0000-4000-8000-0000000000c1")
NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)  # a second before the clock changes
FOCAL_POINT = Actor("membership", "00000000-0000-4000-8000-0000000000aa", "focal_point", MUNICIPALITY)
REPORTER = Actor("reporter", "1:" + "x" * 43, "reporter")
DETAILS = {"referral": str(uuid4()), "days": 3, "late": None, "forms": ["SU", "OV"], "note": "café ☎ 𝄞", "b": {"z": 1, "a": 2}}

pytestmark = pytest.mark.django_db


def say(actor, act, *, chain=MUNICIPALITY, minutes=0, **about):
    with transaction.atomic():
        history.append(chain, actor=actor, act=act, now=NOW + timedelta(minutes=minutes), **about)


@pytest.fixture
def written():
    say(REPORTER, "signal.received", signal=uuid4(), details={"danger": True})
    say(FOCAL_POINT, "list.read", minutes=1, subjects=[uuid4(), uuid4(), uuid4()])
    say(FOCAL_POINT, "referral.opened", minutes=2, signal=uuid4(), details=DETAILS)
    say(TICK, "clock.reminded", minutes=3)


def stored(chain=MUNICIPALITY):
    for row in HistoryEntry.objects.filter(chain=str(chain)).order_by("number"):
        columns = {name: getattr(row, name) for name in ChainEntry.__dataclass_fields__}
        yield StoredEntry(ChainEntry(**columns), bytes(row.previous_hash), bytes(row.hash))


def check(chain=MUNICIPALITY):
    kept = KeptHead.objects.get(chain=str(chain))
    return verify(stored(chain), chain=str(chain), head=ChainHead(kept.number, bytes(kept.hash)))


def test_every_column_of_the_history_is_covered_by_the_hash():
    columns = {field.name for field in HistoryEntry._meta.concrete_fields}
    assert columns - {"id", "hash", "previous_hash"} == set(ChainEntry.__dataclass_fields__)


def test_a_chain_read_back_from_the_database_holds(written):
    assert check() == 4


def test_two_chains_do_not_mix(written):
    say(TICK, "tick.ran", chain="system")
    say(FOCAL_POINT, "signal.read", minutes=9, signal=uuid4())
    assert check() == 5
    assert check("system") == 1


CHANGES = {
    "at": NOW + timedelta(microseconds=1),
    "actor": "somebody else",
    "role": "buddy",
    "organisation": uuid4(),
    "act": "signal.closed",
    "signal": None,
    "subjects": [str(uuid4())],
    "details": DETAILS | {"days": 4},
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_column_changed_in_the_database_is_named(written, column):
    with unguarded():
        HistoryEntry.objects.filter(chain=str(MUNICIPALITY), number=3).update(**{column: CHANGES[column]})
    with pytest.raises(ChainBroken, match=f"chain {MUNICIPALITY}, entry 3: was changed"):
        check()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_row_deleted_from_the_database_is_named(written, number):
    with unguarded():
        HistoryEntry.objects.filter(chain=str(MUNICIPALITY), number=number).delete()
    with pytest.raises(ChainBroken, match=f"entry {number}: is missing"):
        check()


def test_nothing_joins_the_chain_when_the_act_is_undone(written):
    with transaction.atomic():
        history.append(MUNICIPALITY, actor=FOCAL_POINT, act="signal.read", now=NOW, signal=uuid4())
        transaction.set_rollback(True)
    assert check() == 4
    say(FOCAL_POINT, "signal.read", minutes=9, signal=uuid4())
    assert check() == 5
