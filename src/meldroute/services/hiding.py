"""A picture of a sexual nature came in: one act hides it from everybody, the police say what becomes of it.

Hidden means that nobody opens it any more, whoever put it there. It is destroyed on the word of the urgent partner
(the police team on trafficking), after a talk that was recorded; its own key and its bytes are gone then, and the row
stays to tell by whom, when and why.
"""

from datetime import datetime
from uuid import UUID

from meldroute.rules.actors import Reader
from meldroute.storage.models import Attachment, AttachmentKey, AttachmentPart

from .attachment_pages import spoken_since
from .attachments import NoSuchAttachment
from .desk import Desk, at_desk


class AlreadyHidden(Exception):
    """Somebody was first. It is hidden, and that is what counts."""


class NotSpokenYet(Exception):
    """Nothing is destroyed before the police were asked: it can be evidence, and more than one may be needed."""

    def __init__(self, partner: str):
        super().__init__(f"attachment: no talk with {partner} was recorded after it was hidden. Call them, record it, then repeat.")
        self.partner = partner


class WordsMissing(ValueError):
    def __init__(self) -> None:
        super().__init__("attachment: what they said is missing. Write in a sentence that it may be destroyed, and who said so.")


def hide(reference: str, attachment: UUID, *, reader: Reader, now: datetime) -> None:
    """From now on nobody opens it. It asks for no version: nobody has to look again first."""
    with at_desk(reference, reader=reader, now=now) as desk:
        row = _row(desk, attachment)
        if row.hidden_at:
            raise AlreadyHidden
        row.hidden_at, row.hidden_by_id = now, reader.membership
        row.save(update_fields=["hidden_at", "hidden_by"])
        desk.note("attachment.hidden", attachment=str(row.pk), number=row.number)


def destroy(reference: str, attachment: UUID, *, said: str, reader: Reader, now: datetime,
            version: int | None = None) -> None:
    """On their word, and for good. Raises `NotSpokenYet`, `WordsMissing`, `NoSuchAttachment`."""
    if not said.strip():
        raise WordsMissing
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        row = _row(desk, attachment)
        if row.hidden_at is None or row.destroyed_at:
            raise NoSuchAttachment(reference)
        talk = spoken_since(row, desk.policy.urgent_partner)
        if talk is None:
            raise NotSpokenYet(desk.policy.urgent_partner)
        _unmake(row)
        row.destroyed_at, row.destroyed_by_id = now, reader.membership
        row.seal("destruction_sealed", {"said": said.strip()[:2000], "contact": str(talk.pk)}, key=desk.key)
        row.seal("content_sealed", {"name": "", "kind": "", "size": 0, "about": ""}, key=desk.key)
        row.save(update_fields=["destroyed_at", "destroyed_by", "destruction_sealed", "content_sealed"])
        desk.note("attachment.destroyed", attachment=str(row.pk), number=row.number, contact=str(talk.pk))


def _row(desk: Desk, attachment: UUID) -> Attachment:
    row = Attachment.objects.of_signal(desk.signal.pk).filter(pk=attachment).first()
    if row is None:
        raise NoSuchAttachment(desk.signal.reference)
    return row


def _unmake(row: Attachment) -> None:
    """The key first: should the rest fail, all of it is undone together."""
    AttachmentKey.objects.filter(pk=row.pk).delete()
    AttachmentPart.objects.filter(attachment=row.pk).delete()
