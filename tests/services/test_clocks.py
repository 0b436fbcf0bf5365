"""When a norm ends: the municipality's own, the shorter one for danger, and the clock that outlives a state."""

from datetime import timedelta

import pytest

from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import Norm
from meldroute.services import clocks
from meldroute.services.judging import judge_clear
from meldroute.services.running_policy import pack_now
from meldroute.storage.models import Clock, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import call, enriched, tried

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("own", "danger", "minutes"), [
    (None, True, 60),                                # the pack's norm for danger: one hour
    (Norm("lezen", 3, "hours"), True, 60),           # an own norm that is longer does not take the danger norm away
    (Norm("lezen", 8, "working_hours"), True, 60),
    (Norm("lezen", 1, "working_hours"), True, 60),
    (Norm("lezen", 2, "hours"), False, 120),         # no danger: the municipality's own norm, whatever the pack has
])  # fmt: skip
def test_in_danger_the_earlier_of_the_danger_norm_and_the_own_norm_counts(cast, own, danger, minutes):
    choices = Choices(norms={"lezen": own} if own else {})
    signal = Signal(danger=danger, municipality=cast.helmond)
    clock = clocks.new_clock(signal, "lezen", policy=pack_now(now=MONDAY).policy, choices=choices, now=MONDAY)
    assert clock.due_at - MONDAY == timedelta(minutes=minutes)


def test_an_own_norm_that_is_shorter_than_the_danger_norm_counts_in_danger_too(cast):
    choices = Choices(norms={"partners": Norm("partners", 1, "days")})
    signal = Signal(danger=True, municipality=cast.helmond)
    clock = clocks.new_clock(signal, "partners", policy=pack_now(now=MONDAY).policy, choices=choices, now=MONDAY)
    assert clock.due_at == MONDAY + timedelta(days=1)


def test_calling_again_outlives_the_state_and_keeps_its_due_time(cast):
    """An attempt keeps the clock of the urgent partner running, whatever the signal moves on to meanwhile."""
    reference = enriched(cast)
    call(cast, reference, tried())
    [before] = calling().values_list("due_at", flat=True)
    judge_clear(reference, forms=["SU"], why="Zij vertelde het zelf.", reader=cast.anna, now=MONDAY + timedelta(minutes=5))
    assert [clock.due_at for clock in calling()] == [before]
    assert sorted(Clock.objects.filter(stopped_at=None).values_list("norm", flat=True)) == ["avim-bellen", "melden"]
    call(cast, reference, now=MONDAY + timedelta(minutes=9))
    assert not calling().exists()


def calling():
    return Clock.objects.filter(norm="avim-bellen", stopped_at=None)
