"""Retention and papers in a real browser: two persons destroy, the privacy officer reads, the manager sets a term."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meldroute.services import keeping
from meldroute.storage.models import KeptSignal, Signal
from tests.cast import PASSWORD
from tests.services.retention_help import closed

pytestmark = pytest.mark.django_db(transaction=True)


def enter(visitor, sign_in, name):
    page = visitor()
    sign_in(page, f"{name}@voorbeeld.example", PASSWORD)
    return page


def test_two_persons_destroy_what_may_be_kept_no_longer(visitor, sign_in, cast, look):
    held, gone = closed(cast), closed(cast)
    closed(cast, "other_phenomenon")
    today = timezone.localdate()
    KeptSignal.objects.filter(outcome="no_trafficking").update(
        closed_on=today - timedelta(days=400), warned_on=today - timedelta(days=40), next_look_at=timezone.now())
    keeping.keep_terms(now=timezone.now())
    anna = enter(visitor, sign_in, "anna")
    anna.goto(f"/signalen/{held}/")
    anna.get_by_role("link", name="Hoe lang dit wordt bewaard, en waarom").click()
    look(anna, "keeping")
    anna.get_by_label("Er loopt een klacht of bezwaar").check()
    anna.locator("[name=until]").fill((today + timedelta(days=60)).isoformat())
    anna.get_by_role("button", name="Houd dit signaal vast").click()
    anna.get_by_text("Het wordt nu vastgehouden.").wait_for()
    look(anna, "keeping-held")
    anna.goto("/bewaren/")
    look(anna, "retention-desk")
    anna.get_by_role("link", name="geen mensenhandel, bewaard: 1 jaar").click()
    look(anna, "destruction-propose")
    anna.get_by_role("button", name="Draag voor om te vernietigen").click()
    anna.get_by_text("Voorgedragen.").wait_for()

    pia = enter(visitor, sign_in, "pia")
    pia.goto("/bewaren/")
    look(pia, "retention-officer")
    pia.get_by_role("link", name="geen mensenhandel, bewaard: 1 jaar").click()
    look(pia, "destruction-approve")
    pia.get_by_role("button", name="Vernietig wat op deze lijst staat").click()
    pia.get_by_text("1 signaal is vernietigd.").wait_for()
    look(pia, "destruction-certificate")
    assert set(Signal.objects.values_list("reference", flat=True)) >= {held}
    assert not Signal.objects.filter(reference=gone).exists()

    bram = enter(visitor, sign_in, "bram")
    bram.goto("/mijn-meldingen/")
    assert bram.get_by_role("heading", name="Niet meer bewaard").is_visible()
    look(bram, "my-reports-gone")


def test_papers_terms_and_totals(visitor, sign_in, cast, look):
    closed(cast)
    pia = enter(visitor, sign_in, "pia")
    pia.goto("/papieren/")
    look(pia, "papers")
    for paper in ("dpia", "register", "logboeken", "cryptografie", "dreigingen", "verantwoordelijken"):
        pia.goto(f"/papieren/{paper}/")
        look(pia, f"paper-{paper}")
    pia.goto("/papieren/incident/")
    look(pia, "incident")
    frits = enter(visitor, sign_in, "frits")
    frits.goto("/instellingen/bewaartermijnen/")
    look(frits, "settings-retention")
    karel = enter(visitor, sign_in, "karel")
    karel.goto("/keten/afgehandeld/")
    look(karel, "chain-handled")
