"""What is wrong with a pack: every finding names the place, the cause and the way out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches


class PolicyError(Exception):
    """One thing that is wrong in a pack."""

    def __init__(self, place: str, cause: str, way_out: str):
        super().__init__(f"{place}: {cause}. {way_out}")
        self.place, self.cause, self.way_out = place, cause, way_out


class PolicyErrors(Exception):
    """Everything that is wrong in a pack, so that it can be repaired in one go."""

    def __init__(self, errors: Iterable[PolicyError]):
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


@dataclass(slots=True)
class Findings:
    """Collects while a pack is read. `ids` knows what each list defines, also by entries that are broken,
    so that one mistake is reported once and not again wherever the entry is used."""

    errors: list[PolicyError] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def add(self, place: str, cause: str, way_out: str) -> None:
        self.errors.append(PolicyError(place, cause, way_out))

    def known(self, kind: str) -> list[str]:
        return self.ids.get(kind, [])

    def must_know(self, place: str, what: str, name: str | None, known: Iterable[str]) -> None:
        """Report a name that is not among `known`. An empty name was reported when it was read."""
        known = list(dict.fromkeys(known))
        if name and name not in known:
            self.add(place, f"unknown {what} {name}", use_one_of(name, known))

    def raise_if_any(self) -> None:
        if self.errors:
            raise PolicyErrors(self.errors)


def use_one_of(given: str, known: Iterable[str] | Mapping[str, object]) -> str:
    """The way out for a wrong name: the near miss first, else the whole list."""
    names = sorted(known)
    if not names:
        return "There is none yet: define it in this pack first."
    near = get_close_matches(given, names, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return f"{hint}Use {_either(names)}."


def _either(names: list[str]) -> str:
    shown = names if len(names) <= 20 else [*names[:20], f"one of {len(names) - 20} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
