"""Three accounts of PostgreSQL, as docs/operations.md has them made: each does its own part, and nothing beyond it."""

import os
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import psycopg
import pytest

from meldroute.storage.database_roles import APPLICATION, BACKUP, OWNER
from tests.conftest import free_port
from tests.drills.machines import Machine, empty_machine
from tests.drills.test_restore_drill import FILL
from tests.services.keeping_help import make_keeper

pytestmark = pytest.mark.skipif(os.environ.get("MELDROUTE_TEST_DB") != "postgres", reason="SQLite has no accounts")
DESTROY_ONE = """
from django.db import transaction
from django.utils import timezone
from meldroute.rules.actors import Actor
from meldroute.services.key_destruction import destroy_signal_key
from meldroute.storage.models import Signal
with transaction.atomic():
    destroy_signal_key(Signal.objects.first().pk, now=timezone.now(), actor=Actor("command", "drill", "command"))
"""


def address_as(machine: Machine, account: str) -> str:
    parts = urlsplit(machine.env["MELDROUTE_DATABASE"])
    return parts._replace(netloc=f"{account}@").geturl()


def as_account(machine: Machine, account: str) -> Machine:
    return Machine({**machine.env, "MELDROUTE_DATABASE": address_as(machine, account)})


def with_accounts(machine: Machine) -> Machine:
    """As a superuser, once, in the empty database: what `meldroute roles` prints."""
    told = machine.run("roles")
    assert told.returncode == 0, told.stderr
    with psycopg.connect(machine.env["MELDROUTE_DATABASE"].replace("&pool=0", ""), autocommit=True) as server:
        server.execute(told.stdout)
    return machine


@pytest.fixture
def site(tmp_path):
    with empty_machine(tmp_path, "accounts") as machine:
        yield with_accounts(machine)


@pytest.fixture
def fresh(tmp_path):
    with empty_machine(tmp_path, "accounts_back") as machine:
        yield with_accounts(machine)


def works(machine: Machine, *words: str) -> str:
    done = machine.run(*words)
    assert done.returncode == 0, f"meldroute {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def answers(machine: Machine) -> str:
    """`meldroute run` under this account, asked for a page of the database, and ended."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "meldroute.cli.main", "run", "--port", str(port)], env=machine.env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        try:
            return _page(f"http://127.0.0.1:{port}/account/login/", child)
        finally:
            child.terminate()


def _page(address: str, child: subprocess.Popen) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=10).read().decode()
        except OSError:
            time.sleep(0.2)
    child.terminate()
    raise AssertionError(f"no answer: {child.stdout.read()}")


def test_each_account_does_its_own_part_and_no_more(site, fresh, tmp_path):
    owner, application, backup = (as_account(site, account) for account in (OWNER, APPLICATION, BACKUP))
    early = application.run("migrate")
    assert early.returncode == 1, "the application makes no tables"
    works(owner, "migrate")
    application.python(FILL.format(number=4))
    assert "Row-level security holds meldroute_app" in works(application, "roles", "--check")
    passes = backup.run("roles", "--check")
    assert (passes.returncode, "BYPASSRLS passes every policy by" in passes.stdout) == (1, True)
    assert 'name="login"' in answers(application)
    works(application, "tick")
    works(application, "audit", "verify")

    application.python(DESTROY_ONE)
    told = application.run("keys", "finish")
    assert "run `meldroute keys finish` as that role" in told.stdout + told.stderr
    works(owner, "keys", "finish")

    keeper, away = make_keeper(tmp_path), tmp_path / "away"
    away.mkdir(mode=0o700)
    escrow = application.meldroute("keys", "escrow", "--into", str(away), "--to", keeper.public)
    made = backup.meldroute("backup", "--into", str(away), "--to", keeper.public)
    counts = application.counts()

    back = as_account(fresh, OWNER)
    back.meldroute("keys", "recover", "--from", str(away / escrow["file"]), "--identity", str(keeper.identity))
    back.meldroute("restore", "--from", str(away / made["data"]["file"]), "--identity", str(keeper.identity))
    after = as_account(fresh, APPLICATION).counts()
    assert (after["meldroute.signal"], after["meldroute.signalkey"]) == (counts["meldroute.signal"], counts["meldroute.signalkey"]) == (4, 3)
    assert 'name="login"' in answers(as_account(fresh, APPLICATION))
