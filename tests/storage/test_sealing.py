"""Sealed text opens in its own place with its own key, and in no other way."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.storage.keyring import create_keyring
from meldroute.storage.sealing import (
    CannotSeal,
    SealBroken,
    new_signal_key,
    open_for_person,
    open_sealed,
    open_with_purpose,
    place_of,
    seal,
    seal_for_person,
    seal_with_purpose,
    unwrap_key,
    wrap_key,
)

KEY = bytes(range(32))
ROW = UUID("00000000-0000-4000-8000-000000000001")
PLACE = place_of("Signal", "narrative", ROW)
NARRATIVE = "Achter de zaak slapen zes mensen op matrassen; de eigenaar houdt hun paspoorten."

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=3000)


@pytest.fixture
def ring(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)


def another_keyring(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "others" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)


# A key per signal


@given(texts)
def test_what_was_sealed_comes_back_as_it_was(text):
    assert open_sealed(KEY, seal(KEY, text, place=PLACE), place=PLACE) == text


@pytest.mark.parametrize(
    "text", ["", "\x00", "a\x00\x00", "é\x80", "\x80", "x" * 63, "x" * 64, "x" * 1024, "ö" * 700]
)
def test_every_ending_survives_the_padding(text):
    assert open_sealed(KEY, seal(KEY, text, place=PLACE), place=PLACE) == text


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=1, max_value=255))
def test_one_changed_bit_anywhere_is_refused(position, change):
    sealed = bytearray(seal(KEY, NARRATIVE, place=PLACE))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(SealBroken):
        open_sealed(KEY, bytes(sealed), place=PLACE)


@given(st.data())
def test_a_shortened_or_lengthened_seal_is_refused(data):
    sealed = seal(KEY, NARRATIVE, place=PLACE)
    shorter = sealed[: data.draw(st.integers(0, len(sealed) - 1))]
    longer = sealed + data.draw(st.binary(min_size=1, max_size=80))
    for wrong in (shorter, longer):
        with pytest.raises(SealBroken):
            open_sealed(KEY, wrong, place=PLACE)


@given(st.sampled_from(["Signal.summary", "Note.narrative", "signal.narrative", ""]), st.uuids(version=4))
def test_swapped_to_another_field_or_row_it_is_refused(field, row):
    sealed = seal(KEY, NARRATIVE, place=PLACE)
    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed, place=f"{field}:{ROW}")
    with pytest.raises(SealBroken):
        open_sealed(KEY, sealed, place=place_of("Signal", "narrative", row))


@given(st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
def test_another_key_is_refused(key):
    with pytest.raises(SealBroken):
        open_sealed(key, seal(KEY, NARRATIVE, place=PLACE), place=PLACE)


def test_the_refusal_names_place_cause_and_way_out_and_shows_nothing_of_the_text():
    sealed = seal(KEY, NARRATIVE, place=PLACE)
    with pytest.raises(SealBroken) as refusal:
        open_sealed(KEY, sealed[:-1], place=PLACE)
    message = str(refusal.value)
    assert message.startswith(f"Signal.narrative:{ROW}: the sealed text cannot be opened: it was changed")
    assert "Check that the keyring belongs to this database" in message
    assert "matrassen" not in message
    assert sealed.hex() not in message
    assert refusal.value.__cause__ is None
    assert refusal.value.place == PLACE


@pytest.mark.parametrize(
    "nothing", [None, "", "not sealed", b"", b"plain text that somebody put in the column"]
)
def test_something_never_sealed_is_refused_not_shown(nothing):
    with pytest.raises(SealBroken):
        open_sealed(KEY, nothing, place=PLACE)


def test_the_same_text_is_never_sealed_the_same_way():
    assert seal(KEY, NARRATIVE, place=PLACE) != seal(KEY, NARRATIVE, place=PLACE)


def test_no_part_of_the_text_is_readable():
    sealed = seal(KEY, NARRATIVE, place=PLACE)
    assert not any(word.encode() in sealed for word in NARRATIVE.split() if len(word) > 2)


def test_names_and_dates_all_have_one_length():
    short = ["", "Jo", "Wilhelmina van den Heuvel-Oosterhout", "1984-02-29", "06-00000000"]
    assert len({len(seal(KEY, text, place=PLACE)) for text in short}) == 1


@given(st.integers(min_value=0, max_value=20_000))
def test_a_length_tells_no_more_than_its_step(length):
    content = len(seal(KEY, "x" * length, place=PLACE)) - 1 - 12 - 16
    step = 64 if content <= 1024 else 256
    assert content % step == 0
    assert 0 < content - length <= step


def test_what_a_database_hands_back_may_be_a_memoryview():
    assert open_sealed(KEY, memoryview(seal(KEY, "plaats", place=PLACE)), place=PLACE) == "plaats"


def test_a_seal_without_a_place_is_refused():
    with pytest.raises(CannotSeal, match="place_of"):
        seal(KEY, NARRATIVE, place="")


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33])
def test_a_weaker_key_is_refused(size):
    with pytest.raises(CannotSeal, match=f"{size} bytes, not 32"):
        seal(bytes(size), NARRATIVE, place=PLACE)


def test_half_a_character_is_refused_without_quoting_the_text():
    with pytest.raises(CannotSeal) as refusal:
        seal(KEY, NARRATIVE + "\ud800", place=PLACE)
    assert "matrassen" not in str(refusal.value)
    assert refusal.value.__suppress_context__


# Wrapping


def test_a_wrapped_key_comes_back_for_its_own_signal(ring):
    key, signal = new_signal_key(), uuid4()
    wrapped = wrap_key(key, signal_id=signal)
    assert key not in wrapped
    assert unwrap_key(wrapped, signal_id=signal) == key


def test_a_key_swapped_to_another_signal_is_refused(ring):
    wrapped = wrap_key(new_signal_key(), signal_id=uuid4())
    other = uuid4()
    with pytest.raises(SealBroken, match=f"the key of signal {other}"):
        unwrap_key(wrapped, signal_id=other)


def test_every_changed_byte_of_a_wrapped_key_is_refused(ring):
    signal = uuid4()
    wrapped = wrap_key(new_signal_key(), signal_id=signal)
    for position in range(len(wrapped)):
        changed = wrapped[:position] + bytes([wrapped[position] ^ 1]) + wrapped[position + 1 :]
        with pytest.raises(SealBroken):
            unwrap_key(changed, signal_id=signal)
    for size in range(len(wrapped)):
        with pytest.raises(SealBroken):
            unwrap_key(wrapped[:size], signal_id=signal)


def test_a_foreign_keyring_opens_nothing(ring, tmp_path, settings):
    signal = uuid4()
    wrapped = wrap_key(new_signal_key(), signal_id=signal)
    link = seal_with_purpose("link", "token", place="Message.link:1")
    another_keyring(tmp_path, settings)
    with pytest.raises(SealBroken, match="Check that the keyring belongs to this database"):
        unwrap_key(wrapped, signal_id=signal)
    with pytest.raises(SealBroken):
        open_with_purpose("link", link, place="Message.link:1")


def test_a_key_version_that_is_gone_is_named(ring):
    signal = uuid4()
    wrapped = wrap_key(new_signal_key(), signal_id=signal)
    with pytest.raises(SealBroken, match="version 7 of the 'wrap' key is not in the keyring"):
        unwrap_key(wrapped[:1] + (7).to_bytes(2) + wrapped[3:], signal_id=signal)


def test_only_a_whole_key_is_wrapped(ring):
    with pytest.raises(CannotSeal, match="16 bytes"):
        wrap_key(bytes(16), signal_id=uuid4())


# Without a signal


@pytest.mark.parametrize("purpose", ["token", "link"])
def test_text_without_a_signal_is_sealed_under_its_purpose(ring, purpose):
    sealed = seal_with_purpose(purpose, "https://voorbeeld.test/l/abc", place="Message.link:1")
    assert open_with_purpose(purpose, sealed, place="Message.link:1") == "https://voorbeeld.test/l/abc"
    with pytest.raises(SealBroken):
        open_with_purpose(purpose, sealed, place="Message.link:2")
    with pytest.raises(SealBroken):
        open_with_purpose({"token": "link", "link": "token"}[purpose], sealed, place="Message.link:1")


@pytest.mark.parametrize("purpose", ["wrap", "reporter_tie", "other"])
def test_the_other_keys_seal_no_text(ring, purpose):
    with pytest.raises(CannotSeal, match=f"'{purpose}' seals no text. Use link or token"):
        seal_with_purpose(purpose, "x", place="Message.link:1")


def test_a_draft_opens_for_its_own_person_only(ring):
    person, other = uuid4(), uuid4()
    sealed = seal_for_person(person, NARRATIVE, place="Draft.body:1")
    assert person.bytes not in sealed
    assert open_for_person(person, sealed, place="Draft.body:1") == NARRATIVE
    with pytest.raises(SealBroken):
        open_for_person(other, sealed, place="Draft.body:1")
    with pytest.raises(SealBroken):
        open_for_person(person, sealed, place="Draft.body:2")
    with pytest.raises(SealBroken):
        open_with_purpose("token", sealed, place="Draft.body:1")


def test_one_kind_of_seal_is_never_taken_for_another(ring):
    signal = uuid4()
    wrapped = wrap_key(KEY, signal_id=signal)
    with pytest.raises(SealBroken, match="its format is 03, not 01"):
        open_sealed(KEY, wrapped, place=PLACE)
    with pytest.raises(SealBroken, match="its format is 01, not 03"):
        unwrap_key(seal(KEY, "x", place=PLACE), signal_id=signal)
