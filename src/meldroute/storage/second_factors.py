"""Second factors of a person: the sign-in library's table, as services and commands need it.

The library's own pages meet this table in `web/accounts`. What is secret in it is sealed under the keyring and bound
to its person: a row that is moved to another person opens nothing.
"""

import base64
import binascii
import secrets
from collections.abc import Collection
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

from .sealing import SealBroken, open_with_purpose, seal_with_purpose

PROVING = ("totp", "webauthn")  # recovery codes only stand in for one of these
SECRET_BYTES = 20


def sealed_secret(text: str, *, person: UUID) -> str:
    """A secret of the library as it may be stored."""
    return base64.b64encode(seal_with_purpose("token", text, place=_place(person))).decode()


def opened_secret(sealed: str, *, person: UUID) -> str:
    """Raises `SealBroken` when it was changed, or sealed for somebody else."""
    try:
        content = base64.b64decode(sealed, validate=True)
    except (ValueError, binascii.Error):
        raise SealBroken(_place(person), "it is not in a form that was ever stored") from None
    return open_with_purpose("token", content, place=_place(person))


def with_factor(people: Collection[UUID]) -> set[UUID]:
    """Those of these people who have a second factor."""
    return set(_factors().filter(user__in=people, type__in=PROVING).values_list("user_id", flat=True))


def kinds_of(person: UUID) -> list[str]:
    return list(_factors().filter(user=person, type__in=PROVING).order_by("created_at").values_list("type", flat=True))


def give_codes(person: UUID) -> str:
    """An authenticator app's secret, made here; returned in the clear this once."""
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    _factors().create(user_id=person, type="totp", data={"secret": sealed_secret(secret, person=person)})
    return secret


def secret_of(person: UUID) -> str | None:
    """The secret of this person's authenticator app; None without one."""
    row = _factors().filter(user=person, type="totp").first()
    return opened_secret(row.data["secret"], person=person) if row else None


def remove_all(person: UUID) -> int:
    """Recovery codes too. Returns how many rows went."""
    return _factors().filter(user=person).delete()[0]


def _place(person: UUID) -> str:
    return f"second factor:{person}"


def _factors() -> QuerySet:
    return apps.get_model("mfa", "Authenticator").objects.all()
