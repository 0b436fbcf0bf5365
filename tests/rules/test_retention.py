"""How long a closed signal is kept: cases that an archivist and a privacy officer can read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.policies.retention import retention_schedule
from meldroute.rules.policy import Text
from meldroute.rules.policy_entries import ClosingReason
from meldroute.rules.retention import (
    OUTCOMES,
    STANDINGS,
    KeptFacts,
    OwnTerm,
    Period,
    Signature,
    keeping,
    may_be_matched,
    may_destroy,
    outcome_of,
    own_term_causes,
)

SCHEDULE = retention_schedule()
CLOSED = date(2026, 11, 23)
YEAR, FIVE = date(2027, 11, 23), date(2031, 11, 23)


def of(outcome="no_trafficking", *, today=CLOSED, own=None, **facts):
    return keeping(KeptFacts(outcome, CLOSED, **facts), SCHEDULE, own=own, today=today)


@pytest.mark.parametrize(("outcome", "ends", "status"), [
    ("acted", FIVE, "proposal"),           # a partner acted: 6.1, five years
    ("not_taken_up", YEAR, "proposal"),    # discussed, nothing more: 6.2, one year
    ("too_little", YEAR, "proposal"),      # 6.3: looked at again after one year
    ("no_trafficking", YEAR, "proposal"),  # no entry in the list: one year, or sooner on the officer's advice
    ("other_phenomenon", None, "to be checked"),  # nobody knows: nothing ends by itself
])
def test_each_outcome_has_its_term_with_source_and_status(outcome, ends, status):
    found = of(outcome)
    assert (found.ends_on, found.status) == (ends, status)
    assert "VNG Selectielijst" in found.source


@pytest.mark.parametrize(("today", "facts", "standing"), [
    (CLOSED, {}, "runs"),
    (YEAR - timedelta(days=31), {}, "runs"),
    (YEAR - timedelta(days=30), {}, "warn"),                              # the owner hears it a month ahead
    (YEAR + timedelta(days=400), {}, "warn"),                             # nobody was told yet: first the warning
    (YEAR, {"warned_on": YEAR - timedelta(days=30)}, "ripe"),
    (YEAR, {"warned_on": YEAR - timedelta(days=3)}, "waits"),             # told late: the whole month is given
    (YEAR + timedelta(days=27), {"warned_on": YEAR - timedelta(days=3)}, "ripe"),
    (FIVE, {"warned_on": YEAR, "held": True}, "held"),                    # whatever the clock says
    (YEAR, {"warned_on": YEAR - timedelta(days=30), "leads": True}, "leads"),
    (YEAR, {"warned_on": date(2026, 12, 1)}, "warn"),                     # told of an end that has moved since
])
def test_what_is_to_be_done_today(today, facts, standing):
    assert of(today=today, **facts).standing == standing


def test_an_open_signal_has_no_term():
    assert keeping(KeptFacts("acted", None), SCHEDULE, today=CLOSED).standing == "open"


def test_an_unknown_term_ends_never_unless_the_municipality_sets_one():
    assert of("other_phenomenon", today=date(2099, 1, 1)).standing == "unknown"
    own = OwnTerm(Period(2, "years"), "Pia Privacy", CLOSED)
    assert of("other_phenomenon", own=own).ends_on == date(2028, 11, 23)


def test_too_little_information_stays_until_a_review_and_is_extended_once():
    assert of("too_little").may_extend
    extended = of("too_little", extended=True)
    assert (extended.ends_on, extended.may_extend) == (date(2028, 11, 23), False)
    assert not of("no_trafficking").may_extend


@pytest.mark.parametrize(("needs", "conclusion", "outcome"), [
    ("conclusion:none", "none", "no_trafficking"),
    ("conclusion:other_phenomenon", "other_phenomenon", "other_phenomenon"),
    ("taken_up", "trafficking", "acted"),
    ("taken_up", "", "acted"),
    ("consulted", "", "not_taken_up"),
    ("consulted", "more_information", "too_little"),
])
def test_why_it_was_closed_says_which_term(needs, conclusion, outcome):
    reason = ClosingReason("x", Text("x"), needs, "S-B2-32", "policy")
    assert outcome_of(reason, conclusion=conclusion) == outcome


def test_no_trafficking_leaves_matching_at_closing_and_nothing_else_does():
    assert [outcome for outcome in OUTCOMES if not may_be_matched(outcome)] == ["no_trafficking"]
    assert may_be_matched(None)  # still open


@pytest.mark.parametrize(("outcome", "own", "cause"), [
    ("acted", OwnTerm(Period(2, "years"), "Pia", CLOSED), None),
    ("acted", OwnTerm(Period(5, "years"), "Pia", CLOSED), "not_shorter"),
    ("acted", OwnTerm(Period(61, "months"), "Pia", CLOSED), "not_shorter"),
    ("no_trafficking", OwnTerm(Period(364, "days"), "Pia", CLOSED), None),
    ("acted", OwnTerm(Period(2, "years"), " ", CLOSED), "no_advice"),
    ("acted", OwnTerm(Period(2, "years"), "Pia", CLOSED + timedelta(days=1)), "advice_later"),
    ("forever", OwnTerm(Period(2, "years"), "Pia", CLOSED), "unknown_outcome"),
    ("other_phenomenon", OwnTerm(Period(10, "years"), "Pia", CLOSED), None),  # the list has none to be shorter than
])
def test_a_municipality_may_set_a_shorter_term_on_the_officer_s_advice(outcome, own, cause):
    expected = [(outcome, cause)] if cause else []
    assert own_term_causes({outcome: own}, SCHEDULE, today=CLOSED) == expected


def test_two_different_persons_whatever_roles_they_have():
    one, other = Signature("anna", "focal_point"), Signature("pia", "privacy_officer")
    assert may_destroy(one, other)
    assert not may_destroy(one, Signature("anna", "privacy_officer"))
    assert not may_destroy(None, other)
    assert not may_destroy(one, None)


def test_months_of_unequal_length():
    assert Period(1, "years").after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert Period(1, "months").after(date(2026, 1, 31)) == date(2026, 2, 28)
    assert Period(42, "days").after(date(2026, 12, 31)) == date(2027, 2, 11)


@given(closed=st.dates(date(2020, 1, 1), date(2040, 1, 1)), days=st.integers(0, 8000), outcome=st.sampled_from(OUTCOMES),
       held=st.booleans(), leads=st.booleans(), extended=st.booleans(), warned=st.none() | st.integers(0, 8000))
def test_nothing_is_ever_ripe_before_its_end_unwarned_or_held(closed, days, outcome, held, leads, extended, warned):
    today = closed + timedelta(days=days)
    warned_on = None if warned is None else closed + timedelta(days=min(warned, days))
    found = keeping(KeptFacts(outcome, closed, held, leads, extended, warned_on), SCHEDULE, today=today)
    assert found.standing in STANDINGS
    if found.standing == "ripe":
        assert found.ends_on <= today
        assert warned_on is not None
        assert today - warned_on >= timedelta(days=SCHEDULE.warning.period.amount)
        assert not held
        assert not leads
