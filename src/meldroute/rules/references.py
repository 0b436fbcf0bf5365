"""The reference of a signal: MR-7K3Q2M9T-Q. Unique, no secret, no meaning; made to be read aloud.

Eight characters of Crockford's base32 (no I, L, O or U) and his check character: the number modulo 37.
It finds every wrong character and every two that changed places, which are the errors people make on the
phone. The five check values from 32 on need the signs * ~ $ = U, which nobody can say and which a file
name or address may not hold; therefore only numbers are given out whose check value is below 32.
Scheme: Douglas Crockford, "Base 32", section "Check Symbol".
"""

import unicodedata
from typing import Literal

PREFIX = "MR"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MODULUS = 37
FEWEST_BYTES = 8  # 64 bits: folding them into 40 leaves no number measurably more likely

_BASE = len(ALPHABET)
_BLOCKS = _BASE**LENGTH // MODULUS  # each block of 37 numbers in a row holds 32 that are given out
_READ_ALIKE = str.maketrans("OIL", "011")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")

Cause = Literal["length", "character", "check"]


class BadReference(ValueError):
    """What was typed is no reference. `cause` is for a screen that says it in the reader's language."""

    def __init__(self, cause: Cause, message: str):
        super().__init__(f"reference: {message} Take it from the receipt: MR-, eight characters, one more.")
        self.cause = cause


class TooFewBits(ValueError):
    """Not enough randomness to make a reference that is not used yet."""


def make_reference(random_bits: bytes) -> str:
    """A reference from at least eight random bytes, such as `secrets.token_bytes(16)`.

    The same bytes give the same reference. About 39.8 bits remain: among a million references two are
    alike with odds of about two in five, so the caller draws again when the database says it is taken.
    Raises `TooFewBits`.
    """
    if len(random_bits) < FEWEST_BYTES:
        raise TooFewBits(
            f"make_reference: {len(random_bits)} random bytes. Pass {FEWEST_BYTES} or more: token_bytes(16)."
        )
    block, check = divmod(int.from_bytes(random_bits) % (_BLOCKS * _BASE), _BASE)
    return _printed(_written(block * MODULUS + check), ALPHABET[check])


def normalise_reference(text: str) -> str:
    """The printed form of what somebody typed: lower case, O for 0, I or L for 1, spaces, dashes, no "MR".

    Raises `BadReference`; the message never repeats what was typed, which may be something else than a
    reference.
    """
    typed = _typed_characters(text)
    for place, character in enumerate(typed, start=1):
        if character not in ALPHABET:
            raise BadReference("character", f"character {place} after MR cannot occur in it.")
    body, check = typed[:LENGTH], typed[LENGTH]
    if _number(body) % MODULUS != ALPHABET.index(check):
        raise BadReference("check", "a character is wrong or two changed places.")
    return _printed(body, check)


def _typed_characters(text: str) -> str:
    """The nine characters that count."""
    kept = [c for c in unicodedata.normalize("NFKC", text).upper() if not c.isspace() and c not in _DASHES]
    typed = "".join(kept)
    if len(typed) == len(PREFIX) + LENGTH + 1:
        typed = typed.removeprefix(PREFIX)
    if len(typed) != LENGTH + 1:
        raise BadReference("length", f"it has {len(typed.removeprefix(PREFIX))} characters after MR, not 9.")
    return typed.translate(_READ_ALIKE)


def _printed(body: str, check: str) -> str:
    return f"{PREFIX}-{body}-{check}"


def _written(number: int) -> str:
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, _BASE)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def _number(body: str) -> int:
    number = 0
    for character in body:
        number = number * _BASE + ALPHABET.index(character)
    return number
