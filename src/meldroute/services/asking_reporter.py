"""A question from the desk to somebody from outside: kept with the signal, read with the receipt, and no mail."""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.feedback_tells import telling_words
from meldroute.storage.models import OutsideWord

from .desk import at_desk
from .intake import OUTSIDE
from .opening import ActCard, opened
from .running_policy import pack_now

LONGEST = 2000


class NotFromOutside(Exception):
    """This signal came from a colleague, or is finished: there is nobody to ask this way."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: nobody reads a question here. Call whoever reported it.")


class QuestionEmpty(ValueError):
    def __init__(self) -> None:
        super().__init__("question: there is no text. Write what you want to know.")


class TellsTooMuch(ValueError):
    """These words may tell what is done with the report. Nothing was saved: look at them, then send them knowingly."""

    def __init__(self, words: tuple[str, ...]):
        super().__init__("question: it may tell what is done with the report. Look at the words again.")
        self.words = words


@dataclass(frozen=True, slots=True)
class QuestionPage:
    act: ActCard
    language: str  # in which the reporter reads


def question_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> QuestionPage:
    """Raises `NotFromOutside`."""
    with opened(reference, reader=reader, now=now, part="question", language=language) as found:
        _refuse(found.signal)
        sealed = found.unseal(found.signal, "reporter_sealed")
        return QuestionPage(found.card(None), sealed.get("language", ""))


def ask_reporter(reference: str, *, text: str, reader: Reader, now: datetime, version: int | None = None,
                 knowingly: bool = False) -> None:
    """Raises `QuestionEmpty`, `TellsTooMuch` (once, unless `knowingly`), `NotFromOutside`."""
    if not text.strip():
        raise QuestionEmpty
    police = [p.known_as for p in pack_now(now=now).policy.partners if p.police]
    if (words := telling_words(text, police)) and not knowingly:
        raise TellsTooMuch(words)
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse(desk.signal)
        row = OutsideWord(signal=desk.signal, municipality_id=desk.signal.municipality_id, kind="question", at=now,
                          by_id=reader.membership)
        row.seal("content_sealed", {"text": text.strip()[:LONGEST]}, key=desk.key)
        row.save(force_insert=True)
        desk.note("reporter.asked")


def _refuse(signal) -> None:
    if signal.channel != OUTSIDE or signal.kind == "end":
        raise NotFromOutside(signal.reference)
