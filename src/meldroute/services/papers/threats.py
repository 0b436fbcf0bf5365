"""Two papers that stand on the threat model: the model itself, and the skeleton of a DPIA."""

import re
from datetime import date

from meldroute.policies.papers import PaperTexts, threat_model

from .parts import Paper, Section, Sentence, Table

SOURCE = "docs/threat-model.md"
ATTACKERS = "Who may come, what stops them, what is left over"
ASSETS = "What is worth protecting"
PROMISED = "Promised by this release"
MISSING = "Not yet"


class ThreatModelChanged(ValueError):
    """A heading on which the papers stand is gone."""

    def __init__(self, heading: str):
        super().__init__(f"{SOURCE}: the heading '{heading}' is not there any more. Put it back, or name the new one here.")


def threats(*, on: date) -> Paper:
    """Assets, attackers, what is promised and what is not; in English, as it is kept with the code."""
    assets = tuple(Sentence(text, SOURCE, "program") for text in _items(_part(ASSETS)))
    promised = tuple(Sentence(text, SOURCE, "program") for text in _items(_part(PROMISED)))
    return Paper("dreigingen", "Dreigingsmodel", on, (
        Section("Wat beschermd moet worden", assets),
        Section("Wie kan komen, wat houdt tegen, wat blijft over", (), attackers()),
        Section("Wat deze versie belooft", promised),
        Section("Wat deze versie niet belooft", (Sentence(_plain(_part(MISSING)), SOURCE, "program"),)),
    ))


def attackers() -> Table:
    rows = [[_plain(cell) for cell in line.strip().strip("|").split(" | ")]
            for line in _part(ATTACKERS).splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    _head, *found = rows
    return Table(("wie", "wat houdt tegen", "wat blijft over"), tuple(tuple(row) for row in found))


def dpia(texts: PaperTexts, *, municipality: str, on: date) -> Paper:
    sections = list(dict.fromkeys(said.section for said in texts.dpia))
    made = [Section(name, tuple(Sentence(s.text, s.source, s.status) for s in texts.dpia if s.section == name))
            for name in sections]
    risks = Section("Risico's en maatregelen", (
        Sentence("Uit het dreigingsmodel, dat met de code meegroeit. Kans en ernst beoordeelt de gemeente.", SOURCE, "program"),
        Sentence("Weeg per regel: hoe groot is de kans hier, hoe ernstig is het voor wie het treft, en wat blijft er over?",
                 "gemeente", "fill in"),
    ), attackers())
    title = f"DPIA, skelet: {municipality}" if municipality else "DPIA, skelet"
    return Paper("dpia", title, on, (*made[:-1], risks, made[-1]))


def _part(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", threat_model(), re.MULTILINE | re.DOTALL)
    if found is None:
        raise ThreatModelChanged(heading)
    return found.group(1).strip()


def _items(text: str) -> list[str]:
    parts = re.split(r"^(?:\d+\.|-) ", text, flags=re.MULTILINE)
    return [_plain(part) for part in parts if part.strip()]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\*\*|`", "", text).split())
