"""Nothing that reached the server from the report page is lost or doubled."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

import meldroute
from meldroute.storage.models import Draft, Message, Signal
from tests.cast import MONDAY
from tests.web.report_help import STORY, opened, send, signed_in, signed_in_again, text_of

pytestmark = pytest.mark.django_db(transaction=True)


# Once, and only once


def test_a_double_click_is_one_report(bram):
    form = opened(bram) | {"narrative": STORY}
    first, second = bram.post("/melden/", form), bram.post("/melden/", form)
    assert first.url == second.url
    assert Signal.objects.count() == 1
    assert Message.objects.count() == 1


def test_other_words_on_a_page_that_was_sent_are_a_new_report_and_not_lost(bram):
    form = opened(bram)
    bram.post("/melden/", form | {"narrative": STORY})
    changed = bram.post("/melden/", form | {"narrative": "Iets heel anders."})
    assert changed.status_code == 409
    assert "Iets heel anders." in changed.content.decode()
    assert Signal.objects.get().reference in changed.content.decode()
    bram.post("/melden/", {"form_token": changed.context["token"], "narrative": "Iets heel anders."})
    assert Signal.objects.count() == 2


def test_danger_that_is_ticked_on_a_page_that_was_sent_is_not_swallowed(bram):
    form = opened(bram) | {"narrative": STORY}
    bram.post("/melden/", form)
    assert bram.post("/melden/", form | {"danger": "on"}).status_code == 409


def test_a_page_of_yesterday_shows_the_text_again_and_is_still_the_same_report(bram, at):
    form = opened(bram) | {"narrative": STORY}
    at(MONDAY + timedelta(hours=25))
    bram = signed_in_again(bram)
    again = bram.post("/melden/", form)
    assert again.status_code == 409
    assert STORY in again.content.decode()
    fresh = form | {"form_token": again.context["token"]}
    first, second = bram.post("/melden/", fresh), bram.post("/melden/", fresh)
    assert (first.status_code, first.url) == (302, second.url)
    assert Signal.objects.count() == 1


def test_a_damaged_token_costs_a_click_and_no_text(bram):
    again = bram.post("/melden/", {"form_token": "kapot", "narrative": STORY})
    assert again.status_code == 400
    assert STORY in again.content.decode()
    assert bram.post("/melden/", {"form_token": again.context["token"], "narrative": STORY}).status_code == 302


def test_a_form_that_another_person_opened_is_kept_for_that_person_and_shown_to_nobody_else(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    frits = signed_in(cast.frits)
    refused = frits.post("/melden/", form)
    assert refused.status_code == 409
    assert Signal.objects.count() == 0
    assert STORY not in refused.content.decode() + frits.get("/melden/").content.decode()
    assert STORY in bram.get("/melden/").content.decode()


# What reached the server survives


def raising(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def test_an_expired_login_keeps_the_text_until_the_same_person_signs_in_and_sends_it(bram, cast):
    form = opened(bram) | {"narrative": STORY, "danger": "on", "where": "Verzonnenweg 12"}
    bram.logout()
    out = bram.post("/melden/", form)
    assert out.status_code == 403
    assert "verzegeld bewaard" in text_of(out)
    assert STORY not in out.content.decode()
    assert STORY not in signed_in(cast.frits).get("/melden/").content.decode()

    page = signed_in(cast.bram).get("/melden/")
    assert STORY in page.content.decode()
    assert page.context["form"]["danger"].value() == "on"
    assert page.context["open"]["place"] is True
    sent = signed_in(cast.bram).post("/melden/", form | {"form_token": page.context["token"]})
    assert sent.status_code == 302
    assert (Signal.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_failed_check_against_forged_forms_keeps_the_text(cast, at):
    client = signed_in(cast.bram, enforce_csrf_checks=True)
    refused = client.post("/melden/", opened(client) | {"narrative": STORY})
    assert refused.status_code == 403
    assert "verzegeld bewaard" in text_of(refused)
    assert Signal.objects.count() == 0
    assert STORY in client.get("/melden/").content.decode()


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("kapot"), 500), (OperationalError("weg"), 503)])
def test_an_error_half_way_keeps_the_text(bram, monkeypatch, error, status):
    bram.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("meldroute.web.pages.report.register_signal", raising(error))
        failed = send(bram)
    assert failed.status_code == status
    assert "verzegeld bewaard" in text_of(failed)
    assert 'href="tel:112"' in failed.content.decode()
    assert STORY in bram.get("/melden/").content.decode()


def test_what_cannot_even_be_kept_is_given_back(bram, monkeypatch):
    bram.raise_request_exception = False
    form = opened(bram)
    monkeypatch.setattr("meldroute.web.pages.report.register_signal", raising(OperationalError("weg")))
    monkeypatch.setattr("meldroute.services.drafts.Draft.objects.update_or_create", raising(OperationalError("weg")))
    failed = bram.post("/melden/", form | {"narrative": STORY})
    assert failed.status_code == 503
    assert "kopieer het" in text_of(failed)
    assert STORY in failed.content.decode()


def test_a_check_against_forged_forms_gives_old_text_back_but_repeats_no_other_sites_words(cast, at):
    client = signed_in(cast.bram, enforce_csrf_checks=True)
    form = opened(client) | {"narrative": STORY}
    at(MONDAY + timedelta(hours=25))
    assert STORY in client.post("/melden/", form).content.decode()
    forged = client.post("/melden/", {"form_token": "verzonnen", "narrative": "Bel dit nummer van mij."})
    assert "Bel dit nummer" not in forged.content.decode()


def test_what_is_typed_stays_out_of_the_browsers_own_memory(bram):
    assert 'autocomplete="off"' in bram.get("/melden/").content.decode()
    script = (Path(meldroute.__file__).parent / "web" / "static" / "meldroute.js").read_text()
    for storage in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
        assert storage not in script


def test_a_draft_can_be_thrown_away_by_its_owner_only(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    bram.logout()
    bram.post("/melden/", form)
    bram = signed_in(cast.bram)
    kept = bram.get("/melden/").context["draft"]
    signed_in(cast.frits).post("/melden/concept/", {"draft": kept})
    assert Draft.objects.count() == 1
    assert bram.post("/melden/concept/", {"draft": kept}).status_code == 302
    assert Draft.objects.count() == 0
    assert bram.post("/melden/concept/", {"draft": "geen"}).status_code == 404


def test_a_draft_that_cannot_be_opened_is_said_and_does_not_keep_the_form_shut(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    bram.logout()
    bram.post("/melden/", form)
    Draft.objects.update(body_sealed=b"\x02kapot")
    page = signed_in(cast.bram).get("/melden/")
    assert page.status_code == 200
    assert "kunnen het niet meer openen" in text_of(page)
