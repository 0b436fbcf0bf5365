"""What a session remembers, sealed and bound to its row; and a person's sessions, to be ended.

A session can hold what somebody was sending when it was asked whether it was still them. And whoever reads the table
finds no key that opens a session: the browser holds the key, the row a hash of it.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from .models import BrowserSession
from .sealing import open_with_purpose, seal_with_purpose


def row_key(session_key: str) -> str:
    """The key is 32 random letters, so a plain hash cannot be turned back."""
    return hashlib.sha256(b"session " + session_key.encode()).hexdigest()


def seal_data(data: dict, *, key: str) -> bytes:
    return seal_with_purpose("token", json.dumps(data), place=_place(key))


def open_data(sealed: bytes, *, key: str) -> dict:
    """Raises `SealBroken`."""
    return json.loads(open_with_purpose("token", sealed, place=_place(key)))


def sessions_of(person: UUID, *, now: datetime) -> list[tuple[BrowserSession, dict]]:
    """Those that are still good, the newest first, each with what it remembers."""
    rows = BrowserSession.objects.filter(user=person, expires_at__gt=now).order_by("-seen_at", "key")
    return [(row, open_data(row.data_sealed, key=row.key)) for row in rows]


def end_sessions(person: UUID, *, only: str = "", but: str = "") -> int:
    """Those of this person: all, one, or all but one."""
    rows = BrowserSession.objects.filter(user=person)
    if only:
        rows = rows.filter(key=only)
    return rows.exclude(key=but).delete()[0]


def forget_old(*, now: datetime) -> int:
    """Asked first: a delete that finds nothing would still wait for the writer."""
    old = BrowserSession.objects.filter(expires_at__lte=now)
    return old.delete()[0] if old.exists() else 0


def _place(key: str) -> str:
    return f"session:{key}"
