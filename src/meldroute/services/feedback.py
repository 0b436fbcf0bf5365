"""What the reporter hears: ready neutral words, or a recorded reason why nothing can be told.

What a reporter reads is the same whether an investigation runs, nothing happened or a partner is silent. The
message to them says only that something is ready; who they are is opened at delivery, never stored beside it.
"""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.effects import feedback_settles
from meldroute.rules.feedback_tells import telling_words
from meldroute.rules.lifecycle import Allowed, Refused
from meldroute.rules.policy import Policy, Text
from meldroute.storage.models import Message, ReporterFeedback

from .desk import Desk, at_desk
from .intake import OUTSIDE
from .opening import ActCard, opened
from .referral import ReasonMissing
from .running_policy import pack_now

LONGEST = 4000


class FeedbackEmpty(ValueError):
    def __init__(self) -> None:
        super().__init__("feedback: there is no text. Choose a ready text or write one.")


class FeedbackTooLong(ValueError):
    def __init__(self, length: int):
        super().__init__(f"feedback: {length} characters is too long. Use at most {LONGEST}.")


@dataclass(frozen=True, slots=True)
class ReadyText:
    id: str
    text: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    act: ActCard
    texts: tuple[ReadyText, ...]
    telling: tuple[str, ...]  # words in the typed text that tell more than a reporter should read
    may_withhold: Allowed | Refused
    told_before: int
    why: Text | None  # what the pack says feedback is for
    by_receipt: bool  # to somebody from outside, who gets no mail


def feedback_page(reference: str, *, reader: Reader, now: datetime, text: str = "",
                  language: str = "nl") -> FeedbackPage:
    with opened(reference, reader=reader, now=now, part="feedback", language=language) as found:
        policy = pack_now(now=now).policy
        ready = tuple(ReadyText(t.id, t.text, t.source, t.status) for t in policy.feedback_texts)
        return FeedbackPage(
            act=found.card(found.answer("give_feedback")), texts=ready, telling=telling_words(text, _police(policy)),
            may_withhold=found.answer("withhold_feedback"), told_before=_told(found.desk),
            why=next((line.text for line in found.lines("feedback")), None),
            by_receipt=found.signal.channel == OUTSIDE,
        )


def _police(policy: Policy) -> list[str]:
    return [partner.known_as for partner in policy.partners if partner.police]


def _told(desk: Desk) -> int:
    return ReporterFeedback.objects.of_signal(desk.signal.pk).filter(kind="given").count()


def give_feedback(reference: str, *, text: str, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Tell the reporter. Before the report-back it is interim and settles nothing. Raises `StepRefused`."""
    if not text.strip():
        raise FeedbackEmpty
    if len(text) > LONGEST:
        raise FeedbackTooLong(len(text))
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        allowed = desk.step("give_feedback")
        _keep(desk, "given", {"text": text.strip()})
        if feedback_settles(desk.signal.state, desk.policy):
            desk.signal.feedback = "given"
        desk.move(allowed)
        _tell_reporter(desk)


def withhold_feedback(reference: str, *, reason: str, reader: Reader, now: datetime,
                      version: int | None = None) -> None:
    """Record why nothing can be told now. The reporter sees neither the reason nor that there is one."""
    if not reason.strip():
        raise ReasonMissing("withhold_feedback")
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        allowed = desk.step("withhold_feedback")
        _keep(desk, "reasoned", {"text": reason.strip()})
        if feedback_settles(desk.signal.state, desk.policy):
            desk.signal.feedback = "reasoned"
        desk.move(allowed)


def _keep(desk: Desk, kind: str, content: dict) -> None:
    row = ReporterFeedback(signal=desk.signal, municipality_id=desk.signal.municipality_id, kind=kind, at=desk.now,
                           by_id=desk.reader.membership)
    row.seal("content_sealed", content, key=desk.key)
    row.save(force_insert=True)


def _tell_reporter(desk: Desk) -> None:
    """No name, no address, no membership: delivery opens who it is, under the signal's own key.

    Nobody from outside gets a mail: they come back with their receipt.
    """
    if desk.signal.channel == OUTSIDE:
        return
    desk.messages.append(Message(kind="feedback_given", recipient_kind="reporter", signal=desk.signal,
                                 municipality_id=desk.signal.municipality_id, created_at=desk.now,
                                 next_try_at=desk.now))
