"""What came in from outside without proof of work waits apart: read, then let in or put aside with a reason.

Nothing is thrown away. What was put aside stays readable, and comes back in one step.
"""

from datetime import datetime

from meldroute.rules.access import SET_ASIDE
from meldroute.rules.actors import Reader

from . import clocks
from .assessment import keep
from .desk import Desk, at_desk
from .opening import ActCard, opened
from .referral import ReasonMissing


class NotHeld(Exception):
    """This signal is not set aside, or somebody works on it already. Nothing was changed."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: it is not set aside any more. Look at it again.")


def holding_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> ActCard:
    """Before it is put aside. Raises `NotHeld`."""
    with opened(reference, reader=reader, now=now, part="held", language=language) as found:
        if found.signal.lane != "held":
            raise NotHeld(reference)
        return found.card(None)


def release(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Let it in: from now on it is a signal like any other, with its clock running. Raises `NotHeld`."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        was = _held(desk, *SET_ASIDE)
        desk.signal.lane = "regular"
        if was == "spam":
            desk.start_clock(desk.policy.state(desk.signal.state).clock)
        desk.note("held.released")


def mark_spam(reference: str, *, reason: str, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Put it aside with a reason: its clocks stop, its text stays. The reporter sees what they saw before."""
    if not reason.strip():
        raise ReasonMissing("spam")
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _held(desk, "held")
        desk.signal.lane = "spam"
        clocks.stop_clocks(desk.signal, now=now)
        keep(desk, spam_because=reason.strip())
        desk.note("held.spam")


def _held(desk: Desk, *lanes: str) -> str:
    if desk.signal.lane not in lanes:
        raise NotHeld(desk.signal.reference)
    return desk.signal.lane
