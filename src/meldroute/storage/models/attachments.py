"""A document in the file of a signal: what it is, its own key, and its bytes in sealed parts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ..querysets import AttachmentRows
from .accounts import Membership, Organisation
from .base import Row, SealedRow
from .signals import Signal


class Attachment(SealedRow):
    """Clear: that it is there, its place in the file, who and when. Sealed: its name, its kind, what it is.

    Hidden from everybody in one act; destroyed afterwards, and this row stays to tell by whom, when and why.
    """

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="attachments")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # in this file; part of the neutral name of a download
    parts = models.PositiveSmallIntegerField()
    scan = models.CharField(max_length=10)  # "clean", or "off": this site scans nothing
    content_sealed = models.BinaryField()  # name, kind, size, what it is
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    destroyed_at = models.DateTimeField(null=True)
    destroyed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    destruction_sealed = models.BinaryField(null=True)  # who said so, and in which words
    objects = AttachmentRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signal", "number"], name="one_attachment_per_number"),
            models.CheckConstraint(condition=Q(destroyed_at=None) | Q(hidden_at__isnull=False, hidden_at__lte=F("destroyed_at")),
                                   name="hidden_before_destroyed"),
            models.CheckConstraint(condition=Q(parts__gte=1), name="an_attachment_has_parts"),
        ]


class AttachmentKey(models.Model):
    """The key of one file, sealed under the key of its signal. Without either nobody opens the parts."""

    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, primary_key=True, related_name="key")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    wrapped = models.BinaryField()


class AttachmentPart(Row):
    """One part of the bytes, bound to file, number and whether it is the last."""

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attachment", "number"], name="one_part_per_number"),
        ]
