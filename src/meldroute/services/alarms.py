"""What only a person can repair: nobody on duty, mail that does not leave, an address that is wrong.

An alarm is a count. It never says which signal, and it says nothing at all about signals on a colleague.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Membership, Message, Organisation, Signal

from . import duties, duty_messages
from .notices import to_members

DAY, WEEK = timedelta(hours=23), timedelta(days=7)  # not quite a day: the same hour tomorrow counts
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
    """Municipalities where open signals wait and nobody is on duty, or where nobody takes signals about a colleague.

    A few short queries and no lock when all is well, however many signals are stored.
    """
    if not _alarms(now=now):
        return 0
    with transaction.atomic():  # and looked at again inside: two processes may have come here together
        list(Organisation.objects.select_for_update().filter(kind="municipality").order_by("pk").values_list("pk"))
        return len(Message.objects.bulk_create(_alarms(now=now)))


def _alarms(*, now: datetime) -> list[Message]:
    here = _municipalities_in_use(now=now)
    alarms = [m for municipality in _without("focal_point", "buddy", among=here, now=now)
              for m in _nobody_on_duty(municipality, now=now)]
    return alarms + [m for municipality in _without("designated", among=here, now=now)
                     for m in _nobody_designated(municipality, now=now)]


def _municipalities_in_use(*, now: datetime) -> set[UUID]:
    """Those with people of their own: the others have not begun, and cannot have signals."""
    current = Membership.objects.current(timezone.localtime(now).date())
    return set(current.filter(organisation__kind="municipality").values_list("organisation_id", flat=True).distinct())


def _without(*roles: str, among: set[UUID], now: datetime) -> list[UUID]:
    """Municipalities where nobody with these roles is there today, and that were not told so lately."""
    present = Membership.objects.filter(role__in=roles).present(timezone.localtime(now).date())
    lacking = among - set(present.values_list("organisation_id", flat=True))
    if not lacking:
        return []
    kind, quiet = ("nobody_designated", WEEK) if "designated" in roles else ("nobody_on_duty", DAY)
    told = Message.objects.filter(kind=kind, municipality__in=lacking, created_at__gt=now - quiet,
                                  created_at__lte=now)
    return sorted(lacking - set(told.values_list("municipality_id", flat=True)))


def _nobody_on_duty(municipality: UUID, *, now: datetime) -> list[Message]:
    waiting = Signal.objects.open().filter(municipality=municipality, lane="regular")
    if not waiting.exists():
        return []
    told = duties.on_duty(municipality, lane="regular", choices=choices_in_force(municipality, now=now), now=now)
    if not told.nobody:
        return []  # the neighbour stands in
    count = waiting.values("pk")[:COUNT_CAP].count()
    return to_members("nobody_on_duty", told.people, municipality=municipality, now=now, count=count)


def _nobody_designated(municipality: UUID, *, now: datetime) -> list[Message]:
    """Whether or not such a signal waits, so that the alarm does not say that one does."""
    return to_members("nobody_designated", _managers(municipality, now=now), municipality=municipality, now=now)
