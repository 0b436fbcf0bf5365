"""Passing on: in order, minimal, frozen, with a clock on each request; and past a partner only with a reason."""

import json

import pytest

from meldroute.rules.disclosure import DisclosureRefused
from meldroute.rules.lifecycle import StepRefused
from meldroute.rules.referral import AlreadySettled
from meldroute.services import closing, contact, disclosure, passing_on
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.assessment import exclude_partner
from meldroute.services.bundling import bundle
from meldroute.services.desk import EditConflict, NoSuchSignal, key_of
from meldroute.services.disclosures import disclosed, disclosure_card
from meldroute.services.referral import AlreadyAsked, ReasonMissing
from meldroute.storage.models import Clock, Disclosure, HistoryEntry, Message, Referral, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import STORY, pass_on, passing, reported, spoken, wanted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S-B1-12", "S-B2-30")
def test_for_sexual_exploitation_the_care_coordinator_hears_only_after_avim_was_called(cast):
    reference = passing(cast, "SU")
    with pytest.raises(StepRefused) as refused:
        pass_on(cast, reference, "ZOCO", agreement="unknown")
    assert refused.value.refusal.guard == "order_kept"
    assert not Referral.objects.exists()
    assert not Disclosure.objects.exists()

    spoken(cast, reference, "AVIM")
    sent = pass_on(cast, reference, "ZOCO", agreement="unknown")
    assert sent.partner == "ZOCO_HELMOND"


@pytest.mark.requirement("S-B1-12")
def test_an_attempt_with_its_reason_opens_the_next_step_too(cast):
    reference = passing(cast, "CU")
    tried = contact.NewContact("AVIM", False, MONDAY, outcome="no_answer", reason="drie keer geen gehoor")
    contact.record_contact(reference, tried, reader=cast.anna, now=MONDAY)
    assert pass_on(cast, reference, "ZOCO", agreement="unknown").partner == "ZOCO_HELMOND"
    assert Clock.objects.filter(norm="avim-bellen", stopped_at=None).exists(), "calling AVIM still has a clock"


@pytest.mark.requirement("S-B1-11")
@pytest.mark.parametrize("form", ["SU", "CU", "OV"])
def test_everybody_on_the_route_of_a_form_knows_before_the_signal_waits_for_partners(cast, form):
    reference = passing(cast, form)
    spoken(cast, reference, "AVIM")
    with pytest.raises(StepRefused):
        passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    pass_on(cast, reference, "ZOCO", agreement="unknown")
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    assert Signal.objects.get().kind == "await"


@pytest.mark.requirement("S-B1-11")
def test_for_labour_exploitation_the_labour_authority_and_the_care_coordinator_hear_in_any_order(cast):
    reference = passing(cast, "AU")
    pass_on(cast, reference, "ZOCO", agreement="unknown")
    pass_on(cast, reference, "ISZW")
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    assert set(Referral.objects.values_list("partner", flat=True)) == {"ZOCO_HELMOND", "ISZW"}


def test_an_extra_partner_beside_the_route_can_hear_too(cast):
    reference = passing(cast, "AU")
    assert pass_on(cast, reference, "TFRIEC").partner == "TFRIEC"


def test_what_goes_is_what_stood_on_the_screen_and_stays_frozen(cast):
    reference = passing(cast, "AU")
    card = disclosure.preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY)
    pass_on(cast, reference, "ISZW", description="")
    row = Disclosure.objects.get()
    content = row.unseal("content_sealed", key=key_of(row.signal_id))
    assert content["text"] == card.text
    assert STORY in content["text"]
    assert "Bram Balie" not in content["text"]
    assert "narrative" in row.fields
    assert "reporter_name" not in row.fields
    assert STORY.encode() not in bytes(row.content_sealed)


def test_a_text_that_changed_after_it_was_shown_does_not_go(cast):
    reference = passing(cast, "AU")
    seen = wanted(cast, reference, "ISZW")
    other = passing_on.PassOn(channel="account", fields=seen.fields | {"reporter_name"}, shown=seen.shown,
                              description=seen.description)
    with pytest.raises((disclosure.PreviewChanged, DisclosureRefused)):
        passing_on.pass_on(reference, partner="ISZW", wanted=other, reader=cast.anna, now=MONDAY)
    fewer = passing_on.PassOn(channel="account", fields=frozenset({"about"}), shown=seen.shown)
    with pytest.raises(disclosure.PreviewChanged):
        passing_on.pass_on(reference, partner="ISZW", wanted=fewer, reader=cast.anna, now=MONDAY)
    assert not Disclosure.objects.exists()


def test_each_request_has_its_own_clock_that_follows_the_answers(cast):
    reference = passing(cast, "AU")
    sent = pass_on(cast, reference, "ISZW")
    norms = Clock.objects.filter(referral=sent.referral, stopped_at=None).values_list("norm", flat=True)
    assert list(norms) == ["ontvangst"]
    for said, norm in (("received", ["besluit"]), ("taken_up", ["terugmelding"]), ("no_feedback", [])):
        answer_by_phone(reference, referral=sent.referral, new=NewAnswer(said), reader=cast.anna, now=MONDAY)
        assert list(norms.all()) == norm


@pytest.mark.requirement("S-B2-34")
def test_every_copy_asks_for_feedback_and_says_that_no_reason_is_needed(cast):
    reference = passing(cast, "AU")
    pass_on(cast, reference, "ISZW")
    row = Disclosure.objects.get()
    lines = dict(row.unseal("content_sealed", key=key_of(row.signal_id))["lines"])
    assert "Laat ons weten" in lines["Terugkoppeling"]
    assert "een reden is niet nodig" in lines["Terugkoppeling"]
    assert "Wat mag de gemeente intussen doen" in lines["Vraag"]


def test_a_partner_who_has_it_already_is_not_asked_twice(cast):
    reference = passing(cast, "AU")
    pass_on(cast, reference, "ISZW")
    with pytest.raises(AlreadyAsked):
        pass_on(cast, reference, "ISZW")


def test_skipping_needs_a_reason_and_never_passes_over_whom_the_policy_calls_first(cast):
    reference = passing(cast, "SU")
    with pytest.raises(ReasonMissing):
        passing_on.skip_partner(reference, partner="ZOCO", reason=" ", reader=cast.anna, now=MONDAY)
    with pytest.raises(StepRefused) as refused:
        passing_on.skip_partner(reference, partner="AVIM", reason="geen zin", reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "skippable"

    spoken(cast, reference, "AVIM")
    passing_on.skip_partner(reference, partner="ZOCO", reason="de persoon is uit beeld", reader=cast.anna, now=MONDAY)
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    assert Signal.objects.get().kind == "await"
    assert "uit beeld" not in json.dumps([h.details for h in HistoryEntry.objects.all()])


def test_a_request_that_never_arrived_is_set_aside_and_can_be_sent_again(cast):
    reference = passing(cast, "AU")
    sent = pass_on(cast, reference, "ISZW")
    passing_on.set_aside(reference, referral=sent.referral, how="failed", reason="adres bestaat niet",
                         reader=cast.anna, now=MONDAY)
    with pytest.raises(AlreadySettled):
        passing_on.set_aside(reference, referral=sent.referral, how="failed", reason="nog eens", reader=cast.anna,
                             now=MONDAY)
    pass_on(cast, reference, "ZOCO", agreement="unknown")
    with pytest.raises(StepRefused):
        passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    assert pass_on(cast, reference, "ISZW").referral == sent.referral
    assert Referral.objects.get(pk=sent.referral).status == "open"


def test_a_withdrawn_disclosure_shows_the_partner_nothing_more(cast):
    reference = passing(cast, "AU")
    sent = pass_on(cast, reference, "ISZW")
    assert disclosure_card(sent.referral, reader=cast.nel, now=MONDAY).copies
    disclosure.withdraw(reference, disclosure=Disclosure.objects.get().pk, reason="verkeerd verstuurd",
                        reader=cast.anna, now=MONDAY)
    with pytest.raises(NoSuchSignal):
        disclosure_card(sent.referral, reader=cast.nel, now=MONDAY)
    assert disclosed(reader=cast.nel, now=MONDAY).rows == ()
    assert Referral.objects.get().status == "withdrawn"
    assert not Clock.objects.filter(referral=sent.referral, stopped_at=None).exists()


def test_an_excluded_partner_gets_nothing(cast):
    reference = passing(cast, "AU")
    exclude_partner(reference, "ISZW", reason="iemand daar is betrokken", reader=cast.anna, now=MONDAY)
    with pytest.raises(DisclosureRefused) as refused:
        pass_on(cast, reference, "ISZW")
    assert [p.id for p in refused.value.problems] == ["excluded"]


def test_an_emergency_override_goes_out_only_in_danger_and_leaves_a_row_of_its_own(cast):
    reference = passing(cast, "AU", danger=True)
    spoken(cast, reference, "AVIM", fields=("narrative",))
    fields = frozenset({"narrative", "about"})
    with pytest.raises(DisclosureRefused) as refused:
        pass_on(cast, reference, "ZOCO", agreement="yes", fields=fields)
    assert {p.id for p in refused.value.problems} == {"no_basis"}
    pass_on(cast, reference, "ZOCO", agreement="yes", fields=fields, override=True,
            override_reason="zij moet vandaag weg")
    row = Disclosure.objects.get(partner="ZOCO_HELMOND")
    assert row.override
    logged = HistoryEntry.objects.get(act="disclosure.override")
    assert logged.details["fields"] == ["narrative"]

    calm = passing(cast, "AU")
    with pytest.raises(DisclosureRefused):
        pass_on(cast, calm, "ZOCO", agreement="yes", fields=fields, override=True, override_reason="haast")


def test_two_editors_at_once_the_second_sends_nothing(cast):
    reference = passing(cast, "AU")
    seen = wanted(cast, reference, "ISZW")
    version = Signal.objects.get().version
    passing_on.skip_partner(reference, partner="ZOCO", reason="niet nodig", reader=cast.bo, now=MONDAY, version=version)
    with pytest.raises(EditConflict):
        passing_on.pass_on(reference, partner="ISZW", wanted=seen, reader=cast.anna, now=MONDAY, version=version)
    assert not Disclosure.objects.exists()


def test_a_focal_point_elsewhere_can_neither_preview_nor_send(cast):
    reference = passing(cast, "AU")
    seen = wanted(cast, reference, "ISZW")
    for reader in (cast.noor, cast.karel, cast.nel, cast.frits, cast.dina):
        with pytest.raises(NoSuchSignal):
            disclosure.preview_disclosure(reference, partner="ISZW", reader=reader, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            passing_on.pass_on(reference, partner="ISZW", wanted=seen, reader=reader, now=MONDAY)


def test_looking_at_a_preview_changes_nothing_but_the_read_log(cast):
    reference = passing(cast, "AU")
    before = Signal.objects.values().get()
    disclosure.preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY)
    assert Signal.objects.values().get() == before
    assert HistoryEntry.objects.last().act == "signal.read"
    assert not Message.objects.filter(kind="disclosure_received").exists()


def test_what_is_bundled_follows_when_the_signal_that_leads_reports_back(cast):
    reference = passing(cast, "AU")
    member = reported(cast, narrative="Nog iemand zag hetzelfde.")
    bundle(member, reference, reader=cast.anna, now=MONDAY)
    iszw = pass_on(cast, reference, "ISZW").referral
    zoco = pass_on(cast, reference, "ZOCO", agreement="unknown").referral
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    for referral in (iszw, zoco):
        answer_by_phone(reference, referral=referral, new=NewAnswer("no_feedback"), reader=cast.anna, now=MONDAY)
    passing_on.settle(reference, reader=cast.anna, now=MONDAY)
    assert Signal.objects.get(reference=member).kind == "report_back"
    assert Clock.objects.filter(signal__reference=member, norm="terugkoppelen", stopped_at=None).count() == 1
    assert closing.closing_page(member, reader=cast.anna, now=MONDAY).act.refusal.guard == "feedback_settled"
