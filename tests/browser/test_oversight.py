"""The privacy officer at work: who saw a file, what was refused, and a request from the desk to its answer."""

import pytest
from django.utils import timezone

from meldroute.services import refusals
from tests.browser.people import make_person
from tests.services.passing_on_help import pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_saw_this_file_and_what_was_refused(cast, visitor, sign_in, look):
    now = timezone.now()
    reference = passing(cast, narrative="Verzonnen verhaal.", now=now)
    pass_on(cast, reference, "ISZW", now=now)
    refusals.remember(cast.frits, area="work_list", now=now, reference=reference)
    refusals.remember(cast.noor, area="work_list", now=now, reference=reference)
    pia = make_person(visitor, sign_in, look, "pia")
    pia.opens("/").sees("Wie zag dit dossier?").keeps_picture("oversight")
    pia.fills("kenmerk", reference).presses("Toon wie het zag")
    pia.sees("Anna Aandacht", "de melder", "Noor Nabij", "Vertel dit niet aan wie ernaar vraagt").keeps_picture("file-log")
    pia.follows("Terug naar toezicht").follows("Toon wat is geweigerd")
    pia.sees("Frits Functioneel", reference).keeps_picture("refusals")


def test_a_request_from_the_desk_to_its_answer(cast, visitor, sign_in, look):
    pia = make_person(visitor, sign_in, look, "pia")
    pia.opens("/verzoeken/").keeps_picture("requests-none").follows("Verzoek registreren")
    pia.keeps_picture("request-new")
    pia.chooses("kind", "access").fills("name", "Verzonnen Verzoeker").fills("contact", "per brief")
    pia.fills("question", "Wat hebben jullie over mij?").presses().sees("wacht op uw advies").keeps_picture("request")
    pia.follows("Schrijf het advies").fills("advice", "Weigeren; er loopt een onderzoek.").presses()
    pia.follows("Termijn verlengen").keeps_picture("request-extend").fills("reason", "Veel te doorzoeken.").presses()
    pia.follows("Leg het besluit vast").keeps_picture("request-decide")
    pia.chooses("decision", "refused").chooses("ground", "investigation").fills("decided_by", "W. Wethouder (mandaat)")
    pia.fills("motivation", "Zie het advies.").presses()
    pia.sees("Voor iedereen hetzelfde", "Uit deze brief kunt u dus niet opmaken").keeps_picture("request-decided")
    pia.presses("Het antwoord is verstuurd").sees("De klok is gestopt.")
    pia.follows("Terug naar de verzoeken").keeps_picture("requests")
