"""Signed-in browsers for the pages of passing on."""


from meldroute.services.partner_links import mail_of
from meldroute.storage.models import Message


def hidden(response) -> dict[str, str]:
    """What the form on the page would send along unseen."""
    form = response.context["form"]
    return {field.name: field.value() for field in form.hidden_fields() if field.value() not in (None, "")}


def token_of_last_mail() -> str:
    return mail_of(Message.objects.exclude(next_try_at=None).get(kind="partner_link")).token
