"""What only a person can repair: nobody on duty, mail that does not leave, an address that is wrong.

An alarm is a count. It never says which signal, and it says nothing at all about signals on a colleague.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Absence, Membership, Message, Organisation, Signal
from meldroute.storage.prepared import Prepared

from . import duties, duty_messages
from .notices import to_members

# An alarm is not said again for so long. Not quite a day: the same hour tomorrow counts.
QUIET = {"nobody_on_duty": timedelta(hours=23), "nobody_designated": timedelta(days=7),
         "nobody_named": timedelta(hours=23)}
STAFF = ("focal_point", "buddy", "designated", "functional_manager", "chain_director")
COUNT_CAP = 100  # an alarm says how many wait; beyond this it makes no difference
ABOUT_MAIL = frozenset({"mail_failing", "mail_refused"})  # never a cause for another alarm about mail


def mail_keeps_failing(message: Message, *, now: datetime) -> None:
    """Said once for each functional manager until they look; the count goes up meanwhile."""
    if message.kind in ABOUT_MAIL:
        return
    _count_up("mail_failing", message.municipality_id, now=now)


def address_refused(message: Message, *, now: datetime) -> None:
    """To whoever can do something: the functional manager corrects a colleague's address, the desk calls the others."""
    if message.kind in ABOUT_MAIL:
        return
    if message.recipient_kind == "membership":
        _count_up("mail_refused", message.municipality_id, now=now)
    elif message.signal:
        Message.objects.bulk_create(
            duty_messages.for_signal(message.signal, "mail_refused", referral=message.referral, now=now))


def _count_up(kind: str, municipality: UUID | None, *, now: datetime) -> None:
    for member in _managers(municipality, now=now):
        waiting = Message.objects.filter(kind=kind, membership_id=member, seen_at=None)
        if not waiting.update(count=F("count") + 1):
            Message.objects.bulk_create(to_members(kind, [member], municipality=municipality, now=now, count=1))


def _managers(municipality: UUID | None, *, now: datetime) -> list[UUID]:
    members = Membership.objects.of(municipality, "functional_manager").current(timezone.localtime(now).date())
    return list(members.values_list("pk", flat=True)) if municipality else []


# Said again for as long as it lasts


def sound_daily(*, now: datetime) -> int:
    """Where open signals wait and nobody is on duty, nobody takes signals about a colleague, or nobody is left of those
    whom a signal was narrowed to.

    Two short queries and no lock when all is well, however many signals are stored.
    """
    if not _alarms(now=now):
        return 0
    with transaction.atomic():  # and looked at again inside: two processes may have come here together
        list(Organisation.objects.select_for_update().filter(kind="municipality").order_by("pk").values_list("pk"))
        return len(Message.objects.bulk_create(_alarms(now=now)))


def _alarms(*, now: datetime) -> list[Message]:
    staff = _staff(now=now)
    without = {"nobody_on_duty": _lacking(staff, "focal_point", "buddy"),
               "nobody_designated": _lacking(staff, "designated")}
    abandoned = _abandoned(now=now)
    if not any(without.values()) and not abandoned:
        return []
    told = _told_lately(staff, now=now)
    desk = {m for m in without["nobody_on_duty"] if ("nobody_on_duty", m) not in told and _tellable(staff, m)}
    colleagues = {m for m in without["nobody_designated"] if ("nobody_designated", m) not in told}
    return [
        *(message for m in sorted(desk) for message in _nobody_on_duty(m, now=now)),
        # Whether or not such a signal waits, so that the alarm does not say that one does.
        *(message for m in sorted(colleagues) for message in to_members(
            "nobody_designated", _those(staff, m, "functional_manager"), municipality=m, now=now)),
        *(message for m, count in sorted(abandoned.items()) if ("nobody_named", m) not in told for message in to_members(
            "nobody_named", _those(staff, m, "functional_manager"), municipality=m, now=now, count=count)),
    ]


def _abandoned(*, now: datetime) -> dict[UUID, int]:
    """How many open shielded signals of a municipality nobody may read any more. Few are shielded, and have an index."""
    return dict(_ABANDONED(day=timezone.localtime(now).date()))


_ABANDONED = Prepared(lambda day: Signal.objects.abandoned(day).values("municipality").annotate(count=Count("pk"))
                      .values_list("municipality", "count"), day=date)


@dataclass(frozen=True, slots=True)
class _Member:
    id: UUID
    municipality: UUID
    role: str
    away: bool


def _staff(*, now: datetime) -> list[_Member]:
    """Who carries a duty today in municipalities that have begun, and the chain directors. One query."""
    return [_Member(*row) for row in _STAFF(day=timezone.localtime(now).date())]


def _on(day: date) -> QuerySet:
    away = Absence.objects.filter(membership=OuterRef("pk"), from_day__lte=day, to_day__gte=day)
    rows = Membership.objects.filter(role__in=STAFF).current(day).annotate(away=Exists(away))
    return rows.values_list("pk", "organisation", "role", "away")


_STAFF = Prepared(_on, day=date)


def _lacking(staff: list[_Member], *roles: str) -> set[UUID]:
    """Municipalities where nobody with these roles is there today."""
    here = {member.municipality for member in staff if member.role != "chain_director"}
    return here - {member.municipality for member in staff if member.role in roles and not member.away}


def _those(staff: list[_Member], municipality: UUID, role: str) -> list[UUID]:
    return [member.id for member in staff if member.municipality == municipality and member.role == role]


def _tellable(staff: list[_Member], municipality: UUID) -> bool:
    """Is there anybody who could hear this alarm? Where nobody is, nothing has to be counted."""
    return any(member.role == "chain_director" for member in staff) or bool(
        _those(staff, municipality, "functional_manager"))


def _told_lately(staff: list[_Member], *, now: datetime) -> set[tuple[str, UUID]]:
    """Asked of those who are told: their messages are few, those of a municipality can be a million."""
    tellable = [member.id for member in staff if member.role in ("functional_manager", "chain_director")]
    rows = Message.objects.filter(membership__in=tellable, kind__in=QUIET, created_at__gt=now - max(QUIET.values()),
                                  created_at__lte=now).values_list("kind", "municipality_id", "created_at")
    return {(kind, municipality) for kind, municipality, at in rows if at > now - QUIET[kind]}


def _nobody_on_duty(municipality: UUID, *, now: datetime) -> list[Message]:
    waiting = Signal.objects.open().filter(municipality=municipality, lane__in=("regular", "held"), shielded=False)
    if not waiting.exists():
        return []
    told = duties.on_duty(municipality, lane="regular", choices=choices_in_force(municipality, now=now), now=now)
    if not told.nobody:
        return []  # the neighbour stands in
    count = waiting.values("pk")[:COUNT_CAP].count()
    return to_members("nobody_on_duty", told.people, municipality=municipality, now=now, count=count)
