"""The page of one signal and the work list, over HTTP, in each of the states that the demo leaves."""

import re

import pytest
from django.db import transaction

from meldroute.services import boundaries, demo
from meldroute.services.running_policy import remember_pack
from meldroute.storage.models import HistoryEntry, Signal
from tests.cast import MONDAY
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db  # what a test does to the cases is undone after it


@pytest.fixture(scope="module")
def demo_cases(django_db_setup, django_db_blocker):
    """Made once: the five cases take many times as long as looking at a page of them."""
    with django_db_blocker.unblock(), boundaries.everywhere(), transaction.atomic():
        remember_pack(now=MONDAY)
        demo.load_demo(now=MONDAY)
        yield {s.state: s.reference for s in Signal.objects.all()}
        transaction.set_rollback(True)


@pytest.fixture
def five(demo_cases, client):
    sign_in(client, "anna@voorbeeld.example")
    return demo_cases


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("state", ["ontvangen", "advies", "melden", "wacht-op-partners", "afgehandeld"])
def test_the_page_opens_in_every_state_and_says_what_can_be_done(five, client, state, language):
    page = client.get(f"/signalen/{five[state]}/", headers={"accept-language": language})
    assert page.status_code == 200
    assert five[state] in page.content.decode()


def test_narrative_stands_on_the_page_and_the_read_in_the_log(five, client):
    page = client.get(f"/signalen/{five['ontvangen']}/").content.decode()
    assert "verbouwde schuur" in page
    signal = Signal.objects.get(reference=five["ontvangen"])
    assert HistoryEntry.objects.filter(signal=signal.pk, act="signal.read").count() == 1


def test_a_reference_may_be_typed_sloppily_and_leads_to_its_own_address(five, client):
    reference = five["ontvangen"]
    answer = client.get(f"/signalen/{reference.lower()}/")
    assert (answer.status_code, answer.url) == (302, f"/signalen/{reference}/")


def test_find_refuses_what_cannot_be_a_reference_and_keeps_what_was_typed(five, client):
    answer = client.get("/werklijst/zoek/", {"kenmerk": "Jansen"})
    assert answer.status_code == 400
    assert 'value="Jansen"' in answer.content.decode()


@pytest.mark.parametrize("who", ["bram", "dina", "frits", "pia", "noor", "nel", "rick", "zora", "karel"])
def test_nobody_else_opens_it_and_the_refusal_is_written_down(five, client, who):
    sign_in(client, f"{who}@voorbeeld.example")
    assert client.get(f"/signalen/{five['ontvangen']}/").status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 1


def test_every_button_of_every_state_leads_to_a_page(five, client):
    """Each allowed step, partner on the route and request has an address that answers."""
    seen = set()
    for state in five:
        page = client.get(f"/signalen/{five[state]}/").content.decode()
        for address in set(re.findall(rf'href="(/signalen/{five[state]}/[^"#]+)"', page)):
            seen.add(address)
            assert client.get(address).status_code == 200, address
    assert len(seen) > 15
