"""Words by which somebody may be recognised: a warning to whoever is about to send them, never a refusal.

A reporter is given away by their function, their desk, the time and their own voice; anybody by an address, a
number or a plate.
"""

import re
from collections.abc import Mapping

_TELLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("function", re.compile(r"\b(baliemedewerk|toezichthoud|inspecteur|wijkagent|consulent|handhaver|leerplicht|boa\b|"
                            r"controleur|huisarts|docent|als medewerker|mijn functie|receptionist)", re.IGNORECASE)),
    ("desk", re.compile(r"\b(balie|loket|spreekkamer|burgerzaken|publiekszaken|mijn team|(mijn|onze) afdeling|"
                        r"spreekuur)\b", re.IGNORECASE)),
    ("time", re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} uur\b", re.IGNORECASE)),
    ("own_voice", re.compile(r"\b(ik|mij|mijn|collega)\b", re.IGNORECASE)),
)  # fmt: skip
_IDENTIFIES = re.compile(
    r"\b\d{4} ?[A-Z]{2}\b"  # postcode
    r"|[\w.+-]+@[\w-]+\.\w+"  # mail address
    r"|\b0\d[\d -]{7,}\b"  # phone number
    r"|\b(?:[A-Z0-9]{1,3}-){2}[A-Z0-9]{1,3}\b"  # number plate
    r"|\b[A-Z][a-z]+(?:straat|laan|weg|plein|dijk|hof|kade|singel) \d+"  # street and number
)


def tells(texts: Mapping[str, str]) -> tuple[str, ...]:
    """What to think of before these words go, by name: "function", "desk", "time", "own_voice" and the description."""
    words = " \n".join(texts.values())
    found = tuple(id for id, pattern in _TELLS if pattern.search(words))
    return (*found, *(("description_identifies",) if _IDENTIFIES.search(texts.get("description", "")) else ()))
