"""The small lifecycle of one referral: one request to one partner, from sent to settled.

A request for advice and a referral live the same life. The pack decides to whom and in which order; the
answers a partner can give are the program's, so that a settled referral means the same in every region.
"""

from collections.abc import Mapping
from typing import Literal

from .facts import ANSWERED_REFERRAL, FAILED_REFERRAL, OPEN_REFERRAL

Clock = Literal["acknowledge", "decide", "report_back"]

# What a partner can say. "no_feedback": "no feedback possible now". No reason is asked, none is stored,
# because the reason itself would give an investigation away.
ANSWERS = ("received", "taken_up", "not_for_us", "need_more", "result", "feedback", "no_feedback")
# How a request ends without an answer: it never arrived, or the focal point took it back.
SET_ASIDE = ("failed", "withdrawn")
STATUSES = ("open", *ANSWERS, *SET_ASIDE)
SETTLED = ANSWERED_REFERRAL | FAILED_REFERRAL

_OUTCOMES = ("result", "feedback", "no_feedback")
# Each answer names the status it leads to.
NEXT: Mapping[str, tuple[str, ...]] = {
    "open": ("received", "taken_up", "not_for_us", "need_more", *_OUTCOMES),
    "received": ("taken_up", "not_for_us", "need_more", *_OUTCOMES),
    "need_more": ("received", "taken_up", "not_for_us", *_OUTCOMES),
    "taken_up": ("need_more", *_OUTCOMES),
}
_CLOCKS: Mapping[str, Clock] = {
    "open": "acknowledge", "received": "decide", "need_more": "decide", "taken_up": "report_back",
}  # fmt: skip


class UnknownStatus(ValueError):
    def __init__(self, status: str):
        super().__init__(f"referral: unknown status '{status}'. Use {', '.join(STATUSES)}.")


class UnknownAnswer(ValueError):
    def __init__(self, answer: str):
        super().__init__(f"referral: unknown answer '{answer}'. Use {', '.join(ANSWERS)}.")


class AlreadySettled(Exception):
    """A second outcome. The first one stands, because others acted on it."""

    def __init__(self, status: str, answer: str):
        super().__init__(f"referral: it ended as '{status}', so '{answer}' comes too late. "
                         "Record what the partner says as a contact, or make a new referral.")  # fmt: skip


class AnswerOutOfOrder(Exception):
    def __init__(self, status: str, answer: str):
        super().__init__(f"referral: '{answer}' cannot follow '{status}'. Use {', '.join(NEXT[status])}.")


def answers_now(status: str) -> tuple[str, ...]:
    """What the partner can still say; empty when the referral is settled. Raises `UnknownStatus`."""
    if status not in STATUSES:
        raise UnknownStatus(status)
    return NEXT.get(status, ())


def may_answer(status: str, answer: str) -> bool:
    """Can this answer be given now? Raises `UnknownStatus` and `UnknownAnswer`, never for an answer that is late."""
    if answer not in ANSWERS:
        raise UnknownAnswer(answer)
    return answer in answers_now(status)


def next_status(status: str, answer: str) -> str:
    """The status after an answer. Raises `AlreadySettled`, `AnswerOutOfOrder`, `UnknownStatus`, `UnknownAnswer`."""
    if may_answer(status, answer):
        return answer
    if status in SETTLED:
        raise AlreadySettled(status, answer)
    raise AnswerOutOfOrder(status, answer)


def set_aside(status: str, how: str) -> str:
    """End an open referral without an answer: `how` is "failed" or "withdrawn". Raises `AlreadySettled`."""
    if how not in SET_ASIDE:
        raise ValueError(f"referral: cannot be set aside as '{how}'. Use {' or '.join(SET_ASIDE)}.")
    if status not in STATUSES:
        raise UnknownStatus(status)
    if status not in OPEN_REFERRAL:
        raise AlreadySettled(status, how)
    return how


def running_clock(status: str) -> Clock | None:
    """Which norm runs against the partner in this status; None when it is settled. Raises `UnknownStatus`."""
    if status not in STATUSES:
        raise UnknownStatus(status)
    return _CLOCKS.get(status)
