"""The moves of a walk as arrows between numbers, so that the same walk can be asked about many exclusions at once."""

from dataclasses import dataclass

from .exploration import Exploration, Move
from .facts import SignalFacts

# from, to, the partner that hears by it, the exclusion that it makes use of
Arrow = tuple[int, int, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Arrows:
    situations: tuple[SignalFacts, ...]
    arrows: tuple[Arrow, ...]
    ends: frozenset[int]

    @classmethod
    def of(cls, e: Exploration) -> "Arrows":
        number = {facts: n for n, facts in enumerate(e.moves)}
        # That an exclusion is lifted is up to people: no signal may depend on it.
        arrows = tuple((number[m.before], number[m.after], newly_told(m), m.excluded)
                       for m in e.all_moves() if m.after in number and (m.step or not m.excluded))
        ends = frozenset(number[facts] for facts in e.end_facts())
        return cls(tuple(e.moves), arrows, ends)

    def leading_to_end(self, excluded: frozenset[str]) -> set[SignalFacts]:
        """What reaches an end while nobody tells these partners anything and only they are skipped as excluded."""
        before: dict[int, list[int]] = {}
        for start, to, told, rests_on in self.arrows:
            if told not in excluded and (rests_on is None or rests_on in excluded):
                before.setdefault(to, []).append(start)
        found, todo = set(self.ends), list(self.ends)
        while todo:
            new = [start for start in before.get(todo.pop(), ()) if start not in found]
            found.update(new)
            todo += new
        return {self.situations[n] for n in found}


def newly_told(move: Move) -> str | None:
    """The partner to whom this step passes the signal on, by a referral or by phone."""
    partner = move.choice.partner
    if partner is None:
        return None
    told_before = any(r.partner == partner and r.was_heard for r in move.before.passed_on)
    told_after = any(r.partner == partner and r.was_heard for r in move.after.passed_on)
    return partner if told_after and not told_before else None
