"""What must hold on every path a signal can take. Each function finds where it does not, with an example path."""

from collections.abc import Iterator

from .arrows import Arrows, newly_told
from .exploration import Exploration, Move, step_moves
from .facts import SignalFacts
from .guards import GUARDS
from .policy_entries import Step
from .problems import Problem
from .terrain import acting_role

_NOBODY: frozenset[str] = frozenset()
# Acts that let a signal through: somebody else hears, or nobody looks at it any more.
LETS_THROUGH = frozenset({"ask_advice", "ask_more_advice", "refer", "skip_referral", "complete_referrals", "bundle",
                          "close"})  # fmt: skip


def an_end_is_near(e: Exploration) -> Iterator[Problem]:
    """From every reachable state an end can be reached."""
    free = Arrows.of(e).leading_to_end(_NOBODY)
    stuck = [facts for facts in e.open_facts() if not (facts in free or facts.excluded or e.is_beyond(facts))]
    # What leads only into a trap is stuck as well; the trap itself is what has to be mended.
    left = {f.state for f in stuck for m in e.moves[f] if m.after.state != f.state}
    for facts in _one_per_state([f for f in stuck if f.state not in left] or stuck):
        yield Problem(f"state '{facts.state}'",
                      f"{_who(facts)} can get stuck here: {e.path_to(facts)}{_held_back(facts, e)}",
                      "Add a step from here towards an end, or let one of these guards be satisfied here.")  # fmt: skip


def exclusions_hold_nobody_up(e: Exploration) -> Iterator[Problem]:
    """Whoever a signal is not shared with can be passed over, and the signal still reaches an end."""
    arrows = Arrows.of(e)
    free_at_all = arrows.leading_to_end(_NOBODY)  # who is stuck anyway is no matter of exclusions
    reported = {f.state for f in e.open_facts() if not (f in free_at_all or f.excluded or e.is_beyond(f))}
    routed = sorted({p for forms in e.terrain.forms_to_try for p in e.terrain.recipients(forms)})
    for excluded in (*(frozenset({p}) for p in routed), frozenset(routed)):  # each by itself, and all together
        free = arrows.leading_to_end(excluded)
        stuck = [f for f in e.open_facts() if f.excluded <= excluded and f not in free and not e.is_beyond(f)]
        for facts in (f for f in _one_per_state(stuck) if f.state not in reported):
            reported.add(facts.state)
            yield Problem(f"state '{facts.state}'", f"{_who(facts)} that is not shared with {' and '.join(sorted(excluded))} "
                          f"can get stuck here: {e.path_to(facts)}{_held_back(facts, e)}",
                          f'Add "{facts.state}" to "from" of a step with act skip_referral and the guard skippable.')  # fmt: skip


def _who(facts: SignalFacts) -> str:
    return "a signal about a colleague" if facts.confidential else "a signal"


def _held_back(facts: SignalFacts, e: Exploration) -> str:
    held = [f"{s.id} (by {', '.join(sorted(s.by))}; guards {', '.join(s.guards) or 'none'})"
            for s in e.terrain.steps_from[facts.state] if s.to not in (None, facts.state)]  # fmt: skip
    return f". Steps that leave: {'; '.join(held)}" if held else ". No step leaves it"


def the_reporter_hears(e: Exploration) -> Iterator[Problem]:
    """No signal ends without feedback to the reporter or a recorded reason."""
    yield from _ends_without(e, lambda f: f.feedback != "none", "feedback_settled",
                             "though the reporter heard nothing and no reason is recorded")  # fmt: skip


def somebody_was_consulted(e: Exploration) -> Iterator[Problem]:
    """No signal ends without a consultation, a conclusion or a partner who knows."""
    yield from _ends_without(e, lambda f: GUARDS["consulted"](f, e.policy, None), "consulted",
                             "though nobody was consulted")  # fmt: skip


def _ends_without(e: Exploration, holds, guard: str, though: str) -> Iterator[Problem]:
    reported: set[str] = set()
    for move in e.all_moves():
        ends = e.terrain.kinds[move.after.state] == "end"
        if ends and move.step and not holds(move.after) and move.step.id not in reported:
            reported.add(move.step.id)
            yield Problem(f"step '{move.step.id}'", f"ends a signal {though}: {_path(e, move)}",
                          f"Give it the guard {guard}.")  # fmt: skip


def the_order_is_kept(e: Exploration) -> Iterator[Problem]:
    """"First X, then Y" cannot be reversed on any path, unless X is excluded and passed over with a reason."""
    reported: set[tuple[str, str, str]] = set()
    for move in e.all_moves():
        for first, then in _broken_promises(e, move):
            if move.step and (move.step.id, first, then) not in reported:
                reported.add((move.step.id, first, then))
                yield Problem(f"step '{move.step.id}'",
                              f"passes a signal on to {then} before {first} was spoken to or tried: {_path(e, move)}",
                              f"Give it the guard order_kept, put {first} in an earlier group than {then} on the "
                              "route, and give steps that skip a partner the guard skippable.")  # fmt: skip


def _broken_promises(e: Exploration, move: Move) -> Iterator[tuple[str, str]]:
    partner = newly_told(move)
    for order in e.policy.orders if partner else ():
        applies = order.then == partner and order.forms & move.before.forms
        passed_over = move.before.skipped & move.before.excluded
        if applies and order.first not in move.before.contacts | move.before.attempts | passed_over:
            yield order.first, order.then


def the_urgent_partner_is_one_step_away(e: Exploration) -> Iterator[Problem]:
    """From every open state, contact with the urgent partner can be recorded in one step."""
    urgent = e.policy.urgent_partner
    far = (f for f in e.open_facts() if not e.is_beyond(f) and not any(
        m.step and m.step.act == "record_contact" and m.choice.partner == urgent for m in e.moves[f]))  # fmt: skip
    for facts in _one_per_state(far):
        yield Problem(f"state '{facts.state}'", f"contact with {urgent} cannot be recorded here in one step "
                      f"({_who(facts)}; {e.path_to(facts)})",
                      f'Add "{facts.state}" to "from" of a step with act record_contact, without guards.')  # fmt: skip


def danger_waits_for_nobody(e: Exploration) -> Iterator[Problem]:
    """A signal with danger is not passed on, put aside or closed before the urgent partner was spoken to.

    Danger may turn out at any moment, also after a talk, which then does not count: so every situation is looked at
    as one with danger of which the urgent partner does not know.
    """
    urgent, reported = e.policy.urgent_partner, set()
    for facts in e.open_facts():
        danger = facts.with_(danger=True, call_again=urgent in facts.contacts)
        for step in e.terrain.steps_from[facts.state]:
            if step.id not in reported and (loose := _lets_through(danger, step, e)):
                reported.add(step.id)
                yield Problem(f"step '{step.id}'", f"lets a signal with danger through before {urgent} was spoken to"
                              f"{' about it' if danger.call_again else ''}: {e.path_to(facts)}, danger turns out, "
                              f"{loose.what}", "Give it the guard contacted_if_danger.")  # fmt: skip


def _lets_through(facts: SignalFacts, step: Step, e: Exploration) -> Move | None:
    if "contacted_if_danger" in step.guards or step.act not in LETS_THROUGH | {"record_contact"}:
        return None  # the guard answers for every such situation alike
    moves = step_moves(facts, step, e.terrain)
    return next((m for m in moves if step.act in LETS_THROUGH or newly_told(m) not in (None, e.policy.urgent_partner)),
                None)  # fmt: skip


def asking_more_ends(e: Exploration) -> Iterator[Problem]:
    """Experts ask for more information a limited number of times; then it goes to a joint decision."""
    for step in dict.fromkeys(m.step for m in e.all_moves() if m.step and e.is_beyond(m.after)):
        yield Problem(f"step '{step.id}'", f"more information can be asked for more than {e.policy.max_loops} times",
                      "Give it the guard loops_left, and add a step with the guard loops_spent to a state of kind "
                      "decide.")  # fmt: skip


def every_state_is_reached(e: Exploration) -> Iterator[Problem]:
    """Every state can be reached."""
    reached = {facts.state for facts in e.moves}
    for state in e.policy.states:
        if state.id not in reached:
            yield Problem(f"state '{state.id}'", "no path leads here",
                          "Add a step to it, loosen the guards before it, or take it out.")  # fmt: skip


def colleagues_are_worked_on(e: Exploration) -> Iterator[Problem]:
    """In every open state the designated person can work on a signal about a colleague."""
    for state in e.policy.states:
        steps = e.terrain.steps_from[state.id]
        if state.is_open and not any(acting_role(s, confidential=True) == "designated" for s in steps):
            yield Problem(f"state '{state.id}'",
                          "the designated person cannot do anything here for a signal about a colleague",
                          'Add "designated" to "by" of the steps from here.')  # fmt: skip


def steps_never_taken(e: Exploration) -> Iterator[Problem]:
    """A step that no path can take: a warning, for it does no harm."""
    taken = {move.step.id for move in e.all_moves() if move.step}
    for step in e.policy.steps:
        if step.id not in taken:
            yield Problem(f"step '{step.id}'", "can never be taken", "Loosen its guards or take it out.")


def _one_per_state(facts: Iterator[SignalFacts] | list[SignalFacts]) -> list[SignalFacts]:
    first: dict[tuple[str, bool], SignalFacts] = {}
    for found in facts:
        first.setdefault((found.state, found.confidential), found)
    return list(first.values())


def _path(e: Exploration, move: Move) -> str:
    return f"{e.path_to(move.before)}, {move.what}"
