"""Requests of data subjects: who asks is sealed under a key of the request's own."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..querysets import RequestQuerySet
from ..vouching import Vouched
from .accounts import Membership, Organisation
from .base import SealedRow


class SubjectRequest(Vouched, SealedRow):
    """One request, the officer's advice on it and the college's decision. Clear: kind, clocks and policy words."""

    VOUCHED = ("organisation_id", "code")
    code = models.CharField(max_length=13, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # the controller
    kind = models.CharField(max_length=20)  # rules.subject_rights.KINDS
    received_on = models.DateField()
    due_on = models.DateField()
    extended_at = models.DateTimeField(null=True)
    advised_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, blank=True)  # rules.subject_rights.DECISIONS
    ground = models.CharField(max_length=40, blank=True)  # why not, or not all
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)  # who decided for the college
    answered_at = models.DateTimeField(null=True)
    content_sealed = models.BinaryField()  # who asks, how to reach them, what they ask
    advice_sealed = models.BinaryField(null=True)
    extension_sealed = models.BinaryField(null=True)
    decision_sealed = models.BinaryField(null=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    next_action_at = models.DateTimeField(null=True)  # None: answered
    stage = models.PositiveSmallIntegerField(default=0)  # 0 waiting, 1 reminded, 2 late
    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "due_on"], name="request_of_organisation"),
            models.Index(fields=["next_action_at"], condition=Q(next_action_at__isnull=False), name="request_due"),
        ]


class SubjectRequestKey(models.Model):
    """The wrapped key of a request, apart from the data as a signal's is: a backup can leave it out."""

    request = models.OneToOneField(SubjectRequest, on_delete=models.PROTECT, primary_key=True, related_name="key")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    wrapped = models.BinaryField()
