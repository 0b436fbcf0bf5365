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
from .policy import Policy, Step, ThisPolicy
from .route import on_route, route_signal

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
    "skippable": frozenset({"forms", "passed_on", "excluded"}),
    "referrals_made": frozenset({"forms", "skipped", "passed_on"}),
    "referrals_settled": frozenset({"passed_on"}),
    "feedback_settled": frozenset(),
    "consulted": frozenset(),
    "loops_left": frozenset({"loops"}),
    "loops_spent": frozenset({"loops"}),
    "is_bundled": frozenset({"bundled"}),
    "lead_done": frozenset({"lead_done"}),
}
_PASSES = frozenset({"forms", "attempts", "skipped", "passed_on", "excluded"})
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terrain:
    """A policy, prepared for a walk through it."""

    policy: Policy
    steps_from: Mapping[str, tuple[Step, ...]]
    names: Mapping[str, str]  # per partner: what a route calls it
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
        names = {p.id: on_route(p.id, policy) for p in policy.partners}
        return cls(policy, steps, names, kinds, live, settling, items, _different_forms(policy), one_lane)

    def recipients(self, forms: frozenset[str]) -> tuple[str, ...]:
        """Whom a signal with these forms may be passed on to, as far as that makes a difference.

        Extra recipients bind nobody: they matter only where a promise says that somebody comes first.
        """
        return _recipients(forms, ThisPolicy(self.policy))

    def firsts(self, facts: SignalFacts) -> frozenset[str]:
        """Partners that somebody may have to wait for: of these forms, or of all as long as forms may change."""
        forms = None if "judgement" in self.live[facts.state] else facts.forms
        return _firsts(forms, ThisPolicy(self.policy))

    def simplify(self, facts: SignalFacts) -> SignalFacts:
        """Facts that lead to the same answers on every path from here. Feedback and consultation are always kept.

        The subject and the age are gone: only the entry reads the one, and no guard reads the other. Danger is
        gone too: it only ever closes steps, so `danger_waits_for_nobody` looks at it situation by situation.
        """
        live = self.live[facts.state]
        spoken, attempts = self._named(facts.contacts), self._named(facts.attempts)
        contacts = spoken & {self.policy.urgent_partner}
        tried = (attempts | spoken) & self.firsts(facts) - contacts if "attempts" in live else _NOBODY
        told = self._told(facts, tried) if "passed_on" in live else _Told((), _NOBODY, self._anybody_told(facts))
        answered = any(not r.is_open for r in told.referrals)
        consulted = facts.conclusion or spoken or told.was_answered or self._judged_before(facts, live)
        return SignalFacts(
            state=facts.state,
            confidential=facts.confidential and not self.one_lane,
            bundled=facts.bundled and "bundled" in live,
            lead_done=facts.lead_done and "lead_done" in live,
            forms=same_forms(facts.forms, ThisPolicy(self.policy)) if "forms" in live else _NOBODY,
            checked=self.required_items if "checked" in live and self.required_items <= facts.checked else _NOBODY,
            contacts=contacts,
            attempts=tried - told.passed_over,
            skipped=told.passed_over,
            excluded=told.passed_over & self._kept_out(facts) if "excluded" in live else _NOBODY,
            referrals=(self._advice(facts) if "advice" in live else ()) + told.referrals,
            conclusion="none" if consulted and not contacts and not answered else None,  # one, or another contact
            loops=facts.loops if "loops" in live else 0,
            feedback="none" if facts.feedback == "none" else "given",
        )

    def _kept_out(self, facts: SignalFacts) -> frozenset[str]:
        """Who was promised to come first and is excluded: what makes passing over rest on the exclusion.

        An exclusion that nothing rests on yet is left out: it closes the telling of that partner and opens its
        skipping, and `exclusions_hold_nobody_up` looks at both situation by situation.
        """
        promised = _promised_firsts(facts.forms, ThisPolicy(self.policy)) if facts.excluded else _NOBODY
        return self._named(facts.excluded) & promised

    def _named(self, partners: frozenset[str]) -> frozenset[str]:
        return frozenset([self.names.get(p, p) for p in partners]) if partners else _NOBODY

    def _judged_before(self, facts: SignalFacts, live: frozenset[str]) -> bool:
        return "advice" not in live and any(r.has_judged for r in facts.advice)

    def _anybody_told(self, facts: SignalFacts) -> bool:
        return any(r.was_heard for r in facts.passed_on)

    def _advice(self, facts: SignalFacts) -> tuple[ReferralFacts, ...]:
        """Two open requests are two; two judgements open no more than one."""
        statuses = ["result"] * any(r.has_judged for r in facts.advice) + ["open"] * sum(r.is_open for r in facts.advice)
        return tuple(ReferralFacts(name, "advice", s) for name, s in zip(EXPERTS, statuses, strict=False))

    def _told(self, facts: SignalFacts, tried: frozenset[str]) -> "_Told":
        """Who on the route knows. Where nobody asks whether a partner answered, it has not answered yet.

        A partner who answered, and whom nobody has to wait for any more, is as good as passed over; that there
        was an answer is kept as a consultation.
        """
        if not facts.passed_on and not facts.skipped:
            return _Told((), _NOBODY, False)
        routed = self.recipients(facts.forms)
        skipped = {p for p in self._named(facts.skipped) if p in routed}
        kept = (self.firsts(facts) - tried) | _promised_firsts(facts.forms, ThisPolicy(self.policy))
        heard: dict[str, ReferralFacts] = {}
        done: set[str] = set()
        for referral in facts.passed_on:
            partner = self.names.get(referral.partner, referral.partner)
            if referral.is_answered and facts.state in self.settling and partner not in kept:
                done.add(partner)
            elif referral.was_heard and partner in routed:
                status = "result" if referral.is_answered and facts.state in self.settling else "open"
                heard[partner] = ReferralFacts(partner, "referral", status)
        answered = facts.state in self.settling and any(r.is_answered for r in facts.passed_on)
        over = skipped | (done.intersection(routed) - heard.keys())
        return _Told(tuple(heard[p] for p in sorted(heard)), frozenset(over), answered)


@dataclass(frozen=True, slots=True)
class _Told:
    referrals: tuple[ReferralFacts, ...]
    passed_over: frozenset[str]
    was_answered: bool


@lru_cache(maxsize=256)
def _promised_firsts(forms: frozenset[str], this: ThisPolicy) -> frozenset[str]:
    return frozenset(o.first for o in this.policy.orders if o.forms & forms)


@lru_cache(maxsize=256)
def _firsts(forms: frozenset[str] | None, this: ThisPolicy) -> frozenset[str]:
    policy = this.policy
    waited_for = {o.first for o in policy.orders if forms is None or o.forms & forms}
    routes = (r for r in policy.routes if forms is None or r.form in forms)
    return frozenset(waited_for | {p for r in routes for group in r.order[:-1] for p in group})


@lru_cache(maxsize=256)
def _recipients(forms: frozenset[str], this: ThisPolicy) -> tuple[str, ...]:
    policy = this.policy
    routed = (p for r in policy.routes if r.form in forms for group in r.order for p in group)
    promised = {o.then for o in policy.orders if o.forms & forms}
    extras = (e.partner for e in policy.extras if e.forms & forms and e.partner in promised)
    return tuple(dict.fromkeys((*routed, *extras)))


@lru_cache(maxsize=256)
def same_forms(forms: frozenset[str], this: ThisPolicy) -> frozenset[str]:
    """The first set of forms with the same routes, promises and extras; these very forms when there is none."""
    policy = this.policy
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
    return tuple(dict.fromkeys(same_forms(s, ThisPolicy(policy)) for s in sets))


def _shape(forms: frozenset[str], policy: Policy) -> tuple:
    routing = route_signal(SignalFacts(policy.states[0].id, forms=forms), policy)
    return (frozenset(routing.required), routing.earlier,
            frozenset((e.partner, e.when_danger) for e in policy.extras if e.forms & forms),
            frozenset((o.first, o.then) for o in policy.orders if o.forms & forms))  # fmt: skip
