"""A client of one of the cast, past everything that the door asks of them."""

from uuid import UUID

from django.test import Client
from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.storage.models import User


def sign_in(client: Client, user: UUID | str, *, factor: bool = True, confirmed: bool = True) -> Client:
    """`user`: a key, or a mail address. `factor`: a second factor was used; `confirmed`: a short while ago."""
    found = User.objects.get(email=user) if isinstance(user, str) else User.objects.get(pk=user)
    client.force_login(found)
    session = client.session
    mark = {"who": str(found.pk), "at": timezone.now().timestamp()}
    session.update({name: mark for name, wanted in (("second_factor", factor), ("confirmed", confirmed)) if wanted})
    session.save()
    return client


def signed_in(reader: Reader, language: str = "en", *, factor: bool = True, confirmed: bool = True,
              **more: object) -> Client:
    client = Client(headers={"accept-language": language}, **more)
    return sign_in(client, reader.user, factor=factor, confirmed=confirmed)
