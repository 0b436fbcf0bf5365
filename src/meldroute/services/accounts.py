"""Who is signed in, and in which of their memberships they act."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.storage.models import Membership, Organisation, User
from meldroute.storage.prepared import Prepared
from meldroute.storage.vouching import genuine, is_genuine, refuse_forged

from . import duties

# When somebody has several memberships, the one that works on signals opens first.
FIRST = ("focal_point", "buddy", "designated", "care_coordinator", "partner", "chain_director", "functional_manager",
         "privacy_officer", "reporter")


@dataclass(frozen=True, slots=True)
class MembershipCard:
    """A role to act in. `stands_in`: for a municipality that has nobody of its own today, by its mandate."""

    id: UUID  # what is chosen by: the membership, or the municipality that is stood in for
    role: str
    organisation: str
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`reader` is None for somebody without a current membership: they may sign out, no more."""

    reader: Reader | None
    memberships: tuple[MembershipCard, ...]


_MEMBERSHIPS = Prepared(
    lambda user, day: Membership.objects.filter(user_id=user).current(day).select_related("organisation"),
    user=UUID, day=date)


def signed_in(user: UUID, *, chosen: UUID | None, now: datetime) -> SignedIn:
    """The chosen role when it is still theirs, else the first in rank. One query; at a desk one more, for mandates."""
    day = timezone.localtime(now).date()
    rows = [m for m in genuine(_MEMBERSHIPS(user=user, day=day)) if is_genuine(m.organisation)]
    rows.sort(key=lambda m: FIRST.index(m.role) if m.role in FIRST else len(FIRST))
    own = [(MembershipCard(m.pk, m.role, m.organisation.name), _reader(user, m, m.organisation)) for m in rows]
    roles = own + _standing_in(user, rows, now=now)
    roles.sort(key=lambda role: role[0].id != chosen)
    return SignedIn(roles[0][1] if roles else None, tuple(card for card, _ in roles))


def refuse_forged_account(user: UUID) -> None:
    """Raises `NotVouchedFor` when its password, address or being open was written by hand."""
    refuse_forged(User.objects.get(pk=user))


def _standing_in(user: UUID, rows: list[Membership], *, now: datetime) -> list[tuple[MembershipCard, Reader]]:
    """Acting for a neighbour: the same membership, and the municipality that is stood in for."""
    desk = {m.organisation_id: m for m in reversed(rows) if m.role in duties.DESK}
    if not desk:
        return []
    # Who manages a municipality could send its own desk away and then read in its place.
    managed = {m.organisation_id for m in rows if m.role == "functional_manager"}
    return [(MembershipCard(o.pk, desk[by].role, o.name, stands_in=True), _reader(user, desk[by], o))
            for o, by in duties.stood_in_for(desk, now=now) if o.pk not in managed and is_genuine(o)]


def _reader(user: UUID, membership: Membership, organisation: Organisation) -> Reader:
    return Reader(user=user, membership=membership.pk, role=membership.role, organisation=organisation.pk,
                  organisation_kind=organisation.kind, organisation_code=organisation.code)
