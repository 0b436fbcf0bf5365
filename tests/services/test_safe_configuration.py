"""What would make an installation unsafe stops its start, and says why and what to do."""

from datetime import date

import pytest
from django.db import connection

from meldroute.services import dpia
from meldroute.services.safe_configuration import (
    UnsafeToStart,
    is_this_machine,
    refuse_missing_scanner,
    refuse_unsafe,
    trusted_networks,
)
from tests import behind_the_wall, clamav
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
GOOD_SECRET = "Zw4rt-Vl!nder_98-kruipt.Over:het=dak+heen"


@pytest.fixture
def safe(settings):
    settings.SECRET_KEY = GOOD_SECRET
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    return settings


@pytest.fixture
def behind_a_proxy(safe):
    """As an installation for real use stands: HTTPS in front, the proxy named, the assessment adopted."""
    safe.MELDROUTE_BASE_URL, safe.MELDROUTE_HTTPS = "https://melding.gemeente.test", True
    safe.ALLOWED_HOSTS = ["melding.gemeente.test"]
    safe.MELDROUTE_TRUSTED_PROXY = ["10.0.0.5"]
    dpia.adopt(by="college", on=date(2026, 11, 20), decision="1", now=MONDAY)
    yield safe
    dpia._known.forget()


def refused(**words) -> str:
    with pytest.raises(UnsafeToStart) as found:
        refuse_unsafe(**words)
    return str(found.value)


def test_on_this_machine_alone_all_is_well(safe):
    refuse_unsafe(host="127.0.0.1")
    refuse_unsafe()


def test_behind_a_proxy_with_everything_in_place_it_starts(behind_a_proxy):
    refuse_unsafe(host="0.0.0.0")
    refuse_unsafe(host="10.0.0.9")


def test_debug_is_refused(safe):
    safe.DEBUG = True
    assert "DEBUG: is on" in refused()


@pytest.mark.parametrize("secret", ["kort&Krachtig9", "a" * 60, "abcabcabc" * 8, "django-insecure-" + GOOD_SECRET, "changeme" + GOOD_SECRET])
def test_a_secret_that_can_be_guessed_is_refused_and_not_repeated(safe, secret):
    safe.SECRET_KEY = secret
    said = refused()
    assert "MELDROUTE_SECRET_KEY" in said
    assert secret not in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "melding.gemeente.test"])
def test_to_the_outside_over_plain_http_without_proxy_or_adoption_every_cause_is_said(safe, host):
    said = refused(host=host)
    for cause in ("is plain HTTP", "no proxy is named", "not recorded as adopted"):
        assert cause in said
    assert f"--host {host}" in said


@pytest.mark.parametrize(("name", "value", "cause"), [
    ("MELDROUTE_HTTPS", False, "MELDROUTE_BASE_URL"), ("MELDROUTE_TRUSTED_PROXY", [], "MELDROUTE_TRUSTED_PROXY"),
    ("ALLOWED_HOSTS", ["*"], "MELDROUTE_ALLOWED_HOSTS"),
])
def test_each_thing_that_is_missing_stops_it_alone(behind_a_proxy, name, value, cause):
    setattr(behind_a_proxy, name, value)
    assert [line.split(":")[0] for line in refused(host="0.0.0.0").splitlines()] == [cause]


def test_without_the_adoption_it_does_not_open_to_others(behind_a_proxy):
    from meldroute.storage.models import DpiaAdoption

    DpiaAdoption.objects.all().delete()
    assert refused(host="0.0.0.0").startswith("dpia: ")


def test_a_loopback_address_behind_a_public_name_is_outside_too(safe):
    safe.MELDROUTE_BASE_URL = "https://melding.gemeente.test"
    assert "reaches outside this machine" in refused(host="127.0.0.1")
    safe.MELDROUTE_BASE_URL = "http://localhost:8000"
    safe.ALLOWED_HOSTS = ["melding.gemeente.test"]
    assert "MELDROUTE_ALLOWED_HOSTS melding.gemeente.test reaches outside" in refused()


def test_a_scanner_that_is_named_and_does_not_answer_stops_the_start(safe, tmp_path):
    safe.MELDROUTE_SCANNER = f"unix://{tmp_path}/nobody-listens"
    with pytest.raises(UnsafeToStart, match="MELDROUTE_SCANNER unix://.*: the scanner does not answer .*off when") as found:
        refuse_missing_scanner()
    assert "Start clamd" in str(found.value)


@pytest.mark.skipif(clamav.found() is None, reason="clamd is not installed on this machine")
def test_a_scanner_that_answers_lets_it_start(safe):
    with clamav.daemon() as addresses:
        for safe.MELDROUTE_SCANNER in addresses:
            refuse_missing_scanner()


@pytest.mark.parametrize("wish", ["", "off"])
def test_without_a_scanner_or_off_by_choice_it_starts(safe, wish):
    safe.MELDROUTE_SCANNER = wish
    refuse_missing_scanner()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has a wall between municipalities")
@pytest.mark.django_db(transaction=True)
def test_an_account_of_the_database_that_no_policy_holds_serves_nobody_outside(behind_a_proxy):
    refuse_unsafe(host="0.0.0.0")
    with behind_the_wall.as_owner():
        told = refused(host="0.0.0.0")
    assert "MELDROUTE_DATABASE: role meldroute: a superuser or BYPASSRLS passes every policy by" in told
    assert "meldroute_app" in told


@pytest.mark.parametrize(("word", "said"), [("proxy.local", "is not an address"), ("0.0.0.0/0", "every address there is")])
def test_a_proxy_that_is_no_address_or_everybody_is_refused(word, said):
    with pytest.raises(UnsafeToStart, match=said):
        trusted_networks([word])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "::1", "localhost"])
def test_this_machine_itself_is_fine(host):
    assert is_this_machine(host)
