"""Which closing reasons what was recorded can carry."""

from .facts import SignalFacts
from .guards import GUARDS
from .policy import ClosingReason, Policy

# A partner that answered one of these took the signal up, whatever came of it.
TOOK_UP = frozenset({"taken_up", "result", "feedback", "no_feedback"})


def fits(reason: ClosingReason, facts: SignalFacts, policy: Policy) -> bool:
    """Is what this reason needs (acts.CLOSING_NEEDS) recorded?"""
    if reason.needs.startswith("conclusion:"):
        return facts.conclusion == reason.needs.removeprefix("conclusion:")
    if reason.needs == "taken_up":
        return any(r.status in TOOK_UP for r in facts.passed_on)
    return GUARDS["consulted"](facts, policy, None)
