"""What can hold a step back. Each guard answers one question about the facts.

A pack picks guards by name for each step and explains each in its own words with a source; the
questions themselves are the program's, so that a pack can be proven before it is used.
"""

from collections.abc import Callable, Mapping

from .facts import SignalFacts
from .policy import Policy
from .route import is_excluded, on_route, route_signal

Guard = Callable[[SignalFacts, Policy, str | None], bool]


def _enriched(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    """Every required item of the checklist has an outcome, be it "nothing found"."""
    return {item.id for item in policy.enrichment if item.required} <= facts.checked


def urgent_knows(facts: SignalFacts, policy: Policy) -> bool:
    """The urgent partner was spoken to, and no danger came up after that talk."""
    return policy.urgent_partner in facts.contacts and not facts.call_again


def _contacted_if_danger(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    """Acute danger: the urgent partner was spoken to first (no letting through)."""
    return not facts.danger or urgent_knows(facts, policy)


def _advice_given(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    """An expert judged. "Not for us" or "no feedback possible now" leaves the judgement open (S-3.4-05)."""
    return any(r.has_judged for r in facts.advice)


def _no_advice_open(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    return not any(r.is_open for r in facts.advice)


def _forms_chosen(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    return bool(facts.forms)


def _order_kept(facts: SignalFacts, policy: Policy, partner: str | None) -> bool:
    """Everyone the route puts before this partner was spoken to, tried with a reason, or skipped with one."""
    if partner is None:
        return True
    before = route_signal(facts, policy).before(on_route(partner, policy))
    return before <= {on_route(p, policy) for p in facts.contacts | facts.attempts | facts.skipped}


def _skippable(facts: SignalFacts, policy: Policy, partner: str | None) -> bool:
    """The partner does not know yet, and no promise of the policy begins with it; an exclusion outweighs a promise."""
    if partner is None:
        return True
    kept_out = is_excluded(partner, facts.excluded, policy)
    promised = {o.first for o in policy.orders if o.forms & facts.forms and not kept_out}
    knows = {on_route(r.partner, policy) for r in facts.passed_on if r.was_heard}
    return on_route(partner, policy) not in promised | knows


def _referrals_made(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    """Everyone on the route knows or was skipped. A referral that never arrived does not count."""
    required = set(route_signal(facts, policy).required)
    heard = {r.partner for r in facts.passed_on if r.was_heard}
    return required <= {on_route(p, policy) for p in heard | facts.skipped}


def _referrals_settled(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    return not any(r.is_open for r in facts.passed_on)


def _feedback_settled(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    return facts.feedback in ("given", "reasoned")


def _consulted(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    """A partner was consulted: a contact, an answered request for advice, or a referral that was made."""
    return bool(facts.contacts) or facts.conclusion is not None or any(
        r.has_judged or (r.purpose == "referral" and r.was_heard) for r in facts.referrals
    )


def _loops_left(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    return facts.loops < policy.max_loops


def _loops_spent(facts: SignalFacts, policy: Policy, _: str | None) -> bool:
    return facts.loops >= policy.max_loops


def _lead_done(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    """A bundled signal waits for the one that leads: before that nobody can tell its reporter what came of it."""
    return facts.lead_done


def _is_bundled(facts: SignalFacts, _policy: Policy, __: str | None) -> bool:
    return facts.bundled


GUARDS: Mapping[str, Guard] = {
    "enriched": _enriched,
    "contacted_if_danger": _contacted_if_danger,
    "advice_given": _advice_given,
    "no_advice_open": _no_advice_open,
    "forms_chosen": _forms_chosen,
    "order_kept": _order_kept,
    "skippable": _skippable,
    "referrals_made": _referrals_made,
    "referrals_settled": _referrals_settled,
    "feedback_settled": _feedback_settled,
    "consulted": _consulted,
    "loops_left": _loops_left,
    "loops_spent": _loops_spent,
    "is_bundled": _is_bundled,
    "lead_done": _lead_done,
}
