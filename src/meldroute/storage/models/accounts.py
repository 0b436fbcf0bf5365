"""People, organisations, and the dated memberships that give them a role."""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ..second_factors import FactorsVoucherField
from ..vouching import Vouched
from .base import Row


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(Vouched, AbstractBaseUser):
    VOUCHED = ("email", "password", "is_active", "reports_since")
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=5, default="nl")
    is_active = models.BooleanField(default=True)
    # Set when mail for this account began to go elsewhere: who reads it may not be who reported before.
    reports_since = models.DateTimeField(null=True)
    # Of which second factors there are (second_factors.py): none may be added or taken away by hand.
    factors_voucher = FactorsVoucherField(max_length=64, null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name


class Organisation(Vouched, Row):
    """A municipality, a partner or the region. The same body in two capacities is two rows."""

    VOUCHED = ("kind", "code")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=40)  # the policy pack's code: GM0794, AVIM, ZOCO_HELMOND
    name = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="one_organisation_per_code")]


class MembershipQuerySet(models.QuerySet):
    def current(self, day: date) -> "MembershipQuerySet":
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, user__is_active=True)

    def present(self, day: date) -> "MembershipQuerySet":
        """Current and not away today. One absence must cover the day: a past and a coming one together do not."""
        away = Absence.objects.filter(membership=OuterRef("pk"), from_day__lte=day, to_day__gte=day)
        return self.current(day).exclude(Exists(away))

    def of(self, organisation: object, *roles: str) -> "MembershipQuerySet":
        return self.filter(organisation=organisation, role__in=roles)


class Membership(Vouched, Row):
    """A person's role in an organisation, from day to day. An act names the membership it used."""

    VOUCHED = ("user_id", "organisation_id", "role", "valid_from", "valid_to")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30)
    domain = models.CharField(max_length=10, blank=True)  # "care" or "safety", for focal point and buddy (S-B2-03)
    appointed_by = models.CharField(max_length=200, blank=True)  # decision of the college (S-B2-05)
    appointed_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    last_worklist_at = models.DateTimeField(null=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "role"], name="membership_duty"),
            # the clock looks for roles that ended, to close the accounts that have no other
            models.Index(fields=["valid_to"], condition=Q(valid_to__isnull=False), name="membership_ended"),
        ]


class Absence(Row):
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="absences")
    from_day = models.DateField()
    to_day = models.DateField()


class MunicipalitySettings(Vouched, Row):
    """A municipality's own choices. A change is a new row; the newest that has started is in force."""

    VOUCHED = ("organisation_id", "valid_from", "content", "saved_at")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="settings")
    valid_from = models.DateTimeField()
    content = models.JSONField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True)
    saved_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-valid_from"], name="settings_in_force")]
