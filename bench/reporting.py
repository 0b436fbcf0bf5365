"""Reports as a signed-in person sends them: the real form with its sealed token, over HTTP."""

import http.client
import multiprocessing
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from bench.people import sessions

MUNICIPALITIES = 32
CSRF = "c" * 32  # any 32 letters: the cookie and the form must agree, no more
NARRATIVE = "Aan de balie stond een vrouw met een man die steeds voor haar antwoordde en haar papieren vasthield. " * 3


@dataclass(frozen=True, slots=True)
class Storm:
    rate: float  # reports that were answered with a receipt, per second
    p50: float  # milliseconds
    p95: float


def storm(port: int, *, clients: int, seconds: float) -> Storm:
    """`clients` processes send reports for `seconds`, one after the other, each over its own open connection."""
    loads = _loads(clients, each=int(seconds * 250 / clients) + 20)
    context = multiprocessing.get_context("fork")
    ready, answers = context.Barrier(clients + 1), context.Queue()
    children = [context.Process(target=_client, args=(port, load, seconds, ready, answers)) for load in loads]
    for child in children:
        child.start()
    ready.wait()
    took = [t for _ in children for t in answers.get()]
    for child in children:
        child.join()
    return Storm(round(len(took) / seconds, 1), round(statistics.median(took), 1),
                 round(statistics.quantiles(took, n=20)[-1], 1))


def _loads(clients: int, *, each: int) -> list[list[tuple[str, bytes]]]:
    """What each client will send: pairs of cookie and body, spread over people in all municipalities."""
    from django.db import connections

    from meldroute.project.sessions import SessionStore
    from meldroute.services import drafts

    people = sessions("reporter", MUNICIPALITIES, per_municipality=True)
    users = [SessionStore(key)["_auth_user_id"] for key in people]
    now = datetime.now(UTC)
    loads = [[_one(people[n % len(people)], _token(drafts, users[n % len(users)], now)) for n in range(c, each + c)]
             for c in range(clients)]
    connections.close_all()  # the clients are forked: none may share a connection
    return loads


def _token(drafts, user: str, now: datetime) -> str:
    from uuid import UUID

    return drafts.open_form(UUID(user), "report", now=now)


def _one(session: str, token: str) -> tuple[str, bytes]:
    from django.conf import settings

    body = urlencode({"csrfmiddlewaretoken": CSRF, "form_token": token, "narrative": NARRATIVE, "about": "both",
                      "minor": "unknown", "about_colleague": "no", "channel": "form"})
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}", body.encode()


def _client(port: int, load: list[tuple[str, bytes]], seconds: float, ready, answers) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    ready.wait()
    end = time.perf_counter() + seconds
    for cookie, body in load:
        began = time.perf_counter()
        if began > end:
            break
        connection.request("POST", "/melden/", body, {
            "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302 or "ontvangen" not in answer.headers["Location"]:
            raise RuntimeError(f"a report was answered with {answer.status} {answer.headers.get('Location')}")
        took.append((time.perf_counter() - began) * 1000)
    answers.put(took)


def statements_per_report() -> int:
    """Every statement from request to redirect, BEGIN and COMMIT included, by the test client in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    cookie, body = _loads(1, each=1)[0][0]
    client = Client(SERVER_NAME="localhost")
    client.cookies.load(cookie)
    with CaptureQueriesContext(connection) as seen:
        answer = client.post("/melden/", body, content_type="application/x-www-form-urlencoded", secure=False)
    if answer.status_code != 302:
        raise RuntimeError(f"the report was answered with {answer.status_code}")
    return len(seen)
