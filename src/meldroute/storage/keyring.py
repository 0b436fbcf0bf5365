"""The keyring: a file outside the database, without which sealed text stays sealed.

One random key of 32 bytes per purpose and version. Keys are separate so that one that leaks opens one thing
only: `wrap` wraps the key of each signal, `reporter_tie` ties a signal to who reported it and vouches for rows
that give rights, `link` belongs to the links of partners without an account, `token` to what has no signal yet
(form tokens, drafts).

A purpose may hold several versions; new work uses the current one, old work names the version it used. The
file is looked at before every use, so that all processes know a new version from the moment it is there
(keyring_changes.py writes it).
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
from pathlib import Path

from django.conf import settings

from . import safe_files

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
    # Of a purpose whose first version was retired: what that version adds to the fingerprint. It opens nothing.
    _marks: Mapping[str, str] = field(default_factory=dict)

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
        """Names this keyring without giving anything away. A newer version does not change it, nor does a retired one.

        It covers the first version of every purpose, so a keyring with one foreign key is not taken for ours.
        """
        return hashlib.sha256(b"".join(self._mark(purpose) for purpose in PURPOSES)).hexdigest()

    def _mark(self, purpose: str) -> bytes:
        if purpose in self._marks:
            return bytes.fromhex(self._marks[purpose])
        return self.derive(purpose, b"fingerprint", version=min(self._keys[purpose]))

    def holds_all_of(self, other: "Keyring") -> bool:
        """Does this open everything that the other opens, as far as both know the version?"""
        return self.fingerprint() == other.fingerprint() and all(
            self._keys[purpose].get(version, key) == key
            for purpose, versions in other._keys.items() for version, key in versions.items()
        )

    def with_new(self, purpose: str, key: bytes) -> "Keyring":
        """The same with one more version of a purpose, which new work uses from now on."""
        version = max(self._keys[purpose]) + 1
        versions = {**self._keys[purpose], version: key}
        return Keyring({**self._keys, purpose: versions}, {**self._current, purpose: version}, self._marks)

    def without(self, purpose: str, version: int) -> "Keyring":
        """The same without an old version. The current one cannot go."""
        if version == self._current[purpose] or version not in self._keys[purpose]:
            raise NoSuchKey(f"keyring: there is no old version {version} of '{purpose}' to retire.")
        marks = {**self._marks, purpose: self._mark(purpose).hex()}
        versions = {v: key for v, key in self._keys[purpose].items() if v != version}
        return Keyring({**self._keys, purpose: versions}, self._current, marks)

    def content(self) -> bytes:
        """As it stands in its file."""
        purposes = {
            purpose: {"current": self._current[purpose],
                      "keys": {str(v): base64.b64encode(key).decode() for v, key in sorted(versions.items())}}
            for purpose, versions in self._keys.items()
        }
        written: dict[str, object] = {"format": FORMAT, "purposes": purposes}
        if self._marks:
            written["marks"] = dict(self._marks)
        return (json.dumps(written, indent=2) + "\n").encode()


def keyring() -> Keyring:
    """The keyring of this installation as it is now.

    Asked of the file each time (one `stat`): two processes must not disagree about what is current. One that is
    gone or was exchanged is refused also while we run: what it sealed could not be opened tomorrow.
    """
    path = Path(settings.MELDROUTE_KEYRING)
    known, stamp = _known.get(path), _stamp(path)
    if known is None or stamp != known[0]:
        fresh = load_keyring(path)
        if known is not None and not fresh.holds_all_of(known[1]):
            raise KeyringRefused(
                f"keyring {path}: it was exchanged for another one while Meldroute ran. Put back the keyring that "
                "belongs to this database; if it was replaced on purpose, stop Meldroute first."
            )
        _known[path] = known = (stamp, fresh)
    return known[1]


_known: dict[Path, tuple[tuple[int, ...], Keyring]] = {}


def _stamp(path: Path) -> tuple[int, ...]:
    """Another file, or the same one written again, has another stamp."""
    try:
        found = path.stat()
    except OSError:
        return ()  # loading it says what is wrong
    return found.st_ino, found.st_mtime_ns, found.st_size


def keyring_fingerprint() -> str:
    """What a database remembers at its first start, and compares at each next one."""
    return keyring().fingerprint()


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
    return parse_keyring(path, content)


def create_keyring(path: Path) -> None:
    """Make a keyring with fresh keys. On disk, complete, before this returns; never over an existing one."""
    fresh = Keyring({purpose: {1: fresh_key()} for purpose in PURPOSES}, dict.fromkeys(PURPOSES, 1))
    put_in_place(Path(path), fresh)


def put_in_place(path: Path, ring: Keyring) -> None:
    """Where no keyring is. Raises `KeyringExists`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_others(path.parent, path.parent.stat(), most=0o700)
    try:
        safe_files.place_new(path, ring.content())
    except FileExistsError:
        raise KeyringExists(
            f"keyring {path}: exists already, and everything sealed with it would be lost. "
            "Use it, or move it away yourself."
        ) from None


def fresh_key() -> bytes:
    return os.urandom(KEY_BYTES)


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


def parse_keyring(path: Path, content: bytes) -> Keyring:
    """What stands in a keyring file. `path` is where it came from, for what is said about it."""
    try:
        written = json.loads(content)
        if written["format"] != FORMAT:
            raise _broken(path, f"has format {written['format']!r}, this release reads {FORMAT}")
        purposes = written["purposes"]
        _refuse_wrong_purposes(path, purposes)
        keys = {purpose: _keys_of(path, purpose, entry["keys"]) for purpose, entry in purposes.items()}
        current = {purpose: entry["current"] for purpose, entry in purposes.items()}
        marks = {purpose: bytes.fromhex(mark).hex() for purpose, mark in written.get("marks", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError):  # the error could quote a key, so it is not shown
        raise _broken(path, "is not a complete keyring") from None
    for purpose, version in current.items():
        if type(version) is not int or version not in keys[purpose]:
            raise _broken(path, f"has no key for the current version {version!r} of '{purpose}'")
    _refuse_shared_keys(path, keys)
    return Keyring(keys, current, marks)


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
