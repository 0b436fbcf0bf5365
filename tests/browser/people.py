"""People of the browser tests: what each of them does on the screen, in their own browser."""

import re
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import Page

from tests.cast import PASSWORD


@dataclass
class Person:
    """Somebody at a screen. `look` keeps a picture of the page and fails on anything axe or a narrow phone finds."""

    page: Page
    look: object
    name: str

    def opens(self, address: str) -> "Person":
        answer = self.page.goto(address)
        assert answer.status == 200, f"{address} answered {answer.status}"
        return self

    def sees(self, *texts: str) -> "Person":
        for text in texts:
            assert self.page.get_by_text(text).first.is_visible(), f"{self.name} does not see '{text}' on {self.page.url}"
        return self

    def fills(self, field: str, text: str) -> "Person":
        """By the field's name, in whatever part of the page it stands; closed parts are opened first."""
        self._reach(f"[name={field}]").first.fill(text)
        return self

    def chooses(self, field: str, *values: str) -> "Person":
        """Radio buttons, boxes and lists alike."""
        for value in values:
            found = self._reach(f"[name={field}]")
            if found.first.evaluate("e => e.tagName") == "SELECT":
                found.first.select_option(value)
            else:
                self.page.locator(f"[name={field}][value='{value}']").check()
        return self

    def ticks(self, field: str) -> "Person":
        """A box that stands alone."""
        self._reach(f"[name={field}]").check()
        return self

    def _reach(self, selector: str):
        found = self.page.locator(f"main {selector}")
        found.first.evaluate("e => { for (let d = e.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }")
        return found

    def presses(self, label: str = "") -> "Person":
        """The button with this label, else the page's main button. Whatever the server refuses fails the test."""
        main = self.page.locator("main")
        button = main.get_by_role("button", name=label) if label else main.locator("button.nl-button--primary")
        button.first.click()
        self.page.wait_for_load_state()
        problems = self.page.locator(".mr-error-summary")
        assert not problems.count(), f"{self.name} on {self.page.url}: {problems.first.inner_text()}"
        return self

    def presses_named(self, named: str) -> "Person":
        """A button by its name, or by name=value where several share one."""
        name, _, value = named.partition("=")
        self.page.locator(f"main button[name={name}]" + (f"[value={value}]" if value else "")).first.click()
        self.page.wait_for_load_state()
        problems = self.page.locator(".mr-error-summary")
        assert not problems.count(), f"{self.name} on {self.page.url}: {problems.first.inner_text()}"
        return self

    def follows(self, label: str) -> "Person":
        self.page.get_by_role("link", name=label).first.click()
        self.page.wait_for_load_state()
        return self

    def keeps_picture(self, name: str) -> "Person":
        self.look(self.page, name)
        return self

    @property
    def reference(self) -> str:
        """The reference that stands on the page."""
        found = re.search(r"MR-[0-9A-Z]{8}-[0-9A-Z]", self.page.content())
        assert found, f"no reference on {self.page.url}"
        return found[0]


def stop_the_clock(monkeypatch, moment: datetime) -> None:
    """It is this moment for everybody, browser's server included."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def make_person(visitor, sign_in, look, first: str, *, width: int = 1280) -> Person:
    page = visitor(width=width)
    sign_in(page, f"{first}@voorbeeld.example", PASSWORD)
    return Person(page, look, first)
