"""Who hears what about terms that end: that something waits, never which signal."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Destruction, Membership, Message

from . import duties
from .notices import to_members

FRESH = timedelta(days=7)  # one that was not looked at for longer is said again


def tell(kind: str, people: Iterable[UUID], *, municipality: UUID, now: datetime) -> None:
    """One message for each person however many terms end: while it was not looked at, its number goes up."""
    for person in people:
        waiting = Message.objects.filter(kind=kind, membership_id=person, municipality_id=municipality, seen_at=None,
                                         created_at__gt=now - FRESH)
        if not waiting.update(count=F("count") + 1):
            Message.objects.bulk_create(to_members(kind, [person], municipality=municipality, now=now, count=1))


def tell_whose_turn(row: Destruction, *, now: datetime) -> bool:
    """The desk while a list was not proposed; then the privacy officer. False: nobody was there to be told."""
    if row.state == "proposed":
        people, kind = privacy_officers(row.municipality_id, now=now), "destruction_proposed"
    else:
        choices = choices_in_force(row.municipality_id, now=now)
        told = duties.on_duty(row.municipality_id, lane=row.lane, choices=choices, now=now)
        people, kind = (() if told.nobody else told.people), "destruction_listed"
    tell(kind, people, municipality=row.municipality_id, now=now)
    return bool(people)


def privacy_officers(municipality: UUID, *, now: datetime) -> tuple[UUID, ...]:
    members = Membership.objects.of(municipality, "privacy_officer").current(timezone.localtime(now).date())
    return tuple(members.values_list("pk", flat=True))
