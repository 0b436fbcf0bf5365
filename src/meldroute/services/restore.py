"""Everything back from a backup: on an empty database only, and looked through before anybody is told it is there."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from meldroute.rules.actors import Actor
from meldroute.storage import history, row_guards
from meldroute.storage.age_files import CopyBroken, WrongIdentity, identity_in, open_copy
from meldroute.storage.chain import ChainBroken
from meldroute.storage.dumping import DATA, KEY_COPY
from meldroute.storage.keyring import KeyringRefused, keyring_fingerprint
from meldroute.storage.loading import Loader, NotADump, make_tables, number_on
from meldroute.storage.models import Installation, KeptCopy, Signal, User
from meldroute.storage.schema import bring_to_head
from meldroute.storage.sealing import SealBroken
from meldroute.storage.wholeness import Wholeness, look_through

KEEPER = Actor("command", "restore", "command")
KEY_OF = {  # table of keys: whose keys, and under which name
    "meldroute.signalkey": ("meldroute.signal", "signal_id"),
    "meldroute.attachmentkey": ("meldroute.attachment", "attachment_id"),
    "meldroute.subjectrequestkey": ("meldroute.subjectrequest", "request_id"),
}


class CannotRestore(Exception):
    """Nothing was restored; what there was is as it was. The message says what to do."""


class NotWhole(Exception):
    """It was restored, and something in it is not as it should be. Do not use it before that is understood."""


@dataclass(frozen=True, slots=True)
class Restored:
    release: str
    made_at: str
    rows: int
    keys: int
    whole: Wholeness


def restore(data: Path, keys: Path, *, identity: Path, now: datetime) -> Restored:
    """From a data copy and the key copy. The keyring stands in its place already: `meldroute keys recover` put it there.

    Raises `CannotRestore` with nothing changed but empty tables, or `NotWhole` when it was put back and is not sound.
    """
    try:
        _refuse_full_database()
        people = identity_in(identity)
        fingerprint = keyring_fingerprint()
        about = _head_of(data, people, fingerprint)
        rows, loaded = _load(data, keys, people, about)
        bring_to_head()
    except (WrongIdentity, CopyBroken, NotADump, KeyringRefused) as error:
        raise CannotRestore(str(error)) from None
    except DatabaseError as error:
        raise CannotRestore(f"database: it does not take what is restored ({type(error).__name__}). Use an empty database of "
                            "your own, and an account that may make tables.") from None
    return Restored(about["release"], about["at"], rows, loaded, _looked_through(keys, now=now))


def _refuse_full_database() -> None:
    """Restoring over something would mix two installations, or lose one."""
    tables = set(connection.introspection.table_names())
    for model in (Installation, Signal, User):
        if model._meta.db_table in tables and model.objects.exists():
            raise CannotRestore("database: it is not empty, and a restore never writes over anything. Point MELDROUTE_DATA or "
                                "MELDROUTE_DATABASE to an empty one.")


def _load(data: Path, keys: Path, people: list, about: dict) -> tuple[int, int]:
    """In one transaction: all of it, or empty tables. How many rows, and how many keys of signals."""
    apps = make_tables(about["migrations"])
    rows = Loader(DATA, begin=lambda line: apps)
    with transaction.atomic(), row_guards.lifted(connection):
        open_copy(data, people, rows.take)
        loaded = rows.finish()
        keyed = _load_keys(keys, people, about, apps)
        number_on(apps)
    return sum(loaded.counts.values()), keyed


class _SeenEnough(Exception):
    pass


def _head_of(path: Path, people: list, fingerprint: str) -> dict:
    """The first line, with the refusals that need no more than that."""

    def stop(line: dict) -> object:
        raise _SeenEnough

    peek = Loader(DATA, begin=stop)
    try:
        open_copy(path, people, peek.take)
    except _SeenEnough:
        about = peek.loaded.about
    else:
        raise NotADump(f"{path}: it is empty. Use another copy.")
    if about.get("keyring") != fingerprint:
        raise CannotRestore("keyring: it is not the one this backup was made with. Put that one back with "
                            "`meldroute keys recover`.")
    return about


def _load_keys(path: Path, people: list, about: dict, apps: object) -> int:
    """Keys of what is here. A younger key copy also holds keys of what came after the data copy."""
    known: dict[str, set] = {}

    def begin(line: dict) -> object:
        if line.get("keyring") != about["keyring"]:
            raise NotADump(f"{path}: the key copy belongs to another installation. Name the one beside the data copy.")
        return apps

    def keep(table: str, row: object) -> bool:
        if table not in KEY_OF:
            return True
        owner, column = KEY_OF[table]
        if table not in known:
            known[table] = set(apps.get_model(owner).objects.values_list("pk", flat=True))
        return getattr(row, column) in known[table]

    loader = Loader(KEY_COPY, begin=begin, keep=keep)
    open_copy(path, people, loader.take)
    return loader.finish().counts.get("meldroute.signalkey", 0)


def _looked_through(keys: Path, *, now: datetime) -> Wholeness:
    try:
        whole = look_through()
    except (ChainBroken, SealBroken) as error:
        raise NotWhole(str(error)) from None
    except DatabaseError as error:
        raise NotWhole(f"database: a reference leads nowhere ({type(error).__name__}). Use another copy.") from None
    if whole.lost_requests:
        raise NotWhole(f"keys: {whole.lost_requests} requests of data subjects have no key in this key copy. Use the newest copy.")
    if whole.lost:
        raise NotWhole(f"keys: {whole.lost} signals have no key in this key copy, and nobody destroyed them. Use the newest copy.")
    with transaction.atomic():
        # The copy it came from is the one that a later destruction has to wait for.
        KeptCopy.objects.create(kind="keys", started_at=now, finished_at=now, file=Path(keys).name)
        history.append("system", actor=KEEPER, act="backup.restored", now=now,
                       details={"signals": whole.signals, "destroyed": whole.destroyed})
    return whole
