"""The daily digest by mail, to somebody outside who keeps it. It holds numbers and hashes, nothing about anybody."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext, override

from .email import message_id_of, send_notice


def send_digest(to: str, *, day: date, content: str, message: UUID, now: datetime) -> None:
    """Raises `NotDelivered` or `BadAddress`, as every mail does."""
    with override("nl"):
        subject = gettext("Digest of Meldroute, %(day)s") % {"day": day.isoformat()}
        body = gettext("Keep this message where whoever manages the database cannot reach it. It says nothing about "
                       "anybody. Save what is between { and } as a file; `meldroute audit verify --digest FILE` then "
                       "shows whether the record was cut short or written anew.")
    send_notice(to, subject=subject, body=f"{body}\n\n{content}", message_id=message_id_of(message), now=now)
