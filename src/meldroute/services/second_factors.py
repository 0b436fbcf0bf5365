"""The second factor: sealing what is secret about it, and who has one."""

from datetime import datetime
from uuid import UUID

from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.storage import second_factors as stored
from meldroute.storage.models import User


class NoSuchDemoAccount(Exception):
    """Not an invented person of the demo, or one without an authenticator app."""

    def __init__(self, email: str):
        super().__init__(f"{email}: is not an invented person of this demo. Use an address that `meldroute demo` printed.")


def seal(text: str, *, person: UUID) -> str:
    return stored.sealed_secret(text, person=person)


def unseal(sealed: str, *, person: UUID) -> str:
    return stored.opened_secret(sealed, person=person)


def refuse_forged(person: UUID) -> None:
    """Raises `NotVouchedFor` when a factor was added or taken away by hand."""
    stored.refuse_forged(person)


def vouch_added(person: UUID, factor: int) -> None:
    """For one that was made a moment ago, beside what was there. Raises `NotVouchedFor`."""
    stored.vouch_added(person, factor)


def vouch(person: UUID) -> None:
    """For the factors as they are now: `refuse_forged` was asked before they changed."""
    stored.vouch(person)


def has_factor(person: UUID) -> bool:
    return bool(stored.with_factor([person]))


def demo_code(email: str, *, now: datetime) -> str:
    """The code that an invented person's telephone would show now. Raises `NoSuchDemoAccount`.

    Only invented people: their addresses end in a domain that no mail ever reaches (RFC 2606).
    """
    person = User.objects.filter(email__iexact=email, email__iendswith="@voorbeeld.example").first()
    secret = stored.secret_of(person.pk) if person else None
    if secret is None:
        raise NoSuchDemoAccount(email)
    return code_of(secret, counter_at(now))
