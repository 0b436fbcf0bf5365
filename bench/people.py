"""Signed-in visitors: sessions are made in the database, so that password hashing is not what is measured."""

import contextlib
import hashlib
import http.client
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4


def sessions(role: str, count: int, *, per_municipality: bool = False) -> list[str]:
    """Session keys of new people with this role, in the biggest municipality or one in each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from meldroute.project.sessions import SessionStore
    from meldroute.services.founding import add_person
    from meldroute.storage.models import Membership, Organisation

    bodies = list(Organisation.objects.filter(kind="municipality").order_by("code"))
    biggest = next(b for b in bodies if b.code == "GM0794")
    made = []
    for n in range(count):
        body = bodies[n % len(bodies)] if per_municipality else biggest
        membership = Membership.objects.select_related("user").get(pk=add_person(
            body.pk, email=f"{uuid4().hex}@voorbeeld.example", name="Bank", role=role, password=None,
            now=datetime.now(UTC) - timedelta(days=2)))
        store = SessionStore()
        store[SESSION_KEY] = str(membership.user_id)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
        store["browser"] = hashlib.sha256(b"").hexdigest()[:32]  # the bench's connection says nothing of itself
        store["second_factor"] = store["confirmed"] = {"who": str(membership.user_id), "at": time.time()}
        store.save()
        made.append(store.session_key)
    return made


def _session_cookie() -> str:
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME


class Visitor:
    """One connection that stays open, as a browser keeps it."""

    def __init__(self, port: int, session: str | None):
        self.port = port
        self.headers = {"Cookie": f"{_session_cookie()}={session}"} if session else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, address: str) -> bytes:
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {address} answered {answer.status}")
        return body

    def wait(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.connection.request("GET", "/gevaar/")
                if self.connection.getresponse().read():
                    return
            self.connection.close()
            time.sleep(0.05)
        raise TimeoutError("no answer")
