"""Walk every path a signal can take under a policy, with the same `may_take_step` that services call.

Two kinds of moves: a person takes a step, or the world moves (an expert or partner answers
or does not, the signal that leads is done, an exclusion is lifted).
A referral is open, answered or failed here; its own small lifecycle is proven apart, in `referral.py`.

There are far more combinations of facts than a guard can tell apart, so facts are simplified first
(`terrain.py`); the tests prove that every guard answers the same about facts and simplified facts.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from .acts import SUBJECTS
from .effects import PASSING_KINDS, Choice, admitting, after, excluding, with_choice
from .facts import ReferralFacts, SignalFacts
from .lifecycle import Allowed, may_take_step
from .policy import Policy, Step
from .route import route_signal
from .terrain import EXPERTS, SOMEBODY, Terrain, acting_role

MOST_FACTS = 60_000  # more is a policy nobody can oversee, and no answer within a second


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow. `step` is None when the world moved; `what` says in words what happened."""

    before: SignalFacts
    after: SignalFacts
    step: Step | None
    choice: Choice
    what: str
    excluded: str | None = None  # the exclusion that this move makes use of, or that is lifted by it


@dataclass(slots=True)
class Exploration:
    policy: Policy
    terrain: Terrain
    starts: tuple[SignalFacts, ...]
    moves: dict[SignalFacts, tuple[Move, ...]] = field(default_factory=dict)
    came_by: dict[SignalFacts, Move] = field(default_factory=dict)
    complete: bool = True  # False: there were more than `MOST_FACTS`, and the walk was broken off

    def path_to(self, facts: SignalFacts) -> str:
        """How a signal gets there, as short as possible: an example for a message."""
        words: list[str] = []
        while facts in self.came_by:
            move = self.came_by[facts]
            words.append(move.what)
            facts = move.before
        return ", ".join(reversed(words)) or "from the start"

    def is_beyond(self, facts: SignalFacts) -> bool:
        """More information was asked for more often than the limit allows; the walk stops here."""
        return _is_beyond(facts, self.policy)

    def open_facts(self) -> Iterator[SignalFacts]:
        return (facts for facts in self.moves if self.terrain.kinds[facts.state] != "end")

    def end_facts(self) -> Iterator[SignalFacts]:
        return (facts for facts in self.moves if self.terrain.kinds[facts.state] == "end")

    def all_moves(self) -> Iterator[Move]:
        return (move for moves in self.moves.values() for move in moves)


def explore(policy: Policy) -> Exploration:
    """Everything that can happen to a signal, breadth first from every kind of start."""
    terrain = Terrain.of(policy)
    starts = tuple(dict.fromkeys(terrain.simplify(facts) for facts in _starts(policy)))
    found = Exploration(policy, terrain, starts)
    queue = deque(starts)
    seen = set(starts)
    while queue:
        facts = queue.popleft()
        moves = found.moves[facts] = tuple(_moves(facts, terrain))
        for move in moves:
            if move.after not in seen:
                seen.add(move.after)
                found.came_by[move.after] = move
                queue.append(move.after)
        if len(seen) > MOST_FACTS:
            found.complete = False
            break
    return found


def _starts(policy: Policy) -> Iterator[SignalFacts]:
    """Every kind of signal. Danger and age come later: see `Terrain.simplify`."""
    for about in (a for a in SUBJECTS if any(a in e.about for e in policy.entries)):
        for confidential in (False, True):
            yield SignalFacts(policy.entry_state(about), about=about, confidential=confidential)


def _moves(facts: SignalFacts, terrain: Terrain) -> Iterator[Move]:
    if terrain.kinds[facts.state] == "end" or _is_beyond(facts, terrain.policy):
        return
    for step in terrain.steps_from[facts.state]:
        yield from step_moves(facts, step, terrain)
    yield from _world_moves(facts, terrain)


def _is_beyond(facts: SignalFacts, policy: Policy) -> bool:
    return facts.loops > policy.max_loops + 1  # the last question leads to the joint decision


def step_moves(facts: SignalFacts, step: Step, terrain: Terrain) -> Iterator[Move]:
    """Where this step can lead from here, with every choice that makes a difference."""
    role = acting_role(step, confidential=facts.confidential)
    if role is None:
        return
    for choice in _choices(facts, step, terrain):
        asked = with_choice(facts, step, choice)
        answer = may_take_step(asked, step, terrain.policy, role=role, partner=choice.partner)
        if isinstance(answer, Allowed):
            to = terrain.simplify(after(facts, step, policy=terrain.policy, choice=choice))
            yield Move(facts, to, step, choice, _words(step, choice))
        elif step.act == "skip_referral":
            yield from _skipped_as_excluded(facts, step, choice.partner, terrain, role)


def _skipped_as_excluded(facts: SignalFacts, step: Step, partner: str, terrain: Terrain, role: str) -> Iterator[Move]:
    """Somebody at this partner turns out to be involved: the signal is not shared with them, so they are skipped."""
    kept_out, choice = excluding(facts, partner), Choice(partner=partner)
    if isinstance(may_take_step(kept_out, step, terrain.policy, role=role, partner=partner), Allowed):
        to = terrain.simplify(after(kept_out, step, policy=terrain.policy, choice=choice))
        yield Move(facts, to, step, choice, f"{partner} is excluded, {_words(step, choice)}", excluded=partner)


def _words(step: Step, choice: Choice) -> str:
    about = [*filter(None, [choice.partner]), *sorted(choice.forms)]
    missed = " not reached" if not choice.reached else ""
    return f"{step.id} ({', '.join(about)}{missed})" if about else step.id


def _choices(facts: SignalFacts, step: Step, terrain: Terrain) -> Iterator[Choice]:
    """What can be chosen with this step, as far as a guard could tell the difference."""
    if step.act == "enrich":
        yield from () if facts.checked else (Choice(items=terrain.required_items),)
    elif step.act == "record_contact":
        yield from _contact_choices(facts, terrain)
    elif step.act in ("ask_advice", "ask_more_advice"):
        yield from _advice_choices(facts)
    elif step.act == "judge_clear" or step.conclusion == "trafficking":
        yield from (Choice(forms=forms) for forms in terrain.forms_to_try)
    elif step.act in ("refer", "skip_referral"):
        known = {r.partner for r in facts.passed_on if r.was_heard}
        skips = step.act == "skip_referral"
        offered = route_signal(facts, terrain.policy).required if skips else terrain.recipients(facts.forms)
        yield from (Choice(partner=partner) for partner in offered if partner not in known | facts.excluded)
    else:
        yield Choice()


def _contact_choices(facts: SignalFacts, terrain: Terrain) -> Iterator[Choice]:
    """A talk with the urgent partner, with somebody else, or with a recipient who hears it by that; and attempts.

    A talk with a partner whom others wait for is an attempt and a consultation: both are walked already.
    """
    yield Choice(partner=terrain.policy.urgent_partner)
    if not facts.conclusion and not facts.contacts:
        yield Choice(partner=SOMEBODY)
    if terrain.kinds[facts.state] in PASSING_KINDS:
        known = {terrain.policy.urgent_partner, *facts.skipped, *(r.partner for r in facts.passed_on if r.was_heard)}
        yield from (Choice(partner=p) for p in terrain.recipients(facts.forms) if p not in known)
    if "attempts" in terrain.live[facts.state]:
        tried = facts.attempts | facts.contacts | facts.skipped
        yield from (Choice(partner=partner, reached=False) for partner in sorted(terrain.firsts(facts) - tried))


def _advice_choices(facts: SignalFacts) -> Iterator[Choice]:
    """One or two experts; a third would add nothing that a guard can see."""
    free = EXPERTS[len(facts.advice):]
    yield from (Choice(partners=free[:n]) for n in range(1, len(free) + 1))


def _world_moves(facts: SignalFacts, terrain: Terrain) -> Iterator[Move]:
    """A request is answered, or it fails; no guard sees more than that. The signal that leads is done."""
    if terrain.kinds[facts.state] == "bundled" and not facts.lead_done and "lead_done" in terrain.live[facts.state]:
        yield Move(facts, terrain.simplify(facts.with_(lead_done=True)), None, Choice(), "the signal that leads is done")
    yield from _exclusions(facts, terrain)
    for n, referral in enumerate(facts.referrals):
        matters = referral.is_open and (referral.purpose == "advice" or facts.state in terrain.settling)
        for status in ("result", "failed") if matters else ():
            ended = ReferralFacts(referral.partner, referral.purpose, status)
            changed = facts.with_(referrals=(*facts.referrals[:n], ended, *facts.referrals[n + 1:]))
            yield Move(facts, terrain.simplify(changed), None, Choice(), f"{referral.partner} answers '{status}'")


def _exclusions(facts: SignalFacts, terrain: Terrain) -> Iterator[Move]:
    """Of who was passed over: before that it makes no difference, see `Terrain.simplify`."""
    for partner in facts.skipped:
        if partner in facts.excluded:
            changed, what = admitting(facts, partner, terrain.policy), f"{partner} is admitted again"
        else:
            changed, what = excluding(facts, partner), f"{partner} is excluded"
        if (to := terrain.simplify(changed)) != facts:
            yield Move(facts, to, None, Choice(), what, excluded=partner)
