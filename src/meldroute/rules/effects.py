"""What a step changes in the facts of a signal.

`may_take_step` says whether a step may be taken; `after` says what is true then. Services write rows instead
of facts, and storage reads those rows back: both must come out at the same facts. `check-policy` explores
nothing but these two functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .facts import ReferralFacts, SignalFacts
from .guards import GUARDS
from .policy import Policy, Step
from .route import is_excluded, on_route, route_signal

Changes = dict[str, object]  # keyword arguments for `SignalFacts.with_`

PASSING_KINDS = frozenset({"pass_on", "await"})  # kinds of states in which a phone call passes a signal on
TOLD_BY_PHONE = "received"  # the status of a referral made by phone: the partner has heard it


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decides along with a step. Most steps need none of it."""

    partner: str | None = None  # record_contact, refer, skip_referral
    partners: tuple[str, ...] = ()  # ask_advice, ask_more_advice
    reached: bool = True  # record_contact: False is an attempt, with its reason
    items: frozenset[str] = frozenset()  # enrich: checklist items with an outcome, be it "nothing found"
    forms: frozenset[str] = frozenset()  # judge_clear, and conclude "trafficking"


NO_CHOICE = Choice()


def with_choice(facts: SignalFacts, step: Step, choice: Choice) -> SignalFacts:
    """The facts to ask `may_take_step` about: forms are chosen on the same page as the judgement they open."""
    judges = step.act == "judge_clear" or step.conclusion == "trafficking"
    return facts.with_(forms=choice.forms) if judges and choice.forms else facts


def after(facts: SignalFacts, step: Step, *, policy: Policy, choice: Choice = NO_CHOICE) -> SignalFacts:
    """The facts once this step was taken. Assumes that it was allowed.

    A bundled signal also shares the contacts and referrals of the signal that leads, and waits until that one is
    done; those are rows of another signal, so storage adds them and this function does not.
    """
    facts = with_choice(facts, step, choice)
    changes = _EFFECTS[step.act](facts, step, policy, choice) if step.act in _EFFECTS else {}
    return facts.with_(state=step.to or facts.state, **changes)


def excluding(facts: SignalFacts, partner: str) -> SignalFacts:
    """The signal is not shared with this partner. No step of the policy: it can happen in every open state."""
    return facts.with_(excluded=facts.excluded | {partner})


def admitting(facts: SignalFacts, partner: str, policy: Policy) -> SignalFacts:
    """The exclusion is lifted. What rested on it goes with it: who was promised to come first is not passed over."""
    admitted = facts.with_(excluded=facts.excluded - {partner})
    over = frozenset(p for p in facts.skipped if not GUARDS["skippable"](admitted, policy, p))
    return admitted.with_(skipped=facts.skipped - over)


def contact_passes_on(facts: SignalFacts, partner: str, policy: Policy) -> bool:
    """Does speaking to this partner now pass the signal on?

    While signals are passed on, the phone call is the referral, when the partner is a recipient and a referral
    is allowed after the call. Otherwise it is a contact only, which may always be recorded: it happened. So it is
    with a partner that the signal is not shared with.
    """
    if policy.state(facts.state).kind not in PASSING_KINDS or _knows(facts, partner):
        return False
    if is_excluded(partner, facts.excluded, policy):
        return False
    if on_route(partner, policy) not in {r.partner for r in route_signal(facts, policy).recipients}:
        return False
    spoken = facts.with_(**_spoken(facts, partner, policy))
    return any(all(GUARDS[name](spoken, policy, partner) for name in step.guards)
               for step in policy.steps_for("refer", facts.state))  # fmt: skip


def _knows(facts: SignalFacts, partner: str) -> bool:
    return any(r.partner == partner and r.was_heard for r in facts.passed_on)


def _enrich(facts: SignalFacts, _step: Step, _policy: Policy, choice: Choice) -> Changes:
    return {"checked": facts.checked | choice.items}


def _record_contact(facts: SignalFacts, _step: Step, policy: Policy, choice: Choice) -> Changes:
    if choice.partner is None:
        return {}
    if not choice.reached:
        return {"attempts": facts.attempts | {choice.partner}}
    told = contact_passes_on(facts, choice.partner, policy)
    referral = _requested(facts, (choice.partner,), "referral", TOLD_BY_PHONE, policy) if told else {}
    return {**_spoken(facts, choice.partner, policy), **referral}


def _spoken(facts: SignalFacts, partner: str, policy: Policy) -> Changes:
    """Whoever is called in danger now knows of it."""
    return {"contacts": facts.contacts | {partner}, "call_again": facts.call_again and partner != policy.urgent_partner}


def _ask_advice(facts: SignalFacts, _step: Step, policy: Policy, choice: Choice) -> Changes:
    return _requested(facts, choice.partners, "advice", "open", policy)


def _refer(facts: SignalFacts, _step: Step, policy: Policy, choice: Choice) -> Changes:
    return _requested(facts, (choice.partner,), "referral", "open", policy) if choice.partner else {}


def _requested(facts: SignalFacts, partners: tuple[str, ...], purpose: str, status: str, policy: Policy) -> Changes:
    """One request per partner and purpose: a new one takes the place of one that failed or was skipped.

    A care coordinator who is told also ends the skipping of whoever coordinated care before.
    """
    others = tuple(r for r in facts.referrals if r.purpose != purpose or r.partner not in partners)
    new = tuple(ReferralFacts(partner, purpose, status) for partner in partners)
    told = {on_route(partner, policy) for partner in partners} if purpose == "referral" else frozenset()
    return {"referrals": others + new, "skipped": frozenset(p for p in facts.skipped if on_route(p, policy) not in told)}


def _skip(facts: SignalFacts, _step: Step, _policy: Policy, choice: Choice) -> Changes:
    """A referral that never arrived is passed over too: the skip takes its place."""
    if choice.partner is None:
        return {}
    left = tuple(r for r in facts.referrals if r.purpose != "referral" or r.partner != choice.partner)
    return {"skipped": facts.skipped | {choice.partner}, "referrals": left}


def _conclude(facts: SignalFacts, step: Step, _policy: Policy, _choice: Choice) -> Changes:
    """"More information" starts a new round: advice of the old one opens nothing any more (F1.E11)."""
    if step.conclusion != "more_information":
        return {"conclusion": step.conclusion}
    return {"conclusion": step.conclusion, "loops": facts.loops + 1, "referrals": facts.passed_on}


def _bundle(_facts: SignalFacts, step: Step, _policy: Policy, _choice: Choice) -> Changes:
    return {"bundled": step.act == "bundle", "lead_done": False}


def _feedback(facts: SignalFacts, step: Step, policy: Policy, _choice: Choice) -> Changes:
    """Feedback on the way says that work goes on: only what is told at the report-back answers the report."""
    if not feedback_settles(facts.state, policy):
        return {}
    return {"feedback": "given" if step.act == "give_feedback" else "reasoned"}


def feedback_settles(state: str, policy: Policy) -> bool:
    return policy.state(state).kind == "report_back"


_EFFECTS: Mapping[str, Callable[[SignalFacts, Step, Policy, Choice], Changes]] = {
    "enrich": _enrich,
    "record_contact": _record_contact,
    "ask_advice": _ask_advice,
    "ask_more_advice": _ask_advice,
    "conclude": _conclude,
    "refer": _refer,
    "skip_referral": _skip,
    "bundle": _bundle,
    "unbundle": _bundle,
    "give_feedback": _feedback,
    "withhold_feedback": _feedback,
}
