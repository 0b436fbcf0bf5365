"""Terms, decisions and words for requests of data subjects."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.rules.acts import STATUSES
from meldroute.rules.subject_rights import (
    DECISIONS,
    GROUNDS,
    KINDS,
    NEUTRAL,
    TERM,
    TermRefused,
    answer_text,
    decision_refused,
    due_on,
    extended_due_on,
)


@pytest.mark.parametrize(("received", "due", "longer"), [
    (date(2026, 11, 23), date(2026, 12, 23), date(2027, 2, 23)),
    (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),   # the last day of a shorter month
    (date(2028, 1, 30), date(2028, 2, 29), date(2028, 4, 30)),   # a leap year
    (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28)),
    (date(2026, 12, 31), date(2027, 1, 31), date(2027, 3, 31)),
])
def test_one_month_and_two_more(received, due, longer):
    assert due_on(received) == due
    assert extended_due_on(received, due=due, today=received) == longer


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_a_term_is_never_longer_than_its_months(received):
    assert timedelta(28) <= due_on(received) - received <= timedelta(31)
    assert timedelta(89) <= extended_due_on(received, due=due_on(received), today=received) - received <= timedelta(92)


def test_longer_goes_once_and_only_within_the_first_month():
    received = date(2026, 11, 2)
    due = due_on(received)
    assert extended_due_on(received, due=due, today=due) == date(2027, 2, 2)
    with pytest.raises(TermRefused, match="over") as late:
        extended_due_on(received, due=due, today=due + timedelta(1))
    with pytest.raises(TermRefused, match="once") as again:
        extended_due_on(received, due=date(2027, 2, 2), today=received)
    assert (late.value.cause, again.value.cause) == ("too_late", "extended")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_refusal_and_nothing_found_are_the_same_byte_for_byte(language):
    refused, nothing = (answer_text(decision, language=language).encode() for decision in ("refused", "nothing_found"))
    assert refused == nothing
    assert frozenset({"refused", "nothing_found"}) == NEUTRAL


def test_the_neutral_answer_names_no_ground_and_does_not_tell_which_it_was():
    text = answer_text("refused").lower()
    for word in ("geweigerd", "weiger", "gevonden", "onderzoek", "opsporing", "politie", "verdacht", "mensenhandel", "signaal"):
        assert word not in text
    for ground in GROUNDS:
        assert ground.name.nl.lower() not in text


@pytest.mark.parametrize(("decision", "ground", "days", "cause"), [
    ("granted", "", 3, ""),
    ("nothing_found", "", 3, ""),
    ("refused", "investigation", 3, ""),
    ("partly", "others", 0, ""),
    ("refused", "", 3, "no_ground"),
    ("partly", "because I say so", 3, "no_ground"),
    ("granted", "investigation", 3, "ground_too_many"),
    ("nothing_found", "investigation", 3, "ground_too_many"),
    ("perhaps", "", 3, "unknown_decision"),
    ("granted", "", -1, "wrong_day"),
    ("granted", "", 11, "wrong_day"),
])
def test_what_may_be_recorded_as_a_decision(decision, ground, days, cause):
    received = date(2026, 11, 2)
    assert decision_refused(decision, ground, decided=received + timedelta(days), received=received,
                            today=received + timedelta(10)) == cause


def test_what_is_said_of_the_law_says_how_sure_it_is():
    for one in (*KINDS, *GROUNDS, TERM):
        assert one.article
        assert one.status in STATUSES
    assert set(DECISIONS) >= NEUTRAL
