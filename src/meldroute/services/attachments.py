"""Documents in the file of a signal: taken in as bare sealed copies, opened one at a time, each opening logged first.

Only the desk adds them: a letter from a partner, a document that belongs to the file. Evidence does not come here: it
goes to the police as it is, and no original is kept. No disclosure ever holds one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from meldroute.channels import scanner
from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.models import Attachment, AttachmentKey, AttachmentPart
from meldroute.storage.sealed_parts import (
    new_file_key,
    open_parts,
    parts_needed,
    seal_parts,
    unwrap_file_key,
    wrap_file_key,
)
from meldroute.storage.sealing import SealBroken

from .cleaning.bare import Bare, bare
from .cleaning.kinds import MEDIA, SUFFIXES
from .desk import Desk, NoSuchSignal, at_desk, look_at

MOST = 30  # in one file of a signal
LONGEST_NAME = 200
LONGEST_ABOUT = 500


class NoSuchAttachment(NoSuchSignal):
    """It does not exist, belongs to another signal, or was hidden from everybody. The three look the same."""


class FileFull(Exception):
    """Enough documents in one file. Nothing was kept."""

    def __init__(self) -> None:
        super().__init__(f"attachment: this signal has {MOST} documents. Put several pages in one PDF.")


class AboutMissing(ValueError):
    """Nobody can tell later why it is here."""

    def __init__(self) -> None:
        super().__init__("attachment: nothing says what it is and why it belongs here. Write it in one line.")


@dataclass(frozen=True, slots=True)
class NewFile:
    """As it came. `name` is only shown and never trusted; `about`: what it is and why it belongs in this file."""

    name: str
    content: bytes
    about: str


def add_attachment(reference: str, new: NewFile, *, reader: Reader, now: datetime) -> int:
    """Scan, make a bare copy, seal, store; returns its number in the file. Nothing of the original is kept.

    Raises `scanner.Infected`, `scanner.ScannerMissing`, `kinds.FileRefused`, `bare.CleanerBroken`, `FileFull`,
    `AboutMissing` and `NoSuchSignal`.
    """
    if not new.about.strip():
        raise AboutMissing
    look_at(reference, reader=reader, now=now)  # who may not see the signal has nothing scanned here
    scanned = scanner.scan(new.content)
    copy = bare(new.content)
    with at_desk(reference, reader=reader, now=now) as desk:
        number = _next_number(desk)
        row = _store(desk, new, copy, number=number, scanned=scanned)
        desk.note("attachment.added", attachment=str(row.pk), number=number, scan=scanned)
    return number


def _next_number(desk: Desk) -> int:
    used = Attachment.objects.of_signal(desk.signal.pk).order_by("-number").values_list("number", flat=True).first() or 0
    if used >= MOST:
        raise FileFull
    return used + 1


def _store(desk: Desk, new: NewFile, copy: Bare, *, number: int, scanned: str) -> Attachment:
    municipality, key = desk.signal.municipality_id, new_file_key()
    row = Attachment(id=uuid4(), signal=desk.signal, municipality_id=municipality, number=number,
                     parts=parts_needed(len(copy.content)), scan=scanned, at=desk.now, by_id=desk.reader.membership)
    row.seal("content_sealed", {"name": _plain_name(new.name), "kind": copy.kind, "size": len(copy.content),
                                "about": new.about.strip()[:LONGEST_ABOUT]}, key=desk.key)
    row.save(force_insert=True)
    wrapped = wrap_file_key(key, signal_key=desk.key, file=row.pk)
    AttachmentKey(attachment=row, municipality_id=municipality, wrapped=wrapped).save(force_insert=True)
    for n, part in enumerate(seal_parts(key, copy.content, file=row.pk)):
        AttachmentPart(attachment=row, municipality_id=municipality, number=n, sealed=part).save(force_insert=True)
    return row


def _plain_name(name: str) -> str:
    """What can be shown of a name: no folders, no marks that turn or hide letters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)[-LONGEST_NAME:]


# Opened


@dataclass(frozen=True, slots=True)
class FileCard:
    """The bytes, for whoever asked for them, under a name that says nothing to who finds it on a computer."""

    name: str
    media: str
    content: bytes


def open_attachment(reference: str, attachment: UUID, *, reader: Reader, now: datetime) -> FileCard:
    """All of it or nothing. Raises `NoSuchSignal`, `NoSuchAttachment` and `SealBroken`."""
    desk = look_at(reference, reader=reader, now=now)
    row = Attachment.objects.of_signal(desk.signal.pk).to_be_opened().filter(pk=attachment).first()
    if row is None:
        raise NoSuchAttachment(reference)
    kind = row.unseal("content_sealed", key=desk.key)["kind"]
    card = FileCard(f"{desk.signal.reference}-{row.number}.{SUFFIXES[kind]}", MEDIA[kind], _bytes(row, desk.key))
    with transaction.atomic():  # and only when this stands in the log is anything sent
        history.append(desk.signal.municipality_id, actor=desk.actor, act="signal.read", now=now, signal=desk.signal.pk,
                       details={"part": "attachment", "attachment": str(row.pk)})
    return card


def _bytes(row: Attachment, signal_key: bytes) -> bytes:
    place = f"attachment {row.pk}"
    wrapped = AttachmentKey.objects.filter(pk=row.pk).values_list("wrapped", flat=True).first()
    if wrapped is None:
        raise SealBroken(place, "its key is gone")
    parts = list(AttachmentPart.objects.filter(attachment=row.pk).order_by("number").values_list("number", "sealed"))
    if [n for n, _ in parts] != list(range(row.parts)):
        raise SealBroken(place, "parts are missing or were added")
    key = unwrap_file_key(bytes(wrapped), signal_key=signal_key, file=row.pk)
    return open_parts(key, [bytes(sealed) for _, sealed in parts], file=row.pk)
