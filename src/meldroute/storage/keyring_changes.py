"""Changes to the keyring file: a new version, a retired one, a keyring put back on an empty machine.

One at a time. The new file is whole and on disk before it takes the place of the old one, and holds everything the
old one held but for what was retired by name: a crash leaves the one or the other, never less.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import safe_files
from .keyring import (
    PURPOSES,
    Keyring,
    KeyringRefused,
    fresh_key,
    load_keyring,
    parse_keyring,
    put_in_place,
)


def add_versions(path: Path, purposes: Sequence[str] = PURPOSES) -> dict[str, int]:
    """A new version of each of these purposes, current from now on in every process. Returns their numbers."""
    with _alone(path):
        before = after = load_keyring(path)
        for purpose in purposes:
            after = after.with_new(purpose, fresh_key())
        _write(path, after, before=before)
    return {purpose: after.current(purpose) for purpose in purposes}


def drop_version(path: Path, purpose: str, version: int) -> None:
    """Take an old version out. The caller has made sure that nothing uses it."""
    with _alone(path):
        ring = load_keyring(path)
        _write(path, ring.without(purpose, version), before=ring)


def put_back(path: Path, content: bytes, *, origin: Path) -> Keyring:
    """A keyring that was kept elsewhere, on a machine that has none. Never over an existing one."""
    ring = parse_keyring(origin, content)
    put_in_place(Path(path), ring)
    return ring


def _write(path: Path, ring: Keyring, *, before: Keyring) -> None:
    """Read back what will be written before it replaces anything."""
    if not parse_keyring(path, ring.content()).holds_all_of(before):
        raise KeyringRefused(f"keyring {path}: the new one would not open what the old one opens. Nothing was changed.")
    safe_files.replace(Path(path), ring.content())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two who change it at once would each forget the other's key, so the second waits."""
    folder = os.open(Path(path).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
