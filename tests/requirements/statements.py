"""The numbered statements of the policy, read from the pack, and a choice among them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/meldroute/policies/oost-brabant/2021-01-01/statements.toml"
RANGE = re.compile(r"(?P<stem>.+-)(?P<first>\d\d)\.\.(?P<last>\d\d)")


class UnknownChoice(Exception):
    """A word that names neither a chapter, nor a statement, nor a range of statements."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"'{word}' names no statement of {SOURCE.name}. "
            "Use a chapter (B1), an id (S-B1-12) or a range (S-B2-01..06), with commas between them."
        )


@dataclass(frozen=True, slots=True)
class Statement:
    id: str
    chapter: str
    build: bool
    nl: str
    en: str
    where: str
    status: str


@dataclass(frozen=True, slots=True)
class StatementList:
    chapters: dict[str, str]  # chapter -> its Dutch title, in the order of the policy
    statements: tuple[Statement, ...]

    def of_chapter(self, chapter: str) -> tuple[Statement, ...]:
        return tuple(s for s in self.statements if s.chapter == chapter)

    def chosen(self, words: Iterable[str], *, but_not: Iterable[str] = ()) -> tuple[Statement, ...]:
        """The statements that the words name, in the order of the policy, without those of `but_not`."""
        wanted = self._ids(words) - self._ids(but_not)
        return tuple(s for s in self.statements if s.id in wanted)

    def _ids(self, words: Iterable[str]) -> set[str]:
        return {id for word in words for id in self._ids_of(word)}

    def _ids_of(self, word: str) -> set[str]:
        found = {s.id for s in self.statements if word in (s.id, s.chapter)}
        if match := RANGE.fullmatch(word):
            asked = {f"{match['stem']}{n:02d}" for n in range(int(match["first"]), int(match["last"]) + 1)}
            known = {s.id for s in self.statements}
            found = asked if asked and asked <= known else set()
        if not found:
            raise UnknownChoice(word)
        return found


def load(path: Path = SOURCE) -> StatementList:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return StatementList(
        chapters=data["chapters"],
        statements=tuple(Statement(**entry) for entry in data["statements"]),
    )
