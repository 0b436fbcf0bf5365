"""How often one address may do something, without keeping an address.

An address is counted under a keyed hash. The key is random, is in the memory of this process only and is thrown away
every half hour with all counts: no database, no file and no backup ever has either. Each worker process counts for
itself. Nothing here is counted for all together, so that one attacker locks out nobody else.
"""

import hmac
import os
import threading
from collections import Counter
from datetime import datetime, timedelta

HALF_HOUR = timedelta(minutes=30)
MOST = 50_000  # different hashes in half an hour; what comes after is not counted, and a flood is visible elsewhere
# What one address may do in half an hour. A shelter or a library shares one.
LIMITS = {
    "report": 3,  # without proof of work
    "worked_report": 20,  # with it; what comes after is set aside like the others
    "receipt": 20,  # receipts typed, right or wrong
    "words": 40,
}


class Limits:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget(None)

    def allows(self, what: str, address: str, *, now: datetime) -> bool:
        """Count this once; False when it is more than LIMITS allows."""
        with self._lock:
            if self._since is None or abs(now - self._since) >= HALF_HOUR:
                self._forget(now)
            known = hmac.digest(self._key, f"{what} {address}".encode(), "sha256")
            if known in self._counts or len(self._counts) < MOST:
                self._counts[known] += 1
            return self._counts[known] <= LIMITS[what]

    def forget(self) -> None:
        with self._lock:
            self._forget(None)

    def _forget(self, now: datetime | None) -> None:
        self._since, self._key, self._counts = now, os.urandom(32), Counter()


limits = Limits()
