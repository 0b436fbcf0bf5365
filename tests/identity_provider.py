"""A real OpenID Connect provider on this machine, and somebody who signs in there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests
from oidc_provider_mock import User, run_server_in_thread

from meldroute.rules.single_sign_on import Provider

HELMOND = "helmond"
MFA = "urn:example:mfa"


@dataclass(frozen=True)
class RunningProvider:
    issuer: str

    def authorize(self, address: str, subject: str) -> dict[str, str]:
        """What the browser brings back after signing in there as this person."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    def knows(self, subject: str, **claims: object) -> None:
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()


@contextmanager
def running_provider(*people: str) -> Iterator[RunningProvider]:
    with run_server_in_thread(require_nonce=True, user_claims=[User(sub=one) for one in people]) as server:
        yield RunningProvider(f"http://localhost:{server.server_port}")


def known_as(running: RunningProvider, id: str = HELMOND, **more: object) -> tuple[Provider, str]:
    """For settings.MELDROUTE_SSO."""
    return Provider(id, "Gemeente Helmond", running.issuer, "meldroute", **more), "a secret of the test"
