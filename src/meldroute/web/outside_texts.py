"""The words of the page for citizens, in eight languages: one TOML file each, beside and not in gettext.

Gettext would offer these languages on every screen, and only this page has them. `reviewed = false` in a file says
that no native speaker has read it yet, on the page too.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "public_texts"
LANGUAGES = ("nl", "en", "pl", "ro", "bg", "es", "uk", "ar")
_NUMBER = re.compile(r"\d[\d-]*\d")
_WHOLE = "\u2011"  # a dash at which no line ends: half a number to call is none
_ISOLATED, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"


@dataclass(frozen=True, slots=True)
class Texts:
    code: str
    language: str  # as its speakers call it
    direction: str  # "ltr" or "rtl"
    reviewed: bool
    review_note: str
    words: Mapping[str, str]

    def say(self, id: str, **values: object) -> str:
        """In a text from right to left a number keeps its own direction, or 0900-8844 would read as 8844-0900."""
        whole = {name: str(value).replace("-", _WHOLE) for name, value in values.items()}
        if self.direction == "rtl":
            whole = {name: f"{_ISOLATED}{value}{_END}" for name, value in whole.items()}
        return _NUMBER.sub(self._whole, self.words[id]).format(**whole)

    def _whole(self, number: re.Match[str]) -> str:
        text = number[0].replace("-", _WHOLE)
        return text if self.direction == "ltr" else f"{_LEFT_TO_RIGHT}{text}{_END}"


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    language: str
    direction: str


@cache
def texts_in(code: str) -> Texts:
    content = tomllib.loads((FOLDER / f"{code}.toml").read_text())
    return Texts(code, content["language"], content["direction"], content["reviewed"], content["review_note"],
                 content["texts"])


def choices() -> tuple[Choice, ...]:
    return tuple(Choice(t.code, t.language, t.direction) for t in map(texts_in, LANGUAGES))


def language_of(chosen: str, accepted: str) -> str:
    """What was chosen on the page; else the first of the browser's own languages that is here; else Dutch."""
    if chosen in LANGUAGES:
        return chosen
    wanted = (part.split(";")[0].strip().lower().split("-")[0] for part in accepted[:500].split(","))
    return next((code for code in wanted if code in LANGUAGES), "nl")
