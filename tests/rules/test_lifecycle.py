"""Flowchart 1 and the step plan as sentences: what may be done with a signal, when, by whom, and why not."""

import pytest

from meldroute.rules.facts import SignalFacts
from meldroute.rules.lifecycle import Allowed, Refused, StepRefused, may_take_step, steps_now
from tests.rules.oost_brabant import advice, answer, answered, enriched, may, policy, signal, then, told

START = SignalFacts("ontvangen")


@pytest.mark.requirement("S-B1-01", "S-B2-28")
@pytest.mark.parametrize("about", ["person", "place", "both"])
def test_a_signal_comes_in_before_anybody_knows_what_it_is(about):
    """An official passes on what was seen: no form is chosen, and none is needed to take it up."""
    state = policy().entry_state(about)
    assert policy().state(state).kind == "entry"
    unknown = SignalFacts(state, about=about)
    assert unknown.forms == frozenset()
    assert may(unknown, "oppakken")


@pytest.mark.requirement("S-B1-02")
def test_the_focal_point_takes_it_up_and_enriches_it():
    taken = then(START, "oppakken")
    assert policy().state(taken.state).kind == "enrich"
    assert then(taken, "verrijking-toevoegen", items="adres").checked == {"adres"}


@pytest.mark.requirement("S-B2-29")
def test_advice_is_asked_after_enrichment_and_nothing_found_is_an_outcome_too():
    """Address, earlier sanctions and other matters each get an outcome first."""
    items = [item.id for item in policy().enrichment if item.required]
    assert {"adres", "sancties"} <= set(items)
    facts = signal("verrijken")
    for n, item in enumerate(items):
        refused = answer(facts, "vaag-advies-vragen")
        assert isinstance(refused, Refused), items[:n]
        assert refused.guard == "enriched"
        assert refused.opens_with == policy().guard_text("enriched").opens_with.nl
        facts = then(facts, "verrijking-toevoegen", items=item)
    assert may(facts, "vaag-advies-vragen")


@pytest.mark.requirement("S-B1-04")
def test_after_enrichment_it_is_vague_or_clear():
    facts = enriched("verrijken")
    assert policy().state(then(facts, "vaag-advies-vragen", partners=("AVIM",)).state).kind == "advice"
    assert policy().state(then(facts, "duidelijk", forms="SU").state).kind == "pass_on"


@pytest.mark.requirement("S-B1-05", "S-B2-31")
@pytest.mark.parametrize("partners", [("AVIM",), ("ZOCO",), ("TFRIEC",), ("AVIM", "ZOCO", "TFRIEC"), ("ISZW",)])
def test_a_vague_signal_may_go_to_one_or_more_experts(partners):
    assert all(policy().partner(p).expert for p in partners)
    asked = then(enriched("verrijken"), "vaag-advies-vragen", partners=partners)
    assert [(r.partner, r.status) for r in asked.advice] == [(p, "open") for p in partners]


@pytest.mark.requirement("S-3.4-05", "S-B1-10")
@pytest.mark.parametrize(("statuses", "open_"), [
    ([], False),
    (["open"], False),
    (["received"], False),
    (["need_more"], False),
    (["not_for_us"], False),                # an expert who passes has judged nothing
    (["no_feedback"], False),
    (["failed"], False),                    # it never arrived
    (["result"], True),
    (["feedback"], True),
    (["not_for_us", "result"], True),
    (["open", "result"], True),             # one judgement is enough
])  # fmt: skip
def test_the_experts_judge_and_never_the_focal_point_alone(statuses, open_):
    """An expert tells the outcome; only then can the focal point record one of the four conclusions."""
    names = ["AVIM", "ZOCO", "TFRIEC"]
    facts = signal("advies", referrals=tuple(advice(p, s) for p, s in zip(names, statuses, strict=False)))
    for step in ("conclusie-geen", "conclusie-ander-fenomeen", "conclusie-meer-informatie"):
        assert may(facts, step) is open_
    assert may(facts, "conclusie-mensenhandel", forms="SU") is open_


@pytest.mark.requirement("S-B1-06", "S-3.4-06")
@pytest.mark.parametrize(("step", "conclusion"), [
    ("conclusie-geen", "none"), ("conclusie-ander-fenomeen", "other_phenomenon")])
def test_no_trafficking_or_another_phenomenon_goes_back_to_the_reporter(step, conclusion):
    facts = then(signal("advies", referrals=(advice("AVIM", "result"),)), step)
    assert facts.conclusion == conclusion
    assert policy().state(facts.state).kind == "report_back"


@pytest.mark.requirement("S-B1-07")
def test_more_information_goes_back_to_enrichment_a_limited_number_of_times():
    facts = enriched("verrijken")
    for _ in range(policy().max_loops):
        facts = answered(then(facts, "vaag-advies-vragen", partners=("AVIM",)), "AVIM")
        facts = then(facts, "conclusie-meer-informatie")
        assert facts.state == "verrijken"
    facts = answered(then(facts, "vaag-advies-vragen", partners=("AVIM",)), "AVIM")
    assert answer(facts, "conclusie-meer-informatie").guard == "loops_left"
    assert policy().state(then(facts, "meer-informatie-opschalen").state).kind == "decide"


def test_advice_of_an_earlier_round_decides_nothing_in_the_next():
    facts = answered(then(enriched("verrijken"), "vaag-advies-vragen", partners=("AVIM",)), "AVIM")
    again = then(then(facts, "conclusie-meer-informatie"), "vaag-advies-vragen", partners=("ZOCO",))
    assert answer(again, "conclusie-geen").guard == "advice_given"
    assert may(answered(again, "ZOCO"), "conclusie-geen")


@pytest.mark.requirement("S-B1-08", "S-B1-09")
@pytest.mark.parametrize("step", ["conclusie-mensenhandel", "duidelijk"])
def test_trafficking_needs_a_form(step):
    facts = enriched("verrijken") if step == "duidelijk" else signal("advies", referrals=(advice("AVIM", "result"),))
    refused = answer(facts, step)
    assert refused.guard == "forms_chosen"
    for form in ("SU", "AU", "CU", "OV", "SU AU"):
        passed = then(facts, step, forms=form)
        assert (passed.forms, policy().state(passed.state).kind) == (frozenset(form.split()), "pass_on")


@pytest.mark.requirement("S-B1-03", "S-B2-35")
@pytest.mark.parametrize(("feedback", "closes"), [("none", False), ("given", True), ("reasoned", True)])
def test_no_signal_closes_before_the_reporter_heard_or_a_reason_is_recorded(feedback, closes):
    facts = signal("terugkoppelen", contacts="AVIM", feedback=feedback)
    assert may(facts, "afsluiten") is closes
    if not closes:
        assert may(then(facts, "melder-terugkoppelen"), "afsluiten")
        assert may(then(facts, "geen-terugkoppeling"), "afsluiten")


@pytest.mark.requirement("S-B2-32")
@pytest.mark.parametrize(("known", "closes"), [
    ({}, False),
    ({"contacts": "AVIM"}, True),
    ({"conclusion": "none"}, True),
    ({"referrals": (advice("AVIM", "result"),)}, True),
    ({"referrals": (advice("AVIM", "open"),)}, False),
    ({"referrals": (told("ISZW"),)}, True),
    ({"referrals": (told("ISZW", "failed"),)}, False),
    ({"attempts": "AVIM"}, False),
    ({"skipped": "ZOCO"}, False),
])  # fmt: skip
def test_no_signal_closes_before_somebody_was_consulted(known, closes):
    facts = signal("terugkoppelen", feedback="given", **known)
    assert may(facts, "afsluiten") is closes
    if not closes:
        assert answer(facts, "afsluiten").source == "S-B2-32"


@pytest.mark.requirement("S-B2-32")
def test_no_open_state_lets_a_signal_lie_around():
    for state in policy().states:
        assert state.is_open == bool(state.owner) == bool(state.clock)


@pytest.mark.parametrize(("confidential", "role", "allowed"), [
    (False, "focal_point", True), (False, "buddy", True), (False, "designated", False),
    (True, "focal_point", False), (True, "buddy", False), (True, "designated", True),
    (False, "reporter", False), (False, "chain_director", False), (False, "partner", False), (True, "tick", False),
])  # fmt: skip
def test_a_signal_about_a_colleague_passes_focal_point_and_buddy_by(confidential, role, allowed):
    for step in policy().steps:
        facts = enriched(step.from_states[0], confidential=confidential)
        found = answer(facts, step.id, role=role)
        if not allowed:
            assert isinstance(found, Refused)
            assert found.guard == "role"
            assert found.opens_with == ("designated" if confidential else "buddy, focal_point")
        else:
            assert getattr(found, "guard", "") != "role"


def test_a_refusal_says_which_guard_why_where_and_what_opens_it():
    refused = answer(signal("terugkoppelen"), "afsluiten")
    text = policy().guard_text("consulted")
    assert (refused.guard, refused.because, refused.opens_with, refused.source) == (
        "consulted", text.because.nl, text.opens_with.nl, text.source)
    elsewhere = answer(signal("ontvangen"), "afsluiten")
    assert (elsewhere.guard, elsewhere.because, elsewhere.opens_with) == ("state", "Ontvangen", "Terugkoppelen aan de melder")


def test_a_refusal_as_an_error_names_the_step_and_keeps_the_answer():
    step = policy().step("oppakken")
    assert may_take_step(START, step, policy(), role="focal_point") == Allowed(step, "verrijken")
    error = StepRefused(may_take_step(START, step, policy(), role="reporter"))
    assert str(error).startswith("step 'oppakken'")
    assert error.refusal.guard == "role"


@pytest.mark.requirement("S-3.4-07")
def test_what_can_be_done_now_stands_before_what_cannot_and_says_why():
    answers = steps_now(enriched("verrijken"), policy(), role="focal_point", language="en")
    kinds = [isinstance(a, Allowed) for a in answers]
    assert kinds == sorted(kinds, reverse=True)
    assert {a.step.id for a in answers} == {s.id for s in policy().steps if "verrijken" in s.from_states}
    refused = {a.step.id: a for a in answers if isinstance(a, Refused)}
    assert refused["duidelijk"].opens_with == "Choose one or more forms."


def test_a_bundled_signal_can_be_taken_out_again():
    bundled = then(signal("verrijken"), "bundelen")
    assert (bundled.state, bundled.bundled) == ("gebundeld", True)
    loose = then(bundled, "losmaken")
    assert (loose.state, loose.bundled) == ("verrijken", False)
