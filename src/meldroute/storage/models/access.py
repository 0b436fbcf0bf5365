"""Who may read beside or less than what a role gives: narrowed to named people, opened in an emergency; and who read much."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ..querysets import MunicipalityRows
from ..vouching import Vouched
from .accounts import Membership, Organisation
from .base import Row, SealedRow
from .signals import Signal


class NamedReader(Vouched, Row):
    """One of those to whom a shielded signal is narrowed. The reason stands sealed in the signal's assessment."""

    VOUCHED = ("signal_id", "membership_id")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="named")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    objects = MunicipalityRows.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["signal", "membership"], name="named_once")]


class EmergencyReading(Vouched, SealedRow):
    """A signal opened in an emergency by somebody to whom it is closed: why, how long, and what the privacy officer found."""

    VOUCHED = ("signal_id", "municipality_id", "membership_id", "until")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reason_sealed = models.BinaryField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True)  # "fine" or "not_fine"; "": not looked at yet
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    objects = MunicipalityRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="emergency_ends_after_it_began"),
            models.CheckConstraint(condition=Q(verdict="", reviewed_at=None, reviewed_by=None)
                                   | Q(verdict__in=["fine", "not_fine"], reviewed_at__isnull=False,
                                       reviewed_by__isnull=False), name="emergency_verdict_has_its_reviewer"),
            models.CheckConstraint(condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("membership")),
                                   name="nobody_reviews_their_own_emergency"),
        ]
        indexes: ClassVar = [models.Index(fields=["municipality", "-at"], name="emergency_of_municipality")]


class UnusualReading(Row):
    """That somebody opened far more signals on a day than they usually do. Numbers, no signals."""

    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    opened = models.PositiveIntegerField()
    usual = models.PositiveIntegerField()
    at = models.DateTimeField()
    objects = MunicipalityRows.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["municipality", "membership", "day"], name="unusual_once_a_day")]
