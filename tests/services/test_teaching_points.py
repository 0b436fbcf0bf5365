"""What each case of the policy teaches is how the program behaves, not a text beside it (bijlage 5)."""

from datetime import date, timedelta

import pytest

from meldroute.policies import cases
from meldroute.rules.lifecycle import Allowed
from meldroute.services import demo
from meldroute.services.assessment import assess, exclude_partner, set_danger
from meldroute.services.closing import closing_page
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.enrichment import enrichment_page
from meldroute.services.judging import judge_clear
from meldroute.services.judging_pages import judging_page
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Signal
from tests.cast import MONDAY
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
CASES = {case.id: case for case in cases("oost-brabant", on=date(2026, 11, 23))}
HOUR = timedelta(hours=1)
ACCUSES = {"suspect", "offender", "perpetrator", "guilty", "verdachte", "dader", "schuldig"}


def taken_up(name, cast):
    case = CASES[name]
    reference = demo.report(case, cast.bram, at=MONDAY)
    take_up(reference, reader=cast.anna, now=MONDAY + HOUR)
    demo.enrich(reference, cast.anna, at=MONDAY + HOUR)
    assess(reference, summary=case.title.nl, indicators=case.indicators, reader=cast.anna, now=MONDAY + HOUR)
    return reference


def judged(name, cast, forms=None):
    reference = taken_up(name, cast)
    judge_clear(reference, forms=forms or CASES[name].forms, why="Duidelijk.", reader=cast.anna, now=MONDAY + 2 * HOUR)
    return reference


def page(reference, cast):
    return open_signal(reference, reader=cast.anna, now=MONDAY + 3 * HOUR)


def may(reference, cast):
    return {s.step.act for s in page(reference, cast).steps if isinstance(s, Allowed)}


# Non-punishment: cases 3 and 5


@pytest.mark.parametrize("name", ["CASE-3", "CASE-5"])
def test_who_was_forced_to_commit_offences_walks_the_same_steps_as_any_other_victim(cast, name):
    forced, other = judged(name, cast), judged(name, cast, forms=("SU",))
    assert may(forced, cast) == may(other, cast)
    required = [(r.partner, r.rank) for r in page(forced, cast).routing.recipients if r.required]
    assert required == [(r.partner, r.rank) for r in page(other, cast).routing.recipients if r.required]
    assert "ZOCO" in dict(required)  # help is part of the route, whatever somebody was made to do


@pytest.mark.parametrize("name", ["CASE-3", "CASE-5"])
def test_a_forced_offence_speaks_for_trafficking_and_never_against_the_person(cast, name):
    forced = [i for i in page(taken_up(name, cast), cast).indicators if i.id.startswith("CU-")]
    assert forced
    assert all(sign.strength != "counter" for sign in forced)


@pytest.mark.parametrize("name", ["CASE-3", "CASE-5"])
def test_nothing_that_leaves_the_building_has_a_place_for_guilt(cast, name):
    reference = judged(name, cast)
    card = preview_disclosure(reference, partner="AVIM", reader=cast.anna, now=MONDAY + 3 * HOUR, description="Gedwongen.")
    words = " ".join(f"{f.id} {f.label.nl} {f.label.en}" for f in card.fields).lower()
    assert not ACCUSES & set(words.replace(":", " ").split())
    reasons = closing_page(reference, reader=cast.anna, now=MONDAY + 3 * HOUR).reasons
    assert not ACCUSES & set(" ".join(f"{r.label.nl} {r.label.en}" for r in reasons).lower().split())


def test_no_column_says_that_somebody_is_an_offender():
    from django.apps import apps

    names = {field.name for model in apps.get_app_config("meldroute").get_models() for field in model._meta.get_fields()}
    assert not ACCUSES & names


@pytest.mark.requirement("S-1.2-17")
def test_where_a_form_is_chosen_the_page_says_that_who_was_forced_is_a_victim_first(cast):
    reference = taken_up("CASE-3", cast)
    page = signed_in(cast.anna).get(f"/signalen/{reference}/duidelijk/").content.decode()
    said = page.index("is a victim first, also when they are a suspect elsewhere")
    assert "S-1.2-17" in page[said:][:600]


# Evidence: cases 2 and 4


@pytest.mark.parametrize("name", ["CASE-2", "CASE-4"])
def test_images_and_notebooks_are_evidence_and_nothing_asks_for_them(cast, name):
    """The desk is told so where it looks things up, and no form of its acts takes a file."""
    reference, anna = taken_up(name, cast), signed_in(cast.anna)
    enriching = anna.get(f"/signalen/{reference}/verrijken/").content.decode()
    assert "are evidence" in enriching
    for address in ("verrijken", "contact", "duidelijk", "advies", "melden/AVIM", "melden/AVIM/wat"):
        shown = anna.get(f"/signalen/{reference}/{address}/").content.decode()
        assert 'type="file"' not in shown, address
        assert "multipart/form-data" not in shown, address


def test_case_4_what_was_seen_goes_to_the_police_in_words_only(cast):
    reference = judged("CASE-4", cast)
    card = preview_disclosure(reference, partner="AVIM", reader=cast.anna, now=MONDAY + 3 * HOUR, description="In woorden.")
    words = " ".join(f"{f.id} {f.label.en}" for f in card.fields).lower()
    assert not {"image", "photo", "picture", "video", "file", "attachment"} & set(words.replace(":", " ").split())


def test_case_2_enrichment_is_desk_research(cast):
    limits = enrichment_page(taken_up("CASE-2", cast), reader=cast.anna, now=MONDAY + 3 * HOUR).limits
    assert any("bezocht" in line.text.nl for line in limits)


# Who it is about


def test_case_1_a_group_at_a_place_is_one_signal_without_a_named_victim(cast):
    taken_up("CASE-1", cast)
    signal = Signal.objects.get()
    assert (signal.about, signal.minor) == (CASES["CASE-1"].about, CASES["CASE-1"].minor)


def test_case_3_an_earlier_report_that_went_wrong_can_keep_a_partner_out(cast):
    reference = judged("CASE-3", cast)
    exclude_partner(reference, "ZOCO", reason="Na een eerdere melding ging het mis.", reader=cast.anna, now=MONDAY + 3 * HOUR)
    set_danger(reference, True, reason="Zij en haar dochter worden bedreigd.", reader=cast.anna, now=MONDAY + 3 * HOUR)
    shown = page(reference, cast)
    assert shown.excluded == ("ZOCO_HELMOND",)
    assert "AVIM" in {call.partner for call in shown.calls}


def test_case_3_a_child_in_the_case_asks_for_the_age(cast):
    shown = page(taken_up("CASE-3", cast), cast)
    assert shown.minor is not False
    assert shown.minor_advice


def test_case_4_who_is_just_18_is_an_adult_and_who_may_be_younger_is_asked_about(cast):
    assert CASES["CASE-4"].minor is False
    assert not page(taken_up("CASE-4", cast), cast).minor_advice


def test_case_5_of_a_minor_no_means_have_to_be_shown(cast):
    """A form and why: nothing asks whether the child was forced, and consent is no question."""
    reference = judged("CASE-5", cast)
    assert page(reference, cast).minor is True
    assert "refer" in may(reference, cast)
    asked = judging_page(taken_up("CASE-5", cast), reader=cast.anna, now=MONDAY + 3 * HOUR)
    assert {f.form.id for f in asked.forms} >= {"CU", "SU"}
