"""The receipt: who was alerted, who reads it and by when, and no promise where nobody has to read."""

import re

import pytest
from django.test import Client

from meldroute.storage.models import Absence, HistoryEntry, Membership, Message, Signal
from tests.cast import MONDAY, NIGHT
from tests.web.report_help import STORY, send, signed_in, signed_in_again, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def receipt_of(client: Client, **fields) -> str:
    return text_of(client.get(send(client, **fields).url))


def test_the_receipt_says_who_reads_it_by_when_and_whose_norm_that_is(bram):
    text = receipt_of(bram)
    assert Signal.objects.get().reference in text
    assert "De aandachtsfunctionaris leest uw melding vóór vandaag 14:00" in text
    assert "eigen norm, niet uit het beleid" in text
    assert "Gemeente Helmond" in text
    assert "Wis niets" in text
    assert "Reken erop" not in text


def test_danger_at_three_at_night_says_who_was_alerted_and_that_nobody_reads_it_yet(bram, at):
    at(NIGHT)
    text = receipt_of(signed_in_again(bram), danger="on")
    assert "Meteen gewaarschuwd: aandachtsfunctionaris, buddy." in text
    assert re.search(r"Reken erop dat niemand dit leest vóór vandaag 0\d:\d\d", text)
    assert "bel nu" in text
    assert "0900-8844" in text
    assert "leest uw melding vóór" not in text, "a norm is no promise while nobody has to read"


def test_with_nobody_on_duty_the_neighbour_is_alerted_and_named(bram, cast):
    for member in Membership.objects.filter(organisation=cast.helmond, role__in=("focal_point", "buddy")):
        Absence.objects.create(membership=member, from_day=MONDAY.date(), to_day=MONDAY.date())
    text = receipt_of(bram, danger="on")
    assert "Meteen gewaarschuwd: aandachtsfunctionaris Gemeente Deurne." in text
    assert "Bij Gemeente Helmond is niemand aan het werk; Gemeente Deurne neemt waar." in text


def test_with_nobody_at_all_the_receipt_says_so_and_promises_nothing(bram):
    for member in Membership.objects.filter(role__in=("focal_point", "buddy")):
        Absence.objects.create(membership=member, from_day=MONDAY.date(), to_day=MONDAY.date())
    text = receipt_of(bram, danger="on")
    assert "Bij Gemeente Helmond is nu niemand aan het werk die dit mag lezen" in text
    assert "Wacht niet op ons: bel nu." in text
    assert "leest uw melding vóór" not in text


def test_perhaps_a_minor_names_veilig_thuis_and_the_reporters_own_duty(bram):
    text = receipt_of(bram, minor="yes")
    assert "Veilig Thuis, 0800-2000" in text
    assert "blijft dat uw eigen plicht" in text


def test_about_a_colleague_only_the_designated_person_hears_and_reads(bram, cast):
    text = receipt_of(bram, about_colleague="yes", danger="on")
    assert "Meteen gewaarschuwd: aangewezen persoon." in text
    assert [m.membership_id for m in Message.objects.all()] == [cast.dina.membership]
    reference = Signal.objects.get().reference
    for other in (cast.anna, cast.bo):
        assert not Signal.objects.visible_to(other).filter(reference=reference).exists()


def test_about_a_colleague_with_nobody_designated_nothing_is_sent_and_the_text_stays(bram):
    Membership.objects.filter(role="designated").delete()
    page = send(bram, about_colleague="yes")
    assert page.status_code == 409
    assert STORY in page.content.decode()
    assert "Bel de politie (0900-8844)" in text_of(page)
    assert Signal.objects.count() == 0


def test_a_receipt_is_for_its_reporter_and_each_reading_is_recorded(bram, cast):
    address = send(bram).url
    signal = Signal.objects.get()
    assert bram.get(address).status_code == 200
    read = HistoryEntry.objects.get(act="signal.read")
    assert (read.actor_kind, read.actor, read.signal, read.details) == (
        "reporter", signal.reporter_tie, signal.pk, {"part": "receipt"})
    assert signed_in(cast.anna).get(address).status_code == 404
    assert signed_in(cast.frits).get(address).status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 2
    assert bram.get("/melden/ontvangen/MR-KAPOT/").status_code == 404
