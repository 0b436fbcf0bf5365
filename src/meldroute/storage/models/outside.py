"""What a focal point and somebody from outside write to each other, through a receipt and without a name."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..querysets import MunicipalityRows
from .accounts import Membership, Organisation
from .base import SealedRow
from .signals import Signal


class OutsideWord(SealedRow):
    """One text, in one of two directions. Never changed."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="outside_words", db_index=False)
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)  # "question" of the desk, "answer" of whoever holds the receipt
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    objects = MunicipalityRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["signal", "at"], name="outside_words_of_signal")]
        constraints: ClassVar = [
            # A question has its asker; an answer can name nobody.
            models.CheckConstraint(name="outside_word_by", condition=Q(kind="question", by__isnull=False)
                                   | Q(kind="answer", by__isnull=True)),
        ]
