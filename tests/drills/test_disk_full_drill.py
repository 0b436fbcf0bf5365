"""The disk is full: what cannot be kept is refused aloud, what was acknowledged stays, and with room all goes on.

On a small file system of its own where this account may mount one; elsewhere the limit on the size of a file that
the kernel enforces (RLIMIT_FSIZE), which breaks a write half way in the same places.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.machines import ROOT, Machine, empty_machine
from tests.services.keeping_help import make_keeper

MEGABYTES = 12
# Reports until the disk takes no more. Says each reference only after the service returned it.
REPORT_ON = """
import json, os, resource, signal
from uuid import uuid4
from django.db import DatabaseError
from django.utils import timezone
from meldroute.services import installation
from meldroute.services.accounts import signed_in
from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Signal, User
from tests.cast import make_cast
now = timezone.now()
installation.prepare(now=now)
if not User.objects.exists():
    make_cast(now=now)
bram = signed_in(User.objects.get(email="bram@voorbeeld.example").pk, chosen=None, now=now).reader
limit = int(os.environ.get("DRILL_FILE_LIMIT", "0"))
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
shown, refused = [], 0
while refused < 3 and len(shown) < {most}:
    try:
        new = NewSignal("Verzonnen verhaal vol. " + "x" * 20000)
        shown.append(register_signal(new, reader=bram, submission=uuid4(), now=timezone.now()).reference)
    except DatabaseError as error:
        refused += 1
print(json.dumps([shown, refused]))
"""
STORED = """
import json
from meldroute.storage.models import Clock, Message, Signal, SignalKey
print(json.dumps([[s.reference, SignalKey.objects.filter(signal=s).count(), Clock.objects.filter(signal=s).count(),
                   Message.objects.filter(signal=s).count()] for s in Signal.objects.all()]))
"""


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path | None]:
    """A disk of a few megabytes; None when this account may not mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", str(place)],
                             capture_output=True, check=False).returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take what room is left."""
    stuffing = place / "stuffing"
    descriptor = os.open(stuffing, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(4096)):
            pass
    except OSError:
        return stuffing
    finally:
        os.close(descriptor)
    return stuffing


@pytest.mark.skipif(os.environ.get("MELDROUTE_TEST_DB") == "postgres", reason="the same drill for PostgreSQL stands below")
def test_a_full_disk_under_sqlite_refuses_reports_and_loses_none(small_disk, tmp_path):
    with empty_machine(small_disk or tmp_path, "machine") as machine:
        machine.env["PATH"] = os.environ["PATH"]
        if small_disk is None:
            machine.env["DRILL_FILE_LIMIT"] = str(MEGABYTES * 2**20 // 3)
        elsewhere_static(machine, tmp_path)
        shown, refused = json.loads(machine.python(REPORT_ON.format(most=2000)))
        assert shown
        assert refused == 3
        check_whole(machine, shown)
        if small_disk:
            return
        machine.env.pop("DRILL_FILE_LIMIT")
        more, refused = json.loads(machine.python(REPORT_ON.format(most=3)))
        assert (len(more), refused) == (3, 0), "with room it goes on"


def elsewhere_static(machine: Machine, tmp_path: Path) -> None:
    """Only the database stands on the small disk: the tables are made, nothing else is built there."""
    machine.env["MELDROUTE_FIRST_START"] = "allowed"
    machine.python("from django.core.management import call_command\ncall_command('migrate', verbosity=0)")


def check_whole(machine: Machine, shown: list[str]) -> None:
    stored = json.loads(machine.python(STORED))
    assert {reference for reference, *_ in stored} == set(shown), "each receipt exists, and no report that was refused"
    assert {tuple(counts) for _, *counts in stored} == {(1, 1, 1)}, "nothing is half there"
    assert machine.history_read() >= len(shown)


def test_a_full_disk_of_backups_keeps_the_old_ones_and_ends_with_1(small_disk, tmp_path):
    if small_disk is None:
        pytest.skip("this account may not mount a small disk; tests/services/test_backup.py refuses by a failing write")
    keeper = make_keeper(tmp_path)
    with empty_machine(tmp_path, "machine") as machine:
        assert machine.run("migrate").returncode == 0
        machine.python(REPORT_ON.format(most=5))
        machine.meldroute("backup", "--into", str(small_disk), "--to", keeper.public)
        before = {path.name: path.read_bytes() for path in small_disk.iterdir()}
        stuffing = fill(small_disk)
        done = machine.run("backup", "--into", str(small_disk), "--to", keeper.public)
        assert done.returncode == 1
        assert "NO BACKUP WAS MADE" in done.stderr
        assert "No space left on device" in done.stderr
        stuffing.unlink()
        assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == before
        assert json.loads(machine.run("keys", "status", "--json").stdout)["copies"][0]["failed_since"]
        machine.meldroute("backup", "--into", str(small_disk), "--to", keeper.public)
        machine.run("keys", "rotate")


def test_a_keyring_on_a_full_disk_is_not_rotated_and_not_lost(small_disk, tmp_path):
    if small_disk is None:
        pytest.skip("this account may not mount a small disk; tests/storage/test_keyring_changes.py refuses by a failing write")
    with empty_machine(tmp_path, "machine") as machine:
        keys = small_disk / "keys"
        keys.mkdir(mode=0o700)
        machine.env["MELDROUTE_KEYRING"] = str(keys / "keyring.json")
        assert machine.run("migrate").returncode == 0
        before = (keys / "keyring.json").read_bytes()
        stuffing = fill(small_disk)
        done = machine.run("keys", "rotate")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert (keys / "keyring.json").read_bytes() == before
        stuffing.unlink()
        assert machine.run("keys", "rotate").returncode == 0


@pytest.mark.skipif(os.environ.get("MELDROUTE_TEST_DB") != "postgres", reason="the same drill for SQLite stands above")
def test_a_full_disk_under_postgresql_refuses_reports_and_loses_none(tmp_path):
    """A server of its own, on a disk of its own; PostgreSQL itself decides what a full disk means."""
    from tests.throwaway_postgres import throwaway_postgres

    place = Path("/tmp") / f"mrfull{os.getpid()}"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=0755", "tmpfs", str(place)],
                             capture_output=True, check=False).returncode == 0
    if not mounted:
        place.rmdir()
        pytest.skip("this account may not mount a small disk, and PostgreSQL writes files of one size whatever their limit")
    try:
        with throwaway_postgres(place) as address, empty_machine(tmp_path, "machine") as machine:
            machine.env["MELDROUTE_DATABASE"] = address.replace("/meldroute?", "/postgres?")
            elsewhere_static(machine, tmp_path)
            machine.python("from meldroute.storage.models import User")
            stuffing = fill_but(place, 3)
            shown, refused = json.loads(machine.python(REPORT_ON.format(most=3000)))
            assert shown
            assert refused == 3
            stuffing.unlink()
            wait_until_it_answers(machine)
            check_whole(machine, shown)
            more, refused = json.loads(machine.python(REPORT_ON.format(most=3)))
            assert (len(more), refused) == (3, 0), "with room it goes on"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def fill_but(place: Path, megabytes: int) -> Path:
    stuffing = fill(place)
    with stuffing.open("r+b") as file:
        file.truncate(max(0, stuffing.stat().st_size - megabytes * 2**20))
    return stuffing


def wait_until_it_answers(machine: Machine) -> None:
    """A server that could not write its log stops, and recovers by itself when it is started; here it stayed up."""
    words = [sys.executable, "-c", "import django; django.setup()\nfrom django.db import connection\nconnection.ensure_connection()"]
    for _ in range(30):
        if subprocess.run(words, env=machine.env, cwd=ROOT, capture_output=True, check=False).returncode == 0:
            return
    raise AssertionError("PostgreSQL does not come back with room on its disk")
