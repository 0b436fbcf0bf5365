"""What an identity provider's answer proves, and when it proves nothing.

A person is known by issuer and subject, both exactly. Never by a mail address: whoever runs a provider can write any
address in it. What a person may do here is never taken from a claim.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LEEWAY = timedelta(minutes=2)  # two clocks never agree entirely
AGAIN = timedelta(minutes=5)  # asked to sign in anew, this is how long ago it may have been
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Provider:
    """`second_factor_*`: what the provider says when it asked for a second factor. Empty: it never counts as one."""

    id: str
    name: str
    issuer: str
    client_id: str
    second_factor_acr: frozenset[str] = frozenset()
    second_factor_amr: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    issuer: str
    subject: str
    second_factor: bool


class ClaimsRefused(Exception):
    """This answer proves nothing. `claim` names what is wrong; the values are not repeated."""

    def __init__(self, claim: str):
        super().__init__(f"single sign-on: the claim '{claim}' is missing or not what was asked for. Sign in once more; "
                         "if it stays so, compare the settings with those at the provider.")
        self.claim = claim


def identity_of(claims: Mapping[str, object], provider: Provider, *, nonce: str, now: datetime,
                again: bool = False) -> Identity:
    """Who this is, from a token whose signature was checked. Raises `ClaimsRefused`. `again`: signed in just now."""
    _need(claims.get("iss") == provider.issuer, "iss")
    subject = claims.get("sub")
    _need(isinstance(subject, str) and 0 < len(subject) <= LONGEST, "sub")
    _need(_for_us(claims, provider.client_id), "aud")
    _need(_moment(claims.get("exp")) > now.timestamp() - LEEWAY.total_seconds(), "exp")
    _need(abs(now.timestamp() - _moment(claims.get("iat"))) < timedelta(hours=1).total_seconds(), "iat")
    said = claims.get("nonce")
    _need(isinstance(said, str) and hmac.compare_digest(said.encode(), nonce.encode()), "nonce")
    if again:
        _need(abs(now.timestamp() - _moment(claims.get("auth_time"))) < AGAIN.total_seconds(), "auth_time")
    return Identity(provider.issuer, subject, _second_factor(claims, provider))


def _for_us(claims: Mapping[str, object], client_id: str) -> bool:
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    return client_id in several and (len(several) == 1 or claims.get("azp") == client_id)


def _second_factor(claims: Mapping[str, object], provider: Provider) -> bool:
    methods = claims.get("amr")
    named = {m for m in methods if isinstance(m, str)} if isinstance(methods, list) else set()
    level = claims.get("acr")
    return (isinstance(level, str) and level in provider.second_factor_acr) or bool(named & provider.second_factor_amr)


def _moment(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("-inf")


def _need(true: bool, claim: str) -> None:
    if not true:
        raise ClaimsRefused(claim)
