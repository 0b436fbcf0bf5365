"""Files for somebody else's key: written as age files, streamed, and opened once before we say they are good.

Whoever backs up cannot open what they write, and yet must know that it opens. So each file is written to one
recipient more: a key made for this one file, kept in memory, used to open it once, and forgotten.
"""

import hashlib
import io
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage

from . import safe_files

Recipient = pyrage.x25519.Recipient
CHUNK = 1 << 16


class WrongRecipient(Exception):
    """This is not a public age key, so nothing can be sealed to it."""


class WrongIdentity(Exception):
    """This file holds no age identity, so nothing can be opened with it."""


class CopyBroken(Exception):
    """The file is not whole, is not for this identity, or differs from what was written. The message says which."""


@dataclass(frozen=True, slots=True)
class Written:
    size: int
    digest: str  # SHA-256 of the file as it stands on disk


def recipients(words: Sequence[str]) -> list[Recipient]:
    """The public keys that were named. Raises `WrongRecipient`."""
    if not words:
        raise WrongRecipient("recipient: none was named. Give the public age key of a person, age1…, as --to.")
    return [_recipient(word) for word in words]


def _recipient(word: str) -> Recipient:
    try:
        return Recipient.from_str(word.strip())
    except pyrage.RecipientError:
        shown = "a private key" if word.strip().upper().startswith("AGE-SECRET-KEY") else f"'{word[:20]}'"
        raise WrongRecipient(
            f"recipient: {shown} is not a public age key. It starts with age1; make one with age-keygen and keep the "
            "other half far from this machine."
        ) from None


def identity_in(path: Path) -> list[pyrage.x25519.Identity]:
    """The private keys in an identity file, as age-keygen writes it. Raises `WrongIdentity`."""
    try:
        lines = Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongIdentity(f"identity {path}: cannot be read ({type(error).__name__}). Name the identity file.") from None
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in found]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        raise WrongIdentity(
            f"identity {path}: holds no AGE-SECRET-KEY-1… line. If it is protected by a password, open it with age first."
        )
    return identities


def write_copy(path: Path, content: Iterable[bytes], *, to: Sequence[Recipient], over: bool = False) -> Written:
    """Write, sync, open again and compare; only then the file gets its name. `over`: it replaces the one before.

    Raises `CopyBroken` when what is on disk is not what was written, `FileExistsError`, or what the disk says.
    """
    path = Path(path)
    check = pyrage.x25519.Identity.generate()
    draft = safe_files.draft_of(path)
    source = _Source(content)
    try:
        _encrypt(draft, source, [*to, check.to_public()])
        digest = _opened(draft, check, source.digest())
        _refuse_missing_recipients(draft, len(to) + 1)
        if over:
            draft.replace(path)
        else:
            os.link(draft, path)
    finally:
        source.done()
        draft.unlink(missing_ok=True)
    safe_files.sync_folder(path.parent)
    return Written(path.stat().st_size, digest)


def _encrypt(draft: Path, source: "_Source", to: list[Recipient]) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        target = _Target(file.write)
        try:
            pyrage.encrypt_io(source, target, to)
        except (pyrage.EncryptError, OSError) as error:
            raise source.trouble or target.trouble or error from None
        file.flush()
        os.fsync(file.fileno())


def _opened(draft: Path, check: pyrage.x25519.Identity, expected: str) -> str:
    """The digest of the file, when it opens to exactly what was put in."""
    inside, whole = hashlib.sha256(), hashlib.sha256()
    open_copy(draft, [check], inside.update, seen=whole.update)
    if inside.hexdigest() != expected:
        raise CopyBroken(f"{draft.parent}: what was read back is not what was written. Look at the disk; nothing was replaced.")
    return whole.hexdigest()


def _refuse_missing_recipients(draft: Path, expected: int) -> None:
    with draft.open("rb") as file:
        header = file.read(CHUNK).split(b"\n---", 1)[0]
    if header.count(b"\n-> X25519 ") != expected:
        raise CopyBroken(f"{draft.parent}: the file is not sealed to everybody who was named. Nothing was replaced.")


def open_copy(path: Path, identities: Sequence[pyrage.x25519.Identity], take: Callable[[bytes], object], *,
              seen: Callable[[bytes], object] = bytes) -> None:
    """Hand what is inside to `take`, piece by piece. Each piece is authentic; only the end says it was all.

    What `take` raises comes out as it is. Raises `CopyBroken` when the file does not open or ends too soon.
    """
    target = _Target(take)
    try:
        with Path(path).open("rb") as file:
            pyrage.decrypt_io(_Read(file, seen), target, list(identities))
    except FileNotFoundError:
        raise CopyBroken(f"{path}: there is no such file.") from None
    except pyrage.DecryptError:
        if target.trouble:
            raise target.trouble from None
        raise CopyBroken(
            f"{path}: it is not sealed to this identity, or is not an age file. Use the identity whose public key was named "
            "when it was written."
        ) from None
    except OSError:
        if target.trouble:
            raise target.trouble from None
        raise CopyBroken(f"{path}: it was damaged or cut short. Use another copy.") from None


class _Source(io.RawIOBase):
    """Pieces as a file to read from, and the digest of what went through."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces: Iterator[bytes] = iter(pieces)
        self._left = b""
        self._hash = hashlib.sha256()
        self.trouble: BaseException | None = None  # the library would wrap it in words of its own

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.trouble = error
            raise
        size = size if size and size > 0 else len(self._left)
        piece, self._left = self._left[:size], self._left[size:]
        self._hash.update(piece)
        return piece

    def digest(self) -> str:
        return self._hash.hexdigest()

    def done(self) -> None:
        """Also when the disk was full half way: what makes the pieces may hold a snapshot of the database open."""
        if isinstance(self._pieces, Generator):
            self._pieces.close()


class _Read(io.RawIOBase):
    def __init__(self, file: io.BufferedReader, seen: Callable[[bytes], object]):
        self._file, self._seen = file, seen

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size if size and size > 0 else CHUNK)
        self._seen(piece)
        return piece


class _Target(io.RawIOBase):
    def __init__(self, take: Callable[[bytes], object]):
        self._take = take
        self.trouble: BaseException | None = None

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:
        try:
            self._take(bytes(piece))
        except BaseException as error:
            self.trouble = error
            raise
        return len(piece)

    def flush(self) -> None:
        return None
