"""A file as sealed parts: each opens only in its own file, in its own place, and only one of them as the last.

Parts have one length, so that the database tells the size of a file only roughly. What is missing, added, exchanged or
out of order is refused: `SealBroken`, and not one byte is given.
"""

import os
from collections.abc import Iterator, Sequence
from uuid import UUID

from .keyring import KEY_BYTES
from .sealing import SealBroken, open_bytes, place_of, seal_bytes

PART = 64 * 1024
_LENGTH = 8  # the whole length stands before the first byte


def new_file_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap_file_key(key: bytes, *, signal_key: bytes, file: UUID) -> bytes:
    return seal_bytes(signal_key, key, place=place_of("attachmentkey", "wrapped", file))


def unwrap_file_key(wrapped: bytes, *, signal_key: bytes, file: UUID) -> bytes:
    return open_bytes(signal_key, wrapped, place=place_of("attachmentkey", "wrapped", file))


def parts_needed(length: int) -> int:
    return -(-(length + _LENGTH) // PART)


def seal_parts(key: bytes, content: bytes, *, file: UUID) -> Iterator[bytes]:
    """The sealed parts in order, one at a time."""
    number = parts_needed(len(content))
    for n in range(number):
        start = n * PART - _LENGTH
        part = content[max(start, 0):start + PART]
        if n == 0:
            part = len(content).to_bytes(_LENGTH) + part
        yield seal_bytes(key, part.ljust(PART, b"\x00"), place=_place(file, n, last=n == number - 1))


def open_parts(key: bytes, parts: Sequence[bytes], *, file: UUID) -> bytes:
    """All of the file, or `SealBroken`."""
    opened = b"".join(open_bytes(key, part, place=_place(file, n, last=n == len(parts) - 1))
                      for n, part in enumerate(parts))
    length = int.from_bytes(opened[:_LENGTH])
    if not parts or parts_needed(length) != len(parts):
        raise SealBroken(_place(file, 0, last=False), "parts are missing or were added")
    return opened[_LENGTH:_LENGTH + length]


def _place(file: UUID, number: int, *, last: bool) -> str:
    return f"{place_of('attachmentpart', 'sealed', file)} {number} {'last' if last else 'more'}"
