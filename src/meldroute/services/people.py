"""Who does what in a municipality, as its functional manager sees it: dated memberships and absences.

Appointing stands in `appointing.py`, ending and being away in `leaving.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.models import Membership, Message

from .municipality_settings import managed

# What a functional manager may appoint in their own municipality.
APPOINTABLE = ("focal_point", "buddy", "designated", "reporter", "functional_manager", "privacy_officer")
MOST = 50  # reporters on the page; a search finds the others
LISTED_AFTER = timedelta(days=90)  # a membership that ended stays on the list this long


class NoSuchMember(Exception):
    """Not a membership of this municipality, or none at all."""


class AppointmentRefused(Exception):
    """This appointment or end would leave something unsafe. `cause` is one of CAUSES. Nothing was saved."""

    def __init__(self, cause: str, place: str = ""):
        super().__init__(f"{place or 'membership'}: {CAUSES[cause]}")
        self.cause, self.place = cause, place


CAUSES = {
    "yourself": "you cannot give yourself a role that reads signals. Ask another functional manager.",
    "yourself_over": "you cannot start your own account over. Ask another functional manager.",
    "already": "this person has this role already. Look at the list.",
    "both_desks": "who takes signals about colleagues cannot be focal point or buddy too. Choose somebody else.",
    "unknown_role": "a functional manager cannot appoint this role.",
    "in_the_past": "what was done stays as it was. Choose today or later.",
    "ends_before_start": "it ends before it starts. Correct the days.",
    "no_successor": "open signals would be left with nobody. Appoint a focal point or buddy, or name the neighbour.",
    "last_designated": "nobody would take signals about colleagues. Appoint somebody else for that first.",
    "last_manager": "nobody could change these settings any more. Appoint another functional manager first.",
    "bad_address": "mail does not reach this address everywhere. Write it like name@organisation.nl.",
    "address_in_use": "another account has this mail address. Choose another.",
    "ended": "this role has ended already.",
}


@dataclass(frozen=True, slots=True)
class AbsenceCard:
    id: UUID
    from_day: date
    to_day: date


@dataclass(frozen=True, slots=True)
class MemberCard:
    """`state`: "planned", "current", "away" or "ended". `refused`: mail to this address does not arrive."""

    id: UUID
    name: str
    email: str
    role: str
    domain: str
    appointed_by: str
    appointed_on: date | None
    valid_from: date
    valid_to: date | None
    state: str
    absences: tuple[AbsenceCard, ...]
    refused: bool
    yourself: bool


@dataclass(frozen=True, slots=True)
class PeopleCard:
    people: tuple[MemberCard, ...]  # those with a duty
    reporters: tuple[MemberCard, ...]
    more: bool  # there are more reporters than are shown


# Reading


def people_of(*, reader: Reader, now: datetime, search: str = "") -> PeopleCard:
    """Everybody with a duty here: current, planned and lately ended; and reporters by name or address.

    A municipality has few people with a duty and may have thousands who report.
    """
    listed = memberships_of(reader).filter(Q(valid_to=None) | Q(valid_to__gte=today(now) - LISTED_AFTER))
    found = Q(user__name__icontains=search) | Q(user__email__icontains=search)
    duties = _rows(listed.exclude(role="reporter"))
    reporters = _rows(listed.filter(found, role="reporter"))[: MOST + 1]
    cards = _cards([*duties, *reporters], reader, now=now)
    order = {role: number for number, role in enumerate(APPOINTABLE)}
    with_duty = sorted(cards[: len(duties)], key=lambda c: (order.get(c.role, len(order)), c.name))
    return PeopleCard(tuple(with_duty), tuple(cards[len(duties):][:MOST]), more=len(reporters) > MOST)


def member(id: UUID, *, reader: Reader, now: datetime) -> MemberCard:
    """One of them. Raises `NoSuchMember`."""
    cards = _cards(list(_rows(memberships_of(reader).filter(pk=id))), reader, now=now)
    if not cards:
        raise NoSuchMember
    return cards[0]


def _rows(memberships):
    return memberships.select_related("user").order_by("user__name", "valid_from", "pk")


def _cards(rows: list[Membership], reader: Reader, *, now: datetime) -> list[MemberCard]:
    prefetch_related_objects(rows, "absences")
    refused = _refused_addresses(rows)
    return [_card(row, reader, day=today(now), refused=row.pk in refused) for row in rows]


def memberships_of(reader: Reader):
    return Membership.objects.filter(organisation=managed(reader))


def _refused_addresses(rows: list[Membership]) -> set[UUID]:
    waiting = Message.objects.filter(membership__in=rows, sent_at=None, next_try_at=None, failed_at__isnull=False)
    return set(waiting.values_list("membership_id", flat=True).distinct())


def _card(row: Membership, reader: Reader, *, day: date, refused: bool) -> MemberCard:
    absences = tuple(AbsenceCard(a.pk, a.from_day, a.to_day)
                     for a in sorted(row.absences.all(), key=lambda a: a.from_day) if a.to_day >= day)
    away = any(a.from_day <= day for a in absences)
    return MemberCard(
        id=row.pk, name=row.user.name, email=row.user.email, role=row.role, domain=row.domain,
        appointed_by=row.appointed_by, appointed_on=row.appointed_on, valid_from=row.valid_from, valid_to=row.valid_to,
        state=_state(row, day=day, away=away), absences=absences, refused=refused, yourself=row.user_id == reader.user,
    )


def _state(row: Membership, *, day: date, away: bool) -> str:
    if row.valid_from > day:
        return "planned"
    if (row.valid_to is not None and row.valid_to < day) or not row.user.is_active:
        return "ended"
    return "away" if away else "current"


# Shared with appointing and leaving


def remember(act: str, row: Membership, *, reader: Reader, now: datetime, **details: object) -> None:
    history.append(row.organisation_id, actor=reader.actor, act=act, now=now,
                   details={"membership": str(row.pk), "role": row.role, **details})


def today(now: datetime) -> date:
    return timezone.localtime(now).date()
