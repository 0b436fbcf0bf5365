"""By keyboard alone: Tab reaches every control, one can see where one is, and nothing holds one fast."""

import pytest

from meldroute.services.partner_links import mail_of
from meldroute.storage.models import Message, Signal
from tests.browser.people import Person, make_person, stop_the_clock
from tests.cast import MONDAY
from tests.services.acting_cases import clear, reported
from tests.services.passing_on_help import pass_on

MOST = 400  # presses of Tab on one page
# Every control that a mouse could use, in the order of the page. Of a group of radio buttons Tab reaches one.
CONTROLS = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
    .filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}))"""
REMEMBER = "() => { window.reached = new Set(); window.inOrder = [] }"
HERE = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const last = window.inOrder[window.inOrder.length - 1];
    if (e === last) return {inside: true};  // a field for a day and a time has parts of its own
    const again = window.reached.has(e), style = getComputedStyle(e), box = e.getBoundingClientRect();
    window.reached.add(e); window.inOrder.push(e);
    return {
        again, name: e.tagName + ' ' + (e.name || e.textContent.trim().slice(0, 40)), tag: e.tagName,
        ring: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none',
        onScreen: box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0,
        closed: e.tagName === 'SUMMARY' && !e.parentElement.open,
    };
}"""
MISSED = f"""() => {{
    const groups = new Set([...window.reached].filter(e => e.type === 'radio').map(e => e.name));
    return ({CONTROLS})().filter(e => !window.reached.has(e) && !(e.type === 'radio' && groups.has(e.name)))
        .map(e => e.outerHTML.slice(0, 120));
}}"""
BACKWARDS = """() => window.inOrder.filter((e, n) => n && !(window.inOrder[n - 1].compareDocumentPosition(e) & 4))
    .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def person(cast, visitor, sign_in, look, monkeypatch):
    stop_the_clock(monkeypatch, MONDAY)
    return lambda first, **more: make_person(visitor, sign_in, look, first, **more)


def walk(page) -> None:
    """From the top to the end and out again. What is folded is unfolded by keyboard on the way."""
    page.evaluate(REMEMBER)
    unseen, off, left = [], [], False
    for _ in range(MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here and here.get("inside"):
            continue
        if here is None or here["again"]:
            left = True
            break
        if not here["ring"]:
            unseen.append(here["name"])
        if not here["onScreen"]:
            off.append(here["name"])
        if here["closed"]:
            page.keyboard.press("Enter")
    assert left, f"{page.url}: after {MOST} presses of Tab one is still on this page"
    assert unseen == [], f"{page.url}: the focus is not to be seen on these"
    assert off == [], f"{page.url}: these have the focus and are not on the screen"
    assert page.evaluate(MISSED) == [], f"{page.url}: Tab does not reach these"
    assert page.evaluate(BACKWARDS) == [], f"{page.url}: the order of Tab jumps back to these"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_is_made_by_keyboard_alone(person, width):
    bram = person("bram", width=width).opens("/melden/")
    walk(bram.page)
    bram.opens("/melden/")
    by_keyboard(bram.page, "textarea[name=narrative]").keyboard.type("Iemand werkt veel en durft niet te praten.")
    by_keyboard(bram.page, "input[name=minor]").keyboard.press("Space")
    by_keyboard(bram.page, "main button.nl-button--primary").keyboard.press("Enter")
    bram.page.wait_for_url("**/ontvangen/**")
    assert Signal.objects.get(reference=bram.reference).state == "ontvangen"
    walk(bram.page)


def by_keyboard(page, selector: str):
    """Tab on until this control has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return page
    raise AssertionError(f"{page.url}: Tab does not reach {selector}")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_work_list_and_the_page_of_a_signal(person, cast, width):
    reported(cast, danger=True)
    reference = clear(cast, "SU")
    anna = person("anna", width=width)
    for address in ("/werklijst/", f"/signalen/{reference}/"):
        anna.opens(address)
        walk(anna.page)


def test_passing_a_signal_on_in_three_steps(person, cast):
    reference = clear(cast, "AU")
    anna = person("anna").opens(f"/signalen/{reference}/melden/ISZW/")
    walk(anna.page)
    anna.opens(f"/signalen/{reference}/melden/ISZW/").chooses("channel", "link").presses()
    walk(anna.page)
    anna.fills("to", "meldpunt@partner.example").presses_named("send")
    walk(anna.page)
    anna.opens(f"/signalen/{reference}/contact/")
    walk(anna.page)
    anna.opens(f"/signalen/{reference}/overslaan/ZOCO/")
    walk(anna.page)


def test_a_partner_with_a_link_types_the_code_and_answers(cast, visitor, look, monkeypatch):
    stop_the_clock(monkeypatch, MONDAY)
    reference = clear(cast, "AU")
    sent = pass_on(cast, reference, "ISZW", channel="link", to="post@partner.example")
    token = mail_of(Message.objects.exclude(next_try_at=None).get(kind="partner_link")).token
    code = code_of(cast, reference, sent.referral)
    inspector = Person(visitor(width=320), look, "the inspector").opens(f"/antwoord/{token}/")
    walk(inspector.page)
    inspector.opens(f"/antwoord/{token}/")
    by_keyboard(inspector.page, "input[name=code]").keyboard.type(code)
    inspector.page.keyboard.press("Enter")
    inspector.page.get_by_text("Er klopt iets niet.").first.wait_for()
    walk(inspector.page)


def code_of(cast, reference, referral) -> str:
    from meldroute.services.passing_on_pages import sent_page

    return sent_page(reference, referral=referral, reader=cast.anna, now=MONDAY).code
