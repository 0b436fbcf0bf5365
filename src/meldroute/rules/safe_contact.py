"""How somebody may be reached without danger: how, when, when not, in which language, and who interprets.

It travels with the signal. A wrong call at a wrong hour tells the person who must not know. An interpreter is a
professional: a companion, family, an employer or a colleague may be the one who exploits, and is always a witness.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from .policy_entries import Text

ABOUT = ("reporter", "victim")
HOW: Mapping[str, Text] = {
    "work_phone": Text("zakelijke telefoon", "work phone"),
    "private_phone": Text("privételefoon", "private phone"),
    "email": Text("e-mail", "e-mail"),
    "in_person": Text("alleen in persoon", "in person only"),
    "through": Text("alleen via iemand anders; zie de afspraak", "only through somebody else; see what was agreed"),
}
PROFESSIONAL, NOT_NEEDED, UNKNOWN, KNOWN_PERSON = "professional", "none", "", "known_person"
INTERPRETERS = (UNKNOWN, NOT_NEEDED, PROFESSIONAL)  # and never KNOWN_PERSON, however it is asked
LONGEST = 500

# Words for people around somebody, in the two languages of the screens. A word that holds one counts too: "buurvrouw".
_AROUND = re.compile(
    r"famil|echtgeno|partner|\bvriend|\bman\b|\bvrouw\b|moeder|vader|ouders?\b|broer|\bzus|dochter|\bzoon|\bkind|\bneef|\bnicht"
    r"|\boom\b|\btante|\bopa\b|\boma\b|\bbuur|werkgever|\bbaas\b|\bchef\b|leidinggev|collega|huisgeno|reisgeno|begeleid|landgeno"
    r"|husband|\bwife|spouse|friend|mother|father|brother|sister|daughter|\bson\b|child|cousin|uncle|\baunt|neighbo|employer"
    r"|\bboss\b|colleague|companion|relative|housemate", re.IGNORECASE)


class WrongInterpreter(ValueError):
    """Somebody from around the person would interpret. That is refused, whatever the hurry."""

    def __init__(self) -> None:
        super().__init__("safe contact: only a professional interpreter. Never a companion, family, employer or colleague.")


class NotAChoice(ValueError):
    def __init__(self, what: str):
        super().__init__(f"safe contact: {what} is not one of the choices. Choose from the list.")
        self.what = what


@dataclass(frozen=True, slots=True)
class SafeContact:
    how: tuple[str, ...] = ()  # HOW
    when: str = ""
    when_not: str = ""
    language: str = ""
    interpreter: str = UNKNOWN  # INTERPRETERS
    interpreter_who: str = ""  # the service or number of a professional
    no_automatic: bool = False  # this program sends nothing by itself
    agreed: str = ""  # whatever else was agreed

    @property
    def says_something(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def content(self) -> dict[str, object]:
        """As it is sealed."""
        return {f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in fields(self)}


def from_content(content: Mapping[str, object]) -> SafeContact:
    """Back from what was sealed."""
    known = {f.name: content[f.name] for f in fields(SafeContact) if f.name in content}
    return SafeContact(**{**known, "how": tuple(known.get("how", ()))})


def check(contact: SafeContact) -> SafeContact:
    """The same, when it may be kept. Raises `WrongInterpreter` or `NotAChoice`."""
    if contact.interpreter == KNOWN_PERSON or is_around(contact.interpreter_who):
        raise WrongInterpreter
    if contact.interpreter not in INTERPRETERS:
        raise NotAChoice("interpreter")
    if not set(contact.how) <= set(HOW):
        raise NotAChoice("how")
    return contact


def is_around(words: str) -> bool:
    """Do these words name somebody from around the person?"""
    return bool(_AROUND.search(words))


_ASKS = {PROFESSIONAL: "alleen een beroepstolk, nooit iemand uit de omgeving", NOT_NEEDED: "niet nodig"}


def in_words(contact: SafeContact) -> str:
    """For a partner, in Dutch, in the order in which it must be known: when not comes before when."""
    parts = (
        ("NIET", contact.when_not), ("hoe", ", ".join(HOW[h].nl for h in contact.how)), ("wanneer", contact.when),
        ("taal", contact.language), ("tolk", _ASKS.get(contact.interpreter, "")), ("welke tolk", contact.interpreter_who),
        ("afspraak", contact.agreed), ("geen automatische berichten", "" if not contact.no_automatic else "ja"),
    )
    return "; ".join(f"{name}: {said}" for name, said in parts if said)
