"""What is true after a step. Storage must come out at the same facts when services did the same."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.policies import load_pack
from meldroute.rules.acts import ACTS, STAYING_ACTS
from meldroute.rules.effects import TOLD_BY_PHONE, Choice, after, contact_passes_on, with_choice
from meldroute.rules.facts import SignalFacts
from tests.rules.oost_brabant import advice, answered, enriched, policy, signal, then, told


def test_a_step_changes_the_state_and_nothing_that_it_does_not_mention():
    before = signal("ontvangen", contacts="AVIM", danger=True, minor=True)
    assert then(before, "oppakken") == before.with_(state="verrijken")


def test_a_contact_is_a_contact_and_an_attempt_an_attempt():
    facts = then(signal("ontvangen"), "avim-gesproken", partner="AVIM", reached=False)
    assert (facts.contacts, facts.attempts) == (frozenset(), {"AVIM"})
    facts = then(facts, "avim-gesproken", partner="AVIM")
    assert (facts.contacts, facts.attempts, facts.referrals) == ({"AVIM"}, {"AVIM"}, ())


@pytest.mark.parametrize(("facts", "partner", "passes"), [
    (signal("melden", forms="SU"), "AVIM", True),
    (signal("melden", forms="SU"), "ZOCO", False),                       # it was AVIM's turn: a contact only
    (signal("melden", forms="SU", contacts="AVIM"), "ZOCO", True),
    (signal("melden", forms="SU", contacts="AVIM"), "ZOCO_LUMENS", True),
    (signal("melden", forms="SU"), "GGD", False),                        # not on the route: a question, no referral
    (signal("melden", forms="SU", referrals=(told("AVIM"),)), "AVIM", False),   # knows already
    (signal("melden", forms="AU", danger=True), "ISZW", False),          # AVIM first
    (signal("melden", forms="AU", danger=True), "AVIM", True),           # offered with danger
    (signal("melden", forms="AU", danger=True, contacts="AVIM", call_again=True), "ISZW", False),  # AVIM first, again
    (signal("melden", forms="AU", danger=True, contacts="AVIM", call_again=True), "AVIM", True),
    (signal("verrijken"), "AVIM", False),                                # nothing is passed on yet
    (signal("wacht-op-partners", forms="SU", referrals=(told("AVIM", "failed"),)), "AVIM", True),
])  # fmt: skip
def test_when_a_phone_call_passes_the_signal_on(facts, partner, passes):
    assert contact_passes_on(facts, partner, policy()) is passes
    called = then(facts, "avim-gesproken", partner=partner)
    assert partner in called.contacts
    heard = [r for r in called.passed_on if r.partner == partner and r.status == TOLD_BY_PHONE]
    assert bool(heard) is passes


def test_telling_a_partner_after_all_takes_the_place_of_failing_and_skipping():
    facts = signal("melden", forms="SU", contacts="AVIM", skipped="ZOCO", referrals=(told("ZOCO", "failed"),))
    again = then(facts, "melden-aan-partner", partner="ZOCO")
    assert (again.passed_on, again.skipped) == ((told("ZOCO"),), frozenset())
    skipped = then(signal("melden", forms="SU", referrals=(told("ZOCO", "failed"),)), "partner-overslaan", partner="ZOCO")
    assert (skipped.passed_on, skipped.skipped) == ((), {"ZOCO"})


def test_another_expert_is_asked_beside_the_first():
    facts = then(enriched("verrijken"), "vaag-advies-vragen", partners=("AVIM",))
    facts = then(facts, "nog-een-expert", partners=("ZOCO",))
    assert facts.advice == (advice("AVIM", "open"), advice("ZOCO", "open"))


def test_more_information_starts_a_round_in_which_no_advice_was_given():
    facts = signal("advies", forms="", checked="adres", referrals=(advice("AVIM", "result"), advice("ZOCO", "open")))
    again = then(facts, "conclusie-meer-informatie")
    assert (again.loops, again.conclusion, again.advice) == (1, "more_information", ())
    assert again.checked == {"adres"}  # what was looked up stays looked up


def test_other_conclusions_keep_the_advice_and_the_round():
    facts = signal("advies", referrals=(advice("AVIM", "result"),))
    done = then(facts, "conclusie-mensenhandel", forms="SU AU")
    assert (done.conclusion, done.loops, done.advice, done.forms) == ("trafficking", 0, facts.referrals, {"SU", "AU"})


def test_feedback_is_given_or_reasoned():
    facts = signal("terugkoppelen")
    assert then(facts, "melder-terugkoppelen").feedback == "given"
    assert then(facts, "geen-terugkoppeling").feedback == "reasoned"


def test_forms_are_asked_about_together_with_the_judgement_they_open():
    facts, clear, close = signal("verrijken"), policy().step("duidelijk"), policy().step("afsluiten")
    chosen = Choice(forms=frozenset({"CU"}))
    assert with_choice(facts, clear, chosen).forms == {"CU"}
    assert with_choice(facts, close, chosen).forms == frozenset()


@given(act=st.sampled_from(sorted(ACTS)), choice=st.just(Choice()))
def test_without_a_choice_no_act_fails_and_staying_acts_stay(act, choice):
    for step in (s for s in policy().steps if s.act == act):
        facts = SignalFacts(step.from_states[0])
        changed = after(facts, step, policy=policy(), choice=choice)
        assert (changed.state == facts.state) is (act in STAYING_ACTS)


def test_case_5_from_signal_to_end():
    """By phone, in the order of the policy; every step is allowed when it is taken."""
    facts = then(SignalFacts("ontvangen", minor=None), "oppakken")
    facts = then(facts, "verrijking-toevoegen", items="adres sancties registraties")
    facts = answered(then(facts, "vaag-advies-vragen", partners=("AVIM",)), "AVIM")
    facts = then(facts, "conclusie-mensenhandel", forms="SU")
    facts = then(then(facts, "avim-gesproken", partner="AVIM"), "melden-aan-partner", partner="ZOCO")
    facts = then(facts, "alles-gemeld")
    facts = answered(answered(facts, "AVIM", "no_feedback"), "ZOCO", "feedback")
    facts = then(then(then(facts, "partners-klaar"), "melder-terugkoppelen"), "afsluiten")
    assert policy().state(facts.state).kind == "end"


def test_another_region_runs_on_the_same_functions():
    """Two entries, a desk that weighs, three partners in a row: no line of code knows of it."""
    packs = Path(__file__).parent.parent / "packs"
    region = load_pack("noorderkust", on=date(2025, 6, 1), folder=packs).policy

    def take(facts, step, **choice):
        return after(facts, region.step(step), policy=region, choice=Choice(**choice))

    place = take(SignalFacts(region.entry_state("place"), about="place"), "ga-na")
    place = take(take(place, "noteer", items=frozenset({"controles"})), "leg-voor", partners=("WERKWACHT",))
    heavy = take(answered(place, "WERKWACHT"), "zwaar", forms=frozenset({"SEKS"}))
    for partner in ("KUSTPOLITIE", "STEUNPUNT", "HAVENTAFEL"):
        assert contact_passes_on(heavy, partner, region)
        heavy = take(heavy, "sprak", partner=partner)
    assert [r.partner for r in heavy.passed_on] == ["KUSTPOLITIE", "STEUNPUNT", "HAVENTAFEL"]
    person = SignalFacts(region.entry_state("person"), about="person")
    assert take(person, "zonneklaar", forms=frozenset({"WERK"})).state == "overdragen"
