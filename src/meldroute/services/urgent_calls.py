"""The clock of the partner who is spoken to first: it runs until somebody spoke to them, whatever else is done."""

from meldroute.rules.route import route_signal
from meldroute.storage.models import Clock

from . import clocks
from .desk import Desk


def keep_calling(desk: Desk) -> None:
    """Let the clock run while danger or the route asks for that call; stop it when neither does any more."""
    desk.refresh_facts()
    if not _is_wanted(desk):
        stop_calling(desk)
    elif desk.policy.urgent_partner not in desk.facts.contacts:
        start_calling(desk)
    elif not desk.signal.danger:
        stop_calling(desk)  # the danger that asked for another call is over


def follow_call(desk: Desk, *, reached: bool) -> None:
    """Spoken to: the clock stops. An attempt keeps it running, and starts it where none ran."""
    if reached:
        stop_calling(desk)
    elif desk.policy.urgent_partner not in desk.facts.contacts:
        start_calling(desk)


def start_calling(desk: Desk) -> None:
    """A clock that runs already keeps its due time."""
    norm = _norm(desk)
    running = Clock.objects.filter(signal=desk.signal, norm=norm, stopped_at=None).exists()
    if not running and desk.signal.kind != "end":
        desk.start_clock(norm)


def stop_calling(desk: Desk) -> None:
    clocks.stop_clocks(desk.signal, now=desk.now, norm=_norm(desk))


def _is_wanted(desk: Desk) -> bool:
    return desk.facts.danger or desk.policy.urgent_partner in route_signal(desk.facts, desk.policy).required


def _norm(desk: Desk) -> str:
    return desk.policy.norm_for_role("call_again").norm.id
