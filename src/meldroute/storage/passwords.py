"""Passwords: Argon2id, with a bound on how many are computed at once.

One hash takes 64 MiB. Without a bound, a burst of sign-ins takes all memory; with it, the burst waits its turn.
"""

import threading
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

MEMORY_KIB = 64 * 1024
AT_ONCE = 2


@cache
def _turns() -> threading.BoundedSemaphore:
    """The machine computes two at once, so several worker processes share those two."""
    return threading.BoundedSemaphore(max(1, AT_ONCE // settings.MELDROUTE_WORKERS))


@contextmanager
def hashing_turn():
    with _turns():
        yield


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with the second recommended parameters of RFC 9106: 64 MiB, three passes, four lanes."""

    memory_cost = MEMORY_KIB
    time_cost = 3
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        with hashing_turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with hashing_turn():
            return super().verify(password, encoded)
