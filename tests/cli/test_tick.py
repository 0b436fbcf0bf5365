"""`meldroute tick`: once or in a loop, told to stop, and patient when the database is away."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def meldroute(*words: str) -> list[str]:
    return [sys.executable, "-m", "meldroute.cli.main", *words]


@pytest.fixture
def installation(tmp_path):
    return {"MELDROUTE_DATA": str(tmp_path / "data"), "PATH": os.environ["PATH"], "HOME": str(tmp_path),
            "MELDROUTE_DATABASE": f"sqlite://{tmp_path}/database/meldroute.sqlite3"}


@pytest.fixture
def migrated(installation, tmp_path):
    (tmp_path / "database").mkdir()
    subprocess.run(meldroute("migrate"), env=installation, check=True, capture_output=True)
    return installation


def run(env, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(meldroute("tick", *words), env=env, capture_output=True, text=True, timeout=60)


def test_once_says_what_was_done_in_words_or_as_json(migrated):
    said = run(migrated)
    assert (said.returncode, said.stdout) == (0, "Nothing was due.\n")
    counts = json.loads(run(migrated, "--json").stdout)
    assert set(counts) == {"sent", "failed", "reminded", "late", "escalated", "repeated", "alarmed", "unusual", "expired", "kept",
                           "destroyed"}


def wait_until_it_listens(loop: subprocess.Popen) -> None:
    """Until the process catches SIGTERM by a handler of its own; before that the signal would only end it."""
    deadline, term = time.monotonic() + 60, 1 << (signal.SIGTERM - 1)
    while time.monotonic() < deadline:
        assert loop.poll() is None
        status = Path(f"/proc/{loop.pid}/status").read_text()
        if int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) & term:
            return
        time.sleep(0.05)
    raise AssertionError("the loop never began to listen")


def test_the_loop_stops_when_it_is_told_to(migrated):
    loop = subprocess.Popen(meldroute("tick", "--loop"), env=migrated, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until_it_listens(loop)
    loop.send_signal(signal.SIGTERM)
    out, errors = loop.communicate(timeout=10)
    assert (loop.returncode, out, errors) == (0, b"", b"")  # and says nothing while nothing is due


def test_without_a_database_it_says_so_and_never_how_it_was_reached(migrated, tmp_path):
    (tmp_path / "database").rename(tmp_path / "away")
    said = run(migrated)
    assert said.returncode == 1
    assert "the database does not answer (OperationalError)" in said.stderr
    assert "Traceback" not in said.stderr
    assert "meldroute.sqlite3" not in said.stderr


def test_the_loop_waits_for_a_database_that_comes_back_and_says_each_once(migrated, tmp_path):
    (tmp_path / "database").rename(tmp_path / "away")
    loop = subprocess.Popen(meldroute("tick", "--loop"), env=migrated,
                            stderr=subprocess.PIPE, text=True)
    try:
        assert "does not answer" in loop.stderr.readline()
        (tmp_path / "away").rename(tmp_path / "database")
        assert loop.stderr.readline() == "meldroute tick: the database answers again.\n"
    finally:
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(timeout=10) == 0
