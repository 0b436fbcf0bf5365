"""The chain director sees the region's steps and what is late, and never anything of one signal."""

import dataclasses
from datetime import timedelta
from itertools import accumulate, permutations, product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.services.chain_monitor import SMALL, NotTheDirector, _share, chain, told, told_beside
from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Clock, HistoryEntry, Signal
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def report(cast, number=1, now=MONDAY, **fields):
    return [register_signal(NewSignal("De buurman van nummer 7.", **fields), reader=cast.bram, submission=uuid4(),
                            now=now).reference for _ in range(number)]


def look(cast, now=MONDAY):
    return chain(reader=cast.karel, now=now)


def received(card):
    return next(step for step in card.steps if step.label.en == "Received")


def test_a_step_shows_how_many_wait_how_long_and_which_share_is_late(cast):
    for hours in range(7):
        report(cast, now=MONDAY - timedelta(hours=hours))
    step = received(look(cast))
    assert (step.open, step.median_wait, step.late_share) == (5, timedelta(hours=3), 0)  # seven, to the nearest five
    late = received(look(cast, MONDAY + timedelta(days=7)))
    assert (late.open, late.late_share) == (5, 100)


def test_steps_can_be_counted_for_what_came_in_lately(cast):
    report(cast, 6, now=MONDAY - timedelta(days=40))
    report(cast, 5, now=MONDAY - timedelta(days=4))
    steps = {days: received(chain(reader=cast.karel, now=MONDAY, days=days)) for days in (None, 30, 3)}
    assert [steps[days].open for days in (None, 30, 3)] == [10, 5, None]
    assert steps[30].median_wait == timedelta(days=4)


@pytest.mark.parametrize("number", [0, 1, 4])
def test_a_small_number_is_not_told_nor_what_follows_from_it(cast, number):
    report(cast, number)
    card = look(cast, MONDAY + timedelta(days=7))
    step = received(card)
    assert (step.open, step.median_wait, step.late_share) == (None, None, None)
    assert {(m.name, m.open, m.late) for m in card.municipalities} == {
        ("Gemeente Deurne", None, None), ("Gemeente Helmond", None, None)}


def test_a_share_that_a_few_late_ones_would_give_away_is_not_told(cast):
    report(cast, 6)
    report(cast, 1, now=MONDAY - timedelta(days=7))
    step = received(look(cast))
    assert (step.open, step.late_share) == (5, None)
    helmond = next(m for m in look(cast).municipalities if m.name == "Gemeente Helmond")
    assert (helmond.open, helmond.late) == (5, None)


PERIODS = (None, 365, 90, 30)


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=1, max_size=5))
def test_no_two_numbers_of_any_two_periods_differ_by_a_small_number(came):
    """Each step's periods lie in one another. Whoever subtracts any pair learns at most that a number is one of several."""
    shown = [told_beside(dict(enumerate(period))) for period in zip(*(accumulate(step) for step in came), strict=True)]
    told_ones = [number for period in shown for number in period.values() if number is not None]
    for more, less in permutations(told_ones, 2):
        assert (more - less) % SMALL == 0
        differences = {a - b for a, b in product(could_be(more), could_be(less)) if a >= b}
        assert len(differences) != 1, (more, less)


def could_be(shown: int) -> list[int]:
    return [number for number in range(shown - SMALL, shown + SMALL) if told(number) == shown]


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_tells_no_more_than_the_numbers_it_stands_beside(open, late):
    share = _share(min(open, late), told(open)) if told(open) else None
    if share:
        alike = {(o, n) for o in could_be(told(open)) for n in range(o + 1) if _share(n, told(o)) == share}
        assert len({n for _, n in alike}) > 1


def test_one_more_report_lately_is_not_found_by_subtracting_one_period_from_another(cast):
    report(cast, 6, now=MONDAY - timedelta(days=40))
    report(cast, 6, now=MONDAY - timedelta(days=4))
    report(cast, 1, now=MONDAY - timedelta(days=400))
    numbers = [received(chain(reader=cast.karel, now=MONDAY, days=days)).open for days in PERIODS]
    assert numbers == [15, 10, 10, 5]
    assert all((a - b) % SMALL == 0 for a, b in permutations(numbers, 2))


def test_signals_about_a_colleague_are_in_no_number(cast):
    report(cast, 5)
    report(cast, 5, about_colleague=True)
    Clock.objects.filter(signal__lane="confidential").update(stage=3)
    card = look(cast, MONDAY + timedelta(days=7))
    assert received(card).open == 5
    assert next(m for m in card.municipalities if m.name == "Gemeente Helmond").open == 5
    assert card.escalated == ()


def test_an_escalated_term_says_municipality_step_and_days_and_danger_looks_like_any_other(cast):
    report(cast, danger=True, minor=True)
    Clock.objects.update(stage=3, due_at=MONDAY - timedelta(minutes=5))
    card = look(cast)
    [term] = card.escalated
    assert dataclasses.asdict(term) == {"municipality": "Gemeente Helmond", "days_late": 1,
                                        "step": {"nl": "Ontvangen", "en": "Received"}}
    assert look(cast, MONDAY + timedelta(days=7)).escalated[0].days_late == 5


def test_nothing_on_the_card_names_a_signal(cast):
    references = report(cast, 6, danger=True)
    Clock.objects.update(stage=3)
    told = str(look(cast, MONDAY + timedelta(days=2)))
    for signal in Signal.objects.all():
        assert str(signal.pk) not in told
    assert not [r for r in references if r in told]


def test_that_the_chain_was_looked_at_is_logged_in_the_region_s_own_chain(cast):
    look(cast)
    entry = HistoryEntry.objects.get(act="chain.read")
    assert (entry.chain, entry.subjects, entry.signal) == (str(cast.karel.organisation), [], None)


@pytest.mark.parametrize("who", ["anna", "bo", "dina", "bram", "frits", "pia", "noor", "nel", "zora"])
def test_nobody_else_sees_it(cast, who):
    with pytest.raises(NotTheDirector):
        chain(reader=getattr(cast, who), now=MONDAY)


def test_the_number_of_questions_does_not_grow(cast, django_assert_max_num_queries):
    report(cast, 8)
    Clock.objects.update(stage=3)
    with django_assert_max_num_queries(10):  # five, and the log row with its transaction
        look(cast)
