"""What this database belongs to: its keyring, and the policy versions that signals were started under."""

from typing import ClassVar

from django.db import models

from .base import Row


class Installation(models.Model):
    """One row: the fingerprint of the keyring that opens this database."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    keyring = models.CharField(max_length=64)
    created_at = models.DateTimeField()


class PackVersion(Row):
    """The canonical content of a policy version, kept at its first use. A signal keeps this version's route."""

    pack = models.CharField(max_length=60)
    valid_from = models.DateField()
    hash = models.CharField(max_length=64)
    canonical = models.TextField()
    first_used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pack", "valid_from"], name="one_content_per_version")]
