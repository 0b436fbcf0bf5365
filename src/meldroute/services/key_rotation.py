"""New versions of the keys, and old rows brought to them, while everybody works on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.form_tokens import LIFETIME
from meldroute.storage.keyring import PURPOSES, keyring
from meldroute.storage.keyring_changes import add_versions, drop_version
from meldroute.storage.models import HistoryEntry
from meldroute.storage.rekeying import KINDS, rekey

from .key_status import key_lines

KEEPER = Actor("command", "keys", "command")
FORMS_OUT = LIFETIME + timedelta(hours=1)  # a form that somebody has open carries a token of the version before


class NoSuchPurpose(Exception):
    def __init__(self, name: str):
        super().__init__(f"keys: there is no key for '{name}'. Use one of: {', '.join(PURPOSES)}.")


class StillUsed(Exception):
    """The old version cannot go: something would not open any more. The message says what."""


@dataclass(frozen=True, slots=True)
class Rekeyed:
    name: str
    rows: int


def rotate(purposes: Sequence[str] = (), *, now: datetime) -> dict[str, int]:
    """A new version of these keys, or of all. Every process uses it from its next seal on. Returns their numbers.

    Nothing that was sealed before is touched: see `bring_along`.
    """
    wanted = tuple(purposes) or PURPOSES
    if unknown := [name for name in wanted if name not in PURPOSES]:
        raise NoSuchPurpose(unknown[0])
    with transaction.atomic():  # the file comes last: what fails before it leaves no trace, and after it only the entry
        versions = {name: keyring().versions(name) for name in wanted}
        history.append("system", actor=KEEPER, act="keys.rotated", now=now,
                       details={name: max(known) + 1 for name, known in versions.items()})
        return add_versions(settings.MELDROUTE_KEYRING, wanted)


def bring_along(*, now: datetime, told: Callable[[str, int], object] = lambda name, rows: None) -> tuple[Rekeyed, ...]:
    """Everything that can go to the newest versions, in batches. Cut off and called again, it goes on where it was."""
    done = []
    for kind in KINDS:
        rows = 0
        for batch in rekey(kind):
            rows += batch
            told(kind.name, rows)
        done.append(Rekeyed(kind.name, rows))
    if any(part.rows for part in done):
        rows_of = {kind.purpose: 0 for kind in KINDS}
        for kind, part in zip(KINDS, done, strict=True):
            rows_of[kind.purpose] += part.rows
        with transaction.atomic():
            history.append("system", actor=KEEPER, act="keys.rekeyed", now=now, details=rows_of)
    return tuple(done)


def retire(purpose: str, version: int, *, now: datetime) -> None:
    """Take an old version out of the keyring. Raises `StillUsed`, `NoSuchPurpose`."""
    if purpose not in PURPOSES:
        raise NoSuchPurpose(purpose)
    line = next((k for k in key_lines(now=now) if (k.purpose, k.version) == (purpose, version)), None)
    if line is None:
        raise StillUsed(f"keys: there is no version {version} of '{purpose}'. Look with `meldroute keys status`.")
    if line.kept_because:
        raise StillUsed(f"keys: version {version} of '{purpose}' stays: {line.kept_because}.")
    if purpose == "token" and (rotated := _rotated_at(purpose)) and now < rotated + FORMS_OUT:
        raise StillUsed(f"keys: version {version} of 'token' stays until {rotated + FORMS_OUT:%Y-%m-%d %H:%M} UTC: somebody may "
                        "have a form open that was made with it.")
    with transaction.atomic():
        history.append("system", actor=KEEPER, act="keys.retired", now=now, details={"purpose": purpose, "version": version})
        drop_version(settings.MELDROUTE_KEYRING, purpose, version)


def _rotated_at(purpose: str) -> datetime | None:
    made = HistoryEntry.objects.filter(chain="system", act="keys.rotated", details__has_key=purpose)
    return made.order_by("-number").values_list("at", flat=True).first()
