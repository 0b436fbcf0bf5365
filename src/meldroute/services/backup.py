"""Two files from which everything can come back: the data without any wrapped key, and then the one key copy.

The data copy is dated; how many are kept is the operator's choice. The key copy has one name and is replaced each
time, never kept in versions: a key that was destroyed is gone from it. Both are sealed to a person who is not here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.age_files import CopyBroken, Recipient, Written, WrongRecipient, recipients, write_copy
from meldroute.storage.dumping import DATA, KEY_COPY, NotEverything, dump
from meldroute.storage.key_uses import USES, uses_of
from meldroute.storage.keyring import KeyringRefused, keyring_fingerprint
from meldroute.storage.models import KeptCopy, Membership, Message
from meldroute.storage.schema import pending_migrations

from . import key_destruction
from .notices import to_members

KEEPER = Actor("command", "backup", "command")
KEY_COPY_NAME = "meldroute-keys.age"


class BackupFailed(Exception):
    """There is no new backup, and those who manage Meldroute were told when the database could hold that. Says why."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    kind: str
    file: str
    size: int
    digest: str
    rows: int


@dataclass(frozen=True, slots=True)
class Backup:
    data: BackupFile
    keys: BackupFile
    destructions_finished: int
    still_pending: str  # why a destruction could not be finished yet; empty when none waits


def back_up(folder: Path, *, to: tuple[str, ...], now: datetime) -> Backup:
    """Data first, keys after, each opened again before it gets its name. Raises `BackupFailed`."""
    try:
        people = recipients(to)
        _refuse_no_place(folder)
        if waiting := pending_migrations():
            raise NotEverything(f"database: migration {waiting[0]} has not run. Run `meldroute migrate` first.")
        data = _copy(DATA, Path(folder) / _dated(now), people, now=now)
        keys = _key_copy(Path(folder), people, now=now)
        finished = key_destruction.finish_destructions(now=now, actor=KEEPER)
    except (WrongRecipient, CopyBroken, NotEverything, KeyringRefused) as error:
        raise _failed(str(error), now=now) from None
    except FileExistsError:
        raise _failed(f"backup {_dated(now)}: exists already. Wait a second and try again.", now=now) from None
    except OSError as error:
        raise _failed(f"backup {folder}: cannot be written ({error.strerror}). Make room, or name another folder with --into.",
                      now=now) from None
    except DatabaseError as error:  # the driver's words may hold an address
        raise _failed(f"database: it could not be read ({type(error).__name__}). Look whether it runs, and whether this "
                      "account may see every row.", now=now) from None
    return Backup(data, keys, finished.count, finished.cause)


def _dated(now: datetime) -> str:
    return f"meldroute-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.age"


def _refuse_no_place(folder: Path) -> None:
    if not Path(folder).is_dir():
        raise CopyBroken(f"backup {folder}: there is no such folder. Make it, with mode 0700, and name it with --into.")


def _key_copy(folder: Path, people: list[Recipient], *, now: datetime) -> BackupFile:
    """Replaced, never beside an older one. Begun after the data copy, so all that is in that one has its key here."""
    without = key_destruction.committed_destructions()
    copy = _copy(KEY_COPY, folder / KEY_COPY_NAME, people, now=now)
    key_destruction.copy_was_replaced(without, now=now)
    return copy


def _copy(part: str, path: Path, people: list[Recipient], *, now: datetime) -> BackupFile:
    counts: dict[str, int] = {}
    row = KeptCopy.objects.create(kind=part, started_at=now, file=path.name, recipients=[str(p) for p in people],
                                  versions={"wrap": _wrap_versions(now=now)} if part == KEY_COPY else {})
    try:
        written = write_copy(path, _inside(part, counts, now=now), to=people, over=part == KEY_COPY)
    except BaseException as error:
        _mark_failed(row, error)
        raise
    _mark_good(row, written, rows=sum(counts.values()), now=now)
    return BackupFile(part, path.name, written.size, written.digest, sum(counts.values()))


def _inside(part: str, counts: dict[str, int], *, now: datetime) -> Iterator[bytes]:
    about = {"release": _release(), "at": now.astimezone(UTC).isoformat(timespec="seconds"),
             "keyring": keyring_fingerprint()}
    return dump(part, about=about, counted=counts.update)


def _release() -> str:
    try:
        return version("meldroute")
    except PackageNotFoundError:  # run from its source
        return "source"


def _wrap_versions(*, now: datetime) -> list[int]:
    """Which versions of the keyring's key the copied ones may be wrapped with. Asked before the copy is made."""
    return sorted({version for use in USES if use.purpose == "wrap" for version in uses_of(use, now=now)})


def _mark_good(row: KeptCopy, written: Written, *, rows: int, now: datetime) -> None:
    with transaction.atomic():
        KeptCopy.objects.filter(pk=row.pk).update(finished_at=now, size=written.size, digest=written.digest)
        history.append("system", actor=KEEPER, act=f"backup.{row.kind}", now=now,
                       details={"file": row.file, "digest": written.digest, "rows": rows})


def _mark_failed(row: KeptCopy, error: BaseException) -> None:
    cause = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, CopyBroken) else ""
    try:
        KeptCopy.objects.filter(pk=row.pk).update(cause=(cause or type(error).__name__)[:300])
    except DatabaseError:
        return  # it is said by the exit code all the same


# A backup that failed


def _failed(cause: str, *, now: datetime) -> BackupFailed:
    """An entry in the system's chain and a notice to each functional manager, once until they look."""
    try:
        with transaction.atomic():
            members = _managers(now=now)
            for member, municipality in members:
                waiting = Message.objects.filter(kind="backup_failed", membership_id=member, seen_at=None)
                if not waiting.update(count=F("count") + 1):
                    Message.objects.bulk_create(to_members("backup_failed", [member], municipality=municipality, now=now, count=1))
            history.append("system", actor=KEEPER, act="backup.failed", now=now, details={"told": len(members)})
    except DatabaseError:
        return BackupFailed(f"{cause} The alarm could not be written either: tell those who manage Meldroute yourself.")
    return BackupFailed(cause)


def _managers(*, now: datetime) -> list[tuple]:
    found = Membership.objects.filter(role="functional_manager").current(timezone.localtime(now).date())
    return list(found.values_list("pk", "organisation"))
