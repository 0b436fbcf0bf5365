"""What stands above every page about a signal before anybody is called: how that may be done safely."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules.safe_contact import ABOUT, SafeContact, from_content
from meldroute.storage.models import Message, Signal

HELD = "held: safe contact says that nothing is sent by itself"  # stored so in 0.1.0; also where an address changed


@dataclass(frozen=True, slots=True)
class SafeContactCard:
    about: str  # "reporter" or "victim"
    contact: SafeContact
    at: datetime
    own_words: bool  # the reporter said it themselves, while reporting


def cards_of(signal: Signal, *, key: bytes) -> tuple[SafeContactCard, ...]:
    """Of whom something was agreed. Asks the database nothing: it travels with the row."""
    stored = signal.unseal("safe_contact_sealed", key=key)
    return tuple(SafeContactCard(about, from_content(stored[about]), datetime.fromisoformat(stored[about]["at"]),
                                 not stored[about]["by"]) for about in ABOUT if about in stored)


def current(signal: Signal, *, key: bytes) -> dict[str, SafeContact]:
    return {card.about: card.contact for card in cards_of(signal, key=key)}


def held(signal: UUID):
    """Notices to the reporter that wait until somebody has reached them in the agreed way."""
    return Message.objects.filter(signal=signal, recipient_kind="reporter", sent_at=None, next_try_at=None, error=HELD)
