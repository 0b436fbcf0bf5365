"""The clock of the partner who is spoken to first: it runs until somebody spoke to them, whatever else is done."""

from meldroute.rules.route import route_signal
from meldroute.storage.models import Clock

from . import clocks
from .desk import Desk


def keep_calling(desk: Desk) -> None:
    """Let the clock run while danger or the route asks for that call; stop it when neither does any more.

    Passed over on the route, because the signal is not shared with them, nobody waits for that call; in danger one does.
    """
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
    urgent, facts = desk.policy.urgent_partner, desk.facts
    return facts.danger or (urgent in route_signal(facts, desk.policy).required and urgent not in facts.skipped)


def _norm(desk: Desk) -> str:
    return desk.policy.norm_for_role("call_again").norm.id
