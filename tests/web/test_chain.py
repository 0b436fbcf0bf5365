"""The chain director's page: counts, days and nothing that leads to a person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Clock
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def look(reader, language="en"):
    client = Client(headers={"accept-language": language})
    sign_in(client, reader.user)
    return client.get("/keten/")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def report(cast, number, **fields):
    at = timezone.now() - timedelta(hours=3)
    return [register_signal(NewSignal("De buurman.", **fields), reader=cast.bram, submission=uuid4(), now=at).reference
            for _ in range(number)]


def test_only_the_chain_director_finds_it(cast):
    assert look(cast.karel).status_code == 200
    for who in ("anna", "bo", "dina", "bram", "frits", "pia", "noor", "nel", "zora"):
        assert look(getattr(cast, who)).status_code == 404


def test_steps_municipalities_and_what_is_late_without_reference_danger_or_child(cast):
    references = report(cast, 6, danger=True, minor=True)
    Clock.objects.update(stage=3)
    page = text(look(cast.karel))
    assert re.search(r"Received 5 3 hours", page)
    assert "Gemeente Helmond 5" in page
    assert "Gemeente Helmond Received 1 working day 6" in page
    for secret in (*references, "De buurman"):
        assert secret not in page


def test_a_small_number_is_shown_as_less_than_five(cast):
    report(cast, 4)
    page = text(look(cast.karel))
    assert re.search(r"Received &lt; 5 not told not told", page)
    assert "Gemeente Helmond &lt; 5 &lt; 5" in page


def test_nothing_late_says_what_happens_by_itself(cast):
    assert "Nothing stays late." in text(look(cast.karel))


def test_a_period_can_be_chosen_and_a_strange_one_is_all(cast):
    report(cast, 6)
    client = Client(headers={"accept-language": "en"})
    sign_in(client, cast.karel.user)
    for period in ("30", "365", "x", "30' OR 1=1"):
        assert "Received 5" in text(client.get("/keten/", {"periode": period}))
