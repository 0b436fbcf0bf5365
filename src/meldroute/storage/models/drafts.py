"""What somebody typed and could not send: kept sealed, for that person, for a day."""

from django.db import models

from .base import Row


class Draft(Row):
    person_tie = models.CharField(max_length=80)  # keyed hash
    form = models.CharField(max_length=40)
    submission = models.CharField(max_length=64, unique=True)
    body_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
