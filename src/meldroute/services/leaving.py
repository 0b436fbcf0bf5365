"""End a role, with a hand-over, and be away for a while: somebody is always responsible."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.acts import DESK_ROLES
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Absence, Membership, Message, Organisation, Signal

from . import duties
from .closing_accounts import close_left
from .municipality_settings import managed
from .notices import to_members
from .people import AppointmentRefused, NoSuchMember, memberships_of, remember, today
from .privileges import tell_of_privileges


def end_membership(id: UUID, *, last_day: date, reader: Reader, now: datetime) -> None:
    """A role ends after this day; yesterday ends it at once. Raises `NoSuchMember` or `AppointmentRefused`."""
    organisation, day = managed(reader), today(now)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation)
        row = memberships_of(reader).filter(pk=id).first()
        if row is None:
            raise NoSuchMember
        _refuse_end(row, last_day=last_day, day=day, now=now)
        successors = _successors(row, after=last_day, now=now)
        row.valid_to = last_day
        row.save(update_fields=["valid_to"])
        if row.role in DESK_ROLES:
            Message.objects.bulk_create(to_members("handed_over", successors, municipality=organisation, now=now))
        _tell_leaver(row, reader=reader, now=now)
        tell_of_privileges(row, reader=reader, now=now)
        close_left(now=now, only=row.user_id)
        remember("membership.ended", row, reader=reader, now=now, valid_to=last_day.isoformat(),
             handed_to=[str(s) for s in successors])


def _tell_leaver(row: Membership, *, reader: Reader, now: datetime) -> None:
    """Nobody is put out of a role unseen: the person is told, in a role that runs on where there is one."""
    if row.user_id == reader.user:
        return
    others = Membership.objects.filter(user=row.user_id).current(row.valid_to + timedelta(days=1)).exclude(pk=row.pk)
    told = list(others.order_by("pk").values_list("pk", flat=True)[:1]) or [row.pk]
    Message.objects.bulk_create(to_members("role_ended", told, municipality=row.organisation_id, now=now))


def take_over(id: UUID, *, last_day: date, reader: Reader, now: datetime) -> tuple[str, ...]:
    """Who would carry the duty from the day after: their names, for the page that asks."""
    row = memberships_of(reader).filter(pk=id).first()
    if row is None:
        raise NoSuchMember
    ids = _successors(row, after=last_day, now=now)
    return tuple(Membership.objects.filter(pk__in=ids).order_by("user__name").values_list("user__name", flat=True))


def _refuse_end(row: Membership, *, last_day: date, day: date, now: datetime) -> None:
    if row.valid_to is not None and row.valid_to < day:
        raise AppointmentRefused("ended")
    if last_day < day - timedelta(days=1):
        raise AppointmentRefused("in_the_past", "last_day")
    if row.role in ("designated", "functional_manager") and not _successors(row, after=last_day, now=now):
        raise AppointmentRefused("last_designated" if row.role == "designated" else "last_manager", "last_day")
    if row.role in ("focal_point", "buddy") and _signals_wait(row) and not _successors(row, after=last_day, now=now):
        raise AppointmentRefused("no_successor", "last_day")


def _signals_wait(row: Membership) -> bool:
    """A signal about a colleague does not count: it is not theirs, and this answer may not say that there is one."""
    return Signal.objects.open().filter(municipality=row.organisation_id, lane__in=("regular", "held"), shielded=False).exists()


def _successors(row: Membership, *, after: date, now: datetime) -> list[UUID]:
    """Who carries this duty from the day after. For the desk: focal point, buddy, else the neighbour by mandate."""
    if row.role == "reporter":
        return []
    day = after + timedelta(days=1)
    roles = ("focal_point", "buddy") if row.role in ("focal_point", "buddy") else (row.role,)
    own = Membership.objects.of(row.organisation_id, *roles).current(day).exclude(pk=row.pk)
    found = list(own.order_by("-role", "pk").values_list("pk", flat=True))
    if found or row.role not in ("focal_point", "buddy"):
        return found
    neighbour = choices_in_force(row.organisation_id, now=now).neighbour
    if neighbour is None:
        return []
    return list(Membership.objects.of(neighbour, "focal_point", "buddy").current(day).values_list("pk", flat=True))


# Absences


def record_absence(id: UUID, *, from_day: date, to_day: date, reader: Reader, now: datetime) -> None:
    """Away on these days, both included. Whoever is next in line is told of what comes in meanwhile."""
    if to_day < from_day:
        raise AppointmentRefused("ends_before_start", "to_day")
    if to_day < today(now):
        raise AppointmentRefused("in_the_past", "to_day")
    with transaction.atomic():
        row = memberships_of(reader).filter(pk=id).first()
        if row is None:
            raise NoSuchMember
        Absence.objects.create(membership=row, from_day=from_day, to_day=to_day)
        _tell_absent(row, reader=reader, now=now)
        remember("absence.recorded", row, reader=reader, now=now, from_day=from_day.isoformat(),
                  to_day=to_day.isoformat())


def _tell_absent(row: Membership, *, reader: Reader, now: datetime) -> None:
    """Who is made absent without knowing might leave their signals to others: they are told, unless it was they.

    Whoever watches over rights hears it too: with the desk away, a neighbour reads in its place.
    """
    if row.user_id != reader.user:
        Message.objects.bulk_create(to_members("made_absent", [row.pk], municipality=row.organisation_id, now=now))
        tell_of_privileges(row, reader=reader, now=now)


def withdraw_absence(id: UUID, *, reader: Reader, now: datetime) -> None:
    with transaction.atomic():
        own = Absence.objects.filter(membership__organisation=managed(reader)).select_related("membership")
        absence = own.filter(pk=id).first()
        if absence is None:
            raise NoSuchMember
        row = absence.membership
        absence.delete()
        _tell_absent(row, reader=reader, now=now)
        remember("absence.withdrawn", row, reader=reader, now=now)


def somebody_there(*, reader: Reader, day: date, now: datetime) -> bool:
    """Is somebody on duty on a day? For the page, before an absence is recorded."""
    noon = timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=12)
    organisation = managed(reader)
    choices = choices_in_force(organisation, now=now)
    return not duties.on_duty(organisation, lane="regular", choices=choices, now=noon).nobody
