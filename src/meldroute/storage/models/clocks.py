"""Running terms. What is due next is one indexed question, however many signals are stored."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from .accounts import Organisation
from .base import Row
from .referrals import Referral
from .signals import Signal


class Clock(Row):
    """One term that runs for a signal, or for one referral of it. A running clock keeps its due time."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="clocks")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="clocks")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    norm = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # 0 waiting, 1 reminded, 2 buddy told, 3 chain director told
    stage = models.PositiveSmallIntegerField(default=0)
    next_action_at = models.DateTimeField(null=True)  # None: nothing left to do for this clock
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # tick: what is due now
            models.Index(fields=["next_action_at"], condition=Q(stopped_at=None, next_action_at__isnull=False),
                         name="clock_due"),
            models.Index(fields=["signal"], condition=Q(stopped_at=None), name="clock_running"),
        ]
