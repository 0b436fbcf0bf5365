"""Enrichment is desk research: every item has an outcome, every fact its source and legal basis."""

from datetime import timedelta
from uuid import uuid4

import pytest

from meldroute.rules.lifecycle import StepRefused
from meldroute.services.assessment import (
    SignalClosed,
    UnknownChoice,
    admit_partner,
    assess,
    assessment_page,
    exclude_partner,
    set_danger,
    set_minor,
)
from meldroute.services.desk import EditConflict, NoSuchSignal, key_of
from meldroute.services.enrichment import (
    BasisNotOffered,
    FactIncomplete,
    NewFact,
    NotOnChecklist,
    add_fact,
    enrichment_page,
)
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.referral import ReasonMissing
from meldroute.services.taking_up import take_up
from meldroute.storage.facts import excluded_partners
from meldroute.storage.models import Clock, Enrichment, HistoryEntry, Message, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import facts

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = NewFact("adres", "found", "Vier personen ingeschreven.", "BRP, opgevraagd via Burgerzaken", "verrijken-taak",
                  "place")


def report(cast, **said):
    return register_signal(NewSignal("Er klopt iets niet.", **said), reader=cast.bram, submission=uuid4(),
                           now=MONDAY).reference


@pytest.fixture
def taken_up(cast):
    reference = report(cast)
    take_up(reference, reader=cast.anna, now=MONDAY)
    return reference


def signal(reference):
    return Signal.objects.get(reference=reference)


@pytest.mark.requirement("S-B1-02", "S-B2-29")
def test_a_fact_is_kept_with_its_source_and_legal_basis(cast, taken_up):
    add_fact(taken_up, ADDRESS, reader=cast.anna, now=MONDAY)

    row = Enrichment.objects.get(signal=signal(taken_up))
    assert (row.item, row.outcome, row.legal_basis, row.by_id) == ("adres", "found", "verrijken-taak", cast.anna.membership)
    assert row.unseal("content_sealed", key=key_of(row.signal_id)) == {
        "text": "Vier personen ingeschreven.", "source": "BRP, opgevraagd via Burgerzaken", "subject": "place"}
    assert b"ingeschreven" not in bytes(row.content_sealed)
    page = enrichment_page(taken_up, reader=cast.anna, now=MONDAY)
    assert {i.item.id: len(i.facts) for i in page.items}["adres"] == 1
    assert [(i.item.id, i.item.required) for i in page.items[:2]] == [("adres", True), ("sancties", True)]


def test_one_item_may_hold_several_facts(cast, taken_up):
    for minute, text in enumerate(("Vier personen.", "Het pand is een loods.")):
        add_fact(taken_up, NewFact("adres", "found", text, "BRP", "verrijken-taak"), reader=cast.anna,
                 now=MONDAY + timedelta(minutes=minute))
    assert [f.text for f in enrichment_page(taken_up, reader=cast.anna, now=MONDAY).items[0].facts] == [
        "Vier personen.", "Het pand is een loods."]


@pytest.mark.parametrize(("fact", "missing"), [
    (NewFact("adres", "found", "", "BRP", "verrijken-taak"), ("text",)),
    (NewFact("adres", "found", "Iets", " ", "verrijken-taak"), ("source",)),
    (NewFact("adres", "found", "Iets", "BRP", ""), ("legal_basis",)),
    (NewFact("adres", "nothing", "", "", ""), ("source", "legal_basis")),
    (NewFact("adres", "impossible", "", "", ""), ("text",)),
])
def test_what_a_fact_needs_depends_on_its_outcome(cast, taken_up, fact, missing):
    with pytest.raises(FactIncomplete) as refused:
        add_fact(taken_up, fact, reader=cast.anna, now=MONDAY)
    assert refused.value.missing == missing
    assert not Enrichment.objects.exists()


@pytest.mark.parametrize("fact", [
    NewFact("adres", "nothing", "", "BRP", "verrijken-taak"),
    NewFact("adres", "impossible", "Geen adres bekend.", "", ""),
])
def test_nothing_found_and_not_looked_up_are_outcomes_too(cast, taken_up, fact):
    add_fact(taken_up, fact, reader=cast.anna, now=MONDAY)
    assert facts(taken_up).checked == {"adres"}


@pytest.mark.parametrize(("fact", "error"), [
    (NewFact("bankrekening", "found", "x", "y", "verrijken-taak"), NotOnChecklist),
    (NewFact("adres", "gegokt", "x", "y", "verrijken-taak"), NotOnChecklist),
    (NewFact("adres", "found", "x", "y", "verrijken-taak", "dier"), NotOnChecklist),
    (NewFact("adres", "found", "x", "y", "toestemming"), BasisNotOffered),
])
def test_only_what_the_policy_offers_is_accepted(cast, taken_up, fact, error):
    with pytest.raises(error):
        add_fact(taken_up, fact, reader=cast.anna, now=MONDAY)


def test_nothing_is_looked_up_before_somebody_took_the_signal_up(cast):
    with pytest.raises(Exception, match="enrich"):
        add_fact(report(cast), ADDRESS, reader=cast.anna, now=MONDAY)


def test_another_municipality_and_another_lane_find_no_signal(cast, taken_up):
    for stranger in (cast.noor, cast.dina, cast.bram, cast.karel, cast.nel):
        with pytest.raises(NoSuchSignal):
            add_fact(taken_up, ADDRESS, reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            enrichment_page(taken_up, reader=stranger, now=MONDAY)
    colleague = report(cast, about_colleague=True)
    with pytest.raises(NoSuchSignal):
        take_up(colleague, reader=cast.anna, now=MONDAY)
    take_up(colleague, reader=cast.dina, now=MONDAY)


def test_a_second_editor_gets_a_conflict(cast, taken_up):
    seen = signal(taken_up).version
    add_fact(taken_up, ADDRESS, reader=cast.anna, now=MONDAY, version=seen)
    with pytest.raises(EditConflict):
        add_fact(taken_up, ADDRESS, reader=cast.bo, now=MONDAY, version=seen)
    assert Enrichment.objects.count() == 1


def test_a_refusal_leaves_nothing_behind(cast):
    reference = report(cast)
    take_up(reference, reader=cast.anna, now=MONDAY)
    entries = HistoryEntry.objects.count()
    with pytest.raises(Exception, match="take_up"):
        take_up(reference, reader=cast.bo, now=MONDAY)
    assert (HistoryEntry.objects.count(), signal(reference).version) == (entries, 2)


def test_opening_the_page_is_logged_and_says_what_it_was(cast, taken_up):
    enrichment_page(taken_up, reader=cast.bo, now=MONDAY)
    last = HistoryEntry.objects.filter(act="signal.read").get()
    assert (last.actor, last.details) == (str(cast.bo.membership), {"part": "enrichment"})


# What the desk makes of it


def test_danger_raised_alerts_the_other_and_shortens_the_clock(cast, taken_up):
    before = signal(taken_up).next_due_at
    Message.objects.all().delete()

    set_danger(taken_up, True, reason="Zij belde huilend op.", reader=cast.bo, now=MONDAY)

    after = signal(taken_up)
    assert (after.danger, after.urgency) == (True, 0)
    assert after.next_due_at < before
    assert [(m.kind, m.membership_id) for m in Message.objects.all()] == [("danger_received", cast.anna.membership)]
    running = Clock.objects.filter(signal=after, stopped_at=None)
    assert sorted(running.values_list("norm", flat=True)) == ["avim-bellen", "verrijken"]  # call, and enrich sooner


def test_danger_lowered_needs_a_reason_and_keeps_the_clock(cast):
    reference = report(cast, danger=True)
    due = signal(reference).next_due_at
    with pytest.raises(ReasonMissing):
        set_danger(reference, False, reason=" ", reader=cast.anna, now=MONDAY)
    set_danger(reference, True, reason="Nog niet.", reader=cast.anna, now=MONDAY)
    set_danger(reference, False, reason="De politie is geweest; iedereen is veilig.", reader=cast.anna, now=MONDAY)
    after = signal(reference)
    assert not Clock.objects.filter(norm="avim-bellen", stopped_at=None).exists()  # nobody has to be called any more
    assert (after.danger, after.urgency, after.next_due_at) == (False, 3, due)
    assert b"veilig" not in bytes(after.assessment_sealed)


def test_unknown_age_says_ask_first_and_yes_brings_veilig_thuis_and_the_meldcode(cast, taken_up):
    def lines():
        return [line.id for line in enrichment_page(taken_up, reader=cast.anna, now=MONDAY).minor_lines]

    assert lines() == ["leeftijd-onbekend", "meldcode-eigen-plicht"]
    set_minor(taken_up, True, how_known="De school bevestigt het.", reader=cast.anna, now=MONDAY)
    assert lines() == ["minderjarig-veilig-thuis", "minderjarig-meldcode", "meldcode-eigen-plicht"]
    assert (signal(taken_up).minor, signal(taken_up).urgency) == (True, 2)
    set_minor(taken_up, False, how_known="Geboortejaar volgens de BRP.", reader=cast.anna, now=MONDAY)
    assert lines() == []


def test_yes_or_no_about_age_says_how_that_is_known(cast, taken_up):
    for answer in (True, False):
        with pytest.raises(ReasonMissing):
            set_minor(taken_up, answer, how_known="", reader=cast.anna, now=MONDAY)
    set_minor(taken_up, None, how_known="", reader=cast.anna, now=MONDAY)


def test_indicators_have_words_and_no_score(cast, taken_up):
    assess(taken_up, summary="Mogelijk gedwongen werk.", indicators=(), reader=cast.anna, now=MONDAY)
    seen = assessment_page(taken_up, reader=cast.anna, now=MONDAY).indicators
    strong = next(s.indicator.id for s in seen if s.strength == "strong")
    counter = next(s.indicator.id for s in seen if s.counter)

    assess(taken_up, summary="Mogelijk gedwongen werk.", indicators=(strong,), reader=cast.anna, now=MONDAY)
    urgency = signal(taken_up).urgency
    assess(taken_up, summary="Mogelijk gedwongen werk.", indicators=(strong, counter), reader=cast.anna, now=MONDAY)

    page = assessment_page(taken_up, reader=cast.anna, now=MONDAY)
    assert {s.indicator.id for s in page.indicators if s.chosen} == {strong, counter}
    assert next(s for s in page.indicators if s.indicator.id == strong).strength == "strong"
    assert signal(taken_up).urgency == urgency  # nothing is added up and nothing is taken away
    assert not any(isinstance(getattr(s.indicator, name), int) for s in seen for name in s.indicator.__slots__)
    assert not any(isinstance(v, int) and not isinstance(v, bool) for s in seen for v in (s.strength, s.chosen, s.reported))


def test_an_unknown_indicator_is_refused(cast, taken_up):
    with pytest.raises(UnknownChoice):
        assess(taken_up, summary="", indicators=("onderbuik",), reader=cast.anna, now=MONDAY)


def test_a_partner_can_be_kept_out_and_let_in_again_with_a_reason(cast, taken_up):
    def excluded():
        row = signal(taken_up)
        return excluded_partners(row, key=key_of(row.pk))

    with pytest.raises(ReasonMissing):
        exclude_partner(taken_up, "TFRIEC", reason="", reader=cast.anna, now=MONDAY)
    with pytest.raises(UnknownChoice):
        exclude_partner(taken_up, "BUURMAN", reason="Kent de familie.", reader=cast.anna, now=MONDAY)
    exclude_partner(taken_up, "TFRIEC", reason="Een medewerker kent de familie.", reader=cast.anna, now=MONDAY)
    assert excluded() == {"TFRIEC"}
    assert "TFRIEC" not in str(HistoryEntry.objects.filter(act="partner.excluded").get().details)
    admit_partner(taken_up, "TFRIEC", reason="Die medewerker is er weg.", reader=cast.anna, now=MONDAY)
    assert excluded() == frozenset()


def test_keeping_the_care_coordinator_out_keeps_out_the_body_that_is_told(cast, taken_up):
    exclude_partner(taken_up, "ZOCO", reason="Familie van de bewoner.", reader=cast.anna, now=MONDAY)
    row = signal(taken_up)
    assert excluded_partners(row, key=key_of(row.pk)) == {"ZOCO_HELMOND"}
    offered = {id for id, _ in assessment_page(taken_up, reader=cast.anna, now=MONDAY).partners}
    assert not offered & {"ZOCO", "ZOCO_HELMOND", "ZOCO_LUMENS"}


def test_a_closed_signal_keeps_what_it_was(cast, taken_up):
    Signal.objects.filter(reference=taken_up).update(kind="end", state="afgehandeld")
    for change in (
        lambda: set_danger(taken_up, True, reason="x", reader=cast.anna, now=MONDAY),
        lambda: set_minor(taken_up, True, how_known="x", reader=cast.anna, now=MONDAY),
        lambda: assess(taken_up, summary="x", indicators=(), reader=cast.anna, now=MONDAY),
        lambda: exclude_partner(taken_up, "TFRIEC", reason="x", reader=cast.anna, now=MONDAY),
    ):
        with pytest.raises(SignalClosed):
            change()


def test_a_refused_step_names_what_would_open_it(cast):
    reference = report(cast)
    page = enrichment_page(reference, reader=cast.anna, now=MONDAY)
    assert page.act.refusal.opens_with
    assert not isinstance(page.act.refusal, StepRefused)
