"""The report page: short, safe, and nothing that reached the server is lost or doubled."""

import pytest
from django.test import Client

from meldroute.storage.models import Signal, User

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(client: Client, reader) -> Client:
    client.force_login(User.objects.get(pk=reader.user))
    return client


def token_of(page) -> str:
    return page.context["token"]


def test_an_uneasy_feeling_is_enough(client, cast):
    sign_in(client, cast.bram)
    page = client.get("/melden/")
    assert page.status_code == 200
    sent = client.post("/melden/", {"form_token": token_of(page), "narrative": "Het voelde niet pluis."})
    assert sent.status_code == 302
    receipt = client.get(sent.url)
    assert Signal.objects.get().reference in receipt.content.decode()
