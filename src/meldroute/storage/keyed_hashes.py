"""Keyed hashes: find or check something without storing it.

Each hash names the key version that made it (`1:Zx9k…`), so that an old one can still be found after the key
changes. Without the keyring nobody can try out people, tokens or codes. What equal hashes reveal all the same
stands in docs/threat-model.md.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from .keyring import keyring

VOUCHING = "reporter_tie"  # the key that stays: an old data copy holds vouchers, and comes back with the keyring of today


def reporter_tie(user_id: UUID) -> str:
    """What stands with a signal, and in the history, instead of the reporter."""
    return _hash("reporter_tie", b"tie", user_id.bytes)


def reporter_ties(user_id: UUID) -> tuple[str, ...]:
    """Every tie this person may be stored under, one per key version: look up with these."""
    return _hashes("reporter_tie", b"tie", user_id.bytes)


def receipt_ties(receipt: str) -> tuple[str, ...]:
    """The same for a reporter from outside, who is known by the number on a note and by nothing else.

    Slow on purpose (some 50 ms, 16 MB): who has database and keyring still has to pay for every guess. Takes the same
    time whether one is stored or not.
    """
    return tuple(_slow_hash(receipt, version) for version in keyring().versions("reporter_tie"))


def _slow_hash(receipt: str, version: int) -> str:
    secret = keyring().derive("reporter_tie", b"receipt", version=version)
    digest = hashlib.scrypt(receipt.encode(), salt=secret, n=2**14, r=8, p=1, dklen=32)
    return f"{version}:{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def processing_subject(subject_id: UUID) -> str:
    """Whose data were processed, in the log of processings. It joins with nothing but itself."""
    return _hash("reporter_tie", b"processing subject", subject_id.bytes)


def draft_tie(person_id: UUID) -> str:
    """Whose draft this is. Another hash than a reporter's, so that drafts and signals do not join."""
    return _hash("token", b"draft", person_id.bytes)


def draft_ties(person_id: UUID) -> tuple[str, ...]:
    return _hashes("token", b"draft", person_id.bytes)


def link_token_hash(token: str) -> str:
    """What is stored of the token in a partner's link."""
    return _hash("link", b"token", token.encode())


def link_token_hashes(token: str) -> tuple[str, ...]:
    """Every hash a link with this token may be stored under: look up with these."""
    return _hashes("link", b"token", token.encode())


def invitation_hash(token: str) -> str:
    """What is stored of the token in an invitation. Another hash than a partner's link, so that none passes for one."""
    return _hash("link", b"invitation", token.encode())


def invitation_hashes(token: str) -> tuple[str, ...]:
    return _hashes("link", b"invitation", token.encode())


def code_hash(code: str, referral_id: UUID) -> str:
    """What is stored of the code read aloud by phone. It says nothing about the same code elsewhere."""
    return _hash("link", b"code " + referral_id.bytes, code.encode())


def code_matches(code: str, referral_id: UUID, *, stored: str) -> bool:
    """Is this the code? Compared in constant time."""
    return _matches("link", b"code " + referral_id.bytes, code.encode(), stored)


def voucher(place: str, content: bytes) -> str:
    """What stands with a row that gives rights (vouching.py)."""
    return _hash(VOUCHING, b"voucher " + place.encode(), content)


def voucher_holds(stored: str | None, place: str, content: bytes) -> bool:
    """Did this keyring vouch for this content in this place? Compared in constant time."""
    version, _, digest = (stored or "").partition(":")
    if not (version.isdecimal() and digest and int(version) in keyring().versions(VOUCHING)):
        return False
    return hmac.compare_digest(stored.encode(), _hash_with(VOUCHING, b"voucher " + place.encode(), content, int(version)).encode())


def _hash(purpose: str, use: bytes, content: bytes) -> str:
    return _hash_with(purpose, use, content, keyring().current(purpose))


def _hashes(purpose: str, use: bytes, content: bytes) -> tuple[str, ...]:
    return tuple(_hash_with(purpose, use, content, version) for version in keyring().versions(purpose))


def _hash_with(purpose: str, use: bytes, content: bytes, version: int) -> str:
    secret = keyring().derive(purpose, use, version=version)
    digest = base64.urlsafe_b64encode(hmac.digest(secret, content, "sha256")).decode().rstrip("=")
    return f"{version}:{digest}"


def _matches(purpose: str, use: bytes, content: bytes, stored: str) -> bool:
    known = _hashes(purpose, use, content)
    # Every version is compared, also after a hit, so that the time taken tells nothing.
    return sum(hmac.compare_digest(stored.encode(), one.encode()) for one in known) > 0
