"""Coming back with a receipt: the state in neutral words, questions and answers, feedback. Never one's own report.

What is shown is the same whether an investigation runs, nothing happened or a partner is silent, and the same whether
the report was set aside or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import Actor
from meldroute.rules.receipt_numbers import normalise_receipt
from meldroute.storage import outside_tokens as tokens
from meldroute.storage.keyed_hashes import receipt_ties
from meldroute.storage.models import OutsideWord, Signal
from meldroute.storage.outside_tokens import PageToken
from meldroute.storage.signal_keys import has_key, key_beside
from meldroute.storage.vouching import refuse_forged

from . import boundaries, duty_messages
from .assessment import raise_danger
from .desk import at_desk_of
from .intake import OUTSIDE
from .my_reports import FeedbackCard, feedback_told, log_reads_by
from .outside import Outside, PageUsed, TooMany
from .outside_limits import limits
from .running_policy import policy_of

ASKED, OPEN = timedelta(days=1), timedelta(minutes=30)
LONGEST = 4000
MOST_UNANSWERED = 10  # texts in a row, until the desk writes again
STAGES = {"entry": "received", "end": "finished"}  # everything between them is "handled"


class UnknownReceipt(Exception):
    """No report has this receipt."""


class NothingWritten(ValueError):
    def __init__(self) -> None:
        super().__init__("answer: there is no text. Write something, or leave the page.")


class TooLong(ValueError):
    def __init__(self, length: int):
        super().__init__(f"answer: {length} characters is too long. Use at most {LONGEST}.")


class NoMoreNow(Exception):
    """The report is finished, or many texts wait unread. What is new is a new report, or a call."""


@dataclass(frozen=True, slots=True)
class Said:
    question: bool  # of the desk; else of whoever holds the receipt
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenReport:
    reference: str
    municipality: str
    received_at: datetime
    state: str  # the policy's neutral words, in its own language
    stage: str  # "received", "handled" or "finished": for pages in other languages
    feedback: tuple[FeedbackCard, ...]
    words: tuple[Said, ...]
    may_write: bool
    token: str  # for one text more


def ask_receipt(page: Outside, *, now: datetime) -> str:
    """The token of one showing of the page that asks for a receipt."""
    return tokens.write(PageToken("ask", page.organisation), now=now)


def open_report(page: Outside, typed: str, *, token: str, address: str, now: datetime, language: str) -> OpenReport:
    """Raises `BadReceipt`, `TooMany`, `PageUsed`, `PageTokenBroken`, and `UnknownReceipt` after the same work."""
    asked = tokens.read(token, step="ask", municipality=page.organisation, lifetime=ASKED, now=now)
    receipt = normalise_receipt(typed)
    if not limits.allows("receipt", address, now=now):
        raise TooMany
    if not tokens.spend(asked, "read"):
        raise PageUsed
    row = _found(receipt_ties(receipt))
    if row is None:
        raise UnknownReceipt
    refuse_forged(row)
    with boundaries.at(row.municipality_id):
        return _opened(row, page, now=now, language=language)


def write(page: Outside, text: str, *, token: str, address: str, now: datetime, language: str,
          danger: bool = False) -> OpenReport:
    """Answer, or add something. Danger alerts the desk at once, and no limit per address holds it up.

    Raises `NothingWritten`, `TooLong`, `NoMoreNow`, and like `open_report`.
    """
    opened = tokens.read(token, step="open", municipality=page.organisation, lifetime=OPEN, now=now)
    if not text.strip():
        raise NothingWritten
    if len(text) > LONGEST:
        raise TooLong(len(text))
    if not danger and not limits.allows("words", address, now=now):
        raise TooMany
    if not tokens.spend(opened, "said"):
        raise PageUsed
    row = _row(UUID(opened.signal))
    with boundaries.at(row.municipality_id):
        if not _may_write(row, _words(row)):
            raise NoMoreNow
        _keep(row, text.strip(), danger=danger, now=now)
        return _opened(_row(row.pk), page, now=now, language=language)


def show_again(page: Outside, *, token: str, now: datetime, language: str) -> OpenReport:
    """After a text that could not be taken: the same page, for its own unused token. Raises like `write`."""
    opened = tokens.read(token, step="open", municipality=page.organisation, lifetime=OPEN, now=now)
    if not tokens.spend(opened, "said"):
        raise PageUsed
    row = _row(UUID(opened.signal))
    with boundaries.at(row.municipality_id):
        return _opened(row, page, now=now, language=language)


def _found(ties: tuple[str, ...]) -> Signal | None:
    found = Signal.objects.reported_by(*ties).filter(channel=OUTSIDE).select_related("municipality", "key")
    with boundaries.everywhere():  # by a hash that only the receipt gives, on whichever municipality's page it is typed
        return found.first()


def _row(id: UUID) -> Signal:
    """Whose receipt was typed on the page before this one: the token says so, and nobody else can write it."""
    with boundaries.everywhere():
        return Signal.objects.filter(channel=OUTSIDE).select_related("municipality", "key").get(pk=id)


def _keep(row: Signal, text: str, *, danger: bool, now: datetime) -> None:
    actor = Actor("reporter", row.reporter_tie, "reporter")
    with transaction.atomic(), at_desk_of(row.pk, actor=actor, now=now) as desk:
        said = OutsideWord(signal=desk.signal, municipality_id=row.municipality_id, kind="answer", at=now)
        said.seal("content_sealed", {"text": text}, key=desk.key)
        said.save(force_insert=True)
        desk.note("reporter.wrote")
        if danger:  # also of a report that was in danger before: this is new
            raise_danger(desk, because=text)
        elif desk.signal.lane != "spam":  # words to what only waits to be looked at may be the ones that matter
            desk.messages += duty_messages.for_signal(desk.signal, "reporter_wrote", now=now, choices=desk.choices)


def _opened(row: Signal, page: Outside, *, now: datetime, language: str) -> OpenReport:
    state, words = policy_of(row.pack_id, now=now).state(row.state), _words(row)
    card = OpenReport(
        reference=row.reference, municipality=row.municipality.name, received_at=row.received_at,
        state=state.reporter_sees.say(language), stage=STAGES.get(state.kind, "handled"),
        feedback=feedback_told([row])[row.pk], words=words, may_write=_may_write(row, words),
        token=tokens.write(PageToken("open", page.organisation, signal=str(row.pk)), now=now),
    )
    log_reads_by([row], tie=row.reporter_tie, now=now, part="receipt")
    return card


def _words(row: Signal) -> tuple[Said, ...]:
    if not has_key(row):
        return ()  # destroyed for good
    key = key_beside(row)
    return tuple(Said(said.kind == "question", said.unseal("content_sealed", key=key)["text"], said.at)
                 for said in OutsideWord.objects.of_signal(row.pk).order_by("at", "id"))


def _may_write(row: Signal, words: tuple[Said, ...]) -> bool:
    last = words[-MOST_UNANSWERED:]
    return has_key(row) and row.kind != "end" and not (len(last) == MOST_UNANSWERED and all(not said.question for said in last))
