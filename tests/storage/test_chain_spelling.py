"""The one spelling of an entry: what is the same is spelt alike, what differs is not, and the rest is refused."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.storage.chain import NotCanonical, canonical, genesis, next_head
from tests.storage.chain_help import CHAIN, ENTRY, SIGNAL, START

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(words, json_values, max_size=5))
def test_a_round_trip_through_json_changes_no_hash(details):
    entry = replace(ENTRY, details=details)
    back = json.loads(json.dumps(details))
    assert canonical(replace(entry, details=dict(reversed(back.items())))) == canonical(entry)


@given(words, words, words, words)
def test_no_two_entries_share_a_spelling(kind, value, other_kind, other_value):
    one = canonical(replace(ENTRY, actor_kind=kind, actor=value))
    two = canonical(replace(ENTRY, actor_kind=other_kind, actor=other_value))
    assert (one == two) == ((kind, value) == (other_kind, other_value))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"details": {"a": 1}}, {"details": {"a": "1"}}),
        ({"details": {"a": 1}}, {"details": {"a": True}}),
        ({"details": {"a": None}}, {"details": {}}),
        ({"details": {"a": []}}, {"details": {"a": {}}}),
        ({"subjects": (SIGNAL, CHAIN)}, {"subjects": (CHAIN, SIGNAL)}),
        ({"number": 1}, {"number": 11}),
        ({"act": "a", "actor": "bc"}, {"act": "ab", "actor": "c"}),
    ],
)
def test_what_looks_alike_is_not_the_same(one, other):
    assert canonical(replace(ENTRY, **one)) != canonical(replace(ENTRY, **other))


def test_one_moment_has_one_spelling_in_any_zone():
    amsterdam = START.astimezone(ZoneInfo("Europe/Amsterdam"))
    elsewhere = START.astimezone(timezone(timedelta(hours=-7)))
    assert (
        canonical(replace(ENTRY, at=amsterdam)) == canonical(replace(ENTRY, at=elsewhere)) == canonical(ENTRY)
    )


def test_a_microsecond_is_a_difference():
    assert canonical(replace(ENTRY, at=START + timedelta(microseconds=1))) != canonical(ENTRY)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(NotCanonical, match="its time has no zone"):
        canonical(replace(ENTRY, at=datetime(2026, 11, 23, 9, 0)))


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), b"bytes", uuid4(), START, {1, 2}, {1: "a"}, "a\x00b", "\ud800"]
)
def test_details_without_one_spelling_are_refused_with_their_place(value):
    with pytest.raises(NotCanonical, match=r"entry 1, details\.list\[1\]"):
        canonical(replace(ENTRY, details={"list": ["fine", value]}))


def test_the_spelling_never_changes():
    """A stored chain must verify in every later release: change the format name when this must differ."""
    assert canonical(ENTRY) == (
        b'["00000000-0000-4000-8000-0000000000c1",1,"2026-11-23T09:00:00.000000+00:00","membership",'
        b'"00000000-0000-4000-8000-0000000000aa","focal_point","00000000-0000-4000-8000-0000000000c1",'
        b'"signal.read","00000000-0000-4000-8000-000000000001",["00000000-0000-4000-8000-000000000001"],'
        b'{"days":3,"late":false,"referral":"00000000-0000-4000-8000-0000000000bb"}]'
    )
    pinned = "ad8e75ede5ed0e2bfee510f9c8fb3e6df3f8173c0fffecc8074d55692bdebfb0"
    assert next_head(genesis(CHAIN), ENTRY).hash.hex() == pinned
