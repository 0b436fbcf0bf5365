"""Safe contact of one signal: kept sealed with it, shown before anybody is called, and stronger than any message.

One column of the signal holds what was agreed for the reporter and for the victim, and what it was before: nothing is
overwritten without a trace. Where it says "nothing automatic", the notice to the reporter waits for a person.
"""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.safe_contact import ABOUT, NotAChoice, SafeContact, check
from meldroute.storage.models import Signal

from .desk import Desk, at_desk
from .opening import ActCard, opened
from .safe_contact_cards import HELD, SafeContactCard, cards_of, current, held

MOST_EARLIER = 50
FIELD = "safe_contact_sealed"

__all__ = ["HELD", "NothingHeld", "SafeContactCard", "SafeContactPage", "blocks_messages", "first_said", "reporter_was_told",
           "safe_contact_page", "set_safe_contact"]


class NothingHeld(Exception):
    """No notice to this reporter waits for a person: somebody was first, or it was sent."""


def first_said(signal: Signal, contact: SafeContact | None, *, key: bytes, now: datetime) -> None:
    """What the reporter says about themselves while reporting. Writes nothing when nothing is said."""
    if contact is not None and contact.says_something:
        signal.seal(FIELD, {"reporter": _entry(check(contact), by="", now=now)}, key=key)


def set_safe_contact(reference: str, about: str, contact: SafeContact, *, reader: Reader, now: datetime,
                     version: int | None = None) -> None:
    """Keep what was agreed. Raises `WrongInterpreter`, `NotAChoice` and what the desk raises."""
    if about not in ABOUT:
        raise NotAChoice("about")
    check(contact)
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        stored = desk.signal.unseal(FIELD, key=desk.key)
        earlier = [*stored.get("earlier", []), {"about": about, **stored[about]}] if about in stored else stored.get("earlier", [])
        desk.signal.seal(FIELD, {**stored, about: _entry(contact, by=str(reader.membership), now=now),
                                 "earlier": earlier[-MOST_EARLIER:]}, key=desk.key)
        desk.note("safe_contact.changed", about=about)
        if about == "reporter" and not contact.no_automatic:
            _let_go(desk)


def _entry(contact: SafeContact, *, by: str, now: datetime) -> dict[str, object]:
    return {**contact.content(), "by": by, "at": now.isoformat()}


def _let_go(desk: Desk) -> None:
    """What was held may be sent after all."""
    held(desk.signal.pk).update(next_try_at=desk.now, error="", attempts=0)


def blocks_messages(signal: Signal, *, key: bytes) -> bool:
    """Asked at delivery, under the signal's own key: nothing about it stands in the clear."""
    return any(about == "reporter" and contact.no_automatic for about, contact in current(signal, key=key).items())


def reporter_was_told(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Somebody reached the reporter in the agreed way: what was held has done its work. Raises `NothingHeld`."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        if not held(desk.signal.pk).update(sent_at=now, error=""):
            raise NothingHeld
        desk.note("reporter.told")


@dataclass(frozen=True, slots=True)
class SafeContactPage:
    act: ActCard
    about: str
    contact: SafeContact
    cards: tuple[SafeContactCard, ...]
    waiting: int  # notices to the reporter that wait for a person


def safe_contact_page(reference: str, about: str, *, reader: Reader, now: datetime, language: str = "nl") -> SafeContactPage:
    if about not in ABOUT:
        raise NotAChoice("about")
    with opened(reference, reader=reader, now=now, part="safe_contact", language=language) as found:
        known = current(found.signal, key=found.desk.key)
        return SafeContactPage(
            act=found.card(None), about=about, contact=known.get(about, SafeContact()),
            cards=cards_of(found.signal, key=found.desk.key), waiting=held(found.signal.pk).count())

