"""The documents of a signal as the desk sees them: what each is, never what is in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from meldroute.channels.scanner import OFF
from meldroute.rules.actors import Reader
from meldroute.storage.models import Attachment, Contact

from . import calling
from .attachments import MOST, NoSuchAttachment
from .calling import CallCard
from .opening import ActCard, Opened, opened


@dataclass(frozen=True, slots=True)
class AttachmentCard:
    """`standing`: "here", "hidden" or "destroyed". Of what was hidden not even the name is shown."""

    id: UUID
    number: int
    standing: str
    name: str
    kind: str
    about: str
    kilobytes: int
    scan: str
    at: datetime
    by: str
    hidden_at: datetime | None
    hidden_by: str
    destroyed_at: datetime | None
    destroyed_by: str
    destroyed_because: str


@dataclass(frozen=True, slots=True)
class AttachmentsPage:
    act: ActCard
    attachments: tuple[AttachmentCard, ...]
    full: bool
    scanner: str  # "on", "off" by choice, or "missing": then nothing can be added
    call: CallCard  # whom to call this hour about pictures that do not belong here, and about evidence
    urgent: str


@dataclass(frozen=True, slots=True)
class HidingPage:
    act: ActCard
    attachment: AttachmentCard
    call: CallCard
    urgent: str
    urgent_id: str
    spoken_at: datetime | None  # they were spoken to after it was hidden


def attachments_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> AttachmentsPage:
    with opened(reference, reader=reader, now=now, part="attachments", language=language) as found:
        rows = _rows(found)
        call = _call(found, reader, now)
        return AttachmentsPage(found.card(None), tuple(_card(row, found) for row in rows), len(rows) >= MOST,
                               scanner_state(), call, call.partner)


def hiding_page(reference: str, attachment: UUID, *, reader: Reader, now: datetime,
                language: str = "nl") -> HidingPage:
    """Of one document; its bytes are not opened. Raises `NoSuchAttachment`."""
    with opened(reference, reader=reader, now=now, part="attachments", language=language) as found:
        row = next((r for r in _rows(found) if r.pk == attachment), None)
        if row is None:
            raise NoSuchAttachment(reference)
        call = _call(found, reader, now)
        said = spoken_since(row, found.policy.urgent_partner)
        return HidingPage(found.card(None), _card(row, found), call, call.partner, found.policy.urgent_partner,
                          said.at if said else None)


def scanner_state() -> str:
    """Told from the setting alone; whether the daemon answers is found out when a file comes."""
    if not settings.MELDROUTE_SCANNER:
        return "missing"
    return "off" if settings.MELDROUTE_SCANNER == OFF else "on"


def spoken_since(row: Attachment, partner: str) -> Contact | None:
    """The last talk with this partner after it was hidden. A time is typed in minutes."""
    if row.hidden_at is None:
        return None
    since = row.hidden_at.replace(second=0, microsecond=0)
    talks = Contact.objects.of_signal(row.signal_id).filter(partner=partner, reached=True, at__gte=since)
    return talks.order_by("-at").first()


def _call(found: Opened, reader: Reader, now: datetime) -> CallCard:
    return calling.whom(found.policy.urgent_partner, municipality=reader.organisation_code, choices=found.desk.choices,
                        now=now)


def _rows(found: Opened) -> list[Attachment]:
    names = ("by__user", "hidden_by__user", "destroyed_by__user")
    return list(Attachment.objects.of_signal(found.signal.pk).select_related(*names).order_by("number"))


def _card(row: Attachment, found: Opened) -> AttachmentCard:
    standing = "destroyed" if row.destroyed_at else "hidden" if row.hidden_at else "here"
    said = found.unseal(row) if standing == "here" else {}
    because = found.unseal(row, "destruction_sealed").get("said", "") if row.destroyed_at else ""
    return AttachmentCard(
        id=row.pk, number=row.number, standing=standing, name=said.get("name", ""), kind=said.get("kind", ""),
        about=said.get("about", ""), kilobytes=-(-said.get("size", 0) // 1024), scan=row.scan, at=row.at,
        by=row.by.user.name, hidden_at=row.hidden_at, hidden_by=row.hidden_by.user.name if row.hidden_by else "",
        destroyed_at=row.destroyed_at, destroyed_by=row.destroyed_by.user.name if row.destroyed_by else "",
        destroyed_because=because,
    )
