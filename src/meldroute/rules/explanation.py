"""Why these partners, in this order: the route of a signal with every reason, also for what does not apply."""

from dataclasses import dataclass

from .facts import SignalFacts
from .guards import GUARDS
from .policy import Policy
from .route import Recipient, on_route, route_signal


@dataclass(frozen=True, slots=True)
class Hearing:
    """One partner who is to hear, or who is offered."""

    partner: str
    name: str
    rank: int  # equal ranks: the policy gives no order between them
    required: bool
    because: str  # the forms that ask for it, or why it is offered
    waits_for: tuple[str, ...]  # names of partners to be spoken to first, as far as they were not
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Remark:
    text: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Explanation:
    start: str  # label of the state in which such a signal starts
    danger: Remark | None  # what comes before all else
    hearings: tuple[Hearing, ...]
    experts: tuple[str, ...]  # while no form is chosen: who may be asked for advice
    promises: tuple[Remark, ...]  # "first X, then Y" with its reason
    passed_over: tuple[Remark, ...]  # forms whose route does not apply
    remarks: tuple[Remark, ...]  # lines of the pack about age
    conflicts: tuple[Remark, ...]  # where the policy contradicts itself, and what the pack does


def explain_route(facts: SignalFacts, policy: Policy, *, language: str = "nl") -> Explanation:
    routing = route_signal(facts, policy)
    return Explanation(
        start=policy.state(policy.entry_state(facts.about)).label.say(language),
        danger=_danger(facts, policy, language),
        hearings=tuple(_hearing(r, facts, policy, language) for r in routing.recipients),
        experts=() if facts.forms else tuple(p.known_as for p in policy.partners if p.expert),
        promises=tuple(_promise(o, policy, language) for o in policy.orders if o.forms & facts.forms),
        passed_over=tuple(Remark(policy.form(r.form).label.say(language), r.source, r.status) for r in policy.routes
                          if r.form in routing.skipped),
        remarks=_about_age(facts, policy, language),
        conflicts=tuple(Remark(f"{c.id}: {c.text.say(language)} {c.choice.say(language)}", c.source, c.status)
                        for c in policy.conflicts),
    )  # fmt: skip


def _danger(facts: SignalFacts, policy: Policy, language: str) -> Remark | None:
    if GUARDS["contacted_if_danger"](facts, policy, None):
        return None
    used = any("contacted_if_danger" in step.guards for step in policy.steps)
    text = policy.guard_text("contacted_if_danger") if used else None
    return Remark(f"112. {text.opens_with.say(language)}", text.source, text.status) if text else None


def _hearing(recipient: Recipient, facts: SignalFacts, policy: Policy, language: str) -> Hearing:
    routing = route_signal(facts, policy)
    done = {on_route(p, policy) for p in facts.contacts | facts.attempts | facts.skipped}
    waiting = sorted(routing.before(on_route(recipient.partner, policy)) - done)
    return Hearing(
        recipient.partner, policy.partner(recipient.partner).known_as, recipient.rank, recipient.required,
        _because(recipient, policy, language), tuple(policy.partner(p).known_as for p in waiting), recipient.source,
        recipient.status,
    )  # fmt: skip


def _because(recipient: Recipient, policy: Policy, language: str) -> str:
    if recipient.required:
        return ", ".join(policy.form(form).label.say(language) for form in recipient.because)
    extras = {extra.id: extra.because.say(language) for extra in policy.extras}
    return " ".join(extras[id] for id in recipient.because)


def _promise(order, policy: Policy, language: str) -> Remark:
    names = f"{policy.partner(order.first).known_as} → {policy.partner(order.then).known_as}"
    return Remark(f"{names}: {order.because.say(language)}" if order.because else names, order.source, order.status)


def _about_age(facts: SignalFacts, policy: Policy, language: str) -> tuple[Remark, ...]:
    moment = {True: "minor", None: "minor_unknown", False: None}[facts.minor]
    lines = policy.advice_for(moment) if moment else ()
    return tuple(Remark(line.text.say(language), line.source, line.status) for line in lines)
