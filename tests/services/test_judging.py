"""Clear or vague: forms and their route, and a conclusion that is the experts'."""

from datetime import date, timedelta

import pytest

from meldroute.rules.lifecycle import StepRefused
from meldroute.services.assessment import UnknownChoice, set_minor
from meldroute.services.desk import EditConflict, NoSuchSignal, NoSuchStep, key_of
from meldroute.services.judging import (
    Conclusion,
    ConclusionIncomplete,
    NotTheirConclusion,
    ReviewOutOfReach,
    conclude,
    judge_clear,
)
from meldroute.services.judging_pages import concluding_page, judging_page
from meldroute.services.referral import ReasonMissing
from meldroute.storage.models import Clock, HistoryEntry, Referral
from tests.cast import MONDAY
from tests.services.acting_cases import advised, ask, clear, enriched, signal, taken_up

pytestmark = pytest.mark.django_db(transaction=True)
TOMORROW = date(2026, 11, 24)


def concluded(cast, reference, kind, *, whose=("AVIM",), now=MONDAY, **more):
    if kind == "more_information":
        more.setdefault("review_on", TOMORROW)
    conclude(reference, Conclusion(kind, tuple(whose), "Zo zien zij het.", **more), reader=cast.anna, now=now)


@pytest.fixture
def vague(cast):
    """Advice was asked of AVIM and given."""
    reference = enriched(cast)
    ask(cast, reference, "AVIM")
    advised(cast, reference)
    return reference


def sealed(reference):
    row = signal(reference)
    return row.unseal("assessment_sealed", key=key_of(row.pk))


# Clear


@pytest.mark.requirement("S-B1-04", "S-B1-09")
def test_clear_takes_one_or_several_forms_and_says_why(cast):
    reference = clear(cast, "SU", "AU")
    assert (signal(reference).state, signal(reference).forms) == ("melden", ["AU", "SU"])
    assert sealed(reference)["judgement"]["why"] == "Zij vertelde het zelf."


@pytest.mark.requirement("S-B1-11", "S-B1-12")
@pytest.mark.parametrize(("forms", "ranks"), [
    (("SU",), {"AVIM": 1, "GO-Team": 2}), (("CU",), {"AVIM": 1, "GO-Team": 2}), (("OV",), {"AVIM": 1, "GO-Team": 2}),
    (("AU",), {"NLA": 1, "GO-Team": 1}),
    (("AU", "SU"), {"AVIM": 1, "NLA": 1, "GO-Team": 2}),  # the union; the strictest order wins
])
def test_the_route_is_shown_with_its_reasons_before_anything_is_decided(cast, forms, ranks):
    page = judging_page(enriched(cast), reader=cast.anna, now=MONDAY, forms=forms)
    shown = {step.partner: step.rank for step in page.route if step.required}
    assert sorted(shown.values()) == sorted(ranks.values())
    assert {name: shown[name] for name in shown if name in ("AVIM", "NLA")} == {
        name: rank for name, rank in ranks.items() if name != "GO-Team"}
    assert all(step.because and step.source for step in page.route)
    assert signal(page.act.reference).state == "verrijken"


def test_a_form_and_a_reason_are_needed(cast):
    reference = enriched(cast)
    with pytest.raises(StepRefused) as refused:
        judge_clear(reference, forms=(), why="Duidelijk.", reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "forms_chosen"
    with pytest.raises(ReasonMissing):
        judge_clear(reference, forms=("SU",), why=" ", reader=cast.anna, now=MONDAY)
    for forms, kinds in ((("XX",), ()), (("SU",), ("CU.bedelen",)), (("SU",), ("loverboy",))):
        with pytest.raises(UnknownChoice):
            judge_clear(reference, forms=forms, sub_forms=kinds, why="Duidelijk.", reader=cast.anna, now=MONDAY)
    assert (signal(reference).forms, signal(reference).state) == ([], "verrijken")


def test_a_sub_form_is_kept_sealed(cast):
    reference = enriched(cast)
    judge_clear(reference, forms=("SU",), sub_forms=("SU.loverboy",), why="Duidelijk.", reader=cast.anna, now=MONDAY)
    assert sealed(reference)["sub_forms"] == ["SU.loverboy"]
    assert "loverboy" not in str(list(HistoryEntry.objects.values_list("details", flat=True)))


def test_passing_on_to_the_police_has_a_clock_of_its_own(cast):
    assert Clock.objects.filter(signal=signal(clear(cast, "SU")), norm="avim-bellen", stopped_at=None).exists()
    assert not Clock.objects.filter(signal=signal(clear(cast, "AU")), norm="avim-bellen").exists()


# The experts conclude


@pytest.mark.requirement("S-3.4-05", "S-B1-06")
def test_no_trafficking_is_the_experts_conclusion_and_says_whose(cast, vague):
    for whose in ((), ("TFRIEC",), ("AVIM", "TFRIEC")):
        with pytest.raises(NotTheirConclusion):
            concluded(cast, vague, "none", whose=whose)
    concluded(cast, vague, "none")
    assert (signal(vague).state, signal(vague).conclusion) == ("terugkoppelen", "none")
    assert [(c["kind"], c["whose"]) for c in sealed(vague)["conclusions"]] == [("none", ["AVIM"])]
    assert HistoryEntry.objects.get(act="advice.concluded").details["whose"] == ["AVIM"]


@pytest.mark.requirement("S-3.4-05")
@pytest.mark.parametrize("kind", ["none", "other_phenomenon", "more_information", "trafficking"])
def test_nobody_concludes_alone_before_an_expert_judged(cast, kind):
    reference = enriched(cast)
    ask(cast, reference, "AVIM", "TFRIEC")
    advised(cast, reference, "TFRIEC", "not_for_us")
    with pytest.raises(StepRefused) as refused:
        concluded(cast, reference, kind, whose=("TFRIEC",), forms=("SU",), phenomenon="fraude", goes_to="BD")
    assert refused.value.refusal.guard == "advice_given"


@pytest.mark.requirement("S-3.4-06")
def test_another_phenomenon_says_which_and_where_to(cast, vague):
    for missing, said in (("phenomenon", {"goes_to": "NLA"}), ("goes_to", {"phenomenon": "slecht-werkgeverschap"}),
                          ("phenomenon", {"phenomenon": "weerzin", "goes_to": "NLA"})):
        with pytest.raises(ConclusionIncomplete) as refused:
            concluded(cast, vague, "other_phenomenon", **said)
        assert refused.value.missing == missing
    concluded(cast, vague, "other_phenomenon", phenomenon="slecht-werkgeverschap", goes_to="Nederlandse Arbeidsinspectie")
    assert signal(vague).state == "terugkoppelen"
    assert sealed(vague)["conclusions"][0]["goes_to"] == "Nederlandse Arbeidsinspectie"
    pack = {p.id: p.goes_to.nl for p in concluding_page(enriched(cast), reader=cast.anna, now=MONDAY).phenomena}
    assert "Veilig Thuis" in pack["huiselijk-geweld"]


@pytest.mark.requirement("S-B1-07")
def test_more_information_goes_back_with_a_review_date_and_a_new_round(cast, vague):
    concluded(cast, vague, "more_information")
    after = signal(vague)
    assert (after.state, after.round, after.conclusion) == ("verrijken", 1, "more_information")
    assert after.next_due_at.date() == TOMORROW
    running = Clock.objects.get(signal=after, stopped_at=None)
    assert running.norm == "herbezien"
    ask(cast, vague, "AVIM")
    with pytest.raises(StepRefused):  # advice of the last round opens nothing in this one
        concluded(cast, vague, "none")


@pytest.mark.parametrize("review_on", [None, date(2026, 11, 22), date(2026, 12, 24)])
def test_a_review_lies_between_today_and_the_norm(cast, vague, review_on):
    with pytest.raises(ReviewOutOfReach) as refused:
        concluded(cast, vague, "more_information", review_on=review_on)
    assert refused.value.first == MONDAY.date()
    assert refused.value.last == date(2026, 11, 30)  # five working days
    assert signal(vague).state == "advies"


@pytest.mark.requirement("S-B1-07", "S-B2-32")
def test_more_information_ends_in_a_joint_decision(cast, vague):
    for round_ in (1, 2):
        concluded(cast, vague, "more_information")
        assert (signal(vague).state, signal(vague).round) == ("verrijken", round_)
        ask(cast, vague, "AVIM")
        advised(cast, vague)
    page = concluding_page(vague, reader=cast.anna, now=MONDAY)
    assert next(c.to.id for c in page.choices if c.conclusion == "more_information") == "gezamenlijk-besluit"
    concluded(cast, vague, "more_information", review_on=None)
    assert signal(vague).state == "gezamenlijk-besluit"
    with pytest.raises(NoSuchStep):
        concluded(cast, vague, "more_information")
    ask(cast, vague, "AVIM", act="ask_more_advice")
    advised(cast, vague)
    concluded(cast, vague, "none")


@pytest.mark.requirement("S-B1-08", "S-B1-09")
def test_trafficking_takes_its_forms_in_the_same_act(cast, vague):
    with pytest.raises(StepRefused) as refused:
        concluded(cast, vague, "trafficking")
    assert refused.value.refusal.guard == "forms_chosen"
    concluded(cast, vague, "trafficking", forms=("CU", "AU"))
    assert (signal(vague).state, signal(vague).forms) == ("melden", ["AU", "CU"])


def test_after_the_conclusion_nobody_is_pressed_for_advice_any_more(cast):
    reference = enriched(cast)
    ask(cast, reference, "AVIM", "TFRIEC")
    advised(cast, reference)
    concluded(cast, reference, "none")
    late = Referral.objects.get(partner="TFRIEC")
    assert not Clock.objects.filter(referral=late, stopped_at=None).exists()
    assert late.status == "received"  # what they still say is kept


def test_the_conclusion_needs_words(cast, vague):
    with pytest.raises(ConclusionIncomplete):
        conclude(vague, Conclusion("none", ("AVIM",), "  "), reader=cast.anna, now=MONDAY)


def test_two_editors_and_strangers(cast, vague):
    seen = signal(vague).version
    set_minor(vague, True, how_known="School.", reader=cast.bo, now=MONDAY)
    with pytest.raises(EditConflict):
        conclude(vague, Conclusion("none", ("AVIM",), "Nee."), reader=cast.anna, now=MONDAY, version=seen)
    for stranger in (cast.noor, cast.dina, cast.nel, cast.karel):
        with pytest.raises(NoSuchSignal):
            conclude(vague, Conclusion("none", ("AVIM",), "Nee."), reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            judge_clear(vague, forms=("SU",), why="x", reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            judging_page(vague, reader=stranger, now=MONDAY)


def test_a_page_that_is_not_open_says_why(cast):
    page = concluding_page(taken_up(cast), reader=cast.anna, now=MONDAY + timedelta(minutes=1))
    assert page.act.refusal.guard == "state"
