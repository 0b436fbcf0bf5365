"""Signals about the same matter, bundled by hand and taken apart again."""

import threading

import pytest
from django.db import OperationalError, connection

from meldroute.rules.lifecycle import StepRefused
from meldroute.services.bundling import CannotBundle, bundle, bundling_page, follow_lead, unbundle
from meldroute.services.desk import EditConflict, NoSuchSignal
from meldroute.services.judging import Conclusion, conclude
from meldroute.storage.models import HistoryEntry, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import advised, ask, call, enriched, facts, reported, signal, taken_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(cast):
    return enriched(cast), taken_up(cast)


@pytest.mark.requirement("S-B2-29")
def test_a_member_follows_and_keeps_its_own_story_and_reporter(cast, pair):
    lead, member = pair
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    row = signal(member)
    assert (row.state, row.lead.reference) == ("gebundeld", lead)
    assert row.next_due_at > MONDAY  # it has a clock of its own
    assert row.reporter_tie
    assert bundling_page(lead, reader=cast.anna, now=MONDAY).members == (member,)
    assert HistoryEntry.objects.get(act="bundle.joined").signal == signal(lead).pk


def test_what_is_done_for_the_lead_counts_for_the_member_until_it_is_taken_out(cast, pair):
    lead, member = pair
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    call(cast, lead)
    assert facts(member).contacts == {"AVIM"}
    unbundle(member, reader=cast.anna, now=MONDAY)
    assert (signal(member).state, signal(member).lead) == ("verrijken", None)
    assert facts(member).contacts == frozenset()
    bundle(member, lead, reader=cast.anna, now=MONDAY)  # and back again


@pytest.mark.requirement("S-B2-35")
def test_when_the_lead_is_concluded_each_member_goes_on_to_its_own_feedback(cast, pair):
    lead, member = pair
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    ask(cast, lead, "AVIM")
    advised(cast, lead)
    conclude(lead, Conclusion("none", ("AVIM",), "Geen mensenhandel."), reader=cast.anna, now=MONDAY)
    assert (signal(lead).state, signal(member).state) == ("terugkoppelen", "terugkoppelen")
    assert (signal(lead).feedback, signal(member).feedback) == ("none", "none")  # each is told separately


def test_a_member_goes_on_by_hand_only_once_the_lead_is_done(cast, pair):
    lead, member = pair
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    call(cast, lead)  # somebody was consulted: not enough to tell the member's reporter what came of it
    with pytest.raises(StepRefused) as refused:
        follow_lead(member, reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "lead_done"
    Signal.objects.filter(reference=lead).update(state="terugkoppelen", kind="report_back")
    follow_lead(member, reader=cast.anna, now=MONDAY)
    assert signal(member).state == "terugkoppelen"


def test_who_can_lead_and_who_cannot_is_said_with_a_way_out(cast, pair):
    lead, member = pair
    third, closed = taken_up(cast), taken_up(cast)
    colleague = reported(cast, about_colleague=True)
    Signal.objects.filter(reference=closed).update(state="afgehandeld", kind="end")
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    for reference, other, cause in (
        (third, third, "itself"), (third, closed, "closed"), (third, member, "follows"), (lead, third, "leads"),
        (third, colleague, "unknown"), (third, "MR-00000000-0", "unknown"),
    ):
        with pytest.raises(CannotBundle) as refused:
            bundle(reference, other, reader=cast.anna, now=MONDAY)
        assert refused.value.cause == cause
        assert str(refused.value).count(".") >= 1


def test_two_signals_never_follow_each_other(cast, pair):
    lead, member = pair
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    with pytest.raises(CannotBundle):
        bundle(lead, member, reader=cast.anna, now=MONDAY)
    assert signal(lead).lead is None


def test_in_danger_avim_is_called_before_it_is_bundled(cast):
    lead, member = enriched(cast), taken_up(cast, danger=True)
    with pytest.raises(StepRefused) as refused:
        bundle(member, lead, reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "contacted_if_danger"
    call(cast, member)
    bundle(member, lead, reader=cast.anna, now=MONDAY)


def test_two_editors_and_strangers(cast, pair):
    lead, member = pair
    seen = signal(member).version
    bundle(member, lead, reader=cast.anna, now=MONDAY, version=seen)
    with pytest.raises(EditConflict):
        bundle(member, lead, reader=cast.bo, now=MONDAY, version=seen)
    for stranger in (cast.noor, cast.dina, cast.bram):
        with pytest.raises(NoSuchSignal):
            unbundle(member, reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            bundling_page(member, reader=stranger, now=MONDAY)
    assert signal(member).lead.reference == lead


def test_bundling_each_into_the_other_at_once_ends_with_one_leader(cast, pair):
    one, other = pair
    ends = []
    start = threading.Barrier(2)

    def run(reference, lead):
        start.wait()
        try:
            bundle(reference, lead, reader=cast.anna, now=MONDAY)
            ends.append("done")
        except (CannotBundle, StepRefused, OperationalError) as refused:
            ends.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair_) for pair_ in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ends) == ["CannotBundle", "done"]
    assert Signal.objects.exclude(lead=None).count() == 1


def test_the_page_offers_open_signals_of_this_desk_only(cast, pair):
    lead, member = pair
    colleague = reported(cast, about_colleague=True)
    offered = {o.reference for o in bundling_page(member, reader=cast.anna, now=MONDAY).others}
    assert offered == {lead}
    assert colleague not in offered
