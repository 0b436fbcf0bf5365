"""A person's path in a real browser, against the real server code and a real database file.

Pictures of every page come in build/screenshots/<name>-<width>.png. Look at them when a page changes.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's sync interface keeps an event loop in this thread, and Django would refuse every query in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE, DESK = 320, 1280
PICTURES = Path(os.environ.get("MELDROUTE_SCREENSHOTS", "build/screenshots"))
# WCAG 2.2 A and AA, and axe's own best practices.
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def pytest_collection_modifyitems(items):
    """Last, so that no other test runs beside the browser and its event loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: here in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            # A container has little shared memory and no graphics card.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of a running site. Links in mail lead to it."""
    settings.MELDROUTE_BASE_URL = live_server.url
    return live_server.url


class Visitors:
    """Hands out browsers, one per person, and remembers what went wrong in any of them."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self._contexts: list[BrowserContext] = []
        self.troubles: list[str] = []
        self.known: list[str] = []  # other sites that a test leads to on purpose

    def __call__(self, *, width: int = DESK, javascript: bool = True, language: str = "nl") -> Page:
        context = self._browser.new_context(
            base_url=self._site,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale=language,
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._listen(page, said.text))
        page.on("request", lambda request: self._watch(request.url))
        return page

    def _listen(self, page: Page, said: str) -> None:
        if re.search("Content Security Policy|Trusted", said):
            self.troubles.append(f"{page.url}: {said}")

    def _watch(self, url: str) -> None:
        if not url.startswith((self._site, "data:", "about:", "blob:", *self.known)):
            self.troubles.append(f"a page asked for {url}: nothing may come from elsewhere")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(chromium, site) -> Iterator[Visitors]:
    """`visitor(width=320)` gives somebody's own browser. A blocked script or a request elsewhere fails the test."""
    visitors = Visitors(chromium, site)
    yield visitors
    visitors.close()
    assert not visitors.troubles, "\n".join(visitors.troubles)


@pytest.fixture
def sign_in() -> Callable[[Page, str, str], None]:
    def do(page: Page, email: str, password: str) -> None:
        from django.urls import reverse
        from django.utils import timezone

        from meldroute.rules.one_time_codes import code_of, counter_at

        page.goto(reverse("account_login"))
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(password)
        secret = _telephone(email)
        page.locator("form:has(input[name=password]) button[type=submit]").click()
        page.wait_for_url(lambda url: reverse("account_login") not in url)
        if secret:
            page.locator("input[name=code]").fill(code_of(secret, counter_at(timezone.now())))
            page.locator("form:has(input[name=code]) button[type=submit]").click()
            page.wait_for_url(lambda url: reverse("mfa_authenticate") not in url)

    return do


def _telephone(email: str) -> str | None:
    """The authenticator app of somebody whose role needs one; what it showed before may be used again in a test."""
    from allauth.mfa.models import Authenticator

    from meldroute.rules.second_factor import needs_factor
    from meldroute.storage import second_factors
    from meldroute.storage.models import User

    person = User.objects.get(email=email)
    if not needs_factor(person.memberships.values_list("role", flat=True)):
        return None
    secret = second_factors.secret_of(person.pk) or second_factors.give_codes(person.pk)
    for row in Authenticator.objects.filter(user=person, type="totp"):
        row.data.pop("last_counter", None)
        row.save()
    return secret


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Look at a page as people will: narrow and wide, accessible, nothing off the side, and keep a picture."""
    axe = Axe()

    def do(page: Page, name: str) -> None:
        before = page.viewport_size
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": 800})
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert beyond <= 0, f"{name} at {width} px: {beyond} px stick out to the side"
            found = axe.run(page, options=AXE_RULES)
            assert found.violations_count == 0, f"{name} at {width} px:\n{found.generate_report()}"
        page.set_viewport_size(before)

    return do
