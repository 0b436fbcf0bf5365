"""Who is signed in, and in which of their memberships they act."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.storage.models import Membership

# When somebody has several memberships, the one that works on signals opens first.
FIRST = ("focal_point", "buddy", "designated", "care_coordinator", "partner", "chain_director", "functional_manager",
         "privacy_officer", "reporter")


@dataclass(frozen=True, slots=True)
class MembershipCard:
    id: UUID
    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`reader` is None for somebody without a current membership: they may sign out, no more."""

    reader: Reader | None
    memberships: tuple[MembershipCard, ...]


def signed_in(user: UUID, *, chosen: UUID | None, now: datetime) -> SignedIn:
    """One query. The chosen membership when it is still current, else the first in rank."""
    day = timezone.localtime(now).date()
    rows = list(Membership.objects.filter(user_id=user).current(day).select_related("organisation"))
    rows.sort(key=lambda m: (m.pk != chosen, FIRST.index(m.role) if m.role in FIRST else len(FIRST)))
    cards = tuple(MembershipCard(m.pk, m.role, m.organisation.name) for m in rows)
    return SignedIn(_reader(user, rows[0]) if rows else None, cards)


def _reader(user: UUID, membership: Membership) -> Reader:
    organisation = membership.organisation
    return Reader(user=user, membership=membership.pk, role=membership.role, organisation=organisation.pk,
                  organisation_kind=organisation.kind, organisation_code=organisation.code)
