"""Somebody from outside in a real browser: report in their language, answer, feedback, and be gone without a trace on the page."""

import contextlib
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from meldroute.services.outside_limits import limits
from meldroute.storage.models import Signal
from meldroute.web.outside_texts import LANGUAGES, texts_in
from tests.browser.people import make_person
from tests.outside_help import CODE, open_page

pytestmark = pytest.mark.django_db(transaction=True)
URL = f"/informatie/{CODE}/"
STORIES = {"pl": "Mieszkają w szopie za Zmyśloną 12 i boją się mówić.", "ar": "ينامون في مخزن ويخافون أن يتكلموا.",
           "nl": "Zij slapen in een verzonnen schuur en durven niet te praten."}


@pytest.fixture(autouse=True)
def fresh(settings, site):
    settings.MELDROUTE_LEAVE_TO = f"{site}/static/outside.svg"  # stands for a weather page: the test leaves no building
    limits.forget()
    expect.set_options(timeout=20_000)  # a busy machine is no failure


@pytest.fixture
def opened(cast):
    open_page(cast, now=timezone.now())
    return cast


def presses(page: Page, code: str, words: str) -> None:
    page.get_by_role("button", name=texts_in(code).say(words), exact=True).first.click()


def heading(page: Page, code: str, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=texts_in(code).say(words))).to_be_visible()


def starts(page: Page, code: str) -> None:
    page.goto(URL)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"button[name=lang][value={code}]").click()
    expect(page.locator("body[aria-busy=true]")).to_have_count(0)
    heading(page, code, "start_title")


def reports(page: Page, code: str) -> str:
    presses(page, code, "start_report")
    heading(page, code, "form_title")
    page.locator("[name=narrative]").fill(STORIES[code])
    presses(page, code, "form_send")
    heading(page, code, "receipt_title")
    return "".join(page.locator(".mr-receipt span").all_inner_texts())


def returns(page: Page, code: str, receipt: str) -> None:
    starts(page, code)
    presses(page, code, "start_return")
    page.locator("[name=receipt]").fill(" ".join(re.findall("......", receipt)))
    presses(page, code, "return_open")
    heading(page, code, "view_title")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_page_in_every_language(visitor, look, opened, code):
    page = visitor(width=320, language=code)
    page.goto(URL)
    heading(page, code, "start_title")
    assert page.title() == "Gemeente Helmond"
    look(page, f"outside-start-{code}")
    presses(page, code, "start_report")
    heading(page, code, "form_title")
    look(page, f"outside-form-{code}")
    assert page.context.cookies() == []


@pytest.mark.parametrize("code", ["pl", "ar"])
def test_report_question_answer_and_feedback(visitor, sign_in, look, opened, code):
    page = visitor(width=320)
    starts(page, code)
    receipt = reports(page, code)
    look(page, f"outside-receipt-{code}")
    page.locator("#receipt").fill(receipt[:14] + str((int(receipt[14]) + 1) % 10) + receipt[15:])
    presses(page, code, "receipt_check")
    page.get_by_text(texts_in(code).say("slip_group", number=3)).first.wait_for()
    look(page, f"outside-slip-{code}")
    page.locator("#receipt").fill(receipt)
    presses(page, code, "receipt_check")
    heading(page, code, "done_title")
    look(page, f"outside-done-{code}")

    signal = Signal.objects.get()
    assert signal.lane == "regular", "the calculation was done"
    anna = make_person(visitor, sign_in, look, "anna")
    anna.opens(f"/signalen/{signal.reference}/").sees(STORIES[code]).keeps_picture(f"outside-signal-{code}")
    anna.follows("Stel de melder een vraag").fills("text", "Hoeveel mensen zag u?").keeps_picture(f"outside-ask-{code}")
    anna.presses("Zet de vraag klaar")

    starts(page, code)
    presses(page, code, "start_return")
    look(page, f"outside-return-{code}")
    returns(page, code, receipt)
    assert page.get_by_text("Hoeveel mensen zag u?").is_visible()
    look(page, f"outside-report-{code}")
    page.locator("[name=text]").fill("4")
    presses(page, code, "form_send")
    page.get_by_text(texts_in(code).say("view_sent")).wait_for()
    anna.opens(f"/signalen/{signal.reference}/").sees("De melder")
    anna.presses("Pak het signaal op") if anna.page.get_by_role("button", name="Pak het signaal op").count() else (
        anna.follows("Pak het signaal op").presses())
    anna.opens(f"/signalen/{signal.reference}/terugkoppelen/").fills("text", "Uw melding ligt niet stil.")
    anna.presses("Toon het zoals de melder het leest").presses_named("send")

    returns(page, code, receipt)
    assert page.get_by_text("Uw melding ligt niet stil.").is_visible()
    look(page, f"outside-feedback-{code}")
    assert page.context.cookies() == []
    assert page.url.endswith(URL)


@pytest.mark.parametrize("how", ["button", "escape"])
def test_after_leaving_back_shows_nothing_of_the_report(visitor, opened, how):
    page = visitor(width=320)
    page.goto("/gevaar/")
    starts(page, "nl")
    reports(page, "nl")
    page.locator("#receipt").fill("12")
    presses(page, "nl", "receipt_check")
    page.get_by_text(texts_in("nl").say("slip_length")).first.wait_for()
    steps = page.evaluate("history.length")
    if how == "button":
        presses_leave(page)
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url("**/outside.svg")
    assert page.evaluate("history.length") == steps, "the entry was replaced"
    page.go_back()
    page.wait_for_load_state()
    assert page.url.endswith("/gevaar/"), "the whole visit was one entry, and it is gone"
    page.go_forward()
    assert STORIES["nl"] not in page.content()


def presses_leave(page: Page) -> None:
    page.get_by_role("link", name=texts_in("nl").say("leave")).click()


def test_walking_away_without_the_button_leaves_an_empty_page_too(visitor, opened):
    """Somebody types another address. Back shows the page from the start, and not what stood there."""
    page = visitor(width=320)
    starts(page, "nl")
    receipt = reports(page, "nl")
    page.goto("/gevaar/")
    page.go_back()
    page.wait_for_load_state()
    heading(page, "nl", "start_title")
    assert [word for word in (STORIES["nl"], receipt[:6]) if word in page.content()] == []


def test_without_a_script_it_works_waits_apart_and_back_shows_nothing(visitor, look, opened):
    page = visitor(width=320, javascript=False)
    starts(page, "nl")
    presses(page, "nl", "start_report")
    assert page.get_by_text(texts_in("nl").say("form_no_script")).is_visible()
    page.locator("[name=narrative]").fill(STORIES["nl"])
    presses(page, "nl", "form_send")
    heading(page, "nl", "receipt_title")
    receipt = "".join(page.locator(".mr-receipt span").all_inner_texts())
    assert Signal.objects.get().lane == "held"
    page.locator("#receipt").fill(receipt)
    presses(page, "nl", "receipt_check")
    heading(page, "nl", "done_title")
    presses_leave(page)
    page.wait_for_url("**/outside.svg")
    for _ in range(5):
        goes_where_it_can(page, page.go_back)
        shows_nothing(page, receipt)
    for _ in range(3):  # and somebody who lets the browser send a form once more
        goes_where_it_can(page, page.go_forward)
        goes_where_it_can(page, page.reload)
        shows_nothing(page, receipt)


def goes_where_it_can(page: Page, move) -> None:
    """The browser sends no form again by itself: it shows a page of its own, and Playwright calls that an error."""
    with contextlib.suppress(Error):
        move(timeout=3000)
    page.wait_for_timeout(300)


def shows_nothing(page: Page, receipt: str) -> None:
    assert [word for word in (STORIES["nl"], receipt[:6], receipt[6:12]) if word in page.content()] == []


def test_danger_is_sent_at_once_and_not_calculated_for(visitor, opened):
    page = visitor(width=320)
    starts(page, "nl")
    presses(page, "nl", "start_report")
    page.locator("[name=danger]").check()
    page.locator("[name=narrative]").fill(STORIES["nl"])
    presses(page, "nl", "form_send")
    page.get_by_text(texts_in("nl").say("receipt_danger")).wait_for()
    signal = Signal.objects.get()
    assert (signal.danger, signal.lane) == (True, "regular")


def test_a_line_that_breaks_keeps_the_text(visitor, opened):
    page = visitor(width=320)
    starts(page, "nl")
    presses(page, "nl", "start_report")
    page.locator("[name=narrative]").fill(STORIES["nl"])
    page.context.set_offline(True)
    presses(page, "nl", "form_send")
    page.get_by_text(texts_in("nl").say("error_offline")).wait_for()
    page.context.set_offline(False)
    assert page.locator("[name=narrative]").input_value() == STORIES["nl"]
    presses(page, "nl", "form_send")
    heading(page, "nl", "receipt_title")


def test_what_was_set_aside_is_seen_and_let_in(visitor, sign_in, look, opened):
    page = visitor(width=320, javascript=False)
    starts(page, "nl")
    reports(page, "nl")
    anna = make_person(visitor, sign_in, look, "anna")
    anna.opens("/werklijst/").keeps_picture("outside-work-list").opens("/werklijst/?groep=held")
    anna.keeps_picture("outside-held-list").follows("MR-").keeps_picture("outside-held-signal")
    anna.follows("Dit is geen melding: leg terzijde met een reden").keeps_picture("outside-spam")
    anna.opens("/werklijst/?groep=held").follows("MR-").presses("Dit is een melding: laat toe")
    assert Signal.objects.get().lane == "regular"


def test_the_manager_opens_the_page(visitor, sign_in, look, cast):
    frits = make_person(visitor, sign_in, look, "frits")
    frits.opens("/instellingen/burgers/").keeps_picture("outside-settings")
    frits.ticks("open").fills("phone", "0492-123456").presses()
    page = visitor(width=320)
    page.goto(URL)
    heading(page, "nl", "start_title")
