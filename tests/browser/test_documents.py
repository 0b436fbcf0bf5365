"""Documents and safe contact in a real browser: added, opened, hidden, and read before anybody is called."""

import pytest
from django.utils import timezone

from meldroute.rules.safe_contact import SafeContact
from meldroute.services.delivery import deliver_due
from meldroute.services.feedback import give_feedback
from meldroute.storage.models import Attachment
from tests.browser.people import make_person
from tests.services import files
from tests.services.passing_on_help import passing


@pytest.fixture(autouse=True)
def no_scanner_by_choice(settings):
    settings.MELDROUTE_SCANNER = "off"


@pytest.fixture
def reference(cast, mail_server):
    said = SafeContact(how=("work_phone",), when="op werkdagen voor drie uur", when_not="nooit thuis", no_automatic=True)
    found = passing(cast, "SU", safe_contact=said, now=timezone.now())
    give_feedback(found, text="Wij hebben ernaar gekeken.", reader=cast.anna, now=timezone.now())
    deliver_due(now=timezone.now())
    return found


def test_a_document_is_added_saved_and_hidden_from_everybody(visitor, sign_in, look, reference):
    anna = make_person(visitor, sign_in, look, "anna", width=320)
    anna.opens(f"/signalen/{reference}/bijlagen/").keeps_picture("documents-empty")
    anna.page.locator("input[type=file]").set_input_files({"name": "brief.pdf", "mimeType": "application/pdf", "buffer": files.pdf()})
    anna.fills("about", "Brief van de verzonnen woningcorporatie").presses()
    anna.sees("Document 1 is toegevoegd", "brief.pdf").keeps_picture("documents")
    with anna.page.expect_download() as waiting:
        anna.page.get_by_role("link", name="Document 1: brief.pdf").click()
    assert waiting.value.suggested_filename == f"{reference}-1.pdf"
    anna.page.locator("input[type=file]").set_input_files({"name": "film.docx", "mimeType": "text/plain", "buffer": b"PK\x03\x04 word/"})
    anna.fills("about", "Iets anders")
    anna.page.locator("main button.nl-button--primary").click()
    anna.sees("Bewaar het als PDF").keeps_picture("documents-refused")
    anna.opens(f"/signalen/{reference}/bijlagen/").follows("hoort hier niet").keeps_picture("documents-hide")
    anna.presses("Scherm het nu af").sees("Bel nu de politie").keeps_picture("documents-hidden")
    assert Attachment.objects.get().hidden_at
    anna.opens(f"/signalen/{reference}/bijlagen/").keeps_picture("documents-list-hidden")


def test_safe_contact_is_read_before_a_number(visitor, sign_in, look, reference):
    anna = make_person(visitor, sign_in, look, "anna")
    anna.opens(f"/signalen/{reference}/").sees("Veilig contact: lees dit voordat u belt", "nooit thuis").keeps_picture("signal-safe-contact")
    anna.opens(f"/signalen/{reference}/veilig-contact/slachtoffer/").keeps_picture("safe-contact")
    anna.chooses("safe_interpreter", "known_person")
    anna.page.locator("main button.nl-button--primary").click()
    anna.sees("Alleen een beroepstolk").keeps_picture("safe-contact-refused")
    anna.chooses("safe_interpreter", "professional").fills("safe_when_not", "niet bellen als Boze Bert thuis is").presses()
    anna.opens(f"/signalen/{reference}/contact/").sees("Boze Bert").keeps_picture("contact-safe-contact")
    anna.opens(f"/signalen/{reference}/veilig-contact/gedaan/").keeps_picture("safe-contact-done")
    anna.presses().sees("zoals is afgesproken")


def test_a_reporter_is_asked_how_to_be_reached(visitor, sign_in, look, cast):
    bram = make_person(visitor, sign_in, look, "bram", width=320)
    bram.opens("/melden/").fills("safe_when", "op werkdagen").keeps_picture("report-safe-contact")
