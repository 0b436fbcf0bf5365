"""Asks an organisation's identity provider who somebody is (OpenID Connect, code flow with PKCE)."""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
import requests

TIMEOUT = 10
MOST = 256 * 1024  # an answer is a page of text
# Signatures by a key that only the provider has. Never "none", never a secret that both have.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


class ProviderAway(Exception):
    """The provider did not answer, or not as OpenID Connect says. `cause` holds no secret and nobody's data."""

    def __init__(self, issuer: str, cause: str):
        super().__init__(f"identity provider {issuer}: {cause}. Try again; otherwise sign in with a password.")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Endpoints:
    authorization: str
    token: str
    keys: str


def discover(issuer: str) -> Endpoints:
    """The provider's own addresses. It must call itself by exactly the name we know it by."""
    found = _asked(issuer, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise ProviderAway(issuer, "it calls itself by another name than the settings do")
    places = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(place, str) and is_closed(place) for place in places):
        raise ProviderAway(issuer, "an address it names is missing or not HTTPS")
    return Endpoints(*places)


def exchange(issuer: str, endpoints: Endpoints, *, client_id: str, secret: str, code: str, verifier: str,
             redirect_uri: str) -> str:
    """The ID token for a code. The code works once, and only together with the verifier that stayed here."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "client_id": client_id,
            "client_secret": secret, "code_verifier": verifier}
    token = _asked(issuer, "POST", endpoints.token, form).get("id_token")
    if not isinstance(token, str):
        raise ProviderAway(issuer, "it gave no ID token")
    return token


def verified_claims(issuer: str, endpoints: Endpoints, token: str) -> Mapping[str, object]:
    """What the token says, once its signature fits a key of the provider. Whether that suffices is decided elsewhere."""
    try:
        header = jwt.get_unverified_header(token)
        key = _key(jwt.PyJWKSet.from_dict(_asked(issuer, "GET", endpoints.keys)), header.get("kid"))
        nothing_else = {"verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False,
                        "verify_aud": False, "verify_iss": False, "verify_sub": False, "verify_jti": False}
        return jwt.decode(token, key.key, algorithms=list(ALGORITHMS), options=nothing_else)
    except (jwt.PyJWTError, LookupError, TypeError, ValueError) as error:
        raise ProviderAway(issuer, f"its ID token is not signed as it should be ({type(error).__name__})") from None


def is_closed(address: str) -> bool:
    """HTTPS, or this machine itself."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _is_this_machine(parts.hostname or "")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _key(keys: jwt.PyJWKSet, kid: str | None) -> jwt.PyJWK:
    fitting = [key for key in keys.keys if key.key_id == kid or (kid is None and len(keys.keys) == 1)]
    if len(fitting) != 1:
        raise LookupError("no such key")
    return fitting[0]


def _asked(issuer: str, method: str, address: str, form: Mapping[str, str] | None = None) -> dict:
    if not is_closed(address):
        raise ProviderAway(issuer, "its address is not HTTPS")
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy or password file of the machine takes part
            answer = session.request(method, address, data=form, timeout=TIMEOUT, allow_redirects=False, stream=True,
                                     headers={"Accept": "application/json"})
            content = answer.raw.read(MOST + 1, decode_content=True)
            if answer.status_code != 200 or len(content) > MOST:
                raise ProviderAway(issuer, f"it answered {answer.status_code}")
            found = json.loads(content)
    except requests.RequestException as error:
        raise ProviderAway(issuer, f"it could not be reached ({type(error).__name__})") from None
    except ValueError:
        raise ProviderAway(issuer, "its answer is not JSON") from None
    if not isinstance(found, dict):
        raise ProviderAway(issuer, "its answer is not an object")
    return found
