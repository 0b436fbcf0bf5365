"""Record a call with a partner, or an attempt."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meldroute.services.assessment import exclude_partner, set_minor
from meldroute.storage.models import Contact, Disclosure, Referral, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import MINIMUM, clear, reported, taken_up
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def minute(**ago) -> str:
    return (timezone.localtime() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M")


def call(**typed):
    return {"partner": "AVIM", "reached": "yes", "at": minute(minutes=1), "channel": "phone", "whom": "dienstdoende",
            "meanwhile": "nothing", "version": Signal.objects.get().version} | typed


def attempt(**typed):
    return call(reached="no", whom="", meanwhile="", outcome="no_answer", reason="Twee keer gebeld.") | typed


@pytest.mark.requirement("S-B1-12")
def test_every_part_of_a_call_is_asked_and_kept(cast, anna):
    reference = taken_up(cast)
    page = anna.get(f"/signalen/{reference}/contact/?met=AVIM").content.decode()
    for asked in ("Whom did you speak to?", "When?", "How?", "Their reference", "What was agreed, if anything?",
                  "What may the municipality do meanwhile?"):
        assert asked in page
    sent = anna.post(f"/signalen/{reference}/contact/", call(reference="2026-1", agreements="Zij bellen terug."))
    assert (sent.status_code, sent.url) == (302, f"/signalen/{reference}/")
    assert Contact.objects.get().reached


def test_the_page_says_whom_to_call_now_and_that_an_acute_suspicion_may_not_pass(cast, anna):
    page = anna.get(f"/signalen/{reported(cast, danger=True)}/contact/?met=AVIM").content.decode()
    assert 'href="tel:0900' in page or 'href="tel:088' in page
    assert "may not be let through" in page


def test_nothing_meanwhile_stands_first_on_the_signal_page(cast, anna):
    reference = taken_up(cast)
    assert "Not asked yet: what may the municipality do meanwhile?" in anna.get(f"/signalen/{reference}/").content.decode()
    anna.post(f"/signalen/{reference}/contact/", call())
    page = anna.get(f"/signalen/{reference}/").content.decode()
    assert page.index("Do nothing meanwhile") < page.index("What was seen")


@pytest.mark.parametrize(("typed", "said"), [
    ({"whom": ""}, "Write whom you spoke to"),
    ({"meanwhile": ""}, "or that you did not ask"),
    ({"meanwhile": "something"}, "Write what the municipality may do."),
    ({"reached": "no"}, "Choose what happened when you tried."),
    ({"at": ""}, "This field is required"),
])
def test_what_is_missing_is_said_and_what_was_typed_stays(cast, anna, typed, said):
    back = anna.post(f"/signalen/{taken_up(cast)}/contact/", call(agreements="Zij bellen terug.") | typed)
    assert back.status_code == 400
    assert said in back.content.decode() or typed == {"at": ""}
    assert "Zij bellen terug." in back.content.decode()
    assert not Contact.objects.exists()


def test_a_call_that_is_still_to_come_is_refused_at_its_field(cast, anna):
    back = anna.post(f"/signalen/{taken_up(cast)}/contact/", call(at=minute(minutes=-30)))
    assert back.status_code == 409
    assert "This time is still to come." in back.content.decode()


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "1990-05-05T10:00"])
def test_a_slip_in_the_date_is_said_at_its_field(cast, anna, at):
    back = anna.post(f"/signalen/{taken_up(cast)}/contact/", call(at=at))
    assert back.status_code == 409
    assert "Check the date." in back.content.decode()


def test_while_passing_on_what_was_told_is_ticked_and_becomes_the_disclosure(cast, anna):
    reference = clear(cast, "SU")
    page = anna.get(f"/signalen/{reference}/contact/?met=AVIM").content.decode()
    assert "This call passes the signal on to AVIM" in page
    nothing = anna.post(f"/signalen/{reference}/contact/", call())
    assert nothing.status_code == 409
    assert "Nothing was ticked" in nothing.content.decode()
    assert not Contact.objects.exists()
    told = call(fields_given=sorted(MINIMUM), description="Iemand werkt veel.")
    assert anna.post(f"/signalen/{reference}/contact/", told).status_code == 302
    assert (Referral.objects.get().channel, set(Disclosure.objects.get().fields)) == ("phone", MINIMUM)


def test_an_attempt_asks_why_and_leaves_the_referral_to_be_made(cast, anna):
    reference = clear(cast, "SU")
    assert anna.post(f"/signalen/{reference}/contact/", attempt()).status_code == 302
    assert not Contact.objects.get().reached
    assert not Referral.objects.exists()


def test_a_partner_that_is_kept_out_is_marked_and_refused(cast, anna):
    reference = clear(cast, "AU")
    exclude_partner(reference, "ISZW", reason="Kent de werkgever.", reader=cast.anna, now=MONDAY)
    assert "(not shared with)" in anna.get(f"/signalen/{reference}/contact/?met=ISZW").content.decode()
    told = call(partner="ISZW", fields_given=sorted(MINIMUM), description="Iemand werkt veel.")
    refused = anna.post(f"/signalen/{reference}/contact/", told)
    assert refused.status_code == 400
    assert "Not shared with this partner" in refused.content.decode()
    assert not Contact.objects.exists()


def test_a_call_with_a_partner_that_is_kept_out_is_recorded_and_tells_them_nothing(cast, anna):
    reference = clear(cast, "AU")
    exclude_partner(reference, "ISZW", reason="Kent de werkgever.", reader=cast.anna, now=MONDAY)
    page = anna.get(f"/signalen/{reference}/contact/?met=ISZW").content.decode()
    assert "Do not call them about this signal" in page
    assert "fields_given" not in page
    assert anna.post(f"/signalen/{reference}/contact/", call(partner="ISZW")).status_code == 302
    assert Contact.objects.get().partner == "ISZW"
    assert not Disclosure.objects.exists()


def test_in_danger_a_police_partner_that_is_kept_out_is_called_all_the_same(cast, anna):
    reference = clear(cast, "SU", danger=True)
    exclude_partner(reference, "AVIM", reason="Iemand daar is betrokken.", reader=cast.anna, now=MONDAY)
    signal_page = anna.get(f"/signalen/{reference}/").content.decode()
    contact_page = anna.get(f"/signalen/{reference}/contact/?met=AVIM").content.decode()
    assert 'href="tel:112"' in signal_page
    assert "call 112, or the police number below" in contact_page
    assert all("0900-8844" in page for page in (signal_page, contact_page))


def test_an_unknown_partner_is_absent(cast, anna):
    reference = taken_up(cast)
    assert anna.get(f"/signalen/{reference}/contact/?met=BUURMAN").status_code == 404
    assert anna.post(f"/signalen/{reference}/contact/", call(partner="BUURMAN")).status_code == 404


def test_somebody_else_was_first(cast, anna):
    reference = taken_up(cast)
    typed = call(agreements="Zij bellen terug.")
    set_minor(reference, True, how_known="School.", reader=cast.bo, now=MONDAY)
    back = anna.post(f"/signalen/{reference}/contact/", typed)
    assert back.status_code == 409
    assert "Zij bellen terug." in back.content.decode()
    again = typed | {"version": Signal.objects.get().version, "conflict": "1", "looked": "on"}
    assert anna.post(f"/signalen/{reference}/contact/", again).status_code == 302


def test_whoever_may_not_see_it_finds_nothing(cast):
    reference = taken_up(cast)
    for reader in (cast.noor, cast.dina, cast.bram, cast.nel, cast.karel, cast.frits, cast.pia):
        client = signed_in(reader)
        assert client.get(f"/signalen/{reference}/contact/").status_code == 404
        assert client.post(f"/signalen/{reference}/contact/", call()).status_code == 404
    assert not Contact.objects.exists()
