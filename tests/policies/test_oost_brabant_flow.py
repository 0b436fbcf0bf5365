"""The flow of Oost-Brabant as sentences: in this state, with these facts, may the focal point do this?

"yes" or the guard that holds it back. The answer is the one services and screens use.
"""

import pytest

from meldroute.rules.facts import ReferralFacts, SignalFacts
from meldroute.rules.lifecycle import Allowed, may_take_step, steps_now

ENRICHED = {"adres", "sancties"}


@pytest.fixture(scope="module")
def policy(oost_brabant):
    return oost_brabant.policy


def facts(state, **known):
    known = {key: frozenset(value) if isinstance(value, set) else value for key, value in known.items()}
    return SignalFacts(state=state, **known)


def advice(*statuses):
    return {"referrals": tuple(ReferralFacts("AVIM", "advice", status) for status in statuses)}


def told(**statuses):
    return {"referrals": tuple(ReferralFacts(partner, "referral", status) for partner, status in statuses.items())}


def answer(policy, state, step, known, partner=None, role="focal_point"):
    found = may_take_step(facts(state, **known), policy.step(step), policy, role=role, partner=partner)
    return "yes" if isinstance(found, Allowed) else found.guard


def goes_to(policy, state, step, known):
    found = may_take_step(facts(state, **known), policy.step(step), policy, role="focal_point")
    return found.to if isinstance(found, Allowed) else None


SENTENCES = [
    # A signal arrives: the focal point takes it up, and only they.
    ("ontvangen", "oppakken", {}, "yes"),
    ("ontvangen", "oppakken", {"confidential": True}, "role"),
    # Vague or clear (step 3).
    ("verrijken", "vaag-advies-vragen", {}, "enriched"),
    ("verrijken", "vaag-advies-vragen", {"checked": {"adres"}}, "enriched"),
    ("verrijken", "vaag-advies-vragen", {"checked": ENRICHED}, "yes"),
    ("verrijken", "duidelijk", {"checked": ENRICHED}, "forms_chosen"),
    ("verrijken", "duidelijk", {"forms": {"SU"}}, "yes"),
    # Danger: whoever has not spoken to AVIM goes no further, enrichment comes after.
    ("verrijken", "vaag-advies-vragen", {"checked": ENRICHED, "danger": True}, "contacted_if_danger"),
    ("verrijken", "vaag-advies-vragen", {"checked": ENRICHED, "danger": True, "contacts": {"AVIM"}}, "yes"),
    ("ontvangen", "avim-gesproken", {"danger": True}, "yes"),
    # The experts judge; nobody answered yet, or only "not for us", is no advice.
    ("advies", "conclusie-geen", advice(), "advice_given"),
    ("advies", "conclusie-geen", advice("open"), "advice_given"),
    ("advies", "conclusie-geen", advice("not_for_us"), "advice_given"),
    ("advies", "conclusie-geen", advice("result"), "yes"),
    ("advies", "conclusie-ander-fenomeen", advice("result"), "yes"),
    ("advies", "conclusie-mensenhandel", advice("result"), "forms_chosen"),
    ("advies", "conclusie-mensenhandel", advice("result") | {"forms": {"CU"}}, "yes"),
    # More information: twice, then everybody decides together.
    ("advies", "conclusie-meer-informatie", advice("result") | {"loops": 1}, "yes"),
    ("advies", "conclusie-meer-informatie", advice("result") | {"loops": 2}, "loops_left"),
    ("advies", "meer-informatie-opschalen", advice("result") | {"loops": 1}, "loops_spent"),
    ("advies", "meer-informatie-opschalen", advice("result") | {"loops": 2}, "yes"),
    # Everybody on the route must know before the signal waits for answers.
    ("melden", "alles-gemeld", {"forms": {"AU"}}, "referrals_made"),
    ("melden", "alles-gemeld", {"forms": {"AU"}} | told(ISZW="open"), "referrals_made"),
    ("melden", "alles-gemeld", {"forms": {"AU"}} | told(ISZW="open", ZOCO="open"), "yes"),
    ("melden", "alles-gemeld", {"forms": {"AU"}, "skipped": {"ZOCO"}} | told(ISZW="open"), "yes"),
    # Nobody who was told is forgotten.
    ("wacht-op-partners", "partners-klaar", told(ISZW="open", ZOCO="result"), "referrals_settled"),
    ("wacht-op-partners", "partners-klaar", told(ISZW="no_feedback", ZOCO="result"), "yes"),
    # Closing asks for a consultation and for feedback, or a reason why there is none.
    ("terugkoppelen", "afsluiten", {"feedback": "given"}, "consulted"),
    ("terugkoppelen", "afsluiten", {"conclusion": "none"}, "feedback_settled"),
    ("terugkoppelen", "afsluiten", {"conclusion": "none", "feedback": "given"}, "yes"),
    ("terugkoppelen", "afsluiten", {"contacts": {"AVIM"}, "feedback": "reasoned"}, "yes"),
]


@pytest.mark.requirement("S-B1-04", "S-B1-06", "S-B1-07", "S-B1-08", "S-B1-09", "S-3.4-05", "S-B2-32")
@pytest.mark.parametrize(("state", "step", "known", "expected"), SENTENCES)
def test_what_the_focal_point_may_do_and_what_holds_it_back(policy, state, step, known, expected):
    assert answer(policy, state, step, known) == expected


@pytest.mark.requirement("S-B1-12", "S-B2-30")
@pytest.mark.parametrize("form", ["SU", "CU", "OV"])
@pytest.mark.parametrize(
    ("partner", "known", "expected"),
    [
        ("AVIM", {}, "yes"),
        ("ZOCO", {}, "order_kept"),  # AVIM first
        ("ZOCO_HELMOND", {}, "order_kept"),  # the care coordinator by name makes no difference
        ("ZOCO", {"contacts": {"AVIM"}}, "yes"),
        ("ZOCO", {"attempts": {"AVIM"}}, "yes"),  # nobody answered, with a reason
        ("ZOCO", {"contacts": {"KMAR"}}, "order_kept"),  # somebody else of the police is not AVIM
    ],
)
def test_first_avim_then_the_care_coordinator(policy, form, partner, known, expected):
    assert answer(policy, "melden", "melden-aan-partner", {"forms": {form}} | known, partner) == expected


@pytest.mark.parametrize("partner", ["ISZW", "ZOCO"])
def test_with_labour_exploitation_there_is_no_order(policy, partner):
    assert answer(policy, "melden", "melden-aan-partner", {"forms": {"AU"}}, partner) == "yes"


def test_with_several_forms_the_strictest_order_wins(policy):
    assert answer(policy, "melden", "melden-aan-partner", {"forms": {"AU", "SU"}}, "ISZW") == "yes"
    assert answer(policy, "melden", "melden-aan-partner", {"forms": {"AU", "SU"}}, "ZOCO") == "order_kept"


@pytest.mark.requirement("S-B1-06", "S-B1-07", "S-B1-08", "S-3.4-06")
@pytest.mark.parametrize(
    ("step", "leads_to"),
    [
        ("conclusie-geen", "terugkoppelen"),
        ("conclusie-ander-fenomeen", "terugkoppelen"),
        ("conclusie-meer-informatie", "verrijken"),
        ("conclusie-mensenhandel", "melden"),
    ],
)
def test_where_each_conclusion_of_the_experts_leads(policy, step, leads_to):
    assert goes_to(policy, "advies", step, advice("result") | {"forms": {"SU"}}) == leads_to


def test_a_conclusion_of_no_trafficking_still_owes_the_reporter_feedback(policy):
    after = advice("result") | {"conclusion": "none"}
    assert answer(policy, "terugkoppelen", "afsluiten", after) == "feedback_settled"


@pytest.mark.requirement("S-3.4-05")
def test_nobody_but_the_experts_can_say_it_is_no_trafficking(policy):
    """From a vague signal no step leads past the experts to feedback or to an end."""
    vague = facts("verrijken", checked=ENRICHED, contacts={"AVIM"})
    allowed = {a.to for a in steps_now(vague, policy, role="focal_point") if isinstance(a, Allowed)}
    assert not allowed & {"terugkoppelen", "afgehandeld"}


def test_in_every_open_state_contact_with_avim_is_one_step_away(policy):
    """An acute suspicion may not be let through."""
    for state in (s for s in policy.states if s.is_open):
        assert answer(policy, state.id, "avim-gesproken", {"danger": True}) == "yes", state.id


@pytest.mark.parametrize("role", ["reporter", "partner", "care_coordinator", "chain_director", "functional_manager",
                                  "privacy_officer", "tick"])  # fmt: skip
def test_nobody_but_the_desk_takes_a_step(policy, role):
    for state in policy.states:
        for step in policy.steps:
            assert answer(policy, state.id, step.id, {}, role=role) in ("role", "state")


def test_a_refusal_says_in_the_words_of_the_region_what_would_open_the_step(policy):
    found = may_take_step(facts("melden", forms={"SU"}), policy.step("melden-aan-partner"), policy, role="focal_point",
                          partner="ZOCO")  # fmt: skip
    assert found.because == "een partner die eerder komt, is nog niet gesproken"
    assert found.opens_with.startswith("Bel eerst de partner die in het beleid vooraan staat")
    assert found.source == "S-B1-12"
