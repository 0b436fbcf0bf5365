"""Destroy what a signal says, for good: its key goes, and with it everything sealed under it, in backups too.

Wrapped keys are in no backup of the data. They stand in the database and in one key copy, so a destruction is
finished when the database's own files are clean and that copy was replaced by one without the key. Until then it is
pending, and `meldroute keys status` says so.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import TICK, Actor
from meldroute.storage import database_cleaning, history
from meldroute.storage.models import KeptCopy, KeyDestruction, SignalKey


class NoSignalKey(Exception):
    """There is no key to destroy, and none was destroyed before."""

    def __init__(self, signal: UUID):
        super().__init__(f"signal {signal}: it has no key, and none was destroyed. Check the id; nothing was changed.")


@dataclass(frozen=True, slots=True)
class PendingDestruction:
    signal: UUID
    asked_at: datetime
    database_clean: bool
    copy_replaced: bool


def destroy_signal_key(signal: UUID, *, now: datetime, actor: Actor) -> None:
    """In the caller's transaction, with the signal's row locked. Doing it twice is doing it once.

    Appends to the chain of the municipality. Raises `NoSignalKey`.
    """
    key = SignalKey.objects.select_for_update(of=("self",)).filter(pk=signal).first()
    if key is None:
        if KeyDestruction.objects.filter(signal=signal).exists():
            return
        raise NoSignalKey(signal)
    KeyDestruction.objects.create(signal=signal, municipality_id=key.municipality_id, asked_at=now,
                                  transaction=database_cleaning.current_transaction())
    key.delete()
    history.append(key.municipality_id, actor=actor, act="key.destroyed", now=now, signal=signal)


def pending_destructions() -> tuple[PendingDestruction, ...]:
    """What is destroyed and not yet known to be gone everywhere, oldest first."""
    rows = _pending().order_by("asked_at", "signal")
    return tuple(PendingDestruction(r.signal, r.asked_at, r.database_clean_at is not None, r.copy_replaced_at is not None)
                 for r in rows)


@dataclass(frozen=True, slots=True)
class Finished:
    count: int
    cause: str = ""  # why some could not be finished now; they are tried again


def finish_destructions(*, now: datetime, actor: Actor = TICK) -> Finished:
    """What can be finished, is. One short question when nothing is pending. Not inside a transaction."""
    if not _pending().exists():
        return Finished(0)
    cause = _clean_database(now=now)
    if not KeptCopy.objects.filter(kind="keys", finished_at__isnull=False).exists():
        _pending().filter(copy_replaced_at=None).update(copy_replaced_at=now)  # there is none to replace
    with transaction.atomic():
        done = _pending().filter(database_clean_at__isnull=False, copy_replaced_at__isnull=False).update(finished_at=now)
        if done:
            history.append("system", actor=actor, act="keys.destroyed", now=now, details={"count": done})
    return Finished(done, cause)


def copy_was_replaced(without: list[UUID], *, now: datetime) -> None:
    """A new key copy took the place of the old one, made after these destructions were committed."""
    _pending().filter(pk__in=without, copy_replaced_at=None).update(copy_replaced_at=now)


def committed_destructions() -> list[UUID]:
    """Asked before a key copy is begun: the keys of these are not in it."""
    return list(_pending().values_list("pk", flat=True))


def _clean_database(*, now: datetime) -> str:
    waiting = dict(_pending().filter(database_clean_at=None).values_list("pk", "transaction"))
    if not waiting:
        return ""
    cause = database_cleaning.clean_keys(list(waiting.values()))
    if not cause:
        KeyDestruction.objects.filter(pk__in=list(waiting)).update(database_clean_at=now)
    return cause


def _pending():
    return KeyDestruction.objects.filter(finished_at=None)
