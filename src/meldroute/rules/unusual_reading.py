"""When does somebody open so many signals that the privacy officer should look? One plain rule, no score.

Compared with nobody but the reader: a focal point of a city opens more in a day than one of a village. Whoever never
opened many has no norm of their own yet, and then the floor counts alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FLOOR = 15  # signals in a day that anybody may open without a word: a morning after a holiday
TIMES = 3  # beyond so many times one's own usual day
DAYS = 28  # how far back "usual" looks


@dataclass(frozen=True, slots=True)
class Unusual:
    opened: int
    usual: int  # the middle one of the days on which they opened any
    limit: int


def unusual(opened: int, *, before: Sequence[int]) -> Unusual | None:
    """`opened`: different signals opened today. `before`: the same per day, of the days on which any was opened."""
    usual = sorted(before)[len(before) // 2] if before else 0
    limit = max(FLOOR, TIMES * usual)
    return Unusual(opened, usual, limit) if opened > limit else None
