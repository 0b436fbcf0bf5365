"""The focal point's pages of enriching and judging, as they are used: on a phone and at a desk, by keyboard and mouse."""

import pytest

from meldroute.storage.models import Contact, Referral
from tests.cast import MONDAY, PASSWORD
from tests.services.acting_cases import advised, ask, clear, enriched, reported, signal, taken_up

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = "anna@voorbeeld.example"


@pytest.fixture
def anna(visitor, sign_in, cast):
    page = visitor()
    sign_in(page, ANNA, PASSWORD)
    return page


def test_a_vague_signal_from_the_list_to_advice(anna, cast, look):
    reference = reported(cast, narrative="De bewoner durft niet te praten.", where="Bedachtestraat 1")
    page = anna
    page.goto(f"/signalen/{reference}/")
    page.get_by_role("link", name="Pak het signaal op").click()
    look(page, "take-up")
    page.get_by_role("button", name="Pak dit signaal op").click()
    page.get_by_text("U hebt dit signaal opgepakt").wait_for()

    for item in ("Adresgegevens", "Eerder opgelegde sancties"):
        page.goto(f"/signalen/{reference}/verrijken/")
        page.get_by_label(item).check()
        page.get_by_label("gevonden", exact=True).check()
        page.locator("[name=text]").fill("Vier personen ingeschreven.")
        page.locator("[name=source]").fill("BRP")
        if item == "Adresgegevens":
            page.locator("form button[type=submit]").last.click()  # the legal basis is still missing
            page.get_by_text("Vier personen ingeschreven.").first.wait_for()
            look(page, "enrich-error")
        page.locator("[name=legal_basis]").select_option("verrijken-taak")
        page.locator("form button[type=submit]").last.click()
        page.wait_for_url(f"**/signalen/{reference}/")
    page.goto(f"/signalen/{reference}/verrijken/")
    look(page, "enrich")

    page.goto(f"/signalen/{reference}/kenmerken/")
    page.locator("[name=summary]").fill("Iemand werkt veel en durft niet te praten.")
    page.locator("details summary").nth(1).click()
    look(page, "assess")
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(f"**/signalen/{reference}/")

    page.goto(f"/signalen/{reference}/advies/")
    look(page, "ask-advice")
    page.locator("[name=how-AVIM]").select_option("phone")
    page.locator("[name=look]").click()
    page.get_by_role("heading", name="AVIM").wait_for()
    look(page, "ask-advice-shown")
    page.locator("[name=send]").click()
    page.wait_for_url(f"**/signalen/{reference}/")
    assert signal(reference).state == "advies"


def test_the_experts_conclude_and_the_route_stands_there_first(anna, cast, look):
    reference = enriched(cast)
    ask(cast, reference, "AVIM", "TFRIEC")
    advised(cast, reference, "AVIM", text="Dit lijkt op seksuele uitbuiting.", steps="Bel ons bij nieuws.")
    page = anna
    page.goto(f"/signalen/{reference}/conclusie/")
    look(page, "conclude")
    page.locator("[name=conclusion][value=trafficking]").check()
    page.locator("[name=whose]").first.check()
    page.locator("[name=text]").fill("Seksuele uitbuiting.")
    page.get_by_text("Mensenhandel: welke vorm").click()
    page.get_by_label("SU: ").check()
    page.locator("form button[type=submit]").last.click()
    page.locator("[name=confirm]").wait_for()
    look(page, "conclude-route")
    page.locator("[name=confirm]").click()
    page.wait_for_url(f"**/signalen/{reference}/")
    assert (signal(reference).state, signal(reference).forms) == ("melden", ["SU"])


@pytest.mark.parametrize("javascript", [True, False])
def test_clear_and_called_by_phone(visitor, sign_in, cast, look, javascript):
    reference = taken_up(cast, minor=True)
    page = visitor(javascript=javascript)
    sign_in(page, ANNA, PASSWORD)
    page.goto(f"/signalen/{reference}/duidelijk/")
    page.get_by_label("SU: ").check()
    page.locator("[name=why]").fill("Zij vertelde het zelf.")
    page.locator("form button[type=submit]").last.click()
    page.locator("[name=confirm]").wait_for()
    if javascript:
        look(page, "judge-clear-route")
    page.locator("[name=confirm]").click()
    page.wait_for_url(f"**/signalen/{reference}/")

    page.goto(f"/signalen/{reference}/contact/?met=AVIM")
    if javascript:
        look(page, "contact-passing-on")
    page.locator("[name=reached][value=yes]").check()
    page.locator("[name=whom]").fill("dienstdoende rechercheur")
    page.locator("[name=meanwhile][value=nothing]").check()
    page.locator("[name=description]").fill("Iemand werkt veel en durft niet te praten.")
    page.locator("[name=fields_given][value=description]").check()
    for field in ("narrative", "where", "when", "forms", "noticed"):
        box = page.locator(f"[name=fields_given][value={field}]")
        if box.count():
            box.uncheck()
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(f"**/signalen/{reference}/")
    assert (Contact.objects.count(), Referral.objects.get().channel) == (1, "phone")
    assert page.get_by_text("Doe intussen niets").count() or page.get_by_text("intussen").count()


def test_the_small_pages(anna, cast, look):
    page = anna
    lead, member = clear(cast, "AU"), taken_up(cast, danger=True)
    for name, address in (
        ("judge-clear", f"{member}/duidelijk/"), ("contact", f"{member}/contact/"), ("bundle", f"{member}/bundelen/"),
        ("unbundle-not-yet", f"{member}/losmaken/"), ("minor", f"{member}/leeftijd/"), ("danger-change", f"{member}/gevaar/"),
        ("exclude", f"{lead}/niet-delen/"), ("ask-advice-not-yet", f"{lead}/advies/"),
    ):
        page.goto(f"/signalen/{address}")
        look(page, name)


def test_a_conflict_keeps_what_was_typed_and_shows_the_way(anna, cast, look):
    from meldroute.services.assessment import set_minor

    reference = taken_up(cast)
    page = anna
    page.goto(f"/signalen/{reference}/gevaar/")
    page.locator("[name=danger][value=yes]").check()
    page.locator("[name=reason]").fill("Zij belde huilend op.")
    set_minor(reference, True, how_known="School.", reader=cast.bo, now=MONDAY)
    page.locator("form button[type=submit]").last.click()
    page.locator("[name=looked]").wait_for()
    look(page, "conflict")
    assert page.locator("[name=reason]").input_value() == "Zij belde huilend op."
    page.locator("[name=looked]").check()
    page.locator("form button[type=submit]").last.click()
    page.wait_for_url(f"**/signalen/{reference}/")
    assert signal(reference).danger
