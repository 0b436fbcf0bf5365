"""The keyring: a file outside the database, without which sealed text stays sealed.

One random key of 32 bytes per purpose and version. Keys are separate so that one that leaks opens one thing
only: `wrap` wraps the key of each signal, `reporter_tie` ties a signal to who reported it, `link` belongs to
the links of partners without an account, `token` to what has no signal yet (form tokens, drafts).

A purpose may hold several versions; new work uses the current one, old work names the version it used.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FORMAT = 1
KEY_BYTES = 32
PURPOSES = ("wrap", "reporter_tie", "link", "token")


class KeyringRefused(Exception):
    """The keyring cannot be used as it is. The message names the place, the cause and the way out."""


class KeyringMissing(KeyringRefused):
    """There is no keyring at this place."""


class KeyringExists(KeyringRefused):
    """There is a keyring already. Writing over it would destroy everything it seals."""


class NoSuchKey(KeyringRefused):
    """The keyring is sound, but does not hold this version of this key."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys per purpose and version. Printing it shows no key."""

    _keys: Mapping[str, Mapping[int, bytes]] = field(repr=False)
    _current: Mapping[str, int]

    def current(self, purpose: str) -> int:
        """The version that new work uses."""
        return self._current[purpose]

    def versions(self, purpose: str) -> tuple[int, ...]:
        """Every version, the current one first: look up in this order."""
        current = self._current[purpose]
        return (current, *sorted((v for v in self._keys[purpose] if v != current), reverse=True))

    def derive(self, purpose: str, use: bytes, *, version: int) -> bytes:
        """The key for one use of a purpose, so that no two uses ever share key material."""
        try:
            secret = self._keys[purpose][version]
        except KeyError:
            raise NoSuchKey(
                f"keyring: version {version} of '{purpose}' is not in it. "
                "Put back the keyring that belongs to this database."
            ) from None
        return hmac.digest(secret, b"meldroute 1 " + purpose.encode() + b"/" + use, "sha256")

    def fingerprint(self) -> str:
        """Names this keyring without giving anything away. A newer version does not change it.

        It covers the first version of every purpose, so a keyring with one foreign key is not taken for ours.
        """
        firsts = (self.derive(p, b"fingerprint", version=min(self._keys[p])) for p in PURPOSES)
        return hashlib.sha256(b"".join(firsts)).hexdigest()


def keyring() -> Keyring:
    """The keyring of this installation, read once per process."""
    return _read_once(Path(settings.MELDROUTE_KEYRING))


def keyring_fingerprint() -> str:
    """What a database remembers at its first start, and compares at each next one."""
    return keyring().fingerprint()


@lru_cache(maxsize=4)
def _read_once(path: Path) -> Keyring:
    return load_keyring(path)


def load_keyring(path: Path) -> Keyring:
    """Read the keyring at this place, or refuse it aloud."""
    path = Path(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyringMissing(
            f"keyring {path}: there is no such file. Put back the keyring that belongs to this database, "
            "or set MELDROUTE_KEYRING to where it is."
        ) from None
    except OSError as error:
        raise KeyringRefused(
            f"keyring {path}: cannot be opened ({error.strerror}). "
            "Let the account that runs Meldroute own it, with mode 0600."
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        _refuse_others(path, os.fstat(file.fileno()), most=0o600)
        _refuse_others(path.parent, path.parent.stat(), most=0o700)
        content = file.read()
    return _parse(path, content)


def create_keyring(path: Path) -> None:
    """Make a keyring with fresh keys. On disk, complete, before this returns; never over an existing one."""
    path = Path(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_others(path.parent, path.parent.stat(), most=0o700)
    purposes = {purpose: {"current": 1, "keys": {"1": _fresh_key()}} for purpose in PURPOSES}
    content = json.dumps({"format": FORMAT, "purposes": purposes}, indent=2) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        _write_synced(draft, content.encode())
        os.link(draft, path)  # unlike a rename this never replaces a file, also when two starts race
    except FileExistsError:
        raise KeyringExists(
            f"keyring {path}: exists already, and everything sealed with it would be lost. "
            "Use it, or move it away yourself."
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _fresh_key() -> str:
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_others(path: Path, found: os.stat_result, *, most: int) -> None:
    """Only the account that runs Meldroute may own or reach this."""
    if found.st_uid != os.geteuid():
        raise KeyringRefused(
            f"keyring {path}: belongs to account {found.st_uid}, Meldroute runs as {os.geteuid()}. "
            "Whoever owns it can change the keys: chown it to the account that runs Meldroute."
        )
    mode = stat.S_IMODE(found.st_mode)
    if mode & ~most:
        raise KeyringRefused(
            f"keyring {path}: has mode {mode:04o}, so others can reach it. Run: chmod {most:o} {path}"
        )


def _parse(path: Path, content: bytes) -> Keyring:
    try:
        written = json.loads(content)
        if written["format"] != FORMAT:
            raise _broken(path, f"has format {written['format']!r}, this release reads {FORMAT}")
        purposes = written["purposes"]
        _refuse_wrong_purposes(path, purposes)
        keys = {purpose: _keys_of(path, purpose, entry["keys"]) for purpose, entry in purposes.items()}
        current = {purpose: entry["current"] for purpose, entry in purposes.items()}
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # the error itself could quote a key, so it is not shown
        raise _broken(path, "is not a complete keyring") from None
    for purpose, version in current.items():
        if type(version) is not int or version not in keys[purpose]:
            raise _broken(path, f"has no key for the current version {version!r} of '{purpose}'")
    _refuse_shared_keys(path, keys)
    return Keyring(keys, current)


def _refuse_wrong_purposes(path: Path, purposes: Mapping[str, object]) -> None:
    if unknown := sorted(set(purposes) - set(PURPOSES)):
        raise _broken(path, f"has the unknown purpose '{unknown[0]}' (known: {', '.join(PURPOSES)})")
    if missing := sorted(set(PURPOSES) - set(purposes)):
        raise _broken(path, f"has no key for '{missing[0]}'")


def _keys_of(path: Path, purpose: str, written: Mapping[str, str]) -> dict[int, bytes]:
    return {
        _version_of(path, purpose, name): _key_of(path, purpose, name, text) for name, text in written.items()
    }


def _version_of(path: Path, purpose: str, name: str) -> int:
    if not (name.isascii() and name.isdigit() and not name.startswith("0") and int(name) < 2**16):
        raise _broken(path, f"names a version of '{purpose}' that is not a whole number from 1 to 65535")
    return int(name)


def _key_of(path: Path, purpose: str, name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _broken(
            path, f"has a key for '{purpose}' version {name} that is not {KEY_BYTES} bytes in base64"
        )
    return key


def _refuse_shared_keys(path: Path, keys: Mapping[str, Mapping[int, bytes]]) -> None:
    """One key for two purposes, or for two versions, separates nothing."""
    everything = [key for versions in keys.values() for key in versions.values()]
    if len(set(everything)) != len(everything):
        raise _broken(path, "uses one key twice")


def _broken(path: Path, cause: str) -> KeyringRefused:
    return KeyringRefused(
        f"keyring {path}: {cause}. Put back a copy of the keyring that belongs to this database."
    )
