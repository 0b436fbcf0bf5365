"""What a paper is made of, and how it reads as Markdown."""

from dataclasses import dataclass
from datetime import date

STATUS_WORDS = {
    "policy": "beleid", "stored source": "openbare bron", "inferred": "afgeleid, staat niet letterlijk in het beleid",
    "proposal": "voorstel van de makers", "to be checked": "nog te controleren door FG of jurist",
    "own norm": "eigen keuze van de gemeente", "program": "zo werkt het programma",
    "fill in": "in te vullen door de gemeente",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    source: str
    status: str

    @property
    def sure(self) -> str:
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    sentences: tuple[Sentence, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    id: str
    title: str
    made_on: date
    sections: tuple[Section, ...]
    language: str = "nl"


def as_markdown(paper: Paper) -> str:
    lines = [f"# {paper.title}", "", f"Gemaakt door Meldroute op {paper.made_on.isoformat()}.", ""]
    for section in paper.sections:
        lines += [f"## {section.heading}", ""]
        for sentence in section.sentences:
            lines += [f"{sentence.text}  ", f"*Bron: {sentence.source} · {sentence.sure}*", ""]
        if section.table:
            lines += [*_table(section.table), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(table: Table) -> list[str]:
    head = [_row(table.columns), _row(["---"] * len(table.columns))]
    return head + [_row(row) for row in table.rows]


def _row(cells) -> str:
    return "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in cells) + " |"
