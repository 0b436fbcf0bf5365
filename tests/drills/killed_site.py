"""A whole site as processes of its own, to be killed, and somebody with a browser who reports to it again and again."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests.cast import PASSWORD
from tests.conftest import free_port
from tests.drills.machines import ROOT, database

PATIENCE = 200  # seconds for one report, several restarts of the server on a busy machine included
REFERENCE = re.compile(r"MR-[0-9A-Z]{8}-[0-9A-Z]")

PREPARE = """
from django.utils import timezone
from tests.cast import make_cast
make_cast(now=timezone.now())
"""
# What became of every signal, in ids and counts.
COUNT = """
import json
from meldroute.storage.models import Clock, HistoryEntry, Message, Signal, SignalKey
print(json.dumps({s.reference: [
    Clock.objects.filter(signal=s, stopped_at=None).count(), Message.objects.filter(signal=s).count(),
    Message.objects.filter(signal=s, sent_at=None).count(), SignalKey.objects.filter(signal=s).count(),
    HistoryEntry.objects.filter(signal=s.pk, act="signal.received").count()] for s in Signal.objects.all()}))
"""


@dataclass
class Site:
    """`meldroute run` as a process of its own, in a data folder of its own."""

    env: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "meldroute.cli.main", "run", "--port", str(self.port)], env=self.env,
                stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)  # fmt: skip

    @property
    def said(self) -> Path:
        return Path(self.env["HOME"]) / "said"

    def kill(self) -> None:
        """Everything at once: web server, its workers and the clock."""
        with contextlib.suppress(ProcessLookupError):  # it was gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def python(self, code: str) -> str:
        words = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        done = subprocess.run(words, env=self.env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "meldroute.cli.main", *words], env=self.env, check=True,
                       capture_output=True)


@contextlib.contextmanager
def running_site(folder: Path, mail_port: int) -> Iterator[Site]:
    with database("killed") as address:
        site = Site({
            "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "meldroute.project.settings", "MELDROUTE_DATA": str(folder / "data"),
            "MELDROUTE_SMTP_HOST": "127.0.0.1", "MELDROUTE_SMTP_PORT": str(mail_port),
            **({"MELDROUTE_DATABASE": address} if address else {}),
        })
        site.command("migrate")
        site.python(PREPARE)
        site.start()
        try:
            yield site
        finally:
            with contextlib.suppress(ProcessLookupError):
                site.kill()


class Reporter:
    """Somebody with a browser who presses the button again when nothing comes back."""

    def __init__(self, site: Site, cookies: dict[str, str] | None = None):
        self.site, self.cookies, self.retries = site, dict(cookies or {}), 0

    def sign_in(self) -> None:
        page = self.ask("GET", "/account/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body).group(1)
        fields = {"csrfmiddlewaretoken": token, "login": "bram@voorbeeld.example", "password": PASSWORD}
        assert self.ask("POST", "/account/login/", fields).status == 302

    def report(self, story: str) -> str:
        """Returns the reference that was shown. The same form is sent until an answer comes."""
        page = self.ask("GET", "/melden/")
        fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page.body).group(1)
                  for name in ("csrfmiddlewaretoken", "form_token")}
        answer = self.ask("POST", "/melden/", fields | {"narrative": story, "subject": "both", "about": "both"})
        assert answer.status == 302, f"{answer.status}: {re.sub(r'<[^>]+>', ' ', answer.body)[:600]}"
        return REFERENCE.search(answer.location).group()

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> "Page":
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._ask_once(method, path, fields)
            except (OSError, http.client.HTTPException):
                self.retries += 1
                if time.monotonic() > deadline:
                    raise AssertionError(f"no answer for {PATIENCE} seconds. The site said: {self.site.said.read_text()[-2000:]}") from None
                time.sleep(0.05)

    def _ask_once(self, method: str, path: str, fields: dict[str, str] | None) -> "Page":
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        return Page(answer.status, body, answer.headers.get("Location") or "")


@dataclass(frozen=True)
class Page:
    status: int
    body: str
    location: str
