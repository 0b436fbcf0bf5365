"""Second factors of a person: the sign-in library's table, as services and commands need it.

The library's own pages meet this table in `web/accounts`. What is secret in it is sealed under the keyring and bound
to its person: a row that is moved to another person opens nothing.
"""

import base64
import binascii
import logging
import secrets
from collections import Counter
from collections.abc import Collection, Iterator
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet

from .keyed_hashes import voucher, voucher_holds
from .keyring import keyring
from .sealing import SealBroken, open_with_purpose, seal_with_purpose
from .vouching import NotVouchedFor, PlainInMigrations, spelled

logger = logging.getLogger(__name__)

PROVING = ("totp", "webauthn")  # recovery codes only stand in for one of these
SECRET_BYTES = 20
SEALED = ("secret", "seed", "migrated_codes")  # what the library hands to its adapter to be sealed


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


def give_codes(person: UUID) -> str:
    """An authenticator app's secret, made here; returned in the clear this once."""
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    with transaction.atomic():
        made = _factors().create(user_id=person, type="totp", data={"secret": sealed_secret(secret, person=person)})
        vouch_added(person, made.pk)
    return secret


def secret_of(person: UUID) -> str | None:
    """The secret of this person's authenticator app; None without one."""
    row = _factors().filter(user=person, type="totp").first()
    return opened_secret(row.data["secret"], person=person) if row else None


def remove_all(person: UUID) -> int:
    """Recovery codes too. Returns how many rows went."""
    with transaction.atomic():
        _people().select_for_update().get(pk=person)
        gone = _factors().filter(user=person).delete()[0]
        _people().filter(pk=person).update(factors_voucher=voucher_of_none(person))  # and not of what may stand there yet
    return gone


# Which there are, vouched for


def voucher_of_none(person: UUID) -> str:
    """Of somebody new: whoever has one has not always had it, and whoever had one cannot seem to be new."""
    return voucher(_place(person), spelled([]))


class FactorsVoucherField(PlainInMigrations):
    """In a person's row. Somebody new has none; whoever had one cannot seem to be new. None: never vouched for."""

    def pre_save(self, row: models.Model, add: bool) -> str | None:
        if row._state.adding:
            setattr(row, self.attname, voucher_of_none(row.pk))
        return getattr(row, self.attname)


def refuse_forged(person: UUID) -> None:
    """Raises `NotVouchedFor` when a factor was added or taken away by hand."""
    _refuse(person, _proving(person))


def vouch(person: UUID) -> None:
    """As they are now. The caller has looked at what was there before: see `refuse_forged`."""
    _vouch(person, _proving(person))


def vouch_again(person: UUID) -> bool:
    """With the key of today. What is forged stays so, and opens nothing."""
    with transaction.atomic():
        _people().select_for_update().get(pk=person)
        now = _proving(person)
        if not _fits(person, now):
            logger.error("%s", _not_vouched_for(person))
            return False
        _vouch(person, now)
    return True


def vouch_added(person: UUID, factor: int) -> None:
    """For what was there and this one, which was made a moment ago. What came by hand meanwhile is not vouched for."""
    with transaction.atomic():
        _people().select_for_update().get(pk=person)
        now = _proving(person)
        _refuse(person, [row for row in now if row[0] != factor])
        _vouch(person, now)


def forged() -> Iterator[UUID]:
    for person in _people().order_by("pk").values_list("pk", flat=True):
        if not _fits(person, _proving(person)):
            yield person


def _refuse(person: UUID, factors: list) -> None:
    if not _fits(person, factors):
        raise _not_vouched_for(person)


def _fits(person: UUID, factors: list) -> bool:
    stored = _people().filter(pk=person).values_list("factors_voucher", flat=True).get()
    return voucher_holds(stored, _place(person), spelled(factors))


def _not_vouched_for(person: UUID) -> NotVouchedFor:
    return NotVouchedFor(_place(person), "let the account start over")


def _vouch(person: UUID, factors: list) -> None:
    _people().filter(pk=person).update(factors_voucher=voucher(_place(person), spelled(factors)))


def _proving(person: UUID) -> list:
    """What cannot be made without the keyring is sealed to its person already; a passkey is clear, so it stands here whole."""
    rows = _factors().filter(user=person, type__in=PROVING).order_by("pk")
    return [[row.pk, row.type, row.data.get("credential")] for row in rows]


# After a new version of the key


def versions_in_use() -> dict[int, int]:
    """How many rows hold something sealed with each version. They are as few as there are people."""
    counts = Counter()
    for data in _factors().values_list("data", flat=True).iterator():
        counts.update({_version(sealed) for sealed in _sealed_in(data)})
    return dict(counts)


def seal_again(after: int | None, *, size: int) -> tuple[int, int | None]:
    """The next so many rows, under the current version: how many needed it, and the last one looked at.

    Each row is read again under its lock: a recovery code that was just used stays used.
    """
    rows = _factors().order_by("pk")
    ids = list((rows.filter(pk__gt=after) if after is not None else rows).values_list("pk", flat=True)[:size])
    if not ids:
        return 0, None
    current, done = keyring().current("token"), 0
    with transaction.atomic():
        for row in rows.filter(pk__in=ids).select_for_update(skip_locked=True, of=("self",)):
            if all(_version(sealed) == current for sealed in _sealed_in(row.data)):
                continue
            row.data = {name: _again(value, row.user_id) if name in SEALED else value for name, value in row.data.items()}
            row.save(update_fields=["data"])
            done += 1
    return done, ids[-1]


def _again(value: str | list[str], person: UUID) -> str | list[str]:
    if isinstance(value, list):
        return [_again(one, person) for one in value]
    return sealed_secret(opened_secret(value, person=person), person=person)


def _sealed_in(data: dict) -> list[str]:
    """A passkey has nothing secret: its half of the key stays in the device."""
    found = [data[name] for name in SEALED if name in data]
    return [text for value in found for text in (value if isinstance(value, list) else [value])]


def _version(sealed: str) -> int:
    return int.from_bytes(base64.b64decode(sealed)[1:3])


def _place(person: UUID) -> str:
    return f"second factor:{person}"


def _factors() -> QuerySet:
    return apps.get_model("mfa", "Authenticator").objects.all()


def _people() -> QuerySet:
    return apps.get_model("meldroute", "User").objects.all()
