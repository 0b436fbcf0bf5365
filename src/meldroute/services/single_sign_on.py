"""Signing in through the organisation's own identity provider. Roles are given here, never there."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from meldroute.channels import identity_provider
from meldroute.channels.identity_provider import ProviderAway
from meldroute.rules.single_sign_on import ClaimsRefused, Identity, Provider, identity_of
from meldroute.storage.models import SignOn

__all__ = ["ClaimsRefused", "ProviderAway"]  # what `finish` raises


class NoSuchProvider(Exception):
    """Not a provider of the settings."""


@dataclass(frozen=True, slots=True)
class ProviderCard:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What stays in the session while a person is at the provider. Used once."""

    provider: str
    state: str
    nonce: str
    verifier: str
    again: bool = False

    def kept(self) -> dict:
        return asdict(self)


def provider_cards() -> tuple[ProviderCard, ...]:
    return tuple(ProviderCard(p.id, p.name) for p, _ in settings.MELDROUTE_SSO)


def begin(provider_id: str, *, redirect_uri: str, again: bool = False) -> tuple[str, Asked]:
    """Where to send the person, and what to remember. Raises `NoSuchProvider`, `ProviderAway`."""
    provider, _secret = _provider(provider_id)
    asked = Asked(provider_id, *(secrets.token_urlsafe(32) for _ in range(3)), again=again)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).decode().rstrip("=")
    query = {"response_type": "code", "scope": "openid", "client_id": provider.client_id, "redirect_uri": redirect_uri,
             "state": asked.state, "nonce": asked.nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
    if provider.second_factor_acr:
        query["acr_values"] = " ".join(sorted(provider.second_factor_acr))
    if again:
        query |= {"prompt": "login", "max_age": "0"}
    place = identity_provider.discover(provider.issuer).authorization
    return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}", asked


def finish(asked: Asked, *, code: str, redirect_uri: str, now: datetime) -> Identity:
    """Who came back. Raises `NoSuchProvider`, `ProviderAway`, `ClaimsRefused`."""
    provider, secret = _provider(asked.provider)
    places = identity_provider.discover(provider.issuer)
    token = identity_provider.exchange(provider.issuer, places, client_id=provider.client_id, secret=secret, code=code,
                                       verifier=asked.verifier, redirect_uri=redirect_uri)
    claims = identity_provider.verified_claims(provider.issuer, places, token)
    return identity_of(claims, provider, nonce=asked.nonce, now=now, again=asked.again)


def provider_of(person: UUID) -> str | None:
    """Through which provider this person can show once more who they are."""
    issuers = set(SignOn.objects.filter(user=person).values_list("issuer", flat=True))
    return next((p.id for p, _ in settings.MELDROUTE_SSO if p.issuer in issuers), None)


def _provider(id: str) -> tuple[Provider, str]:
    for provider, secret in settings.MELDROUTE_SSO:
        if provider.id == id:
            return provider, secret
    raise NoSuchProvider
