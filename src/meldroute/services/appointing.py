"""Give somebody a role, with an account when there is none yet.

The functional manager appoints and never reads a signal: not even by appointing themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from meldroute.channels.email import BadAddress, check_address
from meldroute.rules.actors import Reader
from meldroute.rules.acts import DESK_ROLES
from meldroute.storage.models import Membership, Message, Organisation, User
from meldroute.storage.vouching import is_genuine, refuse_forged

from . import duties
from .delivery import retry_now
from .invitations import invite
from .municipality_settings import managed
from .notices import to_members
from .people import APPOINTABLE, AppointmentRefused, NoSuchMember, memberships_of, remember, today
from .privileges import tell_of_privileges


@dataclass(frozen=True, slots=True)
class Appointment:
    """`email` of an account that exists gets a role beside the others; else an account is made."""

    name: str
    email: str
    role: str
    starts: date
    domain: str = ""  # "care" or "safety", for focal point and buddy (S-B2-03)
    appointed_by: str = ""  # decision of the college (S-B2-05)
    appointed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Appointed:
    """`new`: the account was made now. Nobody gets to see a password: the person chooses one by mail."""

    membership: UUID
    name: str
    email: str
    role: str
    new: bool


def appoint(new: Appointment, *, reader: Reader, now: datetime) -> Appointed:
    """A role from a day on, with an account when there is none yet. Raises `AppointmentRefused`."""
    organisation = managed(reader)
    if new.role not in APPOINTABLE:
        raise AppointmentRefused("unknown_role", "role")
    if new.starts < today(now):
        raise AppointmentRefused("in_the_past", "starts")
    _check_address(new.email)
    try:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=organisation)
            return _appoint(new, organisation, reader=reader, now=now)
    except IntegrityError:  # the same account made twice at once
        raise AppointmentRefused("already", "email") from None


def _account(new: Appointment, known: User | None, *, now: datetime) -> User:
    """Without a password: whoever holds the mail address chooses how to sign in, by invitation. One that was closed
    opens again the same way; what was reported before stays closed, because a mailbox may have passed to another."""
    if known is None:
        return User.objects.create_user(new.email, None, name=new.name)
    if not known.is_active:
        known.is_active = True
        known.set_unusable_password()
        known.reports_since = now
        known.save(update_fields=["is_active", "password", "reports_since"])
    return known


def _appoint(new: Appointment, organisation: UUID, *, reader: Reader, now: datetime) -> Appointed:
    known = User.objects.filter(email__iexact=new.email).first()
    if known:
        refuse_forged(known)  # or a role goes to whoever wrote this address to their own account
        _refuse_appointment(new, known, organisation, reader=reader)
    new_account = known is None or not known.is_active
    user = _account(new, known, now=now)
    row = Membership.objects.create(
        user=user, organisation_id=organisation, role=new.role, domain=new.domain, appointed_by=new.appointed_by,
        appointed_on=new.appointed_on, valid_from=new.starts)
    Message.objects.bulk_create(to_members("role_given", _who_should_know(row, now=now), municipality=organisation,
                                           now=now))
    if new_account:
        invite(row, made_by=reader.membership, now=now)
    tell_of_privileges(row, reader=reader, now=now)
    remember("membership.started", row, reader=reader, now=now, valid_from=new.starts.isoformat())
    return Appointed(row.pk, user.name, user.email, row.role, new=new_account)


def _refuse_appointment(new: Appointment, user: User, organisation: UUID, *, reader: Reader) -> None:
    if user.pk == reader.user and new.role in (*DESK_ROLES, "privacy_officer"):  # nor who watches over the manager
        raise AppointmentRefused("yourself", "email")
    running = set(Membership.objects.filter(user=user, organisation=organisation)
                  .filter(Q(valid_to=None) | Q(valid_to__gte=new.starts)).values_list("role", flat=True))
    if new.role in running:
        raise AppointmentRefused("already", "role")
    desk = running & {"focal_point", "buddy"} if new.role == "designated" else running & {"designated"}
    if new.role in DESK_ROLES and desk:
        raise AppointmentRefused("both_desks", "role")


def _who_should_know(row: Membership, *, now: datetime) -> list[UUID]:
    """The person, and for a role that reads signals those who have it and the privacy officer.

    Nobody comes to read along unseen, not even where one person is the whole desk.
    """
    if row.role not in DESK_ROLES:
        return [row.pk]
    roles = ("designated",) if row.role == "designated" else ("focal_point", "buddy")
    others = Membership.objects.of(row.organisation_id, *roles, "privacy_officer").current(today(now))
    desk = others.values_list("pk", flat=True)
    return list(dict.fromkeys([row.pk, *desk]))


def _check_address(email: str) -> None:
    try:
        check_address(email)
    except BadAddress:
        raise AppointmentRefused("bad_address", "email") from None


# Addresses


def correct_address(id: UUID, *, email: str, reader: Reader, now: datetime) -> int:
    """Another mail address, for mail and for signing in; what waited for it goes out now. Returns how many did.

    Whoever holds the new mailbox can choose a new password: reports from before are not shown to them any more.
    Somebody who works for another organisation too is not this manager's to change.
    """
    _check_address(email)
    with transaction.atomic():
        row = memberships_of(reader).filter(pk=id).select_related("user").first()
        if row is None or _works_elsewhere(row):
            raise NoSuchMember
        if row.user_id != reader.user:
            Message.objects.bulk_create(to_members("address_changed", _readers_beside(row, now=now),
                                                   municipality=row.organisation_id, now=now))
        if User.objects.filter(email__iexact=email).exclude(pk=row.user_id).exists():
            raise AppointmentRefused("address_in_use", "email")
        _move(row.user, email, now=now)
        retried = retry_now(Message.objects.filter(membership__user=row.user_id, failed_at__isnull=False), now=now)
        tell_of_privileges(row, reader=reader, now=now)
        remember("address.corrected", row, reader=reader, now=now)
    return retried


def _move(user: User, email: str, *, now: datetime) -> None:
    """An account that was changed by hand is good again with an address that a manager typed, and opens to nobody yet:
    its password may be somebody else's. It can start over then."""
    if not is_genuine(user):
        user.write_anew()
        user.set_unusable_password()
        user.is_active = True
    user.email, user.reports_since = email, now
    user.save(update_fields=["email", "reports_since"])


def _readers_beside(row: Membership, *, now: datetime) -> list[UUID]:
    """With the address goes the way back in when a password is forgotten: those who read along must know.

    The address is the person's: through whichever of their roles it is changed, each that reads signals counts.
    Where the person alone would be told, at the new address, the chain director is too.
    """
    desk = Membership.objects.filter(user=row.user_id, role__in=DESK_ROLES)
    running = desk.filter(Q(valid_to=None) | Q(valid_to__gte=today(now)))
    told = list(dict.fromkeys(id for role in running for id in _who_should_know(role, now=now)))
    others = Membership.objects.filter(pk__in=told).exclude(user=row.user_id)
    return told if not told or others.exists() else [*told, *duties.chain_directors(now=now)]


def _works_elsewhere(row: Membership) -> bool:
    return Membership.objects.filter(user=row.user_id).exclude(organisation=row.organisation_id).exists()
