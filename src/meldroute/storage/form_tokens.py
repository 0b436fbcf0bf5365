"""Form tokens: a form remembers whose it is, for a day, without a row and without naming anyone.

Three paths need this when there is no session to ask: a login that expired, a CSRF failure and an error half
way. The random submission id makes two submissions of one form one report.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from .sealing import SealBroken, open_with_purpose, seal_with_purpose

LIFETIME = timedelta(hours=24)
_PLACE = "form token"
_LONGEST = 1024  # a longer one is not ours; no work is done on it


class FormTokenBroken(Exception):
    """This token was not made here, or was changed on the way."""


@dataclass(frozen=True, slots=True)
class FormToken:
    person_id: UUID
    form: str
    submission_id: UUID
    issued_at: datetime


class FormTokenExpired(Exception):
    """This token was ours, more than a day away from now. `token` is what it said."""

    def __init__(self, token: FormToken):
        super().__init__(
            f"form token: made at {token.issued_at:%Y-%m-%d %H:%M} UTC, valid for a day. Open the form again."
        )
        self.token = token


def make_form_token(person_id: UUID, form: str, *, now: datetime, submission_id: UUID | None = None) -> str:
    """A token for one showing of one form to one person, safe in a page and in a URL.

    `submission_id`: of the earlier showing that this one continues, so that both remain one submission.
    """
    content = json.dumps([str(person_id), form, str(submission_id or uuid4()), int(now.astimezone(UTC).timestamp())])
    sealed = seal_with_purpose("token", content, place=_PLACE)
    token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    if len(token) > _LONGEST:
        raise ValueError("form token: the name of the form is too long. Use a short one, such as 'report'.")
    return token


def read_form_token(token: str, *, now: datetime) -> FormToken:
    """What the token says. The caller compares `form`, and `person_id` where somebody is signed in."""
    read = _opened(token)
    # Both ways: a clock that jumps back may not make a person lose what they typed.
    if abs(now - read.issued_at) > LIFETIME:
        raise FormTokenExpired(read)
    return read


def _opened(token: str) -> FormToken:
    try:
        sealed = _decoded(token)
        person_id, form, submission_id, issued_at = json.loads(
            open_with_purpose("token", sealed, place=_PLACE)
        )
    except (SealBroken, ValueError):
        raise FormTokenBroken(
            "form token: it was not made here or was changed on the way. Open the form again."
        ) from None
    return FormToken(UUID(person_id), form, UUID(submission_id), datetime.fromtimestamp(issued_at, UTC))


def _decoded(token: str) -> bytes:
    if not token.isascii() or len(token) > _LONGEST:
        raise ValueError("not a token of ours")
    sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != token:
        raise ValueError("another spelling of a token")  # one token, one spelling
    return sealed
