"""A client of one of the cast, past everything that the door asks of them."""

from uuid import UUID

from django.test import Client

from meldroute.rules.actors import Reader
from meldroute.storage.models import User


def sign_in(client: Client, user: UUID | str) -> Client:
    """`user`: a key, or a mail address."""
    found = User.objects.get(email=user) if isinstance(user, str) else User.objects.get(pk=user)
    client.force_login(found)
    return client


def signed_in(reader: Reader, language: str = "en", **more: object) -> Client:
    return sign_in(Client(headers={"accept-language": language}, **more), reader.user)
