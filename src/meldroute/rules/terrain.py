"""What of a signal's facts can still make a difference, state by state.

A fact that no guard reads from here on is forgotten, and facts that every guard answers alike are made the
same. That keeps the walk of `exploration.py` short without leaving out a path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from .acts import DESK_ROLES
from .effects import PASSING_KINDS
from .facts import ReferralFacts, SignalFacts
from .policy import Policy, Step
from .route import on_route

SOMEBODY = "somebody"  # stands for any partner that no route and no promise names first
EXPERTS = ("expert 1", "expert 2")

# Which facts each guard reads, beside those that are always kept (see `simplify`). A test watches the guards read.
READS: Mapping[str, frozenset[str]] = {
    "enriched": frozenset({"checked"}),
    "contacted_if_danger": frozenset(),
    "advice_given": frozenset({"advice"}),
    "no_advice_open": frozenset({"advice"}),
    "forms_chosen": frozenset({"forms"}),
    "order_kept": frozenset({"forms", "attempts", "skipped"}),
    "skippable": frozenset({"forms", "passed_on"}),
    "referrals_made": frozenset({"forms", "skipped", "passed_on"}),
    "referrals_settled": frozenset({"passed_on"}),
    "feedback_settled": frozenset(),
    "consulted": frozenset(),
    "loops_left": frozenset({"loops"}),
    "loops_spent": frozenset({"loops"}),
    "is_bundled": frozenset({"bundled"}),
}
_PASSES = frozenset({"forms", "attempts", "skipped", "passed_on"})
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terrain:
    """A policy, prepared for a walk through it."""

    policy: Policy
    steps_from: Mapping[str, tuple[Step, ...]]
    kinds: Mapping[str, str]  # per state: acts.STATE_KINDS
    live: Mapping[str, frozenset[str]]  # per state: facts that can still matter there or further on
    settling: frozenset[str]  # states where it matters whether a partner has answered
    required_items: frozenset[str]
    forms_to_try: tuple[frozenset[str], ...]  # one set of forms for each different route
    one_lane: bool  # a signal about a colleague can take exactly the same steps

    @classmethod
    def of(cls, policy: Policy) -> "Terrain":
        steps = {s.id: tuple(t for t in policy.steps if s.id in t.from_states) for s in policy.states}
        kinds = {s.id: s.kind for s in policy.states}
        live = {s: frozenset(f for here, t in _ahead(s, steps) for f in _read_by(t, kinds[here])) for s in steps}
        settling = frozenset(s for s in steps if any("referrals_settled" in t.guards for t in steps[s]))
        items = frozenset(item.id for item in policy.enrichment if item.required)
        one_lane = all((acting_role(t, confidential=True) is None) == (acting_role(t, confidential=False) is None)
                       for t in policy.steps)  # fmt: skip
        return cls(policy, steps, kinds, live, settling, items, _different_forms(policy), one_lane)

    def recipients(self, forms: frozenset[str]) -> tuple[str, ...]:
        """Whom a signal with these forms may be passed on to, as far as that makes a difference.

        Extra recipients bind nobody: they matter only where a promise says that somebody comes first.
        """
        return _recipients(forms, self.policy)

    def firsts(self, facts: SignalFacts) -> frozenset[str]:
        """Partners that somebody may have to wait for: of these forms, or of all as long as forms may change."""
        forms = None if "judgement" in self.live[facts.state] else facts.forms
        return _firsts(forms, self.policy)

    def simplify(self, facts: SignalFacts) -> SignalFacts:
        """The same facts for every guard on every path from here. Feedback and consultation are always kept.

        The subject and the age are gone: only the entry reads the one, and no guard reads the other.
        """
        live = self.live[facts.state]
        firsts = self.firsts(facts)
        spoken = self._named(facts.contacts)
        contacts = spoken & (firsts | {self.policy.urgent_partner})
        judged = any(r.has_judged for r in facts.advice)
        passed_on = self._passed_on(facts, live)
        consulted = facts.conclusion or spoken or (judged and "advice" not in live) or (
            not passed_on and any(r.was_heard for r in facts.passed_on))  # fmt: skip
        needed = consulted and not contacts and all(r.is_open for r in passed_on)
        return SignalFacts(
            state=facts.state,
            danger=facts.danger and self.policy.urgent_partner not in contacts,
            confidential=facts.confidential and not self.one_lane,
            bundled=facts.bundled and "bundled" in live,
            forms=same_forms(facts.forms, self.policy) if "forms" in live else _NOBODY,
            checked=self.required_items if "checked" in live and self.required_items <= facts.checked else _NOBODY,
            contacts=contacts,
            attempts=(self._named(facts.attempts) & firsts) - contacts if "attempts" in live else _NOBODY,
            skipped=self._named(facts.skipped) & self._routed(facts.forms) if "skipped" in live else _NOBODY,
            referrals=(self._advice(facts, judged) if "advice" in live else ()) + passed_on,
            conclusion="none" if needed else None,  # that there was one, or a contact with somebody else
            loops=facts.loops if "loops" in live else 0,
            feedback="none" if facts.feedback == "none" else "given",
        )

    def _named(self, partners: frozenset[str]) -> frozenset[str]:
        return frozenset([on_route(p, self.policy) for p in partners]) if partners else _NOBODY

    def _routed(self, forms: frozenset[str]) -> frozenset[str]:
        return frozenset(self.recipients(forms))

    def _advice(self, facts: SignalFacts, judged: bool) -> tuple[ReferralFacts, ...]:
        """Two open requests are two; two judgements open no more than one."""
        statuses = ["result"] * judged + ["open"] * sum(r.is_open for r in facts.advice)
        return tuple(ReferralFacts(name, "advice", s) for name, s in zip(EXPERTS, statuses, strict=False))

    def _passed_on(self, facts: SignalFacts, live: frozenset[str]) -> tuple[ReferralFacts, ...]:
        """One per partner on the route; where it makes no difference whether it answered, it has not yet."""
        heard = [(on_route(r.partner, self.policy), r.is_open) for r in facts.passed_on if r.was_heard]
        if "passed_on" not in live:
            return (ReferralFacts(SOMEBODY, "referral", "result"),) if heard else ()
        routed = self.recipients(facts.forms) if heard else ()
        answered = "result" if facts.state in self.settling else "open"
        return tuple(ReferralFacts(partner, "referral", "open" if is_open else answered)
                     for partner, is_open in sorted(heard) if partner in routed)  # fmt: skip


@lru_cache(maxsize=256)
def _firsts(forms: frozenset[str] | None, policy: Policy) -> frozenset[str]:
    waited_for = {o.first for o in policy.orders if forms is None or o.forms & forms}
    routes = (r for r in policy.routes if forms is None or r.form in forms)
    return frozenset(waited_for | {p for r in routes for group in r.order[:-1] for p in group})


@lru_cache(maxsize=256)
def _recipients(forms: frozenset[str], policy: Policy) -> tuple[str, ...]:
    routed = (p for r in policy.routes if r.form in forms for group in r.order for p in group)
    promised = {o.then for o in policy.orders if o.forms & forms}
    extras = (e.partner for e in policy.extras if e.forms & forms and e.partner in promised)
    return tuple(dict.fromkeys((*routed, *extras)))


@lru_cache(maxsize=256)
def same_forms(forms: frozenset[str], policy: Policy) -> frozenset[str]:
    """The first set of forms with the same routes, promises and extras; these very forms when there is none."""
    ids = [form.id for form in policy.forms]
    sets = [frozenset(s) for n in (0, 1, 2) for s in combinations(ids, n)] + [frozenset(ids)]
    return next((s for s in sets if _shape(s, policy) == _shape(forms, policy)), forms) if forms else forms


def acting_role(step: Step, *, confidential: bool) -> str | None:
    """A role in which this step can be taken. Which one makes no difference: roles are not among the facts."""
    lane = {"designated"} if confidential else DESK_ROLES - {"designated"}
    return min(step.by & lane or step.by - DESK_ROLES, default=None)


def _ahead(state: str, steps: Mapping[str, tuple[Step, ...]]) -> set[tuple[str, Step]]:
    """Every step that may still be taken from this state on, and where, whatever the guards say."""
    found: set[str] = set()
    todo = [state]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo.extend(t.to for t in steps[here] if t.to)
    return {(s, t) for s in found for t in steps[s]}


def _read_by(step: Step, kind: str) -> frozenset[str]:
    read = frozenset(name for guard in step.guards for name in READS[guard])
    if step.conclusion == "more_information":
        read |= {"loops"}
    if step.conclusion == "trafficking" or step.act == "judge_clear":
        read |= {"judgement"}  # no fact: forms may still change
    if step.act == "refer" or (step.act == "record_contact" and kind in PASSING_KINDS):
        read |= _PASSES  # what was promised about the order is checked here, guarded or not
    return read


def _different_forms(policy: Policy) -> tuple[frozenset[str], ...]:
    """One form, two together, or all: of sets with the same route only the first."""
    ids = [form.id for form in policy.forms]
    sets = [frozenset(s) for n in (1, 2) for s in combinations(ids, n)] + [frozenset(ids)]
    return tuple(dict.fromkeys(same_forms(s, policy) for s in sets))


def _shape(forms: frozenset[str], policy: Policy) -> tuple:
    return (frozenset(r.order for r in policy.routes if r.form in forms),
            frozenset((e.partner, e.when_danger) for e in policy.extras if e.forms & forms),
            frozenset((o.first, o.then) for o in policy.orders if o.forms & forms))  # fmt: skip
