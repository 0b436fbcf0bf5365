"""Beside the chains: the daily digest of their heads, and the log of processings, which knows no users."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Digest(models.Model):
    """All chain heads at one moment of one day. The file in the data folder, and the mail, are copies of `content`."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)  # hash of the digest before it
    content = models.TextField()
    hash = models.CharField(max_length=64)
    mail_due_at = models.DateTimeField(null=True)  # None: mailed, or nobody to mail it to
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="digest_to_mail"),
        ]


class ProcessingRecord(models.Model):
    """One processing of the data of one subject, in the shape of Logboek Dataverwerkingen: no user, no content.

    Made afterwards from the history by tick. The trace id is the one tie to the entry it was made from.
    """

    id = models.BigAutoField(primary_key=True)
    controller = models.CharField(max_length=60)  # whose processing it is: the chain it was found in
    trace_id = models.CharField(max_length=32)
    operation_id = models.CharField(max_length=16)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    activity = models.CharField(max_length=120)  # URI in the register of processing activities
    subject = models.CharField(max_length=80)  # keyed hash
    failed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trace_id", "operation_id"], name="one_record_per_subject"),
        ]
        indexes: ClassVar = [models.Index(fields=["controller", "at"], name="processing_since")]


class ProcessingWatermark(models.Model):
    """How far a chain was read. It only moves on, together with the records it stands for."""

    chain = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
