"""For any text, key and place: what was changed, cut, lengthened, moved or sealed elsewhere is refused, never shown."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.storage.sealing import (
    SealBroken,
    new_signal_key,
    open_sealed,
    open_with_purpose,
    place_of,
    seal,
    seal_with_purpose,
    unwrap_key,
    wrap_key,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
ids = st.uuids()
FIELDS = ("content_sealed", "reporter_sealed", "assessment_sealed", "code_sealed")
MODELS = ("signal", "enrichment", "disclosure", "contact", "answer", "attachment")
places = st.builds(place_of, st.sampled_from(MODELS), st.sampled_from(FIELDS), ids)


@given(texts, places, st.data())
def test_a_change_of_any_bit_any_cut_and_anything_added_is_refused(text, place, data):
    key = new_signal_key()
    sealed = seal(key, text, place=place)
    assert open_sealed(key, sealed, place=place) == text
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    cut = sealed[:data.draw(st.integers(0, len(sealed) - 1))]
    for bad in (bytes(changed), cut, sealed[1:], sealed + data.draw(st.binary(min_size=1, max_size=40)), sealed + sealed, b""):
        with pytest.raises(SealBroken):
            open_sealed(key, bad, place=place)


@given(texts, places, places)
def test_in_another_place_it_does_not_open(text, place, other):
    key = new_signal_key()
    sealed = seal(key, text, place=place)
    if other != place:
        with pytest.raises(SealBroken):
            open_sealed(key, sealed, place=other)


@given(texts, places)
def test_under_the_key_of_another_signal_it_does_not_open(text, place):
    with pytest.raises(SealBroken):
        open_sealed(new_signal_key(), seal(new_signal_key(), text, place=place), place=place)


@given(ids, ids, st.integers(0, 2**16 - 1))
def test_a_wrapped_key_belongs_to_one_signal_and_one_version(signal: UUID, other: UUID, version: int):
    key = new_signal_key()
    wrapped = wrap_key(key, signal_id=signal)
    assert unwrap_key(wrapped, signal_id=signal) == key
    relabelled = wrapped[:1] + version.to_bytes(2) + wrapped[3:]
    if relabelled != wrapped:
        with pytest.raises(SealBroken):
            unwrap_key(relabelled, signal_id=signal)
    if other != signal:
        with pytest.raises(SealBroken):
            unwrap_key(wrapped, signal_id=other)


@given(texts, places)
def test_seals_of_one_kind_are_not_taken_for_another(text, place):
    with pytest.raises(SealBroken):
        open_with_purpose("token", seal_with_purpose("link", text, place=place), place=place)
    with pytest.raises(SealBroken):
        open_sealed(new_signal_key(), seal_with_purpose("link", text, place=place), place=place)
