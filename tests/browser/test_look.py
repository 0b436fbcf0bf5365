"""The look in a real browser: every component on one page, in every way people look at a page."""
import re

import pytest


@pytest.fixture(autouse=True)
def style_site(settings):
    settings.ROOT_URLCONF = "tests.web.style_urls"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_component_at_both_widths(visitor, look, language):
    page = visitor(language=language)
    page.goto("/style/")
    look(page, f"style-{language}")


def test_the_same_without_a_script(visitor):
    page = visitor(javascript=False)
    page.goto("/style/")
    assert page.locator("[data-copy]").is_hidden()
    page.locator("summary", has_text="Nog niet").click()
    assert page.get_by_text("er is nog geen overleg of conclusie").is_visible()


def test_dark(visitor, look):
    page = visitor()
    page.emulate_media(color_scheme="dark")
    page.goto("/style/")
    look(page, "style-dark")


def test_a_letter_twice_as_large_still_fits(visitor):
    page = visitor(width=1280)
    page.goto("/style/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0


def test_errors_take_the_reader_to_the_field(visitor, look):
    page = visitor(width=320)
    page.goto("/style/")
    page.get_by_role("button", name="Verstuur melding").click()
    summary = page.get_by_role("alert")
    assert summary.evaluate("element => element === document.activeElement")
    look(page, "style-errors")
    summary.get_by_role("link", name="Wat viel u op?").click()
    assert page.locator("#id_narrative").evaluate("element => element === document.activeElement")
    summary.get_by_role("link", name="Waar gaat het om?").click()
    assert page.locator("#id_subject_0").evaluate("element => element === document.activeElement")


def test_the_keyboard_alone_reaches_the_page_first(visitor):
    page = visitor()
    page.goto("/style/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Direct naar de pagina"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_form_goes_once(visitor):
    page = visitor()
    page.goto("/style/")
    waiting = []
    page.route("**/style/", lambda route: waiting.append(route))  # a slow server
    button = page.locator("form[data-once] button[type=submit]")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    for _ in range(2):  # by mouse: a locator would wait for the answer
        page.mouse.click(box["x"] + 20, box["y"] + 10)
        page.wait_for_timeout(200)
    assert [route.request.method for route in waiting] == ["POST"]
    waiting[0].abort()


def test_everything_to_touch_is_large_enough(visitor):
    page = visitor(width=320)
    page.goto("/style/")
    small = page.evaluate("""() => [...document.querySelectorAll('button, summary, .mr-call__number, .mr-nav__link, .mr-choice > label, .mr-field input:not([type=radio]):not([type=checkbox]), select')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 80))""")
    assert small == []


def test_paper_has_the_dates_and_not_the_menus(visitor):
    page = visitor()
    page.goto("/style/")
    page.emulate_media(media="print")
    assert page.get_by_text("maandag 2 november 2026 11:30").first.is_visible()
    assert page.locator(".mr-nav").is_hidden()
    assert not re.search("Gebruik alleen", page.inner_text("body"))
