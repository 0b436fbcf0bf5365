"""The page for citizens over HTTP: no cookie, one neutral title, everything in the body of a form."""

import re

import pytest
from django.db import OperationalError
from django.test import Client

from meldroute.services.outside_limits import LIMITS
from meldroute.storage.models import Signal
from tests.outside_help import CODE, STORY, open_page, stored, worked
from tests.signing_in import signed_in
from tests.web.outside_visitor import SHOWN, URL, Visitor

pytestmark = pytest.mark.usefixtures("fresh_limits")
COOKIES = f"meldroute-session={'s' * 32}; meldroute-csrf={'c' * 32}; django_language=en"


def steps():
    """A whole visit, page by page."""
    visitor = Visitor()
    yield visitor.client.get(URL)
    yield visitor.goes("write").answer
    yield visitor.goes("send").answer  # nothing written
    yield visitor.sends().answer
    receipt = visitor.receipt
    assert len(receipt) == 30
    yield visitor.goes("check", receipt="12").answer
    yield visitor.goes("check", receipt=receipt).answer
    yield visitor.goes("return").answer
    yield visitor.goes("read", receipt="12").answer
    yield visitor.goes("read", receipt=receipt).answer
    yield visitor.goes("answer", text="Ik zag er vier.").answer


@pytest.mark.django_db(transaction=True)
def test_a_whole_visit_leaves_no_cookie_no_referrer_and_nothing_to_keep(opened):
    for answer in steps():
        assert not answer.cookies
        assert "cookie" not in answer.headers.get("Vary", "").lower()
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert re.findall(r"<title>(.*?)</title>", answer.content.decode()) == ["Gemeente Helmond"]
        assert set(re.findall(r'(?:action|href|src)="([^"#]*)"', answer.content.decode())) >= {"/static/outside.js"}
        assert 'action="' not in answer.content.decode()  # every step goes to the one address
        assert "csrf" not in answer.content.decode()
        policy = answer.headers["Content-Security-Policy"]
        assert "connect-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.django_db(transaction=True)
def test_whoever_is_signed_in_is_nobody_here(opened):
    client = signed_in(opened.bram)
    answer = client.get(URL)
    assert not answer.cookies
    assert "Bram" not in answer.content.decode()
    answer = Client(headers={"cookie": COOKIES}).get(URL)
    assert not answer.cookies


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", [f"/informatie/{CODE}/", "/informatie/GM9999/", "/informatie/x/y/"])
def test_closed_and_unknown_are_absent_alike_and_set_no_cookie(cast, url):
    answer = Client().get(url)
    assert answer.status_code == 404
    assert not answer.cookies


@pytest.mark.django_db(transaction=True)
def test_another_site_s_page_sends_nothing(opened):
    visitor = Visitor(headers={"sec-fetch-site": "cross-site"})
    visitor.client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    visitor.goes("write")
    token = visitor.token
    answer = Client(headers={"sec-fetch-site": "cross-site"}).post(URL, {"step": "send", "token": token, "narrative": STORY})
    assert "form_token" not in answer.content.decode()
    assert Signal.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_named_or_not_what_was_said_stands_with_the_signal_and_never_again_on_the_page(opened):
    visitor = Visitor("pl").sends(name="Piotr Wymyślony", contact="06-00000000", name_allowed="yes", minor="yes",
                                  work_known="on", where="Nergensstraat")
    receipt = visitor.receipt
    signal = stored(receipt)
    assert (signal.minor, signal.lane) == (True, "regular")
    visitor.goes("check", receipt=receipt)
    assert receipt not in visitor.body
    visitor.goes("return").goes("read", receipt=receipt)
    assert "Otrzymane" in visitor.text
    assert [word for word in (STORY, "Piotr", "06-00000000", "Nergensstraat") if word in visitor.text] == []
    seen = signed_in(opened.anna, "nl").get(f"/signalen/{signal.reference}/").content.decode()
    for word in (STORY, "Piotr", "06-00000000", "Polski"):
        assert word in seen


@pytest.mark.django_db(transaction=True)
def test_the_focal_point_asks_on_the_signal_page_and_the_citizen_answers(opened):
    visitor = Visitor("en").sends()
    receipt, anna = visitor.receipt, signed_in(opened.anna)
    url = f"/signalen/{stored(receipt).reference}/vraag-aan-melder/"
    form = {"text": "How many people did you see?", "version": "1"}
    assert anna.post(url, form | {"text": "The police ask this."}).status_code == 409
    assert anna.post(url, form).status_code == 302
    visitor.goes("return").goes("read", receipt=receipt)
    assert "How many people did you see?" in visitor.text
    visitor.goes("answer", text="Four. <b>Four</b>.")
    assert "Sent. The municipality will read it." in visitor.text
    assert "Four. &lt;b&gt;Four&lt;/b&gt;." in anna.get(f"/signalen/{stored(receipt).reference}/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_who_comes_back_sees_whom_to_call_and_can_say_that_it_is_danger(opened):
    visitor = Visitor().sends()
    receipt = visitor.receipt
    visitor.goes("return")
    assert 'href="tel:112"' in _html(visitor)
    visitor.goes("read", receipt=receipt)
    assert _html(visitor).index('href="tel:112"') < _html(visitor).index("<textarea")
    visitor.goes("answer", text=" ", danger="1")
    assert re.search(r'<input[^>]+name="danger"[^>]+checked', _html(visitor)), "what was ticked stays"
    visitor.goes("answer", text="Hij slaat haar nu.", danger="1")
    assert "GEVAAR" in signed_in(opened.anna, "nl").get(f"/signalen/{stored(receipt).reference}/").content.decode()


def _html(visitor: Visitor) -> str:
    return visitor.answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_without_the_calculation_it_is_set_aside_and_let_in_with_one_button(opened):
    signal = stored(Visitor().sends(work=False).receipt)
    anna = signed_in(opened.anna, "nl")
    assert "apart gezet" in anna.get("/werklijst/").content.decode()
    page = anna.get(f"/signalen/{signal.reference}/").content.decode()
    assert f"/signalen/{signal.reference}/toelaten/" in page
    assert anna.post(f"/signalen/{signal.reference}/toelaten/").status_code == 302
    signal.refresh_from_db()
    assert signal.lane == "regular"
    assert anna.post(f"/signalen/{signal.reference}/toelaten/", follow=True).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_put_aside_needs_a_reason(opened):
    signal = stored(Visitor().sends(work=False).receipt)
    anna, url = signed_in(opened.anna), f"/signalen/{signal.reference}/geen-melding/"
    assert anna.get(url).status_code == 200
    assert anna.post(url, {"version": "1"}).status_code == 400
    assert anna.post(url, {"version": "1", "reason": "Reclame."}).status_code == 302
    assert "Reclame." in anna.get(f"/signalen/{signal.reference}/").content.decode()
    assert anna.get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_too_many_without_it_keep_what_was_typed_and_say_what_to_do(opened):
    for _ in range(LIMITS["report"]):
        Visitor().sends(work=False)
    visitor = Visitor().sends(work=False)
    assert visitor.answer.status_code == 409
    assert STORY in visitor.body
    assert SHOWN in visitor.text
    assert Visitor().sends(work=False, danger="on").receipt
    assert Visitor().sends().receipt


@pytest.mark.django_db(transaction=True)
def test_when_nothing_can_be_stored_the_text_stays(opened, monkeypatch):
    def down(*_args, **_more):
        raise OperationalError("no disk")

    visitor = Visitor().goes("write")
    monkeypatch.setattr("meldroute.services.outside.take_in", down)
    visitor.goes("send", narrative=STORY)
    assert visitor.answer.status_code == 503
    assert STORY in visitor.body


@pytest.mark.django_db(transaction=True)
def test_pages_that_are_sent_again_show_no_receipt_and_no_words(opened):
    visitor = Visitor().goes("write")
    token = visitor.token
    visitor.goes("send", narrative=STORY, work=worked(token))
    receipt, check = visitor.receipt, visitor.token
    visitor.goes("check", receipt=receipt)
    ask = visitor.goes("return").token
    visitor.goes("read", receipt=receipt)
    write = visitor.token
    visitor.goes("answer", text="Nog iets over de schuur.")
    for step, sent in (("send", {"token": token, "narrative": STORY}), ("check", {"token": check, "receipt": receipt}),
                       ("read", {"token": ask, "receipt": receipt}), ("answer", {"token": write, "text": "Nog iets over de schuur."})):
        visitor.goes(step, **sent)
        assert visitor.answer.status_code == 409
        assert [word for word in (receipt, receipt[:6], "schuur", "MR-") if word in visitor.body] == [], step
    assert Signal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_closing_a_receipt_still_opens(opened):
    from django.utils import timezone

    receipt = Visitor().sends().receipt
    open_page(opened, open=False, now=timezone.now())
    visitor = Visitor().goes("start")
    assert "geen nieuwe meldingen" in visitor.text
    assert visitor.goes("write").answer.status_code == 409
    visitor.goes("return").goes("read", receipt=receipt)
    assert "Ontvangen" in visitor.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", ["", "x", "é", "A" * 5000])
def test_a_broken_token_is_a_fresh_page(opened, broken):
    visitor = Visitor()
    for step in ("send", "check", "read", "answer", "nonsense"):
        visitor.answer = visitor.client.post(URL, {"step": step, "token": broken, "narrative": STORY, "receipt": "1" * 30,
                                                   "text": "x"})
        assert visitor.answer.status_code in (200, 400, 409)
    assert Signal.objects.count() == 0
