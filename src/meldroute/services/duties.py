"""Who carries a duty today. A duty owns a signal; the person behind it comes from dated rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from meldroute.rules.choices import Choices
from meldroute.storage.choices import mandates_to
from meldroute.storage.models import Absence, Membership, Organisation
from meldroute.storage.prepared import Prepared

DESK = ("focal_point", "buddy")


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Memberships to tell, and whether the municipality has nobody of its own today."""

    people: tuple[UUID, ...]
    stands_in: bool = False  # a neighbouring municipality's focal point, by mandate
    nobody: bool = False  # only alarms are left: a count, never which signal


@dataclass(frozen=True, slots=True)
class _Present:
    id: UUID
    role: str
    organisation: UUID
    away: bool  # known of the designated person alone: nobody stands in for them


def on_duty(municipality: UUID, *, lane: str, choices: Choices, now: datetime) -> OnDuty:
    """The focal point, else the buddy, else the mandated neighbour, else whoever can repair that there is nobody.

    A signal about a colleague goes to the designated person alone, whoever else is there, and waits for them when
    they are away: somebody it is about may be the one who writes absences down.
    """
    present = _present(municipality, choices=choices, now=now)
    if lane == "confidential":
        return _designated(present, municipality)
    for role in DESK:
        if people := _those(present, municipality, role):
            return OnDuty(people)
    return _without_desk(present, municipality, choices)


def alerted_at_danger(municipality: UUID, *, lane: str, choices: Choices, now: datetime) -> OnDuty:
    """Danger: focal point and buddy at once, both."""
    present = _present(municipality, choices=choices, now=now)
    if lane == "confidential":
        return _designated(present, municipality)
    both = _those(present, municipality, *DESK)
    return OnDuty(both) if both else _without_desk(present, municipality, choices)


def chain_directors(*, now: datetime) -> tuple[UUID, ...]:
    """Who oversees the region today. They are told that something is late, never what."""
    present = Membership.objects.filter(role="chain_director").present(timezone.localtime(now).date())
    return tuple(present.values_list("id", flat=True))


def stood_in_for(organisations: Collection[UUID], *, now: datetime) -> tuple[tuple[Organisation, UUID], ...]:
    """Where the desk of one of these stands in today: a mandate names it, and nobody of their own is there.

    Each comes with the neighbour that its mandate names. It ends by itself when somebody is back. Signals about a
    colleague are never part of it.
    """
    mandates = mandates_to(organisations, now=now)
    if not mandates:
        return ()
    day = timezone.localtime(now).date()
    own = Membership.objects.filter(organisation__in=[o for o, _ in mandates], role__in=DESK).present(day)
    staffed = set(own.values_list("organisation_id", flat=True))
    return tuple((o, neighbour) for o, neighbour in mandates if o.pk not in staffed)


def _present(municipality: UUID, *, choices: Choices, now: datetime) -> tuple[_Present, ...]:
    """Everybody who can carry a duty for this municipality today: one query, however far down the list it goes."""
    rows = _PRESENT(bool(choices.neighbour), municipality=municipality, neighbour=choices.neighbour or municipality,
                    day=timezone.localtime(now).date())
    return tuple(_Present(*row) for row in rows)


def _candidates(has_neighbour: bool, *, municipality: UUID, neighbour: UUID, day: date) -> QuerySet:
    own = Q(organisation=municipality, role__in=(*DESK, "designated", "functional_manager"))
    near = Q(organisation=neighbour, role__in=DESK) if has_neighbour else Q()
    away = Exists(Absence.objects.filter(membership=OuterRef("pk"), from_day__lte=day, to_day__gte=day))
    rows = Membership.objects.filter(own | near | Q(role="chain_director")).current(day).annotate(away=away)
    return rows.filter(Q(away=False) | Q(role="designated")).values_list("id", "role", "organisation_id", "away")


_PRESENT = Prepared(_candidates, ("neighbour",), municipality=UUID, neighbour=UUID, day=date)


def _designated(present: tuple[_Present, ...], municipality: UUID) -> OnDuty:
    here = tuple(p for p in present if not p.away)
    designated = _those(here, municipality, "designated") or _those(present, municipality, "designated")
    return OnDuty(designated, nobody=not designated)


def _without_desk(present: tuple[_Present, ...], municipality: UUID, choices: Choices) -> OnDuty:
    if neighbours := _those(present, choices.neighbour, *DESK):
        return OnDuty(neighbours, stands_in=True)
    directors = tuple(p.id for p in present if p.role == "chain_director")
    return OnDuty(_those(present, municipality, "functional_manager") + directors, nobody=True)


def _those(present: tuple[_Present, ...], organisation: UUID | None, *roles: str) -> tuple[UUID, ...]:
    return tuple(p.id for p in present if p.organisation == organisation and p.role in roles)
