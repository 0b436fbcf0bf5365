"""A second machine: a data folder and a database of its own, and `meldroute` as a process on it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]

# Everything that is stored, counted; what a restored installation makes anew is left out.
COUNTS = """
import json
from meldroute.storage.dumping import tables
print(json.dumps({m._meta.label_lower: m._base_manager.count() for part in ("data", "keys") for m in tables(part)}))
"""
# Each signal through the page of its focal point: what it says, or that it was destroyed.
READ = """
import json, re
from django.utils import timezone
from meldroute.services.accounts import signed_in
from meldroute.services.desk import SignalDestroyed
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.models import Membership, Signal
told = {}
for membership in Membership.objects.filter(role="focal_point"):
    anna = signed_in(membership.user_id, chosen=None, now=timezone.now()).reader
    for reference in Signal.objects.visible_to(anna).values_list("reference", flat=True):
        try:
            page = repr(open_signal(reference, reader=anna, now=timezone.now()))
            told[reference] = re.search(r"Verzonnen verhaal [\\w ]+\\.", page).group()
        except SignalDestroyed:
            told[reference] = None
print(json.dumps(told))
"""


@dataclass
class Machine:
    env: dict[str, str]

    @property
    def data(self) -> Path:
        return Path(self.env["MELDROUTE_DATA"])

    def run(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-m", "meldroute.cli.main", *words], env=self.env, capture_output=True, text=True)

    def meldroute(self, *words: str):
        """What it says as JSON; fails aloud."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, f"meldroute {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def python(self, code: str) -> str:
        words = [sys.executable, "-c", f"from meldroute.cli.startup import set_up_django; set_up_django()\n{code}"]
        done = subprocess.run(words, env=self.env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def counts(self) -> dict[str, int]:
        return json.loads(self.python(COUNTS))

    def history_read(self) -> int:
        """How many entries every chain holds, read from its first to its last; fails where one is not as it was written."""
        return sum(chain["entries"] for chain in self.meldroute("audit", "verify")["chains"])

    def read_all(self) -> dict[str, str | None]:
        return json.loads(self.python(READ))


@contextlib.contextmanager
def empty_machine(folder: Path, name: str) -> Iterator[Machine]:
    """Nothing on it: no data folder, no keys, an empty database."""
    with database(name) as address:
        yield Machine({
            "PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "meldroute.project.settings", "MELDROUTE_DATA": str(folder / name),
            "MELDROUTE_SMTP_HOST": "folder", **({"MELDROUTE_DATABASE": address} if address else {}),
        })


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty database beside the one of the tests; for SQLite the data folder has its own."""
    if os.environ.get("MELDROUTE_TEST_DB") != "postgres":
        yield ""
        return
    import psycopg

    parts = urlsplit(os.environ["MELDROUTE_DATABASE"])
    address = parts._replace(path="/postgres", query=parts.query.replace("&pool=0", "")).geturl()
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
