"""What the focal point sees of the list and of one signal, and that it was written down before it was shown."""

from uuid import uuid4

import pytest

from meldroute.services.contact import record_contact
from meldroute.services.desk import NoSuchSignal, at_desk
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.storage.models import HistoryEntry, Signal
from tests.cast import MONDAY, NIGHT
from tests.services.acting_cases import called, taken_up


def report(cast, text="Het voelde niet pluis.", **more):
    return register_signal(NewSignal(text, **more), reader=cast.bram, submission=uuid4(), now=MONDAY).reference


def test_danger_stands_first_and_then_what_is_due_first(cast):
    calm = report(cast)
    minor = report(cast, minor=True)
    danger = report(cast, danger=True)

    page = work_list(reader=cast.anna, now=MONDAY)

    assert [row.reference for row in page.rows] == [danger, minor, calm]
    assert (page.counts["yours"], page.counts["new"], page.counts["others"]) == (3, 3, 0)


def test_an_empty_list_says_that_nothing_waits(cast):
    page = work_list(reader=cast.anna, now=MONDAY)
    assert (page.rows, page.counts["yours"], page.buddy_present) == ((), 0, True)


def test_a_list_that_was_shown_is_in_the_log_with_its_ids(cast):
    reference = report(cast)
    work_list(reader=cast.anna, now=MONDAY)
    entry = HistoryEntry.objects.get(act="list.read")
    assert entry.subjects == [str(Signal.objects.get(reference=reference).pk)]
    assert (entry.actor, entry.chain) == (str(cast.anna.membership), str(cast.helmond.pk))


def test_the_second_visit_says_what_is_new_since_the_first(cast):
    report(cast)
    work_list(reader=cast.anna, now=MONDAY)
    again = work_list(reader=cast.anna, now=NIGHT)
    assert again.since == MONDAY
    assert again.counts["new"] == 0


def test_the_page_shows_the_report_and_says_what_can_be_done_and_what_not_yet(cast):
    reference = report(cast, "Twee mannen en een busje.", where="Markt 1", minor=None)
    page = open_signal(reference, reader=cast.anna, now=MONDAY)

    assert (page.report.narrative, page.report.where, page.report.reporter) == (
        "Twee mannen en een busje.", "Markt 1", "Bram Balie")
    assert page.state.id == "ontvangen"
    assert [s.step.id for s in page.steps if hasattr(s, "to")] == ["oppakken", "avim-gesproken", "bundelen"]


@pytest.mark.parametrize("who", ["noor", "frits", "pia", "karel", "nel", "zora", "bram", "dina"])
def test_everybody_else_is_told_there_is_no_such_signal(cast, who):
    reference = report(cast)
    with pytest.raises(NoSuchSignal):
        open_signal(reference, reader=getattr(cast, who), now=MONDAY)


def test_a_step_moves_the_signal_its_clock_and_its_history_together(cast):
    reference = report(cast)
    with at_desk(reference, reader=cast.anna, now=MONDAY) as desk:
        desk.move(desk.step("take_up"))

    signal = Signal.objects.get(reference=reference)
    assert (signal.state, signal.kind, signal.version) == ("verrijken", "enrich", 2)
    assert [c.norm for c in signal.clocks.filter(stopped_at=None)] == ["verrijken"]
    assert signal.next_due_at == signal.clocks.get(stopped_at=None).due_at
    assert HistoryEntry.objects.filter(signal=signal.pk, act="step.take_up").count() == 1


def test_pages_cost_the_same_number_of_queries_however_much_is_stored(cast, django_assert_num_queries):
    def cost():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            work_list(reader=cast.anna, now=MONDAY)
        return len(seen)

    report(cast)
    work_list(reader=cast.anna, now=MONDAY)
    once = cost()
    for _ in range(12):
        report(cast)
    assert cost() == once


def test_nothing_meanwhile_of_one_partner_outweighs_what_another_allows_later(cast):
    reference = taken_up(cast)
    assert said_meanwhile(cast, reference) == ("not_asked", "")
    record_contact(reference, called(meanwhile="nothing"), reader=cast.anna, now=MONDAY)
    allowed = {"meanwhile": "something", "meanwhile_text": "Een controle mag.", "at": NIGHT}
    record_contact(reference, called("GGD", **allowed), reader=cast.anna, now=NIGHT)
    assert said_meanwhile(cast, reference) == ("nothing", "")
    record_contact(reference, called(**allowed | {"meanwhile_text": "Ga uw gang."}), reader=cast.anna, now=NIGHT)
    assert said_meanwhile(cast, reference) == ("something", "Ga uw gang.")  # a partner's own last word counts


def said_meanwhile(cast, reference) -> tuple[str, str]:
    page = open_signal(reference, reader=cast.anna, now=NIGHT)
    return page.meanwhile, page.meanwhile_text
