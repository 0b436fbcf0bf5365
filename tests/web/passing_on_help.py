"""Signed-in browsers for the pages of passing on."""

from django.test import Client

from meldroute.services.partner_links import mail_of
from meldroute.storage.models import Message, User


def signed_in(reader, language="en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(pk=reader.user))
    return client


def hidden(response) -> dict[str, str]:
    """What the form on the page would send along unseen."""
    form = response.context["form"]
    return {field.name: field.value() for field in form.hidden_fields() if field.value() not in (None, "")}


def token_of_last_mail() -> str:
    return mail_of(Message.objects.exclude(next_try_at=None).get(kind="partner_link")).token
