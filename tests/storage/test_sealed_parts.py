"""A file in sealed parts opens whole, in its own place and order, or not at all."""

import os
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from meldroute.storage.sealed_parts import (
    PART,
    new_file_key,
    open_parts,
    parts_needed,
    seal_parts,
    unwrap_file_key,
    wrap_file_key,
)
from meldroute.storage.sealing import SealBroken

FILE, KEY = UUID(int=7), b"k" * 32


def sealed(content: bytes, *, key=KEY, file=FILE) -> list[bytes]:
    return list(seal_parts(key, content, file=file))


@settings(max_examples=30)
@given(some.sampled_from([0, 1, PART - 9, PART - 8, PART - 7, PART, 2 * PART - 8, 2 * PART - 7, 5 * PART]))
def test_what_was_sealed_comes_back_at_every_edge(length):
    content = os.urandom(length)
    parts = sealed(content)
    assert len(parts) == parts_needed(length)
    assert open_parts(KEY, parts, file=FILE) == content


def test_a_length_is_told_in_steps_only():
    assert {len(part) for length in (1, 60_000, 200_000) for part in sealed(b"x" * length)} == {1 + 12 + PART + 16}


def test_nothing_of_the_content_is_readable_and_equal_content_looks_different():
    once, again = sealed(b"Geheime Gerda" * 100), sealed(b"Geheime Gerda" * 100)
    assert b"Gerda" not in b"".join(once)
    assert once != again


def refused(parts: list[bytes], *, key=KEY, file=FILE) -> None:
    with pytest.raises(SealBroken):
        open_parts(key, parts, file=file)


def test_what_is_missing_added_exchanged_or_out_of_order_is_refused():
    parts, other = sealed(b"a" * (3 * PART)), sealed(b"b" * (3 * PART))
    refused([])
    refused(parts[:-1])  # cut at the end
    refused(parts[1:])  # cut at the start
    refused([parts[1], parts[0], *parts[2:]])
    refused([parts[0], parts[0], *parts[2:]])
    refused([*parts, parts[-1]])
    refused([*parts[:-1], other[-1], parts[-1]])
    refused(parts, file=uuid4())
    refused(parts, key=new_file_key())
    refused([parts[0][:-1], *parts[1:]])
    refused([b"\x01" + parts[0][1:], *parts[1:]])  # it says that it is text
    refused([b"", *parts[1:]])
    for n in range(len(parts)):
        for at in (0, 5, 40, -1):
            wounded = bytearray(parts[n])
            wounded[at] ^= 1
            refused([*parts[:n], bytes(wounded), *parts[n + 1:]])


def test_a_part_of_another_file_under_the_same_key_is_refused():
    other = sealed(b"b" * 10, file=uuid4())
    refused(other)


def test_the_key_of_a_file_opens_for_that_file_under_that_signal():
    key, signal_key = new_file_key(), os.urandom(32)
    wrapped = wrap_file_key(key, signal_key=signal_key, file=FILE)
    assert unwrap_file_key(wrapped, signal_key=signal_key, file=FILE) == key
    for wrong in ({"signal_key": os.urandom(32), "file": FILE}, {"signal_key": signal_key, "file": uuid4()}):
        with pytest.raises(SealBroken):
            unwrap_file_key(wrapped, **wrong)
