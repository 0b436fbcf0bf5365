"""The number that brings an anonymous reporter back: five groups of six digits, made to be said over a phone.

Digits, because every language has them and no two sound like a letter. The last digit of each group checks the five
before it and the place of the group: any one wrong digit, any two that changed places within a group, and any two
groups that changed places are noticed, and the group is named. Scheme: H. Michael Damm, "Total anti-symmetrische
Quasigruppen", 2004. What remains are 25 free digits, 83 bits.
"""

import unicodedata
from typing import Literal

GROUPS, FREE = 5, 5
GROUP = FREE + 1  # five digits and the one that checks them
BITS = 83
FEWEST_BYTES = 16  # folding 128 bits into 83 leaves no number measurably more likely

_DAMM = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
         "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")

Cause = Literal["length", "character", "group"]


class BadReceipt(ValueError):
    """What was typed is no receipt. `group` (from 1) names the group that holds the slip; 0: none can be named."""

    def __init__(self, cause: Cause, group: int = 0):
        super().__init__(f"receipt: {cause} {group or ''}. It has {GROUPS} groups of {GROUP} digits; look at the note.")
        self.cause, self.group = cause, group


class TooFewBits(ValueError):
    """Not enough randomness for a number that nobody can guess."""


def make_receipt(random_bits: bytes) -> str:
    """Thirty digits out of at least sixteen random bytes, such as `secrets.token_bytes(32)`. Raises `TooFewBits`."""
    if len(random_bits) < FEWEST_BYTES:
        raise TooFewBits(f"make_receipt: {len(random_bits)} random bytes. Pass {FEWEST_BYTES} or more.")
    free = f"{int.from_bytes(random_bits) % 10 ** (GROUPS * FREE):0{GROUPS * FREE}}"
    parts = (free[n * FREE:(n + 1) * FREE] for n in range(GROUPS))
    return "".join(part + _check(place, part) for place, part in enumerate(parts, start=1))


def in_groups(receipt: str) -> tuple[str, ...]:
    """As it is shown and said: one group at a time."""
    return tuple(receipt[n:n + GROUP] for n in range(0, len(receipt), GROUP))


def normalise_receipt(text: str) -> str:
    """The thirty digits of what somebody typed, in any script's digits, with whatever stands between them.

    Raises `BadReceipt`, which never repeats what was typed.
    """
    kept = [c for c in unicodedata.normalize("NFKC", text) if not _between(c)]
    if any(unicodedata.decimal(c, None) is None for c in kept):
        raise BadReceipt("character")
    digits = "".join(str(unicodedata.decimal(c)) for c in kept)
    if len(digits) != GROUPS * GROUP:
        raise BadReceipt("length")
    for place, group in enumerate(in_groups(digits), start=1):
        if group[-1] != _check(place, group[:-1]):
            raise BadReceipt("group", place)
    return digits


def first_difference(typed: str, meant: str) -> int:
    """The first group (from 1) in which two receipts differ; 0 when they are alike."""
    pairs = zip(in_groups(typed), in_groups(meant), strict=True)
    return next((place for place, (one, other) in enumerate(pairs, start=1) if one != other), 0)


def _between(character: str) -> bool:
    """Spaces, dashes, dots, commas, and the invisible marks that turn the writing direction."""
    return character.isspace() or unicodedata.category(character) in ("Pd", "Po", "Cf", "Zs", "Sm")


def _check(place: int, digits: str) -> str:
    interim = "0"
    for digit in f"{place}{digits}":
        interim = _DAMM[int(interim)][int(digit)]
    return interim
