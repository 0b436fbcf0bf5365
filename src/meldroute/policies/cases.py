"""The de-identified cases of a policy document: to try the route on and to learn from. Not part of what runs."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from meldroute.rules.policy import Text

from .loader import UnknownPack, available_packs

MINOR = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what a reporter would write, how experts judged it, and the route that follows."""

    id: str
    title: Text
    narrative: str
    about: str
    where: str
    minor: bool | None
    forms: tuple[str, ...]
    indicators: tuple[str, ...]
    judged: str  # "clear", or "vague": the experts were asked first
    expected: tuple[tuple[str, ...], ...]  # partners in order; a later group waits for an earlier one
    extra: str | None  # a partner that was called in beside the route
    lessons: tuple[Text, ...]
    source: str
    status: str


def cases(id: str, *, on: date, folder: Path | None = None) -> tuple[Case, ...]:
    """The cases of the version that is valid on this day; none where a pack has no such file."""
    for ref in available_packs(folder):
        if ref.id == id and ref.valid_on(on):
            file = ref.folder / "cases.toml"
            rows = tomllib.loads(file.read_text(encoding="utf-8"))["cases"] if file.is_file() else []
            return tuple(_case(row) for row in rows)
    raise UnknownPack(id, on, available_packs(folder))


def _case(row: dict) -> Case:
    plain = {key: row[key] for key in ("id", "narrative", "about", "where", "judged", "source", "status")}
    return Case(
        **plain, title=Text(**row["title"]), minor=MINOR[row["minor"]], forms=tuple(row["forms"]),
        indicators=tuple(row["indicators"]), expected=tuple(tuple(group) for group in row["expected"]),
        extra=row.get("extra"), lessons=tuple(Text(**lesson) for lesson in row["lessons"]),
    )
