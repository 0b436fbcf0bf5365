"""The five cases of the policy go in as signals and come out as actions, answers and feedback (bijlage 5)."""

from datetime import date, timedelta

import pytest

from meldroute.policies import cases
from meldroute.rules.lifecycle import Allowed, StepRefused
from meldroute.services import demo
from meldroute.services.assessment import assess
from meldroute.services.closing import close
from meldroute.services.desk import key_of
from meldroute.services.feedback import give_feedback
from meldroute.services.judging import Conclusion, conclude, judge_clear
from meldroute.services.my_reports import my_report
from meldroute.services.passing_on import complete_referrals, settle
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Clock, Contact, Disclosure, HistoryEntry, Message, Referral, Signal
from tests.cast import MONDAY
from tests.services.watched_acts import watch

CASES = {case.id: case for case in cases("oost-brabant", on=date(2026, 11, 23))}
HOUR = timedelta(hours=1)
SEEN = "Er zijn meerdere kenmerken gezien."


@pytest.fixture(autouse=True)
def acts(monkeypatch):
    """Each act of each case is compared with what `check-policy` takes it to do."""
    return watch(monkeypatch)


def enriched(case, cast):
    """Reported by the desk clerk, taken up and enriched by the focal point, with its indicators in words."""
    reference = demo.report(case, cast.bram, at=MONDAY)
    take_up(reference, reader=cast.anna, now=MONDAY + HOUR)
    demo.enrich(reference, cast.anna, at=MONDAY + HOUR)
    assess(reference, summary=case.title.nl, indicators=case.indicators, reader=cast.anna, now=MONDAY + HOUR)
    return reference


def judged_clear(case, cast):
    reference = enriched(case, cast)
    judge_clear(reference, forms=case.forms, why="De kenmerken zijn duidelijk.", reader=cast.anna, now=MONDAY + 2 * HOUR)
    return reference


def advised(case, cast):
    """Vague: the experts were asked, answered, and concluded that it is trafficking."""
    reference = demo.ask_experts(case, {"anna": cast.anna, "bram": cast.bram}, start=MONDAY - 3 * HOUR)
    for partner in ("AVIM", "ZOCO_HELMOND"):
        demo.answer(reference, partner, "advice", "result", cast.anna, at=MONDAY + HOUR, text="Dit is uitbuiting.")
    conclude(reference, Conclusion("trafficking", whose=("AVIM", "ZOCO_HELMOND"), text="Dit is uitbuiting.",
                                   forms=case.forms), reader=cast.anna, now=MONDAY + 2 * HOUR)
    return reference


def finished(reference, cast, partners):
    """Every partner takes it up and reports back; the reporter hears; the signal is closed."""
    complete_referrals(reference, reader=cast.anna, now=MONDAY + 5 * HOUR)
    for partner in partners:
        demo.answer(reference, partner, "referral", "taken_up", cast.anna, at=MONDAY + 6 * HOUR)
        demo.answer(reference, partner, "referral", "feedback", cast.anna, at=MONDAY + 7 * HOUR, text="Opgepakt.")
    settle(reference, reader=cast.anna, now=MONDAY + 8 * HOUR)
    give_feedback(reference, text="Dank u. Uw signaal is besproken.", reader=cast.anna, now=MONDAY + 9 * HOUR)
    close(reference, reason="overgedragen", reader=cast.anna, now=MONDAY + 9 * HOUR)
    return Signal.objects.get(reference=reference)


def told(reference):
    """Partners that a signal was passed on to, in the order in which they were told."""
    rows = Referral.objects.filter(signal__reference=reference, purpose="referral").exclude(status="skipped")
    return list(rows.order_by("opened_at").values_list("partner", flat=True))


def assert_nothing_lies_around(signal):
    """Closed, with feedback, a consultation, no clock running and every step in the history."""
    assert (signal.kind, signal.feedback) == ("end", "given")
    assert not Clock.objects.filter(signal=signal, stopped_at=None).exists()
    assert Contact.objects.filter(signal=signal).exists() or Referral.objects.filter(signal=signal).exists()
    assert HistoryEntry.objects.filter(signal=signal.pk, act="step.close").count() == 1
    assert Message.objects.filter(signal=signal, recipient_kind="reporter").exists()


@pytest.mark.requirement("S-B1-11", "S-B2-34", "S-B2-35")
def test_case_1_a_place_with_labour_migrants_goes_to_the_labour_inspectorate_and_the_care_coordinator(cast, acts):
    case = CASES["CASE-1"]
    reference = judged_clear(case, cast)
    for partner in ("ZOCO", "ISZW"):  # no order between these two
        demo.write_to(reference, partner, cast.anna, at=MONDAY + 4 * HOUR, description=SEEN)
    assert set(told(reference)) == {"ISZW", "ZOCO_HELMOND"}
    for copy in Disclosure.objects.filter(signal__reference=reference):
        assert "Laat ons weten" in dict(copy.unseal("content_sealed", key=key_of(copy.signal_id))["lines"])["Terugkoppeling"]
    signal = finished(reference, cast, ("ISZW", "ZOCO_HELMOND"))
    assert_nothing_lies_around(signal)
    assert signal.about == "place"
    assert [act for n, act in enumerate(acts) if act not in acts[:n]] == [
        "take_up", "enrich", "judge_clear", "refer", "complete_referrals", "settle", "give_feedback", "close"]


def test_case_1_a_sign_that_points_the_other_way_is_shown_and_clears_nothing(cast):
    page = open_signal(enriched(CASES["CASE-1"], cast), reader=cast.anna, now=MONDAY + 2 * HOUR)
    assert "counter" in {sign.strength for sign in page.indicators}
    open_acts = {s.step.act for s in page.steps if isinstance(s, Allowed)}
    assert {"ask_advice"} <= open_acts
    assert "close" not in open_acts


def test_case_2_a_dutch_man_goes_along_the_same_route_and_the_riec_can_be_called_in_beside_it(cast):
    case = CASES["CASE-2"]
    reference = judged_clear(case, cast)
    page = open_signal(reference, reader=cast.anna, now=MONDAY + 3 * HOUR)
    extras = {r.partner for r in page.routing.recipients if not r.required}
    assert case.extra in extras
    assert "F1.K4" in {conflict.id for conflict in page.conflicts}
    for partner in ("ISZW", "ZOCO", case.extra):
        demo.write_to(reference, partner, cast.anna, at=MONDAY + 4 * HOUR, description=SEEN)
    assert told(reference) == ["ISZW", "ZOCO_HELMOND", "TFRIEC"]
    assert_nothing_lies_around(finished(reference, cast, ("ISZW", "ZOCO_HELMOND", "TFRIEC")))


@pytest.mark.requirement("S-B1-12", "S-B2-30")
@pytest.mark.parametrize("name", ["CASE-3", "CASE-4", "CASE-5"])
def test_cases_3_4_5_the_care_coordinator_waits_until_avim_was_called(cast, name):
    case = CASES[name]
    reference = (judged_clear if case.judged == "clear" else advised)(case, cast)
    with pytest.raises(StepRefused, match="AVIM|eerst"):
        demo.write_to(reference, "ZOCO", cast.anna, at=MONDAY + 3 * HOUR, description=SEEN)
    assert told(reference) == []

    demo.call(reference, "AVIM", cast.anna, at=MONDAY + 3 * HOUR, tell=True)
    demo.write_to(reference, "ZOCO", cast.anna, at=MONDAY + 4 * HOUR, description=SEEN)

    assert told(reference) == ["AVIM", "ZOCO_HELMOND"]
    assert_nothing_lies_around(finished(reference, cast, ("AVIM", "ZOCO_HELMOND")))


def test_case_3_two_forms_are_one_route_with_the_reason_of_each(cast):
    reference = judged_clear(CASES["CASE-3"], cast)
    page = open_signal(reference, reader=cast.anna, now=MONDAY + 3 * HOUR)
    assert {f.id for f in page.forms} == {"SU", "CU"}
    assert [r.partner for r in page.routing.recipients if r.required] == ["AVIM", "ZOCO"]
    assert {b for r in page.routing.recipients for b in r.because} >= {"SU", "CU"}


@pytest.mark.requirement("S-B1-05", "S-B1-08", "S-B1-10")
def test_case_4_stays_vague_until_the_experts_say_what_it_is(cast):
    reference = advised(CASES["CASE-4"], cast)
    page = open_signal(reference, reader=cast.anna, now=MONDAY + 3 * HOUR)
    assert (page.conclusion, page.state.id) == ("trafficking", "melden")
    assert {r.partner_id for r in page.referrals if r.purpose == "advice"} == {"AVIM", "ZOCO_HELMOND"}


def test_case_4_advice_goes_out_without_the_words_of_the_reporter(cast):
    reference = demo.ask_experts(CASES["CASE-4"], {"anna": cast.anna, "bram": cast.bram}, start=MONDAY)
    for row in Disclosure.objects.filter(signal__reference=reference):
        assert "narrative" not in row.fields
        assert "reporter_name" not in row.fields


def test_case_5_somebody_under_18_puts_veilig_thuis_and_the_meldcode_on_the_page(cast):
    reference = demo.report(CASES["CASE-5"], cast.bram, at=MONDAY)
    page = open_signal(reference, reader=cast.anna, now=MONDAY)
    said = " ".join(line.text.nl for line in page.minor_advice)
    assert "Veilig Thuis" in said
    assert "Meldcode" in said
    assert all(line.status for line in page.minor_advice)


def test_case_5_the_girls_in_the_car_are_a_second_signal_with_a_route_of_their_own(cast):
    boy = judged_clear(CASES["CASE-5"], cast)
    girls = demo.report(CASES["CASE-4"], cast.bram, at=MONDAY)
    assert girls != boy
    assert Signal.objects.filter(lead=None).count() == 2


@pytest.mark.parametrize("name", list(CASES))
def test_what_the_reporter_reads_names_no_judgement(cast, name):
    reference = demo.report(CASES[name], cast.bram, at=MONDAY)
    card = my_report(cast.bram.user, reference, now=MONDAY, language="nl")
    assert not {"vaag", "geen mensenhandel", "onderzoek"} & set(card.state.lower().split())
