"""A call with a partner, or an attempt: recorded from every open state, and the referral while passing on."""

from datetime import UTC, datetime, timedelta

import pytest

from meldroute.rules.disclosure import DisclosureRefused, Grounds
from meldroute.rules.lifecycle import Refused, StepRefused
from meldroute.services.assessment import exclude_partner, set_danger
from meldroute.services.contact import (
    ContactIncomplete,
    ContactInFuture,
    ContactTooEarly,
    NewContact,
    NoSuchPartner,
    Told,
    contact_page,
    record_contact,
)
from meldroute.services.desk import EditConflict, NoSuchSignal, key_of
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.passing_on import PassOn, pass_on, skip_partner
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.models import Clock, Contact, Disclosure, HistoryEntry, Referral, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import MINIMUM, call, called, clear, enriched, facts, reported, signal, taken_up, tried

pytestmark = pytest.mark.django_db(transaction=True)
CALL_AGAIN = "avim-bellen"


def calling_clock(reference):
    return Clock.objects.filter(signal=signal(reference), norm=CALL_AGAIN, stopped_at=None)


@pytest.mark.requirement("S-B1-12")
def test_a_call_keeps_whom_when_how_their_reference_and_what_was_agreed(cast):
    reference = taken_up(cast)
    call(cast, reference, called(whom="Rechercheur Verzonnen", reference="2026-0001", agreements="Zij bellen terug.",
                                 channel="phone", at=MONDAY - timedelta(minutes=5)))
    row = Contact.objects.get()
    assert (row.partner, row.reached, row.channel, row.at) == ("AVIM", True, "phone", MONDAY - timedelta(minutes=5))
    assert row.unseal("content_sealed", key=key_of(row.signal_id)) == {
        "whom": "Rechercheur Verzonnen", "reference": "2026-0001", "agreements": "Zij bellen terug.",
        "meanwhile": "nothing", "meanwhile_text": ""}
    assert b"Verzonnen" not in bytes(row.content_sealed)
    assert "Verzonnen" not in str(list(HistoryEntry.objects.values_list("details", flat=True)))


@pytest.mark.requirement("S-B2-30")
def test_contact_with_the_urgent_partner_is_one_step_away_in_every_open_state(cast):
    reference = reported(cast)
    for state, kind in (("ontvangen", "entry"), ("verrijken", "enrich"), ("advies", "advice"),
                        ("gezamenlijk-besluit", "decide"), ("terugkoppelen", "report_back"), ("gebundeld", "bundled")):
        Signal.objects.filter(reference=reference).update(state=state, kind=kind)
        call(cast, reference)
    assert Contact.objects.count() == 6
    assert not Referral.objects.exists()  # outside passing on, a call is a call
    Signal.objects.filter(reference=reference).update(state="afgehandeld", kind="end")
    with pytest.raises(Exception, match="record_contact"):
        call(cast, reference)


def test_an_attempt_after_they_were_spoken_to_starts_no_clock(cast):
    reference = taken_up(cast)
    call(cast, reference)
    call(cast, reference, tried())
    assert not calling_clock(reference).exists()


def test_in_danger_the_clock_to_call_runs_from_the_moment_it_is_taken_up(cast):
    reference = taken_up(cast, danger=True)
    assert calling_clock(reference).exists()
    call(cast, reference)
    assert not calling_clock(reference).exists()


def test_in_danger_the_call_lowers_urgency_and_an_attempt_does_not(cast):
    reference = reported(cast, danger=True)
    call(cast, reference, tried())
    assert signal(reference).urgency == 0
    call(cast, reference)
    assert signal(reference).urgency == 1


def test_an_attempt_keeps_the_clock_of_the_urgent_partner_running_and_a_call_stops_it(cast):
    reference = clear(cast, "SU")
    first = calling_clock(reference).get()
    call(cast, reference, tried(), now=MONDAY + timedelta(minutes=10))
    assert calling_clock(reference).get() == first  # the same clock, the same due time
    call(cast, reference, now=MONDAY + timedelta(minutes=20))
    assert not calling_clock(reference).exists()


@pytest.mark.requirement("S-B1-12", "S-B1-11")
@pytest.mark.parametrize("form", ["SU", "CU", "OV"])
def test_the_care_coordinator_comes_after_the_police_were_called_or_tried(cast, form):
    reference = clear(cast, form)
    said = {"fields": MINIMUM, "description": "Iemand heeft hulp nodig.", "grounds": Grounds(agreement="unknown")}
    read = preview_disclosure(reference, partner="ZOCO", reader=cast.anna, now=MONDAY, **said)
    to_care = PassOn(channel="account", shown=read.fingerprint, **said)

    def refer():
        pass_on(reference, partner="ZOCO", wanted=to_care, reader=cast.anna, now=MONDAY)

    with pytest.raises(StepRefused) as refused:
        refer()
    assert refused.value.refusal.guard == "order_kept"
    call(cast, reference, tried())
    refer()
    assert Referral.objects.get().partner == "ZOCO_HELMOND"
    assert calling_clock(reference).exists()  # the police still have to hear


def test_calling_the_care_coordinator_first_is_a_contact_and_no_referral(cast):
    """It happened, so it is recorded; the order of the policy is kept all the same."""
    reference = clear(cast, "SU")
    call(cast, reference, called("ZOCO"))
    assert Contact.objects.get().partner == "ZOCO_HELMOND"
    assert not Referral.objects.exists()


def test_while_passing_on_the_call_is_the_referral_and_what_was_ticked_the_disclosure(cast):
    reference = clear(cast, "SU")
    call(cast, reference)
    row = Referral.objects.get()
    assert (row.partner, row.purpose, row.status, row.channel) == ("AVIM", "referral", "received", "phone")
    given = Disclosure.objects.get()
    assert (given.referral_id, set(given.fields), given.channel) == (row.pk, MINIMUM, "phone")
    text = given.unseal("content_sealed", key=key_of(given.signal_id))["text"]
    assert "Iemand werkt veel en durft niet te praten." in text
    assert Clock.objects.filter(referral=row, stopped_at=None).count() == 1


def test_a_disclosure_that_may_not_go_takes_the_call_back_with_it(cast):
    reference = clear(cast, "SU")
    with pytest.raises(DisclosureRefused):
        call(cast, reference, called(told=Told()))
    assert (Contact.objects.count(), Referral.objects.count(), Disclosure.objects.count()) == (0, 0, 0)


def test_a_partner_that_is_kept_out_is_told_nothing(cast):
    reference = clear(cast, "AU")
    exclude_partner(reference, "ISZW", reason="Kent de werkgever.", reader=cast.anna, now=MONDAY)
    with pytest.raises(DisclosureRefused):
        call(cast, reference, called("ISZW"))
    assert next(p for p in contact_page(reference, partner="ISZW", reader=cast.anna, now=MONDAY).partners
                if p.id == "ISZW").excluded


@pytest.mark.requirement("S-B2-30")
def test_danger_that_comes_after_a_talk_asks_for_another_one(cast):
    reference = taken_up(cast)
    call(cast, reference)
    set_danger(reference, True, reason="Zij wordt nu bedreigd.", reader=cast.anna, now=MONDAY)
    assert calling_clock(reference).exists()
    assert signal(reference).urgency == 0
    assert not open_signal(reference, reader=cast.anna, now=MONDAY).contacted  # "call first" stands on the page
    call(cast, reference)
    assert not calling_clock(reference).exists()
    assert signal(reference).urgency == 1
    set_danger(reference, False, reason="Zij is veilig.", reader=cast.anna, now=MONDAY)
    set_danger(reference, True, reason="Toch niet.", reader=cast.anna, now=MONDAY)
    set_danger(reference, False, reason="Vergissing.", reader=cast.anna, now=MONDAY)
    assert not calling_clock(reference).exists()


@pytest.mark.requirement("S-B2-30")
def test_danger_after_a_talk_holds_every_step_that_lets_it_through_until_the_next_talk(cast):
    """Guard, facts, page and work list say the same: whoever was spoken to does not know of this danger."""
    reference = clear(cast, "AU", danger=True)
    call(cast, reference)
    assert not facts(reference).call_again
    set_danger(reference, False, reason="Zij is veilig.", reader=cast.anna, now=MONDAY)
    set_danger(reference, True, reason="Toch niet.", reader=cast.anna, now=MONDAY)
    assert (facts(reference).contacts, facts(reference).call_again) == ({"AVIM"}, True)
    with pytest.raises(StepRefused) as refused:
        skip_partner(reference, partner="ISZW", reason="Gesloten.", reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "contacted_if_danger"
    page = open_signal(reference, reader=cast.anna, now=MONDAY)
    assert not page.contacted
    held = {s.step.act for s in page.steps if isinstance(s, Refused) and s.guard == "contacted_if_danger"}
    assert {"refer", "skip_referral", "complete_referrals"} <= held
    assert signal(reference).urgency == 0

    call(cast, reference, tried())
    assert facts(reference).call_again  # an attempt is not a talk
    call(cast, reference, called("ISZW"))
    assert facts(reference).call_again  # nor is a talk with somebody else, which passes nothing on
    assert not Referral.objects.filter(partner="ISZW").exists()

    call(cast, reference)
    assert not facts(reference).call_again
    skip_partner(reference, partner="ISZW", reason="Gesloten.", reader=cast.anna, now=MONDAY)
    assert open_signal(reference, reader=cast.anna, now=MONDAY).contacted


@pytest.mark.requirement("S-B2-30")
def test_in_danger_a_call_to_the_urgent_partner_is_recorded_also_when_nothing_may_be_shared_with_it(cast):
    reference = clear(cast, "SU")
    exclude_partner(reference, "AVIM", reason="Iemand daar is betrokken.", reader=cast.anna, now=MONDAY)
    set_danger(reference, True, reason="Zij wordt bedreigd.", reader=cast.anna, now=MONDAY)
    page = contact_page(reference, partner="AVIM", reader=cast.anna, now=MONDAY)
    assert (page.passes_on, page.told) == (False, None)
    call(cast, reference)
    assert facts(reference).contacts == {"AVIM"}
    assert not calling_clock(reference).exists()
    assert not Referral.objects.exists()  # it happened; nothing was given
    assert not Disclosure.objects.exists()


def test_a_second_call_after_passing_on_is_a_contact(cast):
    reference = clear(cast, "AU")
    call(cast, reference, called("ISZW"))
    call(cast, reference, called("ISZW", agreements="Zij komen morgen langs."), now=MONDAY + timedelta(hours=1))
    assert (Contact.objects.count(), Referral.objects.count(), Disclosure.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize(("contact", "missing"), [
    (called(whom=" "), "whom"),
    (called(meanwhile=""), "meanwhile"),
    (called(meanwhile="something", meanwhile_text=""), "meanwhile_text"),
    (called(channel="postduif"), "channel"),
    (tried(outcome=""), "outcome"),
    (tried(reason=" "), "reason"),
])
def test_what_is_missing_is_named(cast, contact, missing):
    with pytest.raises(ContactIncomplete) as refused:
        call(cast, taken_up(cast), contact)
    assert refused.value.missing == missing
    assert not Contact.objects.exists()


def test_a_call_cannot_lie_in_the_future(cast):
    reference = taken_up(cast)
    with pytest.raises(ContactInFuture):
        call(cast, reference, called(at=MONDAY + timedelta(minutes=1)))
    call(cast, reference, called(at=MONDAY))


def test_a_call_lies_not_long_before_the_signal(cast):
    reference = taken_up(cast)
    call(cast, reference, called(at=MONDAY - timedelta(days=30)))
    for at in (MONDAY - timedelta(days=32), datetime(1, 1, 1, tzinfo=UTC)):
        with pytest.raises(ContactTooEarly):
            call(cast, reference, called(at=at))


def test_only_partners_of_the_policy_can_be_called(cast):
    with pytest.raises(NoSuchPartner):
        call(cast, taken_up(cast), called("BUURMAN"))


def test_an_attempt_stores_no_agreements_and_a_call_no_outcome():
    mixed = NewContact("AVIM", True, MONDAY, whom="A", outcome="other", reason="x")
    assert "outcome" not in mixed.content()
    assert set(tried().content()) == {"outcome", "reason"}


def test_two_editors_and_strangers(cast):
    reference = taken_up(cast)
    seen = signal(reference).version
    record_contact(reference, called(), reader=cast.anna, now=MONDAY, version=seen)
    with pytest.raises(EditConflict):
        record_contact(reference, called(), reader=cast.bo, now=MONDAY, version=seen)
    for stranger in (cast.noor, cast.dina, cast.bram, cast.nel):
        with pytest.raises(NoSuchSignal):
            record_contact(reference, called(), reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            contact_page(reference, partner="AVIM", reader=stranger, now=MONDAY)


def test_the_page_puts_the_urgent_partner_and_the_route_first(cast):
    reference = clear(cast, "AU")
    page = contact_page(reference, partner="", reader=cast.anna, now=MONDAY)
    assert [p.id for p in page.partners if p.on_route][:3] == ["AVIM", "ISZW", "ZOCO_HELMOND"]
    assert {"ZOCO", "ZOCO_LUMENS", "ZOCO_DENBOSCH"} & {p.id for p in page.partners} == set()
    assert not contact_page(enriched(cast), partner="AVIM", reader=cast.anna, now=MONDAY).passes_on
    assert contact_page(reference, partner="ISZW", reader=cast.anna, now=MONDAY).passes_on


def test_danger_raised_later_asks_for_the_call_before_anything_passes_on(cast):
    reference = clear(cast, "AU")
    set_danger(reference, True, reason="Opgesloten.", reader=cast.anna, now=MONDAY)
    call(cast, reference, called("ISZW"))
    assert not Referral.objects.exists()  # AVIM was not spoken to yet: this was a contact only
    call(cast, reference)
    assert facts(reference).contacts == {"AVIM", "ISZW"}
