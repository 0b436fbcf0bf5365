"""Where one signal stands in the flowchart of its own policy version, and the way it came."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from meldroute.rules.actors import Reader
from meldroute.rules.policy import Policy
from meldroute.services.desk import NoSuchSignal
from meldroute.services.running_policy import policy_of
from meldroute.storage.models import HistoryEntry, Signal
from meldroute.storage.visible import visible_signal

from .log import log_signal_read


@dataclass(frozen=True, slots=True)
class FlowPosition:
    reference: str
    policy: Policy
    here: str
    walked: tuple[tuple[str, str], ...]  # pairs of states


def flow_position(reference: str, *, reader: Reader, now: datetime) -> FlowPosition:
    """Raises `NoSuchSignal` alike for absent and forbidden. Looking is logged, like opening the page."""
    signal = visible_signal(reference, reader=reader)
    if signal is None:
        raise NoSuchSignal(reference)
    policy = policy_of(signal.pack_id, now=now)
    position = FlowPosition(reference, policy, signal.state, _walked(signal, policy))
    log_signal_read(signal.pk, signal.municipality_id, reader=reader, now=now, part="flow")
    return position


def _walked(signal: Signal, policy: Policy) -> tuple[tuple[str, str], ...]:
    """The states that the history names one after the other; acts that stay where they are leave no pair."""
    told = HistoryEntry.objects.filter(signal=signal.pk, act__startswith="step.").order_by("at", "id")
    states = [policy.entry_state(signal.about)]
    states += [d["state"] for d in told.values_list("details", flat=True) if d.get("state")]
    return tuple((a, b) for a, b in pairwise(states) if a != b)
