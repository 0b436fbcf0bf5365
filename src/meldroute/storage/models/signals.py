"""A signal, its key, what was looked up about it, and what its reporter was told."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..querysets import MunicipalityRows, SignalQuerySet
from ..vouching import Vouched
from .accounts import Membership, Organisation
from .base import SealedRow
from .installation import PackVersion


class Signal(Vouched, SealedRow):
    """Clear on purpose: what lists filter and sort on. All else is sealed under the signal's own key."""

    VOUCHED = ("municipality_id", "lane", "shielded", "lead_id", "reporter_tie")
    reference = models.CharField(max_length=13, unique=True)
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    lane = models.CharField(max_length=12, default="regular")  # rules.access.DESK
    shielded = models.BooleanField(default=False)  # narrowed to named people (NamedReader)
    pack = models.ForeignKey(PackVersion, on_delete=models.PROTECT)
    state = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)  # of the state, so that lists need no policy
    channel = models.CharField(max_length=10)  # "form", "phone", "desk" or "public"
    about = models.CharField(max_length=6)
    danger = models.BooleanField(default=False)
    minor = models.BooleanField(null=True)
    forms = models.JSONField(default=list)
    conclusion = models.CharField(max_length=20, blank=True)
    round = models.PositiveSmallIntegerField(default=0)  # how often experts asked for more information
    feedback = models.CharField(max_length=8, default="none")
    closing_reason = models.CharField(max_length=60, blank=True)
    lead = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="bundled", db_index=False)
    # The order of the work list is stored: urgency, then the next moment something is due, then the key.
    urgency = models.PositiveSmallIntegerField()
    next_due_at = models.DateTimeField()
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # a second editor gets a conflict, not a silent overwrite
    submission = models.CharField(max_length=64, unique=True)  # a form sent twice is one report
    reporter_tie = models.CharField(max_length=80)  # keyed hash
    content_sealed = models.BinaryField()
    reporter_sealed = models.BinaryField()
    assessment_sealed = models.BinaryField(null=True)
    safe_contact_sealed = models.BinaryField(null=True)  # how reporter and victim may be reached; None: nothing was said
    objects = SignalQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # the work list of one municipality
            models.Index(fields=["municipality", "lane", "urgency", "next_due_at", "id"], condition=~Q(kind="end"),
                         name="signal_work_list"),
            # what follows a signal: few do, and an index full of "none" would not be used
            models.Index(fields=["lead"], condition=Q(lead__isnull=False), name="signal_follows"),
            # how many stand in each group of the list, and what is due first
            models.Index(fields=["municipality", "lane", "kind"], condition=~Q(kind="end"), name="signal_groups"),
            models.Index(fields=["municipality", "lane", "next_due_at"], condition=~Q(kind="end"), name="signal_due"),
            # "new since you were last here" and closed this week
            models.Index(fields=["municipality", "lane", "received_at"], condition=~Q(kind="end"), name="signal_new"),
            models.Index(fields=["municipality", "lane", "closed_at"], condition=Q(kind="end"), name="signal_closed"),
            # few are narrowed to named people
            models.Index(fields=["municipality"], condition=Q(shielded=True), name="signal_shielded"),
            models.Index(fields=["reporter_tie", "received_at"], name="signal_of_reporter"),
        ]


class SignalKey(models.Model):
    """The wrapped data key, apart from the data so that a backup can leave it out."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, primary_key=True, related_name="key")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    wrapped = models.BinaryField()


class Enrichment(SealedRow):
    """A fact that the focal point looked up: outcome and legal basis clear, text and source sealed (S-B2-29)."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="enrichment")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    item = models.CharField(max_length=60)
    outcome = models.CharField(max_length=12)  # "found", "nothing" or "impossible"
    legal_basis = models.CharField(max_length=60)
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    objects = MunicipalityRows.as_manager()


class ReporterFeedback(SealedRow):
    """What the reporter was told, or why nothing could be told (S-B2-35, S-B2-37)."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="reporter_feedback")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)  # "given" or "reasoned"
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    objects = MunicipalityRows.as_manager()
