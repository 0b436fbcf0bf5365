"""What is kept elsewhere so that nothing is lost, what was destroyed for good, and whether real data may come in."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from .accounts import Organisation
from .base import Row


class KeptCopy(Row):
    """One attempt to write a copy: of the data, of the wrapped signal keys, or of the keyring (escrow)."""

    kind = models.CharField(max_length=8)  # "data", "keys" or "escrow"
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)  # None: it failed, or was cut off
    cause = models.CharField(max_length=300, blank=True)  # why it failed, without personal data
    file = models.CharField(max_length=200, blank=True)  # its name, not its folder
    size = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file
    recipients = models.JSONField(default=list)  # public age keys
    versions = models.JSONField(default=dict)  # escrow: which versions of each key it holds

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "-started_at"], name="kept_copy_newest")]


class KeyDestruction(Row):
    """The key of a signal was destroyed. Finished when no place we know of still holds it."""

    signal = models.UUIDField(unique=True)  # not a reference: this stays when the signal's row goes
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    transaction = models.CharField(max_length=20, blank=True)  # PostgreSQL: which one deleted the row
    database_clean_at = models.DateTimeField(null=True)
    copy_replaced_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], condition=Q(finished_at=None), name="key_destruction_pending"),
        ]


class DpiaAdoption(models.Model):
    """One row: the data protection impact assessment was adopted, by whom and by which decision."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    adopted_by = models.CharField(max_length=200)
    adopted_on = models.DateField()
    decision = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_adoption")]
