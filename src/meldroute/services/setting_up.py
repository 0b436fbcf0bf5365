"""What a municipality must have in place before it can rely on this: a list of tasks, each done or to do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.rules.policy import Text
from meldroute.storage.choices import choices_from, row_in_force
from meldroute.storage.models import Membership

from .municipality_settings import managed
from .running_policy import pack_now


@dataclass(frozen=True, slots=True)
class SetupTask:
    """`problem`: an id of what is not right although something is there."""

    id: str
    done: bool
    partner: str = ""  # for a local contact: the pack's id
    label: Text | None = None  # the partner's name
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Holder:
    role: str
    user: UUID
    domain: str
    appointed_by: str


def setup_tasks(*, reader: Reader, now: datetime) -> tuple[SetupTask, ...]:
    """Three queries, however large the municipality."""
    organisation = managed(reader)
    row = row_in_force(organisation, now=now)
    content = row.content if row else {}
    choices, decided = choices_from(content), set(content.get("decided", ()))
    return (
        *_people(_holders(organisation, now=now)),
        SetupTask("neighbour", choices.neighbour is not None),
        SetupTask("reach", bool(choices.reach.phone or choices.reach.email)),
        SetupTask("route", bool(choices.reach.route)),
        SetupTask("outside", "outside" in decided),
        SetupTask("norms", "norms" in decided),
        SetupTask("hours", "hours" in decided),
        *_contacts(choices, now=now),
    )


def _holders(organisation: UUID, *, now: datetime) -> list[_Holder]:
    rows = Membership.objects.of(organisation, "focal_point", "buddy", "designated")
    current = rows.current(timezone.localtime(now).date())
    return [_Holder(*row) for row in current.values_list("role", "user_id", "domain", "appointed_by")]


def _people(holders: list[_Holder]) -> tuple[SetupTask, ...]:
    by_role = {role: [h for h in holders if h.role == role] for role in ("focal_point", "buddy", "designated")}
    focal, second = by_role["focal_point"], by_role["buddy"]
    return (
        SetupTask("focal_point", bool(focal),
                  problem="not_appointed" if any(not h.appointed_by for h in focal) else ""),
        # Two focal points will do as well: how many, and from which domain, is the municipality's to say (S-B2-06).
        SetupTask("buddy", bool(second) or len(focal) > 1, problem=_domains(focal + second)),
        SetupTask("designated", bool(by_role["designated"])),
    )


def _domains(desk: list[_Holder]) -> str:
    known = {h.domain for h in desk if h.domain}
    return "same_domain" if len(desk) > 1 and len(known) == 1 else ""


def _contacts(choices: Choices, *, now: datetime) -> tuple[SetupTask, ...]:
    partners = [p for p in pack_now(now=now).policy.partners if p.per_municipality and not p.own_desk]
    return tuple(SetupTask("contact", bool(choices.local_channels.get(p.id)), partner=p.id, label=p.name)
                 for p in partners)


@dataclass(frozen=True, slots=True)
class CallingCard:
    """What intranet and calling card say: who the focal point is and how to reach them (S-B2-16)."""

    municipality: str
    focal_points: tuple[str, ...]
    buddies: tuple[str, ...]
    phone: str
    email: str
    reporting_point: str
    route: str
    structures: str


def calling_card(*, reader: Reader, now: datetime) -> CallingCard:
    organisation = managed(reader)
    row = row_in_force(organisation, now=now)
    reach = (choices_from(row.content) if row else Choices()).reach
    day = timezone.localtime(now).date()
    people = list(Membership.objects.of(organisation, "focal_point", "buddy").current(day).order_by("user__name")
                  .values_list("role", "user__name", "organisation__name"))
    return CallingCard(
        municipality=people[0][2] if people else "",
        focal_points=tuple(name for role, name, _ in people if role == "focal_point"),
        buddies=tuple(name for role, name, _ in people if role == "buddy"),
        phone=reach.phone, email=reach.email, reporting_point=reach.reporting_point, route=reach.route,
        structures=reach.structures,
    )
