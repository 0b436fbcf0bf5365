"""Statements set against tests: what is covered, what is open, what is named but does not exist."""

from dataclasses import dataclass

from tests.requirements.statements import Statement, StatementList


@dataclass(frozen=True, slots=True)
class ChapterCount:
    chapter: str
    title: str
    covered: int
    total: int


@dataclass(frozen=True, slots=True)
class Coverage:
    listed: StatementList
    tests: dict[str, list[str]]  # statement id -> tests that name it

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Ids that a marker names and the list does not hold."""
        known = {s.id for s in self.listed.statements}
        return {id: tests for id, tests in self.tests.items() if id not in known}

    def open_among(self, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """The statements that must be built and that no test names."""
        return tuple(s for s in statements if s.build and s.id not in self.tests)

    def per_chapter(self, statements: tuple[Statement, ...]) -> tuple[ChapterCount, ...]:
        counts = []
        for chapter, title in self.listed.chapters.items():
            built = [s for s in statements if s.build and s.chapter == chapter]
            if built:
                covered = sum(s.id in self.tests for s in built)
                counts.append(ChapterCount(chapter, title, covered, len(built)))
        return tuple(counts)
