"""The reporter's own path on a phone: report, receipt, my reports; and what was typed comes back after an expired login."""

import pytest

from meldroute.storage.models import Draft, Signal
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
BRAM = "bram@voorbeeld.example"


def test_from_an_uneasy_feeling_to_my_reports_on_a_phone(visitor, sign_in, look, cast):
    page = visitor(width=320)
    sign_in(page, BRAM, PASSWORD)
    look(page, "report")
    page.get_by_role("button", name="Verstuur de melding").click()
    page.get_by_text("Schrijf op wat u opviel").first.wait_for()
    look(page, "report-error")
    page.locator("[name=narrative]").fill("Het voelde niet pluis.")
    page.locator("[name=danger]").check()
    page.get_by_role("button", name="Verstuur de melding").click()
    page.get_by_role("heading", name="Uw melding is ontvangen").wait_for()
    look(page, "receipt")
    reference = Signal.objects.get().reference
    with page.expect_download() as proof:
        page.get_by_role("link", name="Bewijs van melding").click()
    assert proof.value.suggested_filename == f"{reference}.pdf"
    page.get_by_role("link", name="Mijn meldingen").last.click()
    look(page, "my-reports")
    page.get_by_role("link", name=reference).click()
    page.get_by_role("heading", name="Mijn melding").wait_for()
    look(page, "my-report")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_expired_login_costs_a_password_and_no_text(visitor, sign_in, look, cast, javascript):
    page = visitor(width=320, javascript=javascript)
    sign_in(page, BRAM, PASSWORD)
    page.locator("[name=narrative]").fill("Getypt, en toen weggeroepen.")
    page.locator("[name=minor][value=yes]").check()
    page.context.clear_cookies(name="meldroute-session")
    page.get_by_role("button", name="Verstuur de melding").click()
    page.get_by_role("heading", name="U bent uitgelogd").wait_for()
    if javascript:
        look(page, "signed-out")
    page.get_by_role("link", name="Log in en ga verder").click()
    page.locator("input[name=login]").fill(BRAM)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.get_by_text("Dit typte u eerder").wait_for()
    if javascript:
        look(page, "report-draft")
    assert page.locator("[name=narrative]").input_value() == "Getypt, en toen weggeroepen."
    assert page.locator("[name=minor][value=yes]").is_checked()
    page.get_by_role("button", name="Verstuur de melding").click()
    page.get_by_role("heading", name="Uw melding is ontvangen").wait_for()
    assert (Signal.objects.count(), Draft.objects.count()) == (1, 0)


def test_danger_is_there_for_everybody(visitor, look, db):
    page = visitor(width=320)
    page.goto("/gevaar/")
    page.get_by_role("link", name="112").first.wait_for()
    look(page, "danger")
    page.goto("/bestaat-niet/")
    look(page, "not-found")
