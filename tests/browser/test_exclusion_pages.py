"""A partner with whom a signal is not shared, as the desk sees it."""

from meldroute.services.assessment import exclude_partner
from tests.browser.people import make_person, stop_the_clock
from tests.cast import MONDAY
from tests.services.acting_cases import clear


def test_excluded_in_danger_the_police_stay_on_the_page_and_without_danger_skipping_is_offered(cast, visitor, sign_in, look, monkeypatch):
    stop_the_clock(monkeypatch, MONDAY)
    danger, calm = clear(cast, "SU", danger=True), clear(cast, "SU")
    for reference in (danger, calm):
        exclude_partner(reference, "AVIM", reason="Een neef van haar werkt daar.", reader=cast.anna, now=MONDAY)
    anna = make_person(visitor, sign_in, look, "anna")
    anna.opens(f"/signalen/{danger}/").sees("Bellen gaat nog steeds voor").keeps_picture("signaal-niet-delen-gevaar")
    anna.opens(f"/signalen/{danger}/contact/?met=AVIM").keeps_picture("contact-niet-delen-gevaar")
    anna.opens(f"/signalen/{calm}/melden/AVIM/").keeps_picture("melden-niet-delen")
    anna.follows("Sla deze partner over").fills("reason", "Een neef van haar werkt daar.").presses()
    anna.opens(f"/signalen/{calm}/").sees("overgeslagen, met een reden").keeps_picture("signaal-overgeslagen")
