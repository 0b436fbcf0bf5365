"""One referral from sent to settled: what a partner can say, when it ends, and which clock runs."""

import pytest

from meldroute.rules.facts import ANSWERED_REFERRAL, FAILED_REFERRAL, OPEN_REFERRAL
from meldroute.rules.referral import (
    ANSWERS,
    SET_ASIDE,
    SETTLED,
    STATUSES,
    AlreadySettled,
    AnswerOutOfOrder,
    UnknownAnswer,
    UnknownStatus,
    answers_now,
    may_answer,
    next_status,
    running_clock,
    set_aside,
)


def reachable(status: str) -> set[str]:
    found, todo = set(), [status]
    while todo:
        here = todo.pop()
        for answer in answers_now(here):
            after = next_status(here, answer)
            if after not in found:
                found.add(after)
                todo.append(after)
    return found


def test_every_status_is_open_answered_or_failed_and_never_two_of_them():
    kinds = [OPEN_REFERRAL, ANSWERED_REFERRAL, FAILED_REFERRAL]
    assert set(STATUSES) == set().union(*kinds)
    assert sum(len(kind) for kind in kinds) == len(STATUSES)


@pytest.mark.parametrize("status", sorted(OPEN_REFERRAL))
def test_from_each_open_status_a_settled_status_can_be_reached(status):
    assert reachable(status) & ANSWERED_REFERRAL
    assert {set_aside(status, how) for how in SET_ASIDE} == FAILED_REFERRAL


@pytest.mark.parametrize("status", sorted(SETTLED))
def test_nothing_leaves_a_settled_status(status):
    assert answers_now(status) == ()
    for answer in ANSWERS:
        assert not may_answer(status, answer)
        with pytest.raises(AlreadySettled, match=f"ended as '{status}'.*Record what the partner says"):
            next_status(status, answer)
    with pytest.raises(AlreadySettled):
        set_aside(status, "withdrawn")


@pytest.mark.parametrize(("status", "answer", "allowed"), [
    ("open", "received", True),           # "we have it"
    ("open", "taken_up", True),           # straight away, by phone
    ("open", "no_feedback", True),        # the police can say so at once
    ("received", "not_for_us", True),
    ("received", "received", False),      # said already
    ("need_more", "received", True),      # more was sent, and it arrived
    ("need_more", "need_more", False),    # the question still stands
    ("taken_up", "not_for_us", False),    # what was taken up ends with a result or feedback
    ("taken_up", "need_more", True),
    ("taken_up", "no_feedback", True),
])  # fmt: skip
def test_what_a_partner_can_say(status, answer, allowed):
    assert may_answer(status, answer) is allowed
    if not allowed:
        with pytest.raises(AnswerOutOfOrder, match=f"'{answer}' cannot follow '{status}'. Use "):
            next_status(status, answer)


@pytest.mark.requirement("S-B2-37")
@pytest.mark.parametrize("status", sorted(OPEN_REFERRAL))
def test_no_feedback_possible_now_settles_from_everywhere_and_stores_only_itself(status):
    """A partner who investigates owes no reason: the status is all that remains."""
    assert next_status(status, "no_feedback") == "no_feedback"
    assert "no_feedback" in SETTLED


@pytest.mark.parametrize(("status", "clock"), [
    ("open", "acknowledge"), ("received", "decide"), ("need_more", "decide"), ("taken_up", "report_back"),
    *((status, None) for status in sorted(SETTLED)),
])  # fmt: skip
def test_which_clock_runs(status, clock):
    assert running_clock(status) == clock


def test_an_unknown_word_is_refused_with_the_known_ones():
    with pytest.raises(UnknownAnswer, match="unknown answer 'maybe'. Use received, taken_up"):
        may_answer("open", "maybe")
    with pytest.raises(UnknownStatus, match="unknown status 'lost'. Use open, received"):
        running_clock("lost")
    with pytest.raises(ValueError, match="cannot be set aside as 'lost'. Use failed or withdrawn"):
        set_aside("open", "lost")
