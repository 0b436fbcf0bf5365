"""What a page for somebody from outside remembers: in the page itself, sealed, for one step and one use.

No session and no cookie. A token of one step opens no other one, of one municipality no other one.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.core.cache import cache

from .sealing import SealBroken, open_with_purpose, seal_with_purpose

_PLACE = "page for outside"
_LONGEST = 2048  # a longer one is not ours; no work is done on it
KEPT = timedelta(days=1)  # longer than any token is good for


class PageTokenBroken(Exception):
    """It was not made here for this step and this municipality, or was changed on the way, or is too old."""


@dataclass(frozen=True, slots=True)
class PageToken:
    step: str
    municipality: UUID
    id: UUID = field(default_factory=uuid4)
    receipt: str = field(default="", repr=False)
    signal: str = ""
    tries: int = 0


def write(token: PageToken, *, now: datetime) -> str:
    content = [token.step, str(token.municipality), str(token.id), token.receipt, token.signal, token.tries,
               int(now.timestamp())]
    sealed = seal_with_purpose("token", json.dumps(content), place=_PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(text: str, *, step: str, municipality: UUID, lifetime: timedelta, now: datetime) -> PageToken:
    """Raises `PageTokenBroken`, which does not say why: whoever asks gets a fresh page."""
    try:
        made_for, body, id, receipt, signal, tries, at = json.loads(
            open_with_purpose("token", _decoded(text), place=_PLACE))
    except (SealBroken, ValueError):
        raise PageTokenBroken from None
    young = abs(now - datetime.fromtimestamp(at, UTC)) <= lifetime  # both ways: a clock may jump back
    if (made_for, body) != (step, str(municipality)) or not young:
        raise PageTokenBroken
    return PageToken(step, municipality, UUID(id), receipt, signal, tries)


def spend(token: PageToken, use: str) -> bool:
    """Use it up. False when it was used for this before: a page that is sent again shows nothing."""
    return cache.add(f"outside {use} {token.id}", 1, KEPT.total_seconds())


def is_spent(token: PageToken, use: str) -> bool:
    return cache.get(f"outside {use} {token.id}") is not None


def _decoded(text: str) -> bytes:
    if not text.isascii() or len(text) > _LONGEST:
        raise ValueError("not a token of ours")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
