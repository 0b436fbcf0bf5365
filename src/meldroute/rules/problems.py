"""One thing that is wrong with a policy as a whole: where, why, and what mends it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    place: str
    cause: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.place}: {self.cause}. {self.way_out}"
