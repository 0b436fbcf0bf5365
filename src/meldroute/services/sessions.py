"""Where somebody is signed in, and ending it. No network address is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.storage import sessions as stored


@dataclass(frozen=True, slots=True)
class SessionCard:
    id: str
    browser: str
    started_at: datetime
    seen_at: datetime
    here: bool


def sessions_of(person: UUID, *, here: str, now: datetime) -> tuple[SessionCard, ...]:
    """The one in use first. `here`: the row of the session that asks."""
    cards = [SessionCard(row.key, data.get("browser_name", ""), row.started_at, row.seen_at, row.key == here)
             for row, data in stored.sessions_of(person, now=now)]
    return tuple(sorted(cards, key=lambda card: not card.here))


def end_session(person: UUID, *, id: str) -> int:
    """Only one's own; another's is not there."""
    return stored.end_sessions(person, only=id) if id else 0


def end_others(person: UUID, *, here: str) -> int:
    """Everywhere but here; everywhere when `here` is empty."""
    return stored.end_sessions(person, but=here)
