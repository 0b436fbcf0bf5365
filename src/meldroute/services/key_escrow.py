"""The keyring in the hands of a person: sealed to their age key, so that losing the machine is not losing its reports."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.age_files import (
    CopyBroken,
    WrongIdentity,
    WrongRecipient,
    identity_in,
    open_copy,
    recipients,
    write_copy,
)
from meldroute.storage.keyring import PURPOSES, Keyring, KeyringRefused, keyring, parse_keyring
from meldroute.storage.keyring_changes import put_back
from meldroute.storage.models import Installation, KeptCopy

KEEPER = Actor("command", "keys", "command")
FORM = "keyring escrow 1"
LARGEST = 1 << 20  # of what is inside: a keyring is a few kilobytes

__all__ = ["CannotKeep", "CannotRecover", "Escrow", "Recovered", "escrow", "recover"]


class CannotKeep(Exception):
    """The escrow file was not written, or is not good. The message says why."""


class CannotRecover(Exception):
    """The keyring was not put back. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Escrow:
    file: str
    fingerprint: str
    recipients: tuple[str, ...]
    versions: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Recovered:
    fingerprint: str
    made_at: str
    compared: bool  # with the database; False: there is none yet


def escrow(folder: Path, *, to: tuple[str, ...], now: datetime) -> Escrow:
    """A dated file of the whole keyring for these people. Raises `CannotKeep`."""
    ring = keyring()
    versions = {purpose: sorted(ring.versions(purpose)) for purpose in PURPOSES}
    name = f"meldroute-keyring-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{ring.fingerprint()[:8]}.age"
    try:
        people = recipients(to)
        written = write_copy(Path(folder) / name, [_content(ring, now=now)], to=people)
    except FileExistsError:
        raise CannotKeep(f"escrow {name}: exists already. Wait a second, or name another folder.") from None
    except OSError as error:
        raise CannotKeep(f"escrow {folder}: cannot be written ({error.strerror}). Use another folder, --into.") from None
    except (WrongRecipient, CopyBroken) as error:
        raise CannotKeep(str(error)) from None
    names = [str(person) for person in people]
    with transaction.atomic():
        KeptCopy.objects.create(kind="escrow", started_at=now, finished_at=now, file=name, size=written.size,
                                digest=written.digest, recipients=names, versions=versions)
        history.append("system", actor=KEEPER, act="keys.escrowed", now=now,
                       details={"versions": versions, "recipients": names, "digest": written.digest})
    return Escrow(name, ring.fingerprint(), tuple(names), versions)


def _content(ring: Keyring, *, now: datetime) -> bytes:
    return json.dumps({
        "meldroute": FORM, "made_at": now.astimezone(UTC).isoformat(timespec="seconds"), "fingerprint": ring.fingerprint(),
        "keyring": ring.content().decode(),
    }).encode()


def recover(source: Path, *, identity: Path) -> Recovered:
    """Put the keyring back where MELDROUTE_KEYRING says, on a machine without one. Raises `CannotRecover`."""
    try:
        made_at, ring = _opened(source, identity)
        compared = _refuse_another_database(ring)
        put_back(settings.MELDROUTE_KEYRING, ring.content(), origin=source)
    except (WrongIdentity, CopyBroken, KeyringRefused) as error:
        raise CannotRecover(str(error)) from None
    except OSError as error:
        raise CannotRecover(f"keyring {settings.MELDROUTE_KEYRING}: cannot be written ({error.strerror}).") from None
    return Recovered(ring.fingerprint(), made_at, compared)


def _opened(source: Path, identity: Path) -> tuple[str, Keyring]:
    inside = bytearray()

    def take(piece: bytes) -> None:
        inside.extend(piece)
        if len(inside) > LARGEST:
            raise CopyBroken(f"{source}: is too large for a keyring. Name the file that `meldroute keys escrow` wrote.")

    open_copy(source, identity_in(identity), take)
    try:
        told = json.loads(inside)
        form, made_at, fingerprint, written = (told[name] for name in ("meldroute", "made_at", "fingerprint", "keyring"))
    except (ValueError, KeyError, TypeError):
        form, made_at, fingerprint, written = "", "", "", ""
    if form != FORM:
        raise CopyBroken(f"{source}: is no escrow of a keyring. Name the file that `meldroute keys escrow` wrote.")
    ring = parse_keyring(source, written.encode())
    if ring.fingerprint() != fingerprint:
        raise CopyBroken(f"{source}: the keyring in it has another fingerprint than the file says. Use another copy.")
    return made_at, ring


def _refuse_another_database(ring: Keyring) -> bool:
    """Is this the keyring of the database that stands here? False: there is no database yet."""
    try:
        known = Installation.objects.first()
    except DatabaseError:  # no tables: an empty machine
        return False
    if known is None:
        return False
    if known.keyring != ring.fingerprint():
        raise CannotRecover("keyring: this escrow belongs to another database than the one here. Use the file of this "
                            "installation, or point MELDROUTE_DATABASE to the other one.")
    return True
