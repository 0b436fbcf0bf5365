"""Requests to partners, what left the building with them, and what came back."""

from typing import ClassVar

from django.db import models

from ..querysets import MunicipalityRows, ReferralQuerySet
from ..vouching import Vouched
from .accounts import Membership, Organisation
from .base import Row, SealedRow
from .signals import Signal


class Referral(Vouched, SealedRow):
    """One request to one partner: advice on a vague signal, or a signal passed on. Runs its own small lifecycle."""

    VOUCHED = ("signal_id", "organisation_id", "partner", "purpose", "status")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="referrals")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=40)  # the policy pack's id
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=10)  # "advice" or "referral"
    round = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12)  # rules.referral, or "skipped"
    channel = models.CharField(max_length=10, blank=True)  # "phone", "account" or "link"
    content_sealed = models.BinaryField(null=True)  # question asked, or the reason for skipping
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["signal", "partner", "purpose", "round"], name="one_request_per_partner"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "opened_at"], name="referral_of_partner")]


class Disclosure(Vouched, SealedRow):
    """The frozen, minimal copy that a partner was given, with purpose and legal basis. Never changed."""

    VOUCHED = ("referral_id", "signal_id", "withdrawn_at")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="disclosures")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="disclosures")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=40)
    fields = models.JSONField()  # names of what was given, never the values
    legal_basis = models.CharField(max_length=60)
    override = models.BooleanField(default=False)  # emergency: given without a confirmed basis
    channel = models.CharField(max_length=10)
    content_sealed = models.BinaryField()  # exact text, purpose, grounds
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    withdrawn_at = models.DateTimeField(null=True)
    objects = MunicipalityRows.as_manager()


class Contact(SealedRow):
    """A call with a partner, or an attempt: whom, when, channel, reference, agreements (S-B1-12)."""

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="contacts")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    reached = models.BooleanField()
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT)
    objects = MunicipalityRows.as_manager()


class Answer(Vouched, SealedRow):
    VOUCHED = ("referral_id", "kind", "via")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="answers")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)  # rules.referral.ANSWERS
    via = models.CharField(max_length=10)  # "account", "phone" or "link"
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True)  # None: by link
    objects = MunicipalityRows.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["municipality", "at"], name="answer_since")]


class PartnerLink(Vouched, Row):
    """A way in for a partner without an account: a link by mail and a code by phone. One answer spends it."""

    VOUCHED = ("referral_id", "municipality_id", "token_hash", "code_hash", "wrong_codes", "expires_at", "spent_at",
               "blocked_at", "replaced_at")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="links")
    municipality = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=80, unique=True)
    code_hash = models.CharField(max_length=80)
    code_sealed = models.BinaryField()  # under the signal's key, for the focal point to read aloud
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
