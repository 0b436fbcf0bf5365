"""The walk leaves nothing out: whatever really happens to a signal is among the situations that were proven."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from meldroute.policies import load_pack
from meldroute.rules.acts import DESK_ROLES
from meldroute.rules.effects import Choice, admitting, after, excluding, with_choice
from meldroute.rules.exploration import explore
from meldroute.rules.facts import ReferralFacts, SignalFacts
from meldroute.rules.guards import GUARDS
from meldroute.rules.lifecycle import Allowed, may_take_step
from meldroute.rules.route import on_route
from meldroute.rules.terrain import READS, Terrain

TESTS = Path(__file__).parent.parent
# Two broken ones too: a walk that left something out could call a broken pack sound.
FOLDERS = {"oost-brabant": TESTS / "packs", "noorderkust": TESTS / "packs",
           **{f"proefregio {case}": TESTS / "broken_packs" / case for case in ("order-reversed", "first-partner-skipped")},
           "proefregio": TESTS / "packs"}  # fmt: skip
POLICIES = {name: load_pack(name.split()[0], on=date(2025, 6, 1), folder=folder).policy for name, folder in FOLDERS.items()}
STATUSES = ["open", "received", "taken_up", "need_more", "result", "feedback", "no_feedback", "not_for_us", "failed",
            "withdrawn"]  # fmt: skip
AS_FOUND = [Phase.generate]  # shrinking a walk of 25 moves takes minutes
ALWAYS_KEPT = {"state", "danger", "call_again", "confidential", "contacts", "referrals", "conclusion", "feedback"}


@cache
def walked_of(id):
    """When a test asks for it: every process that runs tests reads this file, and one of them walks."""
    return explore(POLICIES[id])


def some_of(names):
    return st.frozensets(st.sampled_from(sorted(names))) if names else st.just(frozenset())


@st.composite
def facts_under(draw, policy):
    partners = {p.id for p in policy.partners}
    referral = st.builds(ReferralFacts, st.sampled_from(sorted(partners)), st.sampled_from(["advice", "referral"]),
                         st.sampled_from(STATUSES))  # fmt: skip
    return SignalFacts(
        state=draw(st.sampled_from([s.id for s in policy.states])),
        about=draw(st.sampled_from(["person", "place", "both"])),
        danger=draw(st.booleans()), call_again=draw(st.booleans()), minor=draw(st.sampled_from([None, False, True])),
        confidential=draw(st.booleans()), bundled=draw(st.booleans()),
        lead_done=draw(st.booleans()),
        forms=draw(some_of({f.id for f in policy.forms})), checked=draw(some_of({i.id for i in policy.enrichment})),
        contacts=draw(some_of(partners)), attempts=draw(some_of(partners)), skipped=draw(some_of(partners)),
        excluded=draw(some_of(partners)),
        referrals=tuple(draw(st.lists(referral, max_size=5, unique_by=lambda r: (r.partner, r.purpose)))),
        conclusion=draw(st.sampled_from([None, "none", "more_information", "trafficking"])),
        loops=draw(st.integers(0, 4)), feedback=draw(st.sampled_from(["none", "given", "reasoned"])),
    )  # fmt: skip


class Watched:
    """Facts that remember which of them were read."""

    def __init__(self, facts, read):
        self._facts, self._read = facts, read

    def __getattr__(self, name):
        self._read.add(name)
        return getattr(self._facts, name)


@pytest.mark.parametrize("guard", sorted(GUARDS))
@given(data=st.data())
def test_a_guard_reads_no_more_than_it_says(guard, data):
    policy = POLICIES["oost-brabant"]
    facts = data.draw(facts_under(policy))
    read: set[str] = set()
    GUARDS[guard](Watched(facts, read), policy, data.draw(st.sampled_from([p.id for p in policy.partners])))
    assert read <= READS[guard] | ALWAYS_KEPT


def test_every_guard_says_what_it_reads():
    assert set(READS) == set(GUARDS)


def knows_by_another_name(facts, partner, policy):
    """Two bodies behind one name of the route, one told and one skipped: kept apart by `skippable` alone, which one
    of the broken packs lacks."""
    return any(r.was_heard and r.partner != partner and on_route(r.partner, policy) == on_route(partner, policy)
               for r in facts.passed_on)


def a_step(draw, facts, policy):
    """Any step with any choice; None when the rules refuse it."""
    step = draw(st.sampled_from([s for s in policy.steps if facts.state in s.from_states]))
    partners = sorted(p.id for p in policy.partners)
    choice = Choice(
        partner=draw(st.sampled_from(partners)), reached=draw(st.booleans()),
        partners=tuple(draw(st.lists(st.sampled_from(partners), min_size=1, max_size=3, unique=True))),
        items=draw(some_of({i.id for i in policy.enrichment})),
        forms=frozenset(draw(st.lists(st.sampled_from([f.id for f in policy.forms]), min_size=1, unique=True))),
    )  # fmt: skip
    role = draw(st.sampled_from(sorted(DESK_ROLES)))
    if step.act == "skip_referral" and knows_by_another_name(facts, choice.partner, policy):
        return None
    asked = with_choice(facts, step, choice)
    allowed = isinstance(may_take_step(asked, step, policy, role=role, partner=choice.partner), Allowed)
    return after(facts, step, policy=policy, choice=choice) if allowed else None


def the_world(draw, facts, policy):
    """An open request gets any answer, danger turns out, perhaps after a talk, or a partner is excluded or admitted."""
    if draw(st.booleans()):
        partner = draw(st.sampled_from(sorted(p.id for p in policy.partners)))
        return admitting(facts, partner, policy) if partner in facts.excluded else excluding(facts, partner)
    if not facts.referrals or draw(st.booleans()):
        return facts.with_(danger=True, call_again=draw(st.booleans()))
    n = draw(st.integers(0, len(facts.referrals) - 1))
    old = facts.referrals[n]
    status = draw(st.sampled_from(STATUSES)) if old.is_open else old.status
    answered = ReferralFacts(old.partner, old.purpose, status)
    return facts.with_(referrals=(*facts.referrals[:n], answered, *facts.referrals[n + 1:]))


@pytest.mark.parametrize("id", sorted(POLICIES))
@settings(max_examples=60, deadline=None, phases=AS_FOUND)
@given(data=st.data())
def test_whatever_happens_to_a_signal_was_walked(id, data):
    """Full facts, any partner, any number of requests: simplified they are always among the walked ones."""
    policy, walked = POLICIES[id], walked_of(id)
    about = data.draw(st.sampled_from(["person", "place", "both"]))
    facts = SignalFacts(policy.entry_state(about), about=about, danger=data.draw(st.booleans()),
                        minor=data.draw(st.sampled_from([None, False, True])), confidential=data.draw(st.booleans()))
    for _ in range(25):
        assert walked.terrain.simplify(facts) in walked.moves, facts
        if not policy.state(facts.state).is_open:
            return
        moved = the_world(data.draw, facts, policy) if data.draw(st.integers(0, 3)) == 0 else a_step(data.draw, facts, policy)
        facts = moved or facts


@pytest.mark.parametrize("id", sorted(POLICIES))
@settings(max_examples=150, deadline=None, phases=AS_FOUND)
@given(data=st.data())
def test_simplified_facts_open_the_same_steps(id, data):
    policy, terrain = POLICIES[id], Terrain.of(POLICIES[id])
    facts = data.draw(facts_under(policy))
    # Recipients beside the route are not walked: they bind nobody, and they too answer or fail in the end.
    routed = terrain.recipients(facts.forms)
    on_the_route = (r for r in facts.referrals if r.purpose == "advice" or r.partner in routed)
    facts = facts.with_(referrals=tuple(on_the_route))
    simple = terrain.simplify(facts)
    for step in terrain.steps_from[facts.state]:
        for partner in (None, *terrain.recipients(facts.forms)):
            for guard in step.guards:
                if guard == "contacted_if_danger" or (guard == "skippable" and partner in simple.skipped | facts.excluded):
                    continue  # danger and exclusions: looked at apart; who was passed over need not be skipped again
                full = GUARDS[guard](facts, policy, partner)
                assert GUARDS[guard](simple, policy, partner) == full, (step.id, guard, partner, facts)


@pytest.mark.parametrize("id", sorted(POLICIES))
@settings(max_examples=100, deadline=None, phases=AS_FOUND)
@given(data=st.data())
def test_danger_only_ever_closes_steps(id, data):
    """Therefore the walk may leave danger out, and look at it situation by situation."""
    policy = POLICIES[id]
    facts = data.draw(facts_under(policy)).with_(danger=False)
    partner = data.draw(st.sampled_from([p.id for p in policy.partners]))
    for guard in GUARDS.values():
        assert guard(facts.with_(danger=True), policy, partner) <= guard(facts, policy, partner)
    spoken = facts.with_(contacts=facts.contacts | {policy.urgent_partner}, call_again=False)
    for name, guard in GUARDS.items():
        assert guard(spoken.with_(danger=True), policy, partner) == guard(spoken, policy, partner), name
        again = guard(spoken.with_(danger=True, call_again=True), policy, partner)
        assert again == (guard(spoken, policy, partner) and name != "contacted_if_danger"), name
