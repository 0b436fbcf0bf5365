"""Signing in: sessions that can be ended one by one, invitations, single sign-on, and reviews of who has what."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..vouching import Vouched
from .accounts import Membership, Organisation, User
from .base import Row


class BrowserSession(models.Model):
    """One browser that is signed in, or on its way. Nothing here opens it: the key is a hash of what the browser holds."""

    key = models.CharField(max_length=64, primary_key=True)
    data_sealed = models.BinaryField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # written at most once a minute
    expires_at = models.DateTimeField(db_index=True)


class Invitation(Vouched, Row):
    """A link by mail to an account: once, for some days. Only a hash of it is stored."""

    VOUCHED = ("user_id", "token_hash")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=80, unique=True)
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user"], condition=Q(used_at=None), name="one_open_invitation"),
        ]


class SignOn(Vouched, Row):
    """Who somebody is at an identity provider: issuer and subject, never a mail address."""

    VOUCHED = ("user_id", "issuer", "subject")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ons")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    bound_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject"),
            models.UniqueConstraint(fields=["user", "issuer"], name="one_subject_per_issuer"),
        ]


class AccessReview(Row):
    """That somebody looked at who has which role, and when."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_reviews")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    people = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-at"], name="review_newest")]
