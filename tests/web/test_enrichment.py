"""The pages to take up, look things up and say what the desk makes of it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meldroute.services.assessment import set_minor
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Enrichment, Signal
from tests.cast import MONDAY
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
FACT = {"item": "adres", "outcome": "found", "subject": "place", "text": "Vier personen ingeschreven.",
        "source": "BRP", "legal_basis": "verrijken-taak"}


@pytest.fixture
def reference(cast):
    return register_signal(NewSignal("Er klopt iets niet."), reader=cast.bram, submission=uuid4(), now=MONDAY).reference


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def version(reference):
    return Signal.objects.get(reference=reference).version


def test_taking_up_says_what_will_happen_then_does_it(anna, reference):
    page = anna.get(f"/signalen/{reference}/oppakken/")
    assert page.status_code == 200
    assert "Nobody outside the municipality hears anything yet" in page.content.decode()
    assert anna.post(f"/signalen/{reference}/oppakken/", {"version": version(reference)}).status_code == 302
    assert Signal.objects.get().state == "verrijken"


def test_reading_a_page_changes_nothing(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    before = Signal.objects.values().get()
    for page in ("oppakken", "verrijken", "kenmerken", "leeftijd", "gevaar", "niet-delen"):
        assert anna.get(f"/signalen/{reference}/{page}/").status_code == 200
    assert Signal.objects.values().get() == before


@pytest.mark.requirement("S-B2-29", "S-B1-02")
def test_the_page_says_what_enrichment_is_and_where_each_item_comes_from(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    anna.cookies["django_language"] = "nl"
    page = anna.get(f"/signalen/{reference}/verrijken/").content.decode()
    assert "Niemand wordt bezocht, gebeld of ondervraagd." in page
    for item in ("Adresgegevens", "Eerder opgelegde sancties", "Vergunningen", "Andere relevante zaken", "S-B2-29"):
        assert item in page


def test_a_fact_goes_in_with_source_and_basis(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    sent = anna.post(f"/signalen/{reference}/verrijken/", FACT | {"version": version(reference)})
    assert (sent.status_code, sent.url) == (302, f"/signalen/{reference}/")
    assert Enrichment.objects.get().item == "adres"


def test_a_fact_without_source_stays_on_the_page_with_everything_typed(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    back = anna.post(f"/signalen/{reference}/verrijken/", FACT | {"source": "", "version": version(reference)})
    page = back.content.decode()
    assert back.status_code == 400
    assert "Name the source you looked in." in page
    assert "Vier personen ingeschreven." in page
    assert not Enrichment.objects.exists()


def test_somebody_else_was_first_keeps_the_text_and_asks_to_look(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    seen = version(reference)
    add_fact(reference, NewFact("sancties", "nothing", "", "Handhaving", "verrijken-taak"), reader=cast.bo, now=MONDAY)

    back = anna.post(f"/signalen/{reference}/verrijken/", FACT | {"version": seen})
    page = back.content.decode()
    assert back.status_code == 409
    assert "Vier personen ingeschreven." in page
    assert f'href="/signalen/{reference}/"' in page
    assert f'name="version" value="{version(reference)}"' in page

    again = FACT | {"version": version(reference), "conflict": "1"}
    assert anna.post(f"/signalen/{reference}/verrijken/", again).status_code == 400  # nobody looked yet
    assert anna.post(f"/signalen/{reference}/verrijken/", again | {"looked": "on"}).status_code == 302
    assert Enrichment.objects.count() == 2


def test_a_step_that_is_not_open_says_why_and_what_opens_it(anna, reference):
    page = anna.get(f"/signalen/{reference}/verrijken/").content.decode()
    assert "This signal stands at" in page
    assert "This can be done at: Verrijken" in page or "This can be done at: Enriching" in page
    assert "<textarea" not in page
    refused = anna.post(f"/signalen/{reference}/verrijken/", FACT | {"version": version(reference)})
    assert refused.status_code == 409
    assert "Vier personen ingeschreven." in refused.content.decode()


@pytest.mark.parametrize("page", ["oppakken", "verrijken", "kenmerken", "leeftijd", "gevaar", "niet-delen"])
def test_whoever_may_not_see_it_finds_nothing(cast, reference, page):
    for reader in (cast.noor, cast.dina, cast.bram, cast.nel, cast.karel, cast.frits, cast.pia):
        client = signed_in(reader)
        assert client.get(f"/signalen/{reference}/{page}/").status_code == 404
        assert client.post(f"/signalen/{reference}/{page}/", {"version": 1}).status_code == 404
    assert signed_in(cast.anna).get(f"/signalen/MR-ZZZZZZZZ-Z/{page}/").status_code == 404


def test_age_unknown_asks_first_and_yes_brings_the_meldcode(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)
    assert "Ask the reporter or a partner first" in anna.get(f"/signalen/{reference}/verrijken/").content.decode()
    set_minor(reference, True, how_known="School.", reader=cast.anna, now=MONDAY)
    page = anna.get(f"/signalen/{reference}/verrijken/").content.decode()
    assert "0800-2000" in page
    assert "remains your own duty" in page
    assert "still to be checked" in page  # how sure that line is


def test_danger_age_and_exclusion_are_saved_from_their_pages(anna, reference):
    def post(page, **typed):
        return anna.post(f"/signalen/{reference}/{page}/", typed | {"version": version(reference)}).status_code

    assert post("gevaar", danger="yes", reason="Zij belde huilend.") == 302
    assert post("leeftijd", minor="yes", how_known="") == 409
    assert post("leeftijd", minor="yes", how_known="Zij zit op school.") == 302
    assert post("niet-delen", partner="+TFRIEC", reason="Kent de familie.") == 302
    assert "Kent de familie." in anna.get(f"/signalen/{reference}/niet-delen/").content.decode()
    assert post("niet-delen", partner="-TFRIEC", reason="Niet meer.") == 302
    assert (Signal.objects.get().danger, Signal.objects.get().minor) == (True, True)


def test_indicators_show_strength_in_words_and_a_counter_takes_nothing_away(anna, reference):
    page = anna.get(f"/signalen/{reference}/kenmerken/").content.decode()
    assert "points the other way; never subtracts" in page
    assert "(strong" in page
    assert "Indicators prove nothing" in page or "Indicatoren bewijzen niets" in page
    assert "%" not in page.split('id="main"')[1].split("</form>")[0]


def test_the_indicators_that_were_ticked_come_back(anna, reference):
    page = anna.get(f"/signalen/{reference}/kenmerken/")
    first = page.context["page"].indicators[0].indicator.id
    typed = {"summary": "Mogelijk gedwongen werk.", "indicators": [first], "version": version(reference)}
    assert anna.post(f"/signalen/{reference}/kenmerken/", typed).status_code == 302
    again = anna.get(f"/signalen/{reference}/kenmerken/").content.decode()
    assert f'value="{first}" checked' in again
    assert "Mogelijk gedwongen werk." in again


def test_the_enrichment_page_costs_the_same_with_many_facts(cast, anna, reference):
    take_up(reference, reader=cast.anna, now=MONDAY)

    def costs() -> int:
        with CaptureQueriesContext(connection) as asked:
            anna.get(f"/signalen/{reference}/verrijken/")
        return len(asked)

    def look_up(number: int) -> None:
        fact = NewFact("anders", "found", f"Feit {number}", "dossier", "verrijken-taak")
        add_fact(reference, fact, reader=cast.anna, now=MONDAY)

    look_up(0)
    costs()  # the first page of a session also writes when it was last used
    with_one = costs()
    for number in range(1, 5):
        look_up(number)
    assert costs() == with_one <= 20
