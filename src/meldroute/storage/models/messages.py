"""What must be told to somebody. The table is the only queue; a worker takes a row on a lease."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from .accounts import Membership, Organisation
from .base import Row
from .referrals import Referral
from .signals import Signal


class Message(Row):
    """That something waits, never what. Holds a kind of recipient, never a reporter's address."""

    kind = models.CharField(max_length=40)
    recipient_kind = models.CharField(max_length=12)  # "membership", "partner" or "reporter"
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="messages")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, null=True, related_name="messages")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="messages")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    content_sealed = models.BinaryField(null=True)  # a link token, where there is one
    count = models.PositiveIntegerField(null=True)  # for alarms that are a number only
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)  # None: delivered or given up
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField(null=True)  # in the product

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="message_due"),
            models.Index(fields=["membership", "created_at"], name="message_of_person"),
            # the number in the menu, on every page
            models.Index(fields=["membership"], condition=Q(seen_at=None), name="message_unseen"),
        ]
