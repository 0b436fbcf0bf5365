"""Which step may be taken now, by whom, and why the others not. One function answers for everybody.

Services call it before they act, the page explains with it and `check-policy` explores it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .acts import DESK_ROLES
from .facts import SignalFacts
from .guards import GUARDS
from .policy import Policy, Step


@dataclass(frozen=True, slots=True)
class Allowed:
    step: Step
    to: str  # the state after the step


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a step cannot be taken now. `opens_with` says in the pack's words what would open it."""

    step: Step
    guard: str  # a guard's name, or "state" or "role"
    because: str
    opens_with: str
    source: str


class StepRefused(Exception):
    """A step that may not be taken was asked for. Carries the refusal for the screen."""

    def __init__(self, refusal: Refused):
        super().__init__(f"step '{refusal.step.id}': {refusal.because}. {refusal.opens_with}")
        self.refusal = refusal


def may_take_step(signal: SignalFacts, step: Step, policy: Policy, *, role: str, partner: str | None = None,
                  language: str = "nl") -> Allowed | Refused:
    """Answer for one step: allowed, or refused with the guard that failed and what would open it.

    `role` is the role the person acts in, `partner` the partner the step is about (referrals, contacts).
    """
    if signal.state not in step.from_states:
        states = ", ".join(policy.state(s).label.say(language) for s in step.from_states)
        return Refused(step, "state", policy.state(signal.state).label.say(language), states, step.source)
    if role not in step.by or not _in_lane(role, confidential=signal.confidential):
        allowed = sorted(r for r in step.by if _in_lane(r, confidential=signal.confidential))
        return Refused(step, "role", role, ", ".join(allowed), step.source)
    for name in step.guards:
        if not GUARDS[name](signal, policy, partner):
            text = policy.guard_text(name)
            return Refused(step, name, text.because.say(language), text.opens_with.say(language), text.source)
    return Allowed(step, step.to or signal.state)


def _in_lane(role: str, *, confidential: bool) -> bool:
    """A signal about a colleague is for the designated person, every other one is not (S-3.4-03)."""
    return role not in DESK_ROLES or (role == "designated") == confidential


def steps_now(signal: SignalFacts, policy: Policy, *, role: str, language: str = "nl") -> tuple[Allowed | Refused, ...]:
    """Every step that leaves the present state, allowed ones first, each with its answer."""
    here = (s for s in policy.steps if signal.state in s.from_states)
    answers: Iterable[Allowed | Refused] = (may_take_step(signal, s, policy, role=role, language=language) for s in here)
    return tuple(sorted(answers, key=lambda a: isinstance(a, Refused)))
