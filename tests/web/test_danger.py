"""Danger now: the page that must come when nothing else does."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connections
from django.test import Client

from meldroute.policies import UnknownPack
from meldroute.services.emergency import Emergency, emergency_now
from tests.cast import MONDAY, NIGHT

COOKIES = f"meldroute-session={'s' * 32}; meldroute-csrf={'c' * 32}"  # of somebody who is signed in

# No database mark: any query fails these tests.


@pytest.fixture
def at(monkeypatch):
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def no_database(monkeypatch):
    """Whoever asks for a connection is refused."""

    def refused(*_args, **_kwargs):
        raise OperationalError("connection refused")

    for name in ("connect", "cursor", "ensure_connection"):
        monkeypatch.setattr(connections["default"], name, refused)


def test_it_comes_without_database_session_or_cookie(at, no_database):
    page = Client(headers={"cookie": COOKIES}).get("/gevaar/")
    assert page.status_code == 200
    assert not page.cookies
    assert "cookie" not in page.headers.get("Vary", "").lower()
    assert 'href="tel:112"' in page.content.decode()


def test_112_first_then_whom_to_call_this_very_hour(at):
    page = Client().get("/gevaar/").content.decode()
    numbers = [page.index(f'href="tel:{n}"') for n in ("112", "0889630320", "09008844")]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("moment", [
    NIGHT,  # three at night
    datetime(2026, 11, 28, 11, 0, tzinfo=UTC),  # Saturday
    datetime(2026, 12, 25, 11, 0, tzinfo=UTC),  # Christmas on a Friday
    datetime(2026, 11, 23, 15, 31, tzinfo=UTC),  # 16:31 on a working day
])
def test_outside_office_hours_the_police_come_before_avim(at, moment):
    at(moment)
    page = Client().get("/gevaar/").content.decode()
    assert page.index('href="tel:09008844"') < page.index('href="tel:0889630320"')
    assert "nu gesloten" in page


def test_an_unconfirmed_number_says_so(at):
    line = next(c for c in emergency_now(now=MONDAY, language="nl").calls if c.number == "088-9630320")
    assert not line.confirmed
    assert "Dit nummer is nog door niemand nagekeken" in Client().get("/gevaar/").content.decode()


def test_a_number_of_somebody_else_does_not_bear_the_specialists_name(at):
    names = {c.number: c.name for c in emergency_now(now=MONDAY, language="nl").calls}
    assert names == {"088-9630320": "AVIM", "0900-8844": "Politie, buiten kantooruren van AVIM"}


def test_it_speaks_english_too(at):
    assert "Is somebody in danger NOW?" in Client(headers={"accept-language": "en"}).get("/gevaar/").content.decode()


def test_without_a_readable_policy_112_and_the_police_remain(at, monkeypatch):
    def unreadable(**_):
        raise UnknownPack("oost-brabant", MONDAY.date(), ())

    monkeypatch.setattr("meldroute.services.emergency.pack_now", unreadable)
    assert emergency_now(now=MONDAY, language="nl") == Emergency()
    page = Client().get("/gevaar/").content.decode()
    assert 'href="tel:112"' in page
    assert 'href="tel:09008844"' in page


def test_it_can_only_be_looked_at(at):
    assert Client().post("/gevaar/").status_code == 405


def test_with_the_database_gone_every_other_page_becomes_this_one(at, no_database):
    client = Client(raise_request_exception=False, headers={"cookie": COOKIES})
    page = client.get("/melden/")
    assert page.status_code == 503
    assert 'href="tel:112"' in page.content.decode()
    assert 'href="tel:0889630320"' in page.content.decode()
    assert not page.cookies


def test_a_page_that_does_not_exist_names_the_numbers_of_this_hour(at):
    page = Client().get("/bestaat-niet/")
    assert page.status_code == 404
    assert 'href="tel:0889630320"' in page.content.decode()
