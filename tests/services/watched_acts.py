"""Watch every act on a signal: what the rows say after it must be what the rules say it does."""

from meldroute.rules.effects import Choice, after
from meldroute.rules.facts import ReferralFacts, SignalFacts
from meldroute.services import desk
from meldroute.storage.facts import facts_of


def watch(monkeypatch) -> list[str]:
    """From now on each act compares itself; the list fills with the steps that did."""
    seen: list[str] = []
    opened: dict[int, SignalFacts] = {}
    open_desk, finish = desk._desk, desk.finish

    def remember(*args, **words):
        found = open_desk(*args, **words)
        opened[id(found)] = found.facts
        return found

    def compare(found):
        finish(found)
        for step in [found.policy.step(details["step"]) for act, details in found.acts if act.startswith("step.")]:
            before, now = opened[id(found)], facts_of(found.signal, found.policy, key=found.key)
            said = after(before, step, policy=found.policy, choice=chosen(before, now))
            assert same(now) == same(said), step.id
            seen.append(step.act)

    monkeypatch.setattr(desk, "_desk", remember)
    monkeypatch.setattr(desk, "finish", compare)
    return seen


def chosen(before: SignalFacts, now: SignalFacts) -> Choice:
    """What the person chose along with the act, read from what is new. Everything else must follow from the step."""
    spoken, tried = now.contacts - before.contacts, now.attempts - before.attempts
    referred = {r.partner for r in now.passed_on} - {r.partner for r in before.passed_on}
    partner = next(iter(spoken | tried | referred | (now.skipped - before.skipped)), None)
    asked = tuple(r.partner for r in now.advice if r not in before.advice)
    return Choice(partner=partner, partners=asked, reached=not tried, items=now.checked - before.checked, forms=now.forms)


def same(facts: SignalFacts) -> SignalFacts:
    """An expert who was asked by phone has heard the question: the same open request as one asked in writing."""
    referrals = {ReferralFacts(r.partner, r.purpose, "open" if r.purpose == "advice" and r.is_open else r.status)
                 for r in facts.referrals}
    return facts.with_(referrals=tuple(sorted(referrals, key=str)))
