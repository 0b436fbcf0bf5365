"""Lay the ground: the bodies that the policy names, as organisations, and a municipality's first account."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.actors import Actor
from meldroute.rules.policy import Policy
from meldroute.storage import history
from meldroute.storage.chain import genesis
from meldroute.storage.models import ChainHead, Membership, Organisation, User

from .running_policy import pack_now

FOUNDER = Actor("command", "found", "command")


class NoSuchMunicipality(Exception):
    """The policy in force does not know this municipality today."""

    def __init__(self, code: str, known: list[str]):
        super().__init__(f"municipality '{code}' is not in the policy today. Use one of: {', '.join(known)}.")


class AlreadyManaged(Exception):
    """This municipality has a functional manager: accounts are theirs to make, on the settings page."""

    def __init__(self, name: str):
        super().__init__(f"{name} has a functional manager already. New accounts are made on its settings page.")


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """Shown once. The password is stored only as a hash."""

    email: str
    password: str
    organisation: str


@transaction.atomic
def found_organisations(*, now: datetime) -> int:
    """One organisation per municipality of today, per partner, and the region. Repeating it adds what is new."""
    policy = pack_now(now=now).policy
    known = set(Organisation.objects.values_list("kind", "code"))
    new = [o for o in _bodies(policy, now=now) if (o.kind, o.code) not in known]
    Organisation.objects.bulk_create(new)
    ChainHead.objects.bulk_create([ChainHead(chain=str(o.pk), hash=genesis(str(o.pk)).hash) for o in new])
    return len(new)


def _bodies(policy: Policy, *, now: datetime) -> list[Organisation]:
    today = timezone.localtime(now).date()
    municipalities = [
        Organisation(kind="municipality", code=m.code, name=f"Gemeente {m.name}", valid_from=m.valid_from,
                     valid_to=m.valid_to)
        for m in policy.municipalities if m.exists_on(today)
    ]
    partners = [Organisation(kind="partner", code=p.id, name=p.known_as) for p in policy.partners]
    return [*municipalities, *partners, Organisation(kind="region", code=policy.id, name=policy.name.nl)]


@transaction.atomic
def first_manager(municipality: str, *, email: str, name: str, now: datetime) -> FirstAccount:
    """The functional manager who makes all other accounts. Raises `NoSuchMunicipality`, `AlreadyManaged`."""
    known = Organisation.objects.filter(kind="municipality")
    body = known.filter(code=municipality).first()
    if body is None:
        raise NoSuchMunicipality(municipality, sorted(known.values_list("code", flat=True)))
    today = timezone.localtime(now).date()
    if Membership.objects.of(body, "functional_manager").current(today).exists():
        raise AlreadyManaged(body.name)
    password = secrets.token_urlsafe(12)
    membership = add_person(body.pk, email=email, name=name, role="functional_manager", password=password, now=now)
    history.append(body.pk, actor=FOUNDER, act="membership.started", now=now, details={"membership": str(membership)})
    return FirstAccount(email, password, body.name)


def add_person(organisation: UUID, *, email: str, name: str, role: str, password: str, now: datetime,
               domain: str = "") -> UUID:
    """An account with one membership from today on. An existing account gets the membership and keeps its password."""
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, password, name=name)
    return Membership.objects.create(
        user=user, organisation_id=organisation, role=role, domain=domain, valid_from=timezone.localtime(now).date(),
    ).pk
