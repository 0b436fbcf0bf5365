"""What a backup and a restore cost: time, size and memory, each as the command an operator runs."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyrage
from django.conf import settings
from django.db import connection

MEGABYTE = 1_000_000


def backup(*, size: int, seconds: float) -> Iterator[dict]:
    """Back up, then restore in an empty database. Signals that are copies of others cannot be opened and are refused."""
    with tempfile.TemporaryDirectory(prefix="meldroute-bench-away-") as folder:
        away = Path(folder)
        identity = pyrage.x25519.Identity.generate()
        (away / "identity.txt").write_text(f"{identity}\n")
        to = ["--into", folder, "--to", str(identity.to_public()), "--json"]
        escrow, _, _ = _run(["keys", "escrow", *to], os.environ)
        made, took, memory = _run(["backup", *to], os.environ)
        yield {"what": "backup", "seconds": took, "data_MB": round(made["data"]["size"] / MEGABYTE, 1),
               "keys_MB": round(made["keys"]["size"] / MEGABYTE, 1), "memory_MB": memory,
               "database_MB": round(_database_size() / MEGABYTE, 1)}
        with tempfile.TemporaryDirectory(prefix="meldroute-bench-back-") as fresh:
            env = dict(os.environ) | {"MELDROUTE_DATA": fresh, **_empty_database()}
            words = ["--identity", str(away / "identity.txt"), "--json"]
            _run(["keys", "recover", "--from", str(away / escrow["file"]), *words], env)
            told, took, memory = _run(["restore", "--from", str(away / made["data"]["file"]), *words], env)
            yield {"what": "restore and look through", "seconds": took, "rows": told["rows"],
                   "opened": told["whole"]["opened"], "memory_MB": memory}
    yield from _rotation()


def _rotation() -> Iterator[dict]:
    told, took, memory = _run(["keys", "rotate", "--json"], os.environ)
    yield {"what": "rotate every key", "seconds": took, "rows": sum(told["brought_along"].values()), "memory_MB": memory}


def _run(words: list[str], env: dict) -> tuple[dict, float, int]:
    """What it said, how long it took, and the most memory any child so far took at once."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "meldroute.cli.main", *words], env=dict(env), check=True, stdout=subprocess.PIPE,
                          text=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return json.loads(done.stdout), round(time.perf_counter() - began, 1), peak


def _database_size() -> int:
    if connection.vendor == "sqlite":
        return Path(settings.DATABASES["default"]["NAME"]).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _empty_database() -> dict[str, str]:
    """For PostgreSQL another database on the same server; for SQLite the empty folder is enough."""
    if connection.vendor == "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS restored")
        cursor.execute("CREATE DATABASE restored")
    return {"MELDROUTE_DATABASE": urlsplit(os.environ["MELDROUTE_DATABASE"])._replace(path="/restored").geturl()}
