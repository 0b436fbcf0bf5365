"""Messages as people meet them: what is left for whom, what a mail says, and the page in the product.

A mail says *that* something waits. The page may name the reference, to whoever may open that signal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from meldroute.rules.actors import Reader
from meldroute.storage.models import Message, Signal
from meldroute.storage.prepared import Prepared

from .reading.log import log_list_read

PAGE = 50
CAP = 100  # counted up to here, then shown as "99+"

# Kind of message -> kind of mail. Everything else is a plain "something is ready for you".
MAIL = {
    "danger_received": "now",
    "nobody_on_duty": "nobody",
    "nobody_designated": "nobody",
    "reminder": "late",
    "late": "late",
    "still_late": "late",
    "escalated": "late",
    "role_ended": "role",
    "partner_link": "link",
    "request_due": "late",
    "request_late": "late",
}


def mail_kind(kind: str, *, recipient: str) -> str:
    """Which mail this becomes. A reporter always gets the same one, so that the kind of mail tells nothing."""
    return "waiting" if recipient == "reporter" else MAIL.get(kind, "waiting")


def to_members(kind: str, members: Iterable[UUID], *, municipality: UUID | None, now: datetime,
               **about: object) -> list[Message]:
    """One message for each membership, not saved yet."""
    return [Message(kind=kind, recipient_kind="membership", membership_id=member, municipality_id=municipality,
                    created_at=now, next_try_at=now, **about) for member in members]


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """`reference` only when this reader may open that signal; `request` when it is about a partner's request."""

    id: UUID
    kind: str
    at: datetime
    seen: bool
    count: int | None
    reference: str
    elsewhere: str  # the municipality, when it is one for which this reader's own desk stands in
    request: UUID | None


@dataclass(frozen=True, slots=True)
class Inbox:
    notices: tuple[NoticeCard, ...]
    unseen: int  # at most CAP
    next_before: str | None  # where the next page starts


def inbox(*, reader: Reader, now: datetime, before: str = "") -> Inbox:
    """What was left for this membership, newest first. Logs which signals stood on the page."""
    rows = list(_page(_own(reader), before))
    shown, more = rows[:PAGE], len(rows) > PAGE
    references = _references(reader, shown)
    card = Inbox(
        notices=tuple(_card(row, references, reader) for row in shown),
        unseen=unseen_count(reader),
        next_before=_place(shown[-1]) if more else None,
    )
    if references:
        log_list_read(sorted(references), reader.organisation, reader=reader, now=now, which="notifications")
    return card


def unseen_count(reader: Reader) -> int:
    """For the menu: one short query, counted up to CAP."""
    return len(_UNSEEN(membership=reader.membership))


_UNSEEN = Prepared(lambda membership: Message.objects.filter(membership_id=membership, seen_at=None)
                   .values_list("pk", flat=True)[:CAP], membership=UUID)


def mark_seen(notices: Sequence[UUID], *, reader: Reader, now: datetime) -> int:
    """These were seen; ids of somebody else's messages do nothing."""
    return _own(reader).filter(pk__in=list(notices)[:PAGE], seen_at=None).update(seen_at=now)


def mark_all_seen(*, reader: Reader, now: datetime) -> int:
    """Everything that stood there when the page was made."""
    return _own(reader).filter(seen_at=None, created_at__lte=now).update(seen_at=now)


def _own(reader: Reader):
    return Message.objects.filter(membership_id=reader.membership)


def _page(rows, before: str):
    if place := _parse(before):
        rows = rows.filter(created_at__lte=place[0]).exclude(created_at=place[0], pk__gte=place[1])
    return rows.select_related("municipality").order_by("-created_at", "-pk")[: PAGE + 1]


def _place(row: Message) -> str:
    return f"{row.created_at.isoformat()}~{row.pk}"


def _parse(before: str) -> tuple[datetime, UUID] | None:
    """None for a place that is not ours: the page then starts at the top."""
    at, _, id = before.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), UUID(id)) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
        return None


def _references(reader: Reader, rows: list[Message]) -> dict[UUID, str]:
    signals = {row.signal_id for row in rows if row.signal_id}
    if not signals:
        return {}
    return dict(Signal.objects.visible_to(reader).filter(pk__in=signals).values_list("pk", "reference"))


def _card(row: Message, references: dict[UUID, str], reader: Reader) -> NoticeCard:
    reference = references.get(row.signal_id, "")
    stands_in = row.signal_id and not reference and row.municipality_id != reader.organisation
    at_a_desk = reader.organisation_kind == "municipality"
    return NoticeCard(id=row.pk, kind=row.kind, at=row.created_at, seen=row.seen_at is not None, count=row.count,
                      elsewhere=row.municipality.name if stands_in and at_a_desk and row.municipality else "",
                      reference=reference, request=row.referral_id)
