"""Who carries a duty today. A duty owns a signal; the person behind it comes from dated rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules.choices import Choices
from meldroute.storage.models import Membership


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Memberships to tell, and whether the municipality has nobody of its own today."""

    people: tuple[UUID, ...]
    stands_in: bool = False  # a neighbouring municipality's focal point, by mandate
    nobody: bool = False  # only alarms are left: a count, never which signal


def on_duty(municipality: UUID, *, lane: str, choices: Choices, now: datetime) -> OnDuty:
    """The focal point, else the buddy, else the mandated neighbour, else whoever can repair that there is nobody.

    A signal about a colleague goes to the designated person alone, whoever else is there.
    """
    if lane == "confidential":
        designated = tuple(id for id, _ in _present(municipality, now, "designated"))
        return OnDuty(designated, nobody=not designated)
    present = _present(municipality, now, "focal_point", "buddy")
    for role in ("focal_point", "buddy"):
        people = tuple(id for id, found in present if found == role)
        if people:
            return OnDuty(people)
    neighbours = _present(choices.neighbour, now, "focal_point", "buddy") if choices.neighbour else ()
    if neighbours:
        return OnDuty(tuple(id for id, _ in neighbours), stands_in=True)
    return OnDuty(tuple(id for id, _ in _present(municipality, now, "functional_manager")) + _chain_directors(now),
                  nobody=True)


def alerted_at_danger(municipality: UUID, *, lane: str, choices: Choices, now: datetime) -> OnDuty:
    """Danger: focal point and buddy at once, both."""
    if lane == "confidential":
        return on_duty(municipality, lane=lane, choices=choices, now=now)
    both = tuple(id for id, _ in _present(municipality, now, "focal_point", "buddy"))
    return OnDuty(both) if both else on_duty(municipality, lane=lane, choices=choices, now=now)


def _present(municipality: UUID, now: datetime, *roles: str) -> tuple[tuple[UUID, str], ...]:
    day = timezone.localtime(now).date()
    return tuple(Membership.objects.of(municipality, *roles).present(day).values_list("id", "role"))


def _chain_directors(now: datetime) -> tuple[UUID, ...]:
    day = timezone.localtime(now).date()
    return tuple(Membership.objects.filter(role="chain_director").present(day).values_list("id", flat=True))
