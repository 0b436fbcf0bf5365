"""A second of computing by the sender's own device: dear in thousands, nothing for one report.

It keeps a simple flood from the focal point's list. It keeps out nobody who is willing to pay for machines.
"""

import hashlib

BITS = 14  # sixteen thousand tries on average: about a second on a phone that asks its browser for each
LONGEST = 20  # characters of an answer


def is_done(token: str, answer: str, *, bits: int = BITS) -> bool:
    """Does the hash of this token with this answer begin with enough zeros? The token is good for one report."""
    if not (answer.isascii() and answer.isdigit() and len(answer) <= LONGEST):
        return False
    digest = hashlib.sha256(f"{token}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0
