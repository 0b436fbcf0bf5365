"""The policy of Oost-Brabant and signals in each stage of it, for tests that read as sentences."""

from datetime import date
from functools import cache

from meldroute.policies import load_pack
from meldroute.rules.effects import Choice, after, with_choice
from meldroute.rules.facts import ReferralFacts, SignalFacts
from meldroute.rules.lifecycle import Allowed, Refused, may_take_step
from meldroute.rules.policy import Policy


@cache
def policy() -> Policy:
    return load_pack("oost-brabant", on=date(2022, 3, 1)).policy


def signal(state: str, **facts: object) -> SignalFacts:
    """A signal in this state; sets may be given as text: `forms="SU AU"`."""
    words = ("forms", "checked", "contacts", "attempts", "skipped")
    return SignalFacts(state, **{k: frozenset(v.split()) if k in words else v for k, v in facts.items()})


def enriched(state: str, **facts: object) -> SignalFacts:
    return signal(state, **facts).with_(checked=frozenset(i.id for i in policy().enrichment))


def advice(partner: str, status: str) -> ReferralFacts:
    return ReferralFacts(partner, "advice", status)


def told(partner: str, status: str = "open") -> ReferralFacts:
    return ReferralFacts(partner, "referral", status)


def answer(facts: SignalFacts, step: str, *, role: str = "focal_point", partner: str | None = None,
           forms: str = "") -> Allowed | Refused:  # fmt: skip
    asked = with_choice(facts, policy().step(step), Choice(forms=frozenset(forms.split())))
    return may_take_step(asked, policy().step(step), policy(), role=role, partner=partner)


def may(facts: SignalFacts, step: str, **asked: str) -> bool:
    return isinstance(answer(facts, step, **asked), Allowed)


def then(facts: SignalFacts, step: str, **choice: object) -> SignalFacts:
    """Take a step that must be allowed."""
    chosen = Choice(**{k: frozenset(v.split()) if k in ("items", "forms") else v for k, v in choice.items()})
    asked = with_choice(facts, policy().step(step), chosen)
    found = may_take_step(asked, policy().step(step), policy(), role="focal_point", partner=chosen.partner)
    assert isinstance(found, Allowed), found
    return after(facts, policy().step(step), policy=policy(), choice=chosen)


def answered(facts: SignalFacts, partner: str, status: str = "result") -> SignalFacts:
    """The partner answers what was asked last."""
    return facts.with_(referrals=tuple(
        ReferralFacts(r.partner, r.purpose, status) if r.partner == partner and r.is_open else r for r in facts.referrals))
