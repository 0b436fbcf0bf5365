"""What was done and read, by whom: append-only hash chains, one per municipality or organisation."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ChainHead(models.Model):
    """Where a chain ends. Locked last in a transaction, in ascending order of chain."""

    chain = models.CharField(max_length=60, primary_key=True)  # a municipality's or organisation's id, or "system"
    number = models.PositiveBigIntegerField(default=0)
    hash = models.BinaryField()


class HistoryEntry(models.Model):
    id = models.BigAutoField(primary_key=True)
    chain = models.CharField(max_length=60)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=30)
    organisation = models.UUIDField(null=True)
    act = models.CharField(max_length=40)
    signal = models.UUIDField(null=True)  # when it is about one signal
    subjects = models.JSONField(default=list)  # ids, when it is about several (a list that was read)
    details = models.JSONField(default=dict)  # ids and policy words only
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "number"], name="one_entry_per_number")]
        indexes: ClassVar = [
            models.Index(fields=["signal", "at"], name="history_of_signal"),
            # few of these among many: what certifies a gap, what was refused, which lists were looked at
            models.Index(fields=["chain", "number"], condition=Q(act="history.destroyed"), name="history_certificates"),
            models.Index(fields=["chain", "number"], condition=Q(act="refused"), name="history_refusals"),
            models.Index(fields=["chain", "number"], condition=Q(act="list.read"), name="history_lists"),
            # who opened how many signals today
            models.Index(fields=["at", "actor"], condition=Q(act="signal.read"), name="history_reads"),
        ]
