"""Flowchart 1 where partners hear: in which order, when everybody was told, and for whose answer a signal waits."""

import pytest

from tests.rules.oost_brabant import answer, answered, may, signal, then, told


@pytest.mark.requirement("S-B1-11", "S-B2-30")
@pytest.mark.parametrize(("forms", "skipped", "told_to", "done"), [
    ("SU", "", "", False),
    ("SU", "", "AVIM", False),
    ("SU", "", "AVIM ZOCO", True),
    ("SU", "ZOCO", "AVIM", True),          # "(eventueel)": skipped with a reason
    ("AU", "", "ISZW", False),
    ("AU", "", "ISZW ZOCO", True),
    ("SU AU", "", "AVIM ZOCO", False),     # the union of both routes
    ("SU AU", "", "AVIM ISZW ZOCO", True),
])  # fmt: skip
def test_everyone_on_the_route_is_told_or_skipped_with_a_reason(forms, skipped, told_to, done):
    facts = signal("melden", forms=forms, skipped=skipped, referrals=tuple(told(p) for p in told_to.split()))
    assert may(facts, "alles-gemeld") is done


def test_a_referral_that_never_arrived_told_nobody():
    facts = signal("melden", forms="SU", referrals=(told("AVIM"), told("ZOCO", "failed")))
    assert answer(facts, "alles-gemeld").guard == "referrals_made"
    waiting = facts.with_(state="wacht-op-partners", referrals=(told("AVIM", "result"), told("ZOCO", "failed")))
    assert answer(waiting, "partners-klaar").guard == "referrals_made"
    again = then(waiting.with_(contacts=frozenset({"AVIM"})), "melden-aan-partner", partner="ZOCO")
    assert may(answered(again, "ZOCO"), "partners-klaar")


@pytest.mark.requirement("S-B1-12")
@pytest.mark.parametrize("form", ["SU", "CU", "OV"])
@pytest.mark.parametrize(("before", "open_"), [
    ({}, False),
    ({"contacts": "AVIM"}, True),
    ({"attempts": "AVIM"}, True),              # tried, with the outcome and a reason
    ({"contacts": "TFRIEC"}, False),
    ({"referrals": (told("AVIM"),)}, False),   # written is not called
    ({"skipped": "AVIM"}, True),               # could only come from elsewhere: see the next test
])  # fmt: skip
def test_the_care_coordinator_hears_after_avim_was_called(form, before, open_):
    facts = signal("melden", forms=form, **before)
    for coordinator in ("ZOCO", "ZOCO_HELMOND", "ZOCO_LUMENS"):
        assert may(facts, "melden-aan-partner", partner=coordinator) is open_
    assert may(facts, "melden-aan-partner", partner="AVIM")


@pytest.mark.requirement("S-B1-12")
def test_avim_cannot_be_passed_over_where_it_comes_first():
    for form in ("SU", "CU", "OV", "SU AU"):
        refused = answer(signal("melden", forms=form), "partner-overslaan", partner="AVIM")
        assert refused.guard == "skippable"
        assert may(signal("melden", forms=form), "partner-overslaan", partner="ZOCO")
    assert may(signal("melden", forms="AU"), "partner-overslaan", partner="ISZW")
    assert answer(signal("melden", forms="AU", referrals=(told("ISZW"),)), "partner-overslaan", partner="ISZW").guard == "skippable"


@pytest.mark.parametrize(("statuses", "done"), [
    (["open", "result"], False),
    (["received", "result"], False),
    (["taken_up", "feedback"], False),
    (["need_more", "no_feedback"], False),
    (["result", "feedback"], True),
    (["no_feedback", "not_for_us"], True),   # silence that was explained is an answer
])  # fmt: skip
def test_the_signal_waits_for_everybody_who_was_told(statuses, done):
    referrals = tuple(told(p, s) for p, s in zip(("AVIM", "ZOCO"), statuses, strict=True))
    assert may(signal("wacht-op-partners", forms="SU", contacts="AVIM", referrals=referrals), "partners-klaar") is done
