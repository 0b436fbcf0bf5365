"""What stands around the pages: headers, redirects, errors, addresses that nobody of us wrote, and files."""

import logging
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from meldroute.storage.models import Draft, HistoryEntry, Signal
from tests.cast import PASSWORD
from tests.services.passing_on_help import reported
from tests.signing_in import sign_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = ("https://kwaad.example/", "//kwaad.example/", "/\\kwaad.example", "javascript:alert(1)", "http:///kwaad.example")


@pytest.mark.parametrize("next", ELSEWHERE)
def test_no_door_leads_to_another_site(cast, next):
    client = Client()
    into = client.post(reverse("account_login") + f"?next={next}",
                       {"login": "bram@voorbeeld.example", "password": PASSWORD, "next": next})
    assert into.status_code == 302
    assert into.url.startswith("/")
    assert "kwaad" not in into.url
    words = client.post(reverse("set_language"), {"language": "en", "next": next}, headers={"referer": next})
    assert "kwaad" not in words.url
    assert "javascript" not in words.url
    out = client.post(reverse("account_logout"), {"next": next})
    assert "kwaad" not in out.url


@pytest.mark.parametrize("next", ["/\r\nSet-Cookie: a=b", "/%0d%0aSet-Cookie:%20a=b"])
def test_no_header_is_made_of_what_somebody_typed(cast, next):
    client = signed_in(cast.bram)
    answer = client.post(reverse("set_language"), {"language": "en", "next": next})
    assert "a" not in {name.lower() for name in answer.cookies}
    assert "\n" not in str(answer.headers.get("Location", ""))


def test_another_host_gets_no_page_and_its_name_stands_nowhere(cast, caplog):
    answer = Client().get("/account/login/", headers={"host": "kwaad.example"})
    assert answer.status_code == 400
    assert "kwaad" not in answer.content.decode()
    assert "kwaad" not in caplog.text.replace("Invalid HTTP_HOST", "") or _quiet(caplog)


def _quiet(caplog) -> bool:
    from meldroute.project.logs import NoPaths, QuietFormatter

    told = []
    for record in caplog.records:
        NoPaths().filter(record)
        told.append(QuietFormatter().format(record))
    return "kwaad" not in "".join(told)


def test_every_kind_of_answer_is_closed(cast):
    reference = reported(cast)
    anna, bram = signed_in(cast.anna), signed_in(cast.bram)
    answers = [
        anna.get(reverse("signal", args=[reference])), anna.get("/nergens/"), anna.post(reverse("signal", args=[reference])),
        bram.get(reverse("proof_of_report", args=[reference])), Client().get(reverse("danger")),
        Client().get(reverse("work_list")), Client(enforce_csrf_checks=True).post(reverse("report"), {"narrative": "x"}),
        Client().get("/antwoord/x/"), Client().get(reverse("account_login")),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" in answer.headers["Cache-Control"] or answer.request["PATH_INFO"] == reverse("danger")
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_post_needs_its_own_site_s_token(cast):
    reference = reported(cast)
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, cast.anna.user)
    for address in (reverse("take_up", args=[reference]), reverse("choose_membership"), reverse("set_language"),
                    reverse("notices_seen"), "/antwoord/x/", reverse("account_logout"), reverse("people_appoint")):
        assert strict.post(address, {"version": 1, "code": "1"}).status_code == 403, address
    assert Signal.objects.get().version == 1


STRANGE = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00+00:00", "x")
ROW = "12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize("at", STRANGE)
def test_a_place_in_a_list_that_we_never_wrote_is_the_top_of_the_list(cast, at):
    reported(cast)
    for who, name, place in (("bram", "my_reports", f"{at}_{ROW}"), ("nel", "disclosures", f"{at}~{ROW}"),
                             ("anna", "work_list", f"1~{at}~{ROW}"), ("anna", "notifications", f"{at}~{ROW}"),
                             ("anna", "work_list", f"{10**30}~{at}~{ROW}")):
        for key in ("na", "voor"):
            assert signed_in(getattr(cast, who)).get(reverse(name), {key: place}).status_code == 200, (name, place)


@pytest.mark.parametrize("typed", ["\x00", "a\x00b", "MR-\x007K3Q2M9T-C", "\ud800", "x" * 5000])
def test_marks_that_no_database_keeps_are_answered_and_not_stumbled_over(cast, typed):
    reference = reported(cast)
    anna, frits = signed_in(cast.anna), signed_in(cast.frits)
    sent = typed.encode("utf-8", "surrogatepass")
    from urllib.parse import quote

    for client, address in ((anna, f"{reverse('flow')}?signaal={quote(sent)}"),
                            (anna, f"{reverse('find_signal')}?kenmerk={quote(sent)}"),
                            (anna, f"/signalen/{quote(sent)}/"), (anna, f"/signalen/{reference}/melden/{quote(sent)}/"),
                            (anna, f"{reverse('record_contact', args=[reference])}?met={quote(sent)}"),
                            (anna, f"{reverse('work_list')}?groep={quote(sent)}&na={quote(sent)}"),
                            (Client(), f"/antwoord/{quote(sent)}/"),
                            (frits, f"/instellingen/contact/{quote(sent)}/")):
        assert client.get(address).status_code < 500, address
    people = frits.post(reverse("people"), f"search={quote(sent)}", content_type="application/x-www-form-urlencoded")
    assert people.status_code < 500


def test_a_forgotten_password_says_the_same_with_the_mail_server_down(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    told = []
    for email in ("bram@voorbeeld.example", "niemand@voorbeeld.example"):
        client = Client(raise_request_exception=False)
        told.append(client.post(reverse("account_reset_password"), {"email": email}).status_code)
    assert told[0] == told[1]


def test_a_reset_mail_leads_to_this_site_whatever_host_was_asked(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Client().post(reverse("account_reset_password"), {"email": "bram@voorbeeld.example"},
                  headers={"host": "localhost:6666"})
    links = re.findall(r"https?://\S+", mail.outbox[-1].body)
    assert links
    assert all(link.startswith(settings.MELDROUTE_BASE_URL + "/") for link in links)


def test_the_proof_names_nobody(cast):
    reference = reported(cast)
    answer = signed_in(cast.bram).get(reverse("proof_of_report", args=[reference]))
    file = answer.content
    assert file.startswith(b"%PDF")
    for word in (b"Bram", b"Balie", b"bram@", str(cast.bram.user).encode(), b"/Author"):
        assert word not in file
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}.pdf"'


def test_no_row_joins_the_reporter_s_account_to_the_signal(cast):
    """Through every table: no clear text of a row about the signal names the account or its membership."""
    from django.apps import apps

    client = signed_in(cast.bram)
    page = client.get(reverse("report"))
    client.post(reverse("report"), {"form_token": page.context["token"], "narrative": "x" * 20})
    reference = reported(cast)
    client.get(reverse("receipt", args=[reference]))
    client.get(reverse("my_reports"))
    signal = Signal.objects.get(reference=reference)
    people = (str(cast.bram.user), str(cast.bram.membership), "bram@voorbeeld.example", "Bram Balie")
    for model in apps.get_models():
        for row in model._default_manager.values():
            text = repr(row)
            if str(signal.pk) in text or repr(signal.pk) in text or reference in text:
                assert not [p for p in people if p in text], model
    read = HistoryEntry.objects.filter(signal=signal.pk)
    assert {e.actor_kind for e in read} == {"reporter"}
    assert not Draft.objects.exclude(submission="").filter(person_tie=signal.reporter_tie).exists()


def test_what_goes_wrong_is_logged_without_words_of_the_page(cast, monkeypatch, capsys):
    from meldroute.web.pages import report as page

    def broken(*_args, **_more):
        raise RuntimeError("Geheime Gerda woont op de Nepstraat")

    monkeypatch.setattr(page, "register_signal", broken)
    client = Client(raise_request_exception=False)
    sign_in(client, cast.bram.user)
    token = client.get(reverse("report")).context["token"]
    answer = client.post(reverse("report"), {
        "form_token": token, "narrative": "Geheime Gerda woont op de Nepstraat", "about": "person", "danger": "no",
        "minor": "unknown", "name_allowed": "no", "about_colleague": "no", "care_provider": "no", "channel": "form"})
    if answer.status_code == 500:
        assert "RuntimeError" not in answer.content.decode()
        assert "Traceback" not in answer.content.decode()
    assert "Gerda" not in capsys.readouterr().err
    assert logging.getLogger("django").level == logging.WARNING


def test_choices_that_no_page_offered_are_refused_where_they_are_asked(cast):
    reference = reported(cast)
    anna = signed_in(cast.anna)
    strange = {"version": "1", "forms_chosen": ["ONZIN", "\x00", "AU' OR 1=1"], "conclusion": "ONZIN", "item": "ONZIN",
               "whose": ["ONZIN"], "partner": "ONZIN", "experts": ["ONZIN"], "indicators": ["ONZIN"], "channel": "ONZIN",
               "legal_basis": "ONZIN", "answer": "ONZIN", "reason": "ONZIN", "outcome": "ONZIN", "send": "1"}
    from tests.hostile.scenes import ADDRESSES, OF_A_SIGNAL

    for name in OF_A_SIGNAL:
        if set(ADDRESSES[name]) == {"reference"}:
            for version in ("1", "x", "", "9" * 30, "-1"):
                sent = anna.post(reverse(name, args=[reference]), strange | {"version": version})
                assert sent.status_code < 500, (name, version)
