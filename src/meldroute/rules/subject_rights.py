"""Requests of data subjects: kinds, terms, grounds, and the words of the answer.

The law is named as data with its status: none of these articles stood in a source we keep, so each is "to be checked"
by whoever knows before it is relied on.

A suspect is a data subject too. So "we refuse" and "we found nothing" are one and the same text: it neither confirms
nor denies that there is anything.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .policy import Text

TO_BE_CHECKED = "to be checked"
MONTHS, EXTRA_MONTHS = 1, 2
REMIND_BEFORE = timedelta(days=7)


class TermRefused(ValueError):
    """This cannot be done with the term of this request. `cause` is for a screen in the reader's language."""

    def __init__(self, cause: str, message: str):
        super().__init__(f"request: {message}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Right:
    id: str
    name: Text
    article: str
    status: str = TO_BE_CHECKED


@dataclass(frozen=True, slots=True)
class Ground:
    """Why not, or not all. For the record of the college; never part of the answer."""

    id: str
    name: Text
    article: str
    status: str = TO_BE_CHECKED


KINDS = (
    Right("access", Text("Inzage", "Access"), "AVG art. 15"),
    Right("rectification", Text("Rectificatie", "Rectification"), "AVG art. 16"),
    Right("erasure", Text("Wissing", "Erasure"), "AVG art. 17"),
    Right("restriction", Text("Beperking van de verwerking", "Restriction of processing"), "AVG art. 18"),
)
TERM = Right("term", Text("Eén maand; met reden twee maanden langer", "One month; two more with a reason"),
             "AVG art. 12 lid 3")
GROUNDS = (
    Ground("investigation", Text("Opsporing of vervolging zou worden geschaad", "It would harm an investigation"),
           "AVG art. 23 lid 1 onder d, UAVG art. 41"),
    Ground("others", Text("De rechten of de veiligheid van anderen", "The rights or the safety of others"),
           "AVG art. 23 lid 1 onder i, UAVG art. 41"),
    Ground("public_task", Text("Nodig voor een wettelijke plicht of publieke taak", "Needed for a legal duty or public task"),
           "AVG art. 17 lid 3 onder b"),
    Ground("identity", Text("Niet vastgesteld wie het verzoek doet", "It was not established who asks"),
           "AVG art. 12 lid 2 en lid 6"),
    Ground("excessive", Text("Kennelijk ongegrond of buitensporig", "Manifestly unfounded or excessive"),
           "AVG art. 12 lid 5 onder b"),
)
DECISIONS = ("granted", "partly", "refused", "nothing_found")
NEUTRAL = frozenset({"refused", "nothing_found"})  # one text for both
NEED_A_GROUND = frozenset({"partly", "refused"})


def due_on(received: date) -> date:
    """The same day of the next month, or its last day. Never later than the law allows, whatever a weekend adds."""
    return _months_later(received, MONTHS)


def extended_due_on(received: date, *, due: date, today: date) -> date:
    """Two months more, said within the first month, and once."""
    if due != due_on(received):
        raise TermRefused("extended", "its term was extended already, and that goes once. Decide before it ends.")
    if today > due:
        raise TermRefused("too_late", "the first month is over, so its term cannot be extended any more. Decide now.")
    return _months_later(received, MONTHS + EXTRA_MONTHS)


def decision_refused(decision: str, ground: str, *, decided: date, received: date, today: date) -> str:
    """Why this decision cannot be recorded: a cause, or "" when it can."""
    if decision not in DECISIONS:
        return "unknown_decision"
    if decision in NEED_A_GROUND and ground not in {one.id for one in GROUNDS}:
        return "no_ground"
    if decision not in NEED_A_GROUND and ground:
        return "ground_too_many"
    return "" if received <= decided <= today else "wrong_day"


_NOTHING_SAID = Text(
    "Het college heeft een besluit genomen over uw verzoek. U krijgt van ons geen gegevens, en wij veranderen niets. "
    "Wij zeggen niet of wij iets over u hebben. Dat doen wij bij niemand in dit werk. Ook niet als er niets is. "
    "Uit deze brief kunt u dus niet opmaken of wij iets over u hebben.",
    "The college has taken a decision on your request. You receive no data from us, and we change nothing. "
    "We do not say whether we hold anything about you. In this work we say that to nobody, also when there is nothing. "
    "So this letter does not tell whether we hold anything about you.",
)
_SAID = {
    "granted": Text("Het college doet wat u vraagt. Wat u krijgt of wat wij hebben veranderd, staat in de bijlage.",
                    "The college does what you ask. What you receive, or what we changed, is attached."),
    "partly": Text("Het college doet een deel van wat u vraagt. Wat u krijgt of wat wij hebben veranderd, staat in de bijlage.",
                   "The college does part of what you ask. What you receive, or what we changed, is attached."),
}
_CLOSING = Text(
    "Bent u het hier niet mee eens? Dan kunt u binnen zes weken bezwaar maken bij het college. "
    "U kunt ook een klacht indienen bij de Autoriteit Persoonsgegevens.",
    "Do you disagree? Then you can object to the college within six weeks. "
    "You can also complain to the Dutch Data Protection Authority.",
)


def answer_text(decision: str, *, language: str = "nl") -> str:
    """What the answer says. Of what is neutral not one letter tells which of the two it was."""
    said = _NOTHING_SAID if decision in NEUTRAL else _SAID[decision]
    return f"{said.say(language)}\n\n{_CLOSING.say(language)}"


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
