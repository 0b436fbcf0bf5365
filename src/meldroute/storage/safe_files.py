"""Files that must be whole or not there: written beside their place, on disk first, then put in it at once."""

import os
from pathlib import Path


def place_new(path: Path, content: bytes) -> None:
    """A file that did not exist, for this account only. Raises `FileExistsError`; never replaces anything."""
    draft = _draft(path, content)
    try:
        os.link(draft, path)  # unlike a rename this never replaces a file, also when two start at once
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """The new content in the place of the old: whoever reads finds the one or the other, also after a crash."""
    draft = _draft(path, content)
    try:
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def draft_of(path: Path) -> Path:
    """A name beside a file, where the next one can be written first. Nobody else uses it."""
    return path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")


def sync_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, content: bytes) -> Path:
    draft = draft_of(path)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
