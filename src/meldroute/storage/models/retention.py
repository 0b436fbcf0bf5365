"""How long a closed signal is kept, what holds it, and what is left when it is gone.

What survives a destroyed signal names no signal by a key that another table could join: it holds an id of something
that no longer exists, or none at all.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ..querysets import MunicipalityRows, RetentionQuerySet
from .accounts import Membership, Organisation, User
from .base import Row, SealedRow
from .signals import Signal


class KeptSignal(models.Model):
    """The term of one closed signal. `next_look_at` is when the clock has something to do; None: nothing by itself."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, primary_key=True, related_name="kept")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=12)
    outcome = models.CharField(max_length=20)  # rules.retention.OUTCOMES
    closed_on = models.DateField()
    ends_on = models.DateField(null=True)  # None: nobody knows the term
    next_look_at = models.DateTimeField(null=True)
    warned_on = models.DateField(null=True)
    extended_on = models.DateField(null=True)
    extended_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    objects = RetentionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_look_at"], condition=Q(next_look_at__isnull=False), name="kept_look"),
            # the calendar of one municipality
            models.Index(fields=["municipality", "lane", "ends_on"], name="kept_ends"),
        ]


class RetentionHold(SealedRow):
    """Why a signal may not be destroyed yet: a word that tells nothing, and an explanation under the signal's key."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="holds")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=12)
    reason = models.CharField(max_length=20)  # rules.retention.HOLD_REASONS
    content_sealed = models.BinaryField(null=True)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    until = models.DateField()  # then somebody looks again; it goes on until it is lifted by name
    asked_on = models.DateField(null=True)  # when the clock asked to look again
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    objects = MunicipalityRows.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=Q(lifted_at=None), name="hold_until"),
            models.Index(fields=["municipality", "until"], condition=Q(lifted_at=None), name="hold_standing"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signal"], condition=Q(lifted_at=None), name="one_hold_at_a_time"),
        ]


class Destruction(Row):
    """A list of signals whose term ended, on its way past two persons; afterwards the certificate that it was done."""

    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=12)
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=12, blank=True)  # in the selection list
    term = models.CharField(max_length=20)  # "5 years"
    source = models.CharField(max_length=300)
    source_status = models.CharField(max_length=20)
    state = models.CharField(max_length=10)  # "listed", "proposed", "returned" or "destroyed"
    count = models.PositiveIntegerField(default=0)
    listed_at = models.DateTimeField()
    reminded_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    approved_person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)  # None after approval: a copy of a key may still exist
    objects = RetentionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["municipality", "lane", "state", "listed_at"], name="destruction_list"),
            models.Index(fields=["reminded_at"], condition=Q(state__in=["listed", "proposed"]), name="destruction_waits"),
            models.Index(fields=["approved_at"], condition=Q(state="destroyed", finished_at=None),
                         name="destruction_pending"),
        ]
        constraints: ClassVar = [
            # Four eyes, also for who writes to the table past the program.
            models.CheckConstraint(condition=~Q(approved_person=F("proposed_person")), name="destroyed_by_two_persons"),
            models.CheckConstraint(
                condition=~Q(state="destroyed") | Q(proposed_person__isnull=False, approved_person__isnull=False),
                name="destroyed_with_two_names"),
        ]


class DestructionItem(Row):
    """One signal of such a list, by id: afterwards that id leads nowhere."""

    destruction = models.ForeignKey(Destruction, on_delete=models.PROTECT, related_name="items")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    signal = models.UUIDField(unique=True)  # one list at a time
    finished_at = models.DateTimeField(null=True)


class SurvivingCount(Row):
    """What statistics keep of one destroyed signal: no name, no id, no day."""

    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    closed_month = models.DateField()  # its first day
    outcome = models.CharField(max_length=20)
    forms = models.JSONField(default=list)
    weeks_open = models.PositiveSmallIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["closed_month", "municipality"], name="surviving_month")]


class NoLongerKept(Row):
    """For its reporter: that a report is gone. It goes too, after a year."""

    reporter_tie = models.CharField(max_length=80, db_index=True)
    reference = models.CharField(max_length=13)
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    forget_on = models.DateField(db_index=True)
