"""What the program asks every pack for by name: a norm for each role, words for each moment that matters."""

from ..acts import ADVICE_MOMENTS, NORM_ROLES, REQUIRED_MOMENTS
from ..policy import Policy
from .findings import Findings


def check_needed(policy: Policy, place: str, findings: Findings) -> None:
    if policy.norms and not _broken(findings, place, "norm"):
        _check_norms(policy, place, findings)
    if not _broken(findings, place, "advice"):
        _check_advice(policy, place, findings)
    _check_phenomena(policy, place, findings)


def _broken(findings: Findings, place: str, name: str) -> bool:
    """An entry that could not be read may be the very one that is looked for: it was reported already."""
    return any(error.place.startswith(f"{place}, {name} ") for error in findings.errors)


def _check_norms(policy: Policy, place: str, findings: Findings) -> None:
    roles = [row.role for row in policy.norms if row.role]
    for role, use in NORM_ROLES.items():
        if role not in roles:
            findings.add(f"{place}, norms", f"none is for {role} ({use})", f'Add for = "{role}" to one of them.')
        if roles.count(role) > 1:
            findings.add(f"{place}, norms", f"{roles.count(role)} are for {role}", f'Keep for = "{role}" at one.')
    used = {row.norm.id: row.role for row in policy.norms if row.role}
    for state in policy.states:
        if state.clock in used:
            findings.add(f"{place}, state '{state.id}'", f"its clock {state.clock} is for {used[state.clock]} already",
                         "Give the state a norm of its own: the two clocks start and stop apart.")  # fmt: skip


def _check_advice(policy: Policy, place: str, findings: Findings) -> None:
    for moment in REQUIRED_MOMENTS:
        if not policy.advice_for(moment):
            findings.add(f"{place}, advice", f"nothing is said at {moment} ({ADVICE_MOMENTS[moment]})",
                         f'Add "{moment}" to "moments" of a line.')  # fmt: skip


def _check_phenomena(policy: Policy, place: str, findings: Findings) -> None:
    """Whoever may conclude that it is something else must be able to say what."""
    if policy.phenomena or findings.known("phenomena"):
        return
    for step in policy.steps:
        if step.conclusion == "other_phenomenon":
            findings.add(f"{place}, step '{step.id}'", "concludes another phenomenon, and the pack names none",
                         "Add [[phenomena]] with label and goes_to, or leave the step out.")  # fmt: skip
