"""A reporter at the report page: opens it, sends it, reads what it says."""

import re

from django.test import Client

from tests.signing_in import sign_in

STORY = "In de loods aan de Verzonnenweg slaapt iemand die niet naar buiten durft."


def signed_in(reader, **kwargs) -> Client:
    client = Client(**kwargs)
    sign_in(client, reader.user)
    return client


def signed_in_again(client: Client) -> Client:
    sign_in(client, "bram@voorbeeld.example")
    return client


def opened(client: Client) -> dict[str, str]:
    """The fields a browser would send back untouched."""
    return {"form_token": client.get("/melden/").context["token"]}


def send(client: Client, **fields):
    return client.post("/melden/", opened(client) | {"narrative": STORY} | fields)


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
