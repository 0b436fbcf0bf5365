"""Sealing: personal text lies on disk only encrypted, and bound to the row it belongs to.

AES-256-GCM. A signal has a key of its own; that key is stored wrapped under the keyring. What has no signal
is sealed under the keyring itself. What was sealed in one place (`Signal.narrative:<uuid>`) opens nowhere
else.

Layout: one byte that names the format, two bytes key version where the keyring is used, 12 bytes nonce,
ciphertext and tag. Nonces are random: one key is safe for some four thousand million texts, far above what
one keyring will see.
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keyring import KEY_BYTES, NoSuchKey, keyring

UNDER_SIGNAL, UNDER_PURPOSE, WRAPPED, BYTES = b"\x01", b"\x02", b"\x03", b"\x04"
SEALING_PURPOSES = frozenset({"token", "link"})  # the other two keys have one use each and seal no text
_NONCE = 12
_TAG = 16


class SealBroken(Exception):
    """What is stored cannot be opened. Raised instead of ever showing ciphertext, a part, or nothing."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(
            f"{place}: the sealed text cannot be opened: {cause}. "
            "Check that the keyring belongs to this database; if it does, the row was damaged or changed: "
            "restore it and find out who could write there."
        )
        self.place = place
        self.cause = cause


class CannotSeal(ValueError):
    """This cannot be sealed in a way that opens again."""


def place_of(model: str, field: str, row: UUID) -> str:
    """The one spelling of a place, so that sealing and opening agree."""
    return f"{model}.{field}:{row}"


# A key per signal


def new_signal_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap_key(key: bytes, *, signal_id: UUID) -> bytes:
    """The key of a signal as it may be stored."""
    _refuse_short(key, _wrap_place(signal_id))
    version = keyring().current("wrap")
    header = WRAPPED + version.to_bytes(2)
    return _encrypt(_secret("wrap", b"signal key", version), key, header=header, place=_wrap_place(signal_id))


def unwrap_key(wrapped: bytes, *, signal_id: UUID) -> bytes:
    place = _wrap_place(signal_id)
    header, body = _split(wrapped, WRAPPED, place)
    return _decrypt(_secret_for("wrap", b"signal key", header, place), body, header=header, place=place)


def seal(key: bytes, text: str, *, place: str) -> bytes:
    """Seal under the key of a signal. `place` comes from `place_of`."""
    _refuse_short(key, place)
    return _encrypt(key, _pad(_encoded(text, place)), header=UNDER_SIGNAL, place=place)


def open_sealed(key: bytes, sealed: bytes, *, place: str) -> str:
    """The text that was sealed in this place, or `SealBroken`."""
    _refuse_short(key, place)
    header, body = _split(sealed, UNDER_SIGNAL, place)
    return _unpad(_decrypt(key, body, header=header, place=place), place)


def seal_bytes(key: bytes, content: bytes, *, place: str) -> bytes:
    """Bytes that are no text, such as a part of a file. They are stored at their own length: the caller pads."""
    _refuse_short(key, place)
    return _encrypt(key, content, header=BYTES, place=place)


def open_bytes(key: bytes, sealed: bytes, *, place: str) -> bytes:
    _refuse_short(key, place)
    header, body = _split(sealed, BYTES, place)
    return _decrypt(key, body, header=header, place=place)


# Without a signal


def seal_with_purpose(purpose: str, text: str, *, place: str) -> bytes:
    """Seal what has no signal, or must be read without one, such as the link in a message that waits."""
    return _seal_under_keyring(purpose, b"text", text, place)


def open_with_purpose(purpose: str, sealed: bytes, *, place: str) -> str:
    return _open_under_keyring(purpose, b"text", sealed, place)


def seal_for_person(person_id: UUID, text: str, *, place: str) -> bytes:
    """Seal a draft: only whoever names the same person opens it, also when rows are swapped."""
    return _seal_under_keyring("token", b"person " + person_id.bytes, text, place)


def open_for_person(person_id: UUID, sealed: bytes, *, place: str) -> str:
    return _open_under_keyring("token", b"person " + person_id.bytes, sealed, place)


def _seal_under_keyring(purpose: str, use: bytes, text: str, place: str) -> bytes:
    if purpose not in SEALING_PURPOSES:
        raise CannotSeal(f"{place}: '{purpose}' seals no text. Use {' or '.join(sorted(SEALING_PURPOSES))}.")
    version = keyring().current(purpose)
    header = UNDER_PURPOSE + version.to_bytes(2)
    return _encrypt(_secret(purpose, use, version), _pad(_encoded(text, place)), header=header, place=place)


def _open_under_keyring(purpose: str, use: bytes, sealed: bytes, place: str) -> str:
    header, body = _split(sealed, UNDER_PURPOSE, place)
    return _unpad(_decrypt(_secret_for(purpose, use, header, place), body, header=header, place=place), place)


# The form of what is sealed


def _encrypt(secret: bytes, content: bytes, *, header: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return header + nonce + AESGCM(secret).encrypt(nonce, content, _bound(header, place))


def _decrypt(secret: bytes, body: bytes, *, header: bytes, place: str) -> bytes:
    try:
        return AESGCM(secret).decrypt(body[:_NONCE], body[_NONCE:], _bound(header, place))
    except InvalidTag:
        raise SealBroken(
            place, "it was changed, sealed in another place, or sealed with another key"
        ) from None


def _bound(header: bytes, place: str) -> bytes:
    """What is sealed along without being stored: another header or another place no longer fits."""
    if not place:
        raise CannotSeal("a seal without a place fits every row. Name model, field and row with place_of().")
    return b"meldroute seal " + header + place.encode()


def _split(sealed: bytes, expected: bytes, place: str) -> tuple[bytes, bytes]:
    """Header and body, when this is whole and of the expected format."""
    if not isinstance(sealed, bytes | memoryview):  # PostgreSQL may hand a memoryview
        raise SealBroken(place, "nothing sealed is stored here")
    sealed = bytes(sealed)
    if sealed[:1] != expected:
        raise SealBroken(place, f"its format is {sealed[:1].hex() or 'empty'}, not {expected.hex()}")
    size = 1 if expected in (UNDER_SIGNAL, BYTES) else 3
    if len(sealed) < size + _NONCE + _TAG:
        raise SealBroken(place, "it was cut short")
    return sealed[:size], sealed[size:]


def _secret(purpose: str, use: bytes, version: int) -> bytes:
    return keyring().derive(purpose, use, version=version)


def _secret_for(purpose: str, use: bytes, header: bytes, place: str) -> bytes:
    version = int.from_bytes(header[1:])
    try:
        return _secret(purpose, use, version)
    except NoSuchKey:
        raise SealBroken(place, f"version {version} of the '{purpose}' key is not in the keyring") from None


def _wrap_place(signal_id: UUID) -> str:
    return f"the key of signal {signal_id}"


def _refuse_short(key: bytes, place: str) -> None:
    if len(key) != KEY_BYTES:  # 16 or 24 bytes would work too, and seal weaker than promised
        raise CannotSeal(f"{place}: the key has {len(key)} bytes, not {KEY_BYTES}. Use unwrap_key().")


# Padding


def _bucket(length: int) -> int:
    """Round up, so that a stored length says little about the text.

    Up to 1 KiB in steps of 64: every name, number or birth date looks the same, and a field costs little.
    Above it in steps of 256: a narrative's length is known to a few sentences.
    """
    step = 64 if length <= 1024 else 256
    return -(-length // step) * step


def _pad(content: bytes) -> bytes:
    """One mark, then zeros: text may end in anything and still comes back as it was."""
    marked = content + b"\x80"
    return marked.ljust(_bucket(len(marked)), b"\x00")


def _unpad(padded: bytes, place: str) -> str:
    marked = padded.rstrip(b"\x00")
    if not marked.endswith(b"\x80"):
        raise SealBroken(place, "what is inside has no end mark")
    return marked[:-1].decode()


def _encoded(text: str, place: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # its own message would carry the text
        raise CannotSeal(
            f"{place}: the text holds half a character and cannot be stored. Type it again."
        ) from None
