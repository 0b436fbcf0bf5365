"""Network addresses as hashes under a key that lives an hour: in memory, or in `run/` of the data folder.

A limit needs to know that two tries came from one address, not which address that is. Worker processes share the key
through a small file in the machine's memory; when the hour is over it is written over.
"""

import fcntl
import hashlib
import hmac
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32
_HOUR_BYTES = 8


class AddressKeyRefused(Exception):
    """The file with the key of this hour belongs to somebody else, or could be read by others."""

    def __init__(self, path: Path):
        super().__init__(f"{path}: is not a file of this account alone. Remove it; the next start makes it anew.")


def address_hash(address: str, *, now: datetime) -> str:
    """The same within the hour for the same address; afterwards nobody can find out which it was."""
    return hmac.digest(_key_of_the_hour(now), address.encode(), "sha256").hex()


def key_file() -> Path:
    installation = hashlib.sha256(str(settings.MELDROUTE_DATA).encode()).hexdigest()[:12]
    return settings.MELDROUTE_MEMORY / f"meldroute-{os.geteuid()}-{installation}.hour"


def _key_of_the_hour(now: datetime) -> bytes:
    """Read each time: the process that finds a new hour first makes its key for all."""
    hour = (int(now.timestamp()) // 3600).to_bytes(_HOUR_BYTES, signed=True)
    path = key_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise AddressKeyRefused(path)
        fcntl.flock(file, fcntl.LOCK_EX)
        content = file.read(_HOUR_BYTES + KEY_BYTES)
        if content[:_HOUR_BYTES] == hour and len(content) == _HOUR_BYTES + KEY_BYTES:
            return content[_HOUR_BYTES:]
        key = os.urandom(KEY_BYTES)
        file.seek(0)
        file.write(hour + key)
        return key
