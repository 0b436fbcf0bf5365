"""The chain: of all that is changed, dropped, added, moved or borrowed, the first entry is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.storage.chain import (
    ChainBroken,
    ChainHead,
    StoredEntry,
    canonical,
    entry_hash,
    genesis,
    next_head,
    verify,
)
from tests.storage.chain_help import CHAIN, ENTRY, START, a_chain, rewritten

OTHER_CHAIN = "00000000-0000-4000-8000-0000000000c2"
lengths = st.integers(min_value=2, max_value=12)


@given(st.integers(min_value=0, max_value=30))
def test_a_chain_left_alone_holds(length):
    stored, head = a_chain(length)
    assert verify(iter(stored), chain=CHAIN, head=head) == length


def test_one_entry_after_another_is_read_never_all_at_once():
    stored, head = a_chain(5)
    broken_third = [*stored[:2], rewritten(stored[2], act="signal.closed")]

    def rows():
        yield from broken_third
        pytest.fail("read on after the first wrong entry")

    with pytest.raises(ChainBroken):
        verify(rows(), chain=CHAIN, head=head)


CHANGES = {
    "at": START + timedelta(days=1),
    "actor_kind": "tick",
    "actor": "somebody else",
    "role": "buddy",
    "organisation": None,
    "act": "signal.closed",
    "signal": None,
    "subjects": (),
    "details": {},
}


@pytest.mark.parametrize("name", CHANGES)
@given(length=lengths, data=st.data())
def test_one_changed_value_is_named(name, length, data):
    stored, head = a_chain(length)
    at = data.draw(st.integers(0, length - 1))
    stored[at] = rewritten(stored[at], **{name: CHANGES[name]})
    with pytest.raises(ChainBroken, match="was changed after it was written") as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == at + 1


@given(length=lengths, data=st.data())
def test_one_changed_bit_of_a_hash_is_named(length, data):
    stored, head = a_chain(length)
    at = data.draw(st.integers(0, length - 1))
    which = data.draw(st.sampled_from(["hash", "previous_hash"]))
    wrong = bytearray(getattr(stored[at], which))
    wrong[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    stored[at] = replace(stored[at], **{which: bytes(wrong)})
    with pytest.raises(ChainBroken) as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == at + 1


@given(length=lengths, data=st.data())
def test_a_missing_entry_is_named(length, data):
    stored, head = a_chain(length)
    at = data.draw(st.integers(0, length - 1))
    with pytest.raises(ChainBroken, match="is missing") as broken:
        verify(stored[:at] + stored[at + 1 :], chain=CHAIN, head=head)
    assert broken.value.number == at + 1


@given(length=lengths, data=st.data())
def test_a_chain_cut_short_is_noticed_at_its_end(length, data):
    stored, head = a_chain(length)
    kept = data.draw(st.integers(0, length - 1))
    with pytest.raises(ChainBroken, match="is missing, like all up to the end") as broken:
        verify(stored[:kept], chain=CHAIN, head=head)
    assert broken.value.number == kept + 1


@given(length=lengths, data=st.data())
def test_two_swapped_entries_are_named(length, data):
    stored, head = a_chain(length)
    first = data.draw(st.integers(0, length - 2))
    second = data.draw(st.integers(first + 1, length - 1))
    stored[first], stored[second] = stored[second], stored[first]
    with pytest.raises(ChainBroken, match="out of order") as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == first + 1


@given(length=lengths, data=st.data())
def test_two_entries_that_swapped_their_numbers_are_named(length, data):
    stored, head = a_chain(length)
    first = data.draw(st.integers(0, length - 2))
    second = data.draw(st.integers(first + 1, length - 1))
    one, two = stored[first], stored[second]
    stored[first], stored[second] = rewritten(two, number=first + 1), rewritten(one, number=second + 1)
    with pytest.raises(ChainBroken, match="does not follow the entry before it") as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == first + 1


def test_an_entry_told_twice_is_named():
    stored, head = a_chain(3)
    with pytest.raises(ChainBroken, match="stands again") as broken:
        verify([stored[0], stored[0], *stored[1:]], chain=CHAIN, head=head)
    assert broken.value.number == 1


def test_an_entry_put_in_between_is_named():
    stored, head = a_chain(3)
    between = replace(ENTRY, number=2, act="signal.closed")
    forged = StoredEntry(between, stored[0].hash, entry_hash(stored[0].hash, canonical(between)))
    with pytest.raises(ChainBroken) as broken:
        verify([stored[0], forged, *stored[1:]], chain=CHAIN, head=head)
    assert broken.value.number == 2


def test_an_entry_added_at_the_end_is_named():
    _, head = a_chain(3)
    longer, _ = a_chain(4)
    with pytest.raises(ChainBroken, match="is beyond the end of the chain, which is 3") as broken:
        verify(longer, chain=CHAIN, head=head)
    assert broken.value.number == 4


def test_an_entry_of_another_chain_is_refused():
    stored, head = a_chain(3)
    foreign, _ = a_chain(3, OTHER_CHAIN)
    stored[1] = foreign[1]
    with pytest.raises(ChainBroken, match=f"belongs to chain {OTHER_CHAIN}") as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == 2


def test_a_whole_chain_under_another_name_is_refused():
    foreign, head = a_chain(3, OTHER_CHAIN)
    renamed = [rewritten(one, chain=CHAIN) for one in foreign]
    with pytest.raises(ChainBroken) as broken:
        verify(renamed, chain=CHAIN, head=head)
    assert broken.value.number == 1


def test_a_chain_written_anew_differs_from_the_head_that_was_kept():
    _, kept = a_chain(3)
    head, forged = genesis(CHAIN), []
    for number in range(1, 4):
        entry = replace(ENTRY, number=number, act="something harmless")
        before, head = head, next_head(head, entry)
        forged.append(StoredEntry(entry, before.hash, head.hash))
    with pytest.raises(ChainBroken, match="differs from the head that was kept"):
        verify(forged, chain=CHAIN, head=kept)


def test_the_walk_may_begin_after_a_part_that_is_gone():
    stored, head = a_chain(5)
    start = ChainHead(2, stored[1].hash)
    assert verify(stored[2:], chain=CHAIN, head=head, start=start) == 3
    with pytest.raises(ChainBroken):
        verify(stored[2:], chain=CHAIN, head=head, start=ChainHead(2, bytes(32)))


def test_the_refusal_names_chain_entry_cause_and_way_out():
    stored, head = a_chain(2)
    with pytest.raises(
        ChainBroken, match=rf"chain {CHAIN}, entry 2: is missing.*Repair nothing.*privacy officer"
    ):
        verify(stored[:1], chain=CHAIN, head=head)


def test_an_entry_changed_into_something_unwritable_is_named_not_crashed_on():
    stored, head = a_chain(2)
    stored[1] = rewritten(stored[1], details={"days": 3.0})
    with pytest.raises(ChainBroken, match="nobody could write this") as broken:
        verify(stored, chain=CHAIN, head=head)
    assert broken.value.number == 2


def test_an_entry_that_does_not_follow_the_head_does_not_join():
    with pytest.raises(ValueError, match="entry 3 does not follow 0"):
        next_head(genesis(CHAIN), replace(ENTRY, number=3))


def test_a_previous_hash_of_another_size_is_refused():
    with pytest.raises(ValueError, match="0 bytes, not 32"):
        entry_hash(b"", canonical(ENTRY))
