"""One-time codes of an authenticator app (RFC 6238): six digits, a new one every half minute."""

import base64
import hmac
from datetime import datetime

SECONDS = 30
DIGITS = 6
EITHER_WAY = 1  # a telephone's clock may be half a minute off


def counter_at(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def code_of(secret: str, counter: int) -> str:
    """The code for one half minute. `secret` in base 32, as an app takes it."""
    digest = hmac.digest(base64.b32decode(secret, casefold=True), counter.to_bytes(8), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_counter(secret: str, typed: str, *, now: datetime, after: int = -1) -> int | None:
    """The half minute that a typed code belongs to; None when it is wrong, too old, or not later than `after`.

    `after` is the half minute of the last code that was used: a code is good once, and so is every older one.
    """
    code = "".join(typed.split())
    around = range(counter_at(now) - EITHER_WAY, counter_at(now) + EITHER_WAY + 1)
    found = [c for c in around if hmac.compare_digest(code_of(secret, c).encode(), code.encode())]
    return next((c for c in found if c > after), None)
