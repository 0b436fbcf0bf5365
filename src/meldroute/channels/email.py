"""Mail: the only way it leaves. A notice says *that* something waits, never *what*: the link asks who you are.

No error here repeats the address or the server's words, which often quote it: errors are stored in clear.
"""

import re
import smtplib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_noop, override

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.+-]+@[A-Za-z0-9.\[\]:-]+>")
_LINK = re.compile(r"https?://[!-~]+")


class NotDelivered(Exception):
    """The message did not leave, as far as we know. Safe to try again, under the same Message-ID."""


class BadAddress(Exception):
    """Trying again will not help: a person has to correct the address first."""


class UnsafeNotice(ValueError):
    """This would put something in the headers, or a link in the text, that was not meant to be there."""


def send_notice(to: str, *, subject: str, body: str, message_id: str, now: datetime) -> None:
    """Hand one notice to the mail server. Returning means that the server accepted it.

    When the connection is lost after the text was handed over but before the answer, the server may have it all
    the same: then the next attempt makes a second copy, and the Message-ID shows that it is one.
    """
    check_address(to)
    _refuse_unsafe(subject, message_id)
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers={
        "Message-ID": message_id,
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",  # no absence replies to a machine
    })
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
        connection.send_messages([message])
    except OSError as error:  # smtplib's errors are OSErrors too
        raise _refusal(error) from None
    finally:
        # What was accepted is accepted: a goodbye that fails must not send it again, nor hide why it failed.
        with suppress(OSError):
            connection.close()


def check_address(address: str) -> None:
    """Refuse an address that no mail server is sure to take. Also for a screen where it is typed."""
    local = address.rpartition("@")[0]
    if not local.isascii():
        raise BadAddress(
            "mail address: before the @ stands a letter with an accent, which many mail servers refuse. "
            "Ask for the spelling without it and correct the address."
        )
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress(
            "mail address: this is not one address of the form name@organisation.nl. Correct the address."
        ) from None


def message_id_of(message: UUID) -> str:
    """The same on every attempt, so that a mail program can show two copies as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message}@{domain}>"


def _refuse_unsafe(subject: str, message_id: str) -> None:
    if not subject.isprintable():
        raise UnsafeNotice("mail subject: it holds a line break or another control mark. Use notice_text().")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise UnsafeNotice("mail Message-ID: it is not of the form <id@domain>. Use message_id_of().")


def _refusal(error: OSError) -> Exception:
    code, words = _answer(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused) and 500 <= code <= 599 and b"5.7." not in words:
        return BadAddress(f"mail: the server knows no such address (answer {code}). Correct the address.")
    answer = f"answer {code}" if code else type(error).__name__
    return NotDelivered(
        f"mail: the server did not take it ({answer}). It can be tried again; if it keeps failing, "
        "check that the mail server runs and that MELDROUTE_SMTP_HOST and what goes with it are right."
    )


def _answer(error: OSError) -> tuple[int, bytes]:
    """The server's code and words, where it gave an answer."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return next(iter(error.recipients.values()))
        case smtplib.SMTPResponseException():
            return error.smtp_code, error.smtp_error
        case _:
            return 0, b""


# What a notice says. Every reporter gets "waiting", whatever happened, so that the kind of mail tells nothing.
_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "waiting": (
        gettext_noop("Something is ready for you in Meldroute"),
        gettext_noop("Something is ready for you in Meldroute. Sign in to read it."),
    ),
    "now": (
        gettext_noop("Please look in Meldroute now"),
        gettext_noop("Something in Meldroute cannot wait. Sign in and read it now."),
    ),
    "late": (
        gettext_noop("Something is still waiting for you in Meldroute"),
        gettext_noop("Something in Meldroute is still waiting for you. Sign in to see what you can do."),
    ),
    "nobody": (
        gettext_noop("Somebody has to be on duty in Meldroute"),
        gettext_noop("Something waits in Meldroute and nobody is on duty. Sign in and arrange who takes over."),
    ),
    "invitation": (
        gettext_noop("You have an account in Meldroute"),
        gettext_noop("Your organisation made an account in Meldroute for you. Open the link to choose how you sign in. It "
                     "works once, for a week. Do not forward this message."),
    ),
    "role": (
        gettext_noop("A role of yours in Meldroute ends"),
        gettext_noop("A role of yours in Meldroute ends. Is that not right? Ask the functional manager of the municipality."),
    ),
    "link": (
        gettext_noop("A question is ready for you in Meldroute"),
        gettext_noop(
            "A municipality has a question for you in Meldroute. You need the code that you are given by phone. "
            "Do not forward this message."
        ),
    ),
})
NOTICES = frozenset(_TEXTS)


def notice_text(kind: str, language: str, link: str) -> tuple[str, str]:
    """Subject and body of a notice, in the reader's language."""
    if kind not in NOTICES:
        raise UnsafeNotice(f"notice '{kind}' is unknown. Use one of {', '.join(sorted(NOTICES))}.")
    if not _LINK.fullmatch(link):
        raise UnsafeNotice("notice: the link is not one web address. Build it from MELDROUTE_BASE_URL.")
    subject, body = _TEXTS[kind]
    with override(language):
        return gettext(subject), f"{gettext(body)}\n\n{link}\n"
