"""Shielding, reading in an emergency and oversight, as they are used: narrow and wide, accessible."""

from datetime import timedelta

import pytest
from django.utils import timezone

from meldroute.services import shielding
from meldroute.storage.models import EmergencyReading, Membership, Signal, UnusualReading
from tests.cast import PASSWORD
from tests.services.passing_on_help import reported

pytestmark = pytest.mark.django_db(transaction=True)


def test_shield_open_in_an_emergency_and_judge(visitor, sign_in, cast, look):
    reference, other = reported(cast), reported(cast)
    anna, dina, pia = visitor(), visitor(), visitor()
    sign_in(dina, "dina@voorbeeld.example", PASSWORD)
    dina.goto("/noodgeval/")
    look(dina, "emergency-ask")
    dina.locator("[name=reference]").fill(other)
    dina.locator("[name=reason]").fill("De politie belt over een verzonnen zaak. Anna en Bo nemen niet op.")
    dina.get_by_role("button", name="Nu openen").click()
    look(dina, "emergency-error")
    dina.locator("[name=sure]").check()
    dina.get_by_role("button", name="Nu openen").click()
    dina.get_by_text("U leest dit in een noodgeval").wait_for()
    look(dina, "emergency-signal")

    sign_in(anna, "anna@voorbeeld.example", PASSWORD)
    anna.goto(f"/signalen/{reference}/")
    anna.get_by_role("link", name="Dit signaal afschermen").click()
    look(anna, "shield")
    anna.locator("[name=reason]").fill("Bo kent de verzonnen familie.")
    anna.get_by_role("button", name="Vastleggen wie het mag lezen").click()
    anna.get_by_text("Alleen de mensen die u aanvinkte mogen dit signaal nu lezen").wait_for()
    look(anna, "signal-shielded")
    anna.goto(f"/signalen/{reference}/afschermen/")
    look(anna, "shield-change")
    assert Signal.objects.get(reference=reference).shielded

    UnusualReading.objects.create(municipality=cast.helmond, membership_id=cast.anna.membership, day=timezone.localdate(),
                                  opened=42, usual=6, at=timezone.now())
    sign_in(pia, "pia@voorbeeld.example", PASSWORD)
    pia.goto("/toezicht/noodgevallen/")
    look(pia, "oversight")
    pia.get_by_role("button", name="bekeken, niet in orde").click()
    pia.get_by_text("Uw bevinding is vastgelegd").wait_for()
    look(pia, "oversight-judged")
    assert EmergencyReading.objects.get().verdict == "not_fine"
    pia.goto("/berichten/")
    look(pia, "oversight-notices")


def test_a_signal_without_a_reader(visitor, sign_in, cast, look):
    reference = reported(cast)
    shielding.shield(reference, named=[cast.anna.membership], reason="x", reader=cast.anna, now=timezone.now())
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=timezone.localdate() - timedelta(days=1))
    dina = visitor()
    sign_in(dina, "dina@voorbeeld.example", PASSWORD)
    dina.goto("/zonder-lezer/")
    look(dina, "abandoned")
    dina.get_by_role("button", name="Laat hen het lezen").click()
    look(dina, "abandoned-error")
    dina.get_by_label("Bo Buddy").check()
    dina.get_by_role("button", name="Laat hen het lezen").click()
    dina.get_by_text("Er zijn er geen.").wait_for()
    look(dina, "abandoned-none")
