"""A session ends by itself, belongs to one browser, and can be ended from another; its row opens nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meldroute.storage.models import BrowserSession, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
BRAM = "bram@voorbeeld.example"


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


@pytest.fixture
def later(monkeypatch):
    """`later(minutes)`: from now on it is that much later, for everybody."""
    began = timezone.now()

    def move(minutes: float) -> None:
        moment = began + timedelta(minutes=minutes)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    move(0)
    return move


def at_work(password: str = PASSWORD, browser: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": browser})
    assert client.post(reverse("account_login"), {"login": BRAM, "password": password}).status_code == 302
    return client


def is_in(client: Client, **more) -> bool:
    return client.get(reverse("report"), **more).status_code == 200


def test_after_twenty_minutes_without_anybody_it_is_over(cast, later):
    bram = at_work()
    later(19)
    assert is_in(bram)
    later(38)
    assert is_in(bram)
    later(59)
    assert not is_in(bram)


def test_after_eight_hours_it_is_over_whatever_is_done(cast, later):
    bram = at_work()
    for minutes in range(15, 8 * 60, 15):
        later(minutes)
        assert is_in(bram), minutes
    later(8 * 60)
    assert not is_in(bram)


def test_that_somebody_is_there_is_written_once_a_minute(cast, later):
    bram = at_work()
    is_in(bram)
    for minutes, written in ((0.5, 0), (0.9, 0), (1.5, 1), (1.9, 0), (2.6, 1)):
        later(minutes)
        with CaptureQueriesContext(connection) as asked:
            assert is_in(bram)
        assert sum('UPDATE "meldroute_browsersession"' in q["sql"] for q in asked) == written, minutes


@pytest.mark.parametrize("other", ["", "curl/8", FIREFOX.replace("Windows", "Linux")])
def test_a_stolen_cookie_opens_nothing_in_another_browser_and_ends_the_session(cast, other):
    bram = at_work()
    thief = Client(headers={"user-agent": other})
    thief.cookies = bram.cookies
    assert thief.get(reverse("report")).status_code == 302
    assert not is_in(bram), "the owner notices too"


def test_a_changed_password_ends_all_and_leaves_no_row(cast):
    here, there = at_work(), at_work()
    fresh = "een ander lang verzonnen wachtwoord"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert not is_in(there)
    assert BrowserSession.objects.filter(user=cast.bram.user).count() <= 1


def test_a_person_sees_where_they_are_signed_in_and_ends_another(cast):
    here, there = at_work(), at_work(browser=FIREFOX.replace("Windows", "Linux"))
    page = here.get(reverse("account_sessions")).content.decode()
    assert "Firefox, Windows" in page
    assert "Firefox, Linux" in page
    other = BrowserSession.objects.exclude(key=here.session.row).get(user=cast.bram.user)
    here.post(reverse("account_sessions"), {"session": other.key})
    assert not is_in(there)
    assert is_in(here)


def test_nobody_ends_a_session_of_somebody_else(cast):
    bram = at_work()
    anna = Client()
    anna.force_login(User.objects.get(pk=cast.anna.user))
    anna.post(reverse("account_sessions"), {"session": bram.session.row})
    assert is_in(bram)


def test_a_session_that_was_ended_does_not_come_back_with_what_was_on_its_way(cast):
    bram = at_work()
    store = bram.session
    store["typed"] = "x"
    BrowserSession.objects.filter(user=cast.bram.user).delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not BrowserSession.objects.filter(user=cast.bram.user).exists()


def test_whoever_reads_the_table_can_open_nothing_with_it(cast):
    bram = at_work()
    key = bram.session.session_key
    row = BrowserSession.objects.get(user=cast.bram.user)
    stored = f"{row.key} {bytes(row.data_sealed)!r}"
    assert key not in stored
    assert str(cast.bram.user) not in stored
    thief = Client(headers={"user-agent": FIREFOX})
    thief.cookies["meldroute-session"] = row.key
    assert not is_in(thief)


def test_what_one_session_holds_cannot_be_put_into_another(cast):
    bram = at_work()
    mallory = Client(headers={"user-agent": FIREFOX})
    mallory.post(reverse("account_login"), {"login": "frits@voorbeeld.example", "password": PASSWORD})
    theirs = BrowserSession.objects.get(user=cast.bram.user)
    BrowserSession.objects.filter(user=cast.frits.user).update(data_sealed=theirs.data_sealed)
    assert not is_in(mallory)
    assert is_in(bram)


def test_no_network_address_is_kept(cast):
    client = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="192.0.2.77")
    client.post(reverse("account_login"), {"login": BRAM, "password": PASSWORD})
    assert "192.0.2.77" not in str(dict(client.session))


def test_what_signing_in_asks_costs_a_report_no_statement_of_its_own(cast):
    """Session and person are read once; what the second factor and the browser need stands in the session's row."""
    bram = at_work()
    page = bram.get(reverse("report")).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)[1]
    with CaptureQueriesContext(connection) as asked:
        assert bram.post(reverse("report"), {"narrative": "Iemand durft niet naar buiten.", "form_token": token,
                                             "subject": "both", "about": "both"}).status_code == 302
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert sum("browsersession" in sql for sql in statements) == 1
    assert len(statements) <= 15
