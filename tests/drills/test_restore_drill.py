"""A server is lost: what was on it comes back on an empty one. What was destroyed does not."""

import json

import pytest

from tests.drills.conftest import size
from tests.drills.machines import Machine, empty_machine
from tests.services.keeping_help import make_keeper

# Reports of the cast, as many as are asked for, through the same service as any report.
FILL = """
from uuid import uuid4
from django.utils import timezone
from meldroute.rules.actors import Reader
from meldroute.services.accounts import signed_in
from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import User
from meldroute.services import installation
from tests.cast import make_cast
now = timezone.now()
installation.prepare(now=now)
cast = make_cast(now=now)
for n in range({number}):
    register_signal(NewSignal(f"Verzonnen verhaal nummer {{n}}."), reader=cast.bram, submission=uuid4(), now=now)
"""
# What else has a key of its own, outside the data copy: a request of a data subject.
OTHER_KEYS = """
from django.utils import timezone
from meldroute.services.accounts import signed_in
from meldroute.services.subject_requests import NewRequest, register
from meldroute.storage.models import Membership
now = timezone.now()
def reader(role):
    membership = Membership.objects.filter(role=role, organisation__code="GM0794").first()
    return signed_in(membership.user_id, chosen=None, now=now).reader
print(register(NewRequest("access", timezone.localtime(now).date(), "Verzonnen Verzoeker", "per brief", "Wat is er?"),
               reader=reader("privacy_officer"), now=now))
"""
ASKED = """
from django.utils import timezone
from meldroute.services.accounts import signed_in
from meldroute.services.subject_requests import request_card
from meldroute.storage.models import Membership
membership = Membership.objects.filter(role="privacy_officer", organisation__code="GM0794").first()
pia = signed_in(membership.user_id, chosen=None, now=timezone.now()).reader
print(request_card("{code}", reader=pia, now=timezone.now()).name)
"""
DESTROY = """
from django.db import transaction
from django.utils import timezone
from meldroute.rules.actors import Actor
from meldroute.services.key_destruction import destroy_signal_key
from meldroute.storage.models import Signal
with transaction.atomic():
    signal = Signal.objects.select_for_update().get(reference="{reference}")
    destroy_signal_key(signal.pk, now=timezone.now(), actor=Actor("command", "drill", "command"))
print(signal.pk)
"""
REWRITTEN = {"meldroute.keptcopy", "meldroute.historyentry", "meldroute.chainhead"}  # the copies themselves leave a trace


@pytest.fixture
def keeper(tmp_path):
    return make_keeper(tmp_path)


@pytest.fixture
def away(tmp_path):
    (tmp_path / "away").mkdir(mode=0o700)
    return tmp_path / "away"


@pytest.fixture
def lost(tmp_path):
    with empty_machine(tmp_path, "lost") as machine:
        machine.run("migrate")
        machine.python(FILL.format(number=size(8, 2000)))
        yield machine


@pytest.fixture
def fresh(tmp_path):
    with empty_machine(tmp_path, "fresh") as machine:
        yield machine


def back_up(machine: Machine, keeper, away) -> str:
    made = machine.meldroute("backup", "--into", str(away), "--to", keeper.public)
    return str(away / made["data"]["file"])


def restored(machine: Machine, data: str, keeper, away) -> dict:
    return machine.meldroute("restore", "--from", data, "--identity", str(keeper.identity))


def test_everything_comes_back_on_an_empty_machine(lost, fresh, keeper, away):
    escrow = lost.meldroute("keys", "escrow", "--into", str(away), "--to", keeper.public)
    code = lost.python(OTHER_KEYS).strip()
    data, counts, read = back_up(lost, keeper, away), lost.counts(), lost.read_all()
    assert counts["meldroute.signalkey"] == counts["meldroute.signal"] == len(read) == size(8, 2000)

    refused = fresh.run("restore", "--from", data, "--identity", str(keeper.identity))
    assert refused.returncode == 1
    assert "there is no such file. Put back the keyring" in refused.stderr
    back = fresh.meldroute("keys", "recover", "--from", str(away / escrow["file"]), "--identity", str(keeper.identity))
    assert back["compared"] is False
    told = restored(fresh, data, keeper, away)

    after = fresh.counts()
    assert {t: n for t, n in after.items() if t not in REWRITTEN} == {t: n for t, n in counts.items() if t not in REWRITTEN}
    assert told["keys"] == size(8, 2000)
    assert told["whole"]["entries"] >= size(8, 2000)
    assert (told["whole"]["destroyed"], told["whole"]["lost"]) == (0, 0)
    assert fresh.read_all() == read, "every signal says what it said"
    assert fresh.python(ASKED.format(code=code)).strip() == "Verzonnen Verzoeker"
    guards = "from django.db import connection; from meldroute.storage import row_guards; print(row_guards.missing(connection))"
    assert fresh.python(guards).strip() == "()", "and the database refuses again what it should"
    assert fresh.run("migrate").returncode == 0, "and the site starts on it"
    again = fresh.run("restore", "--from", data, "--identity", str(keeper.identity))
    assert (again.returncode, "it is not empty" in again.stderr) == (1, True)


def test_a_destroyed_signal_stays_destroyed_in_an_older_backup(lost, fresh, keeper, away):
    escrow = lost.meldroute("keys", "escrow", "--into", str(away), "--to", keeper.public)
    older = back_up(lost, keeper, away)
    read = lost.read_all()
    gone = sorted(read)[0]
    id = lost.python(DESTROY.format(reference=gone)).strip()
    assert [one["signal"] for one in json.loads(lost.run("keys", "status", "--json").stdout)["pending"]] == [id]
    back_up(lost, keeper, away)  # replaces the key copy, and so finishes it
    assert json.loads(lost.run("keys", "status", "--json").stdout)["pending"] == []

    fresh.meldroute("keys", "recover", "--from", str(away / escrow["file"]), "--identity", str(keeper.identity))
    told = restored(fresh, older, keeper, away)
    assert (told["whole"]["destroyed"], told["whole"]["lost"], told["keys"]) == (1, 0, size(8, 2000) - 1)
    after = fresh.read_all()
    assert after[gone] is None, "it is called destroyed, and cannot be opened"
    assert {r: t for r, t in after.items() if r != gone} == {r: t for r, t in read.items() if r != gone}


def test_a_key_copy_that_is_too_old_is_noticed(lost, fresh, keeper, away):
    """A signal without a key that nobody destroyed is a loss, and is said as one."""
    escrow = lost.meldroute("keys", "escrow", "--into", str(away), "--to", keeper.public)
    back_up(lost, keeper, away)
    old_keys = away / "old-keys.age"
    old_keys.write_bytes((away / "meldroute-keys.age").read_bytes())
    lost.python("from tests.cast import *\n" + FILL.format(number=1).split("cast = make_cast")[0] + LATER)
    data = back_up(lost, keeper, away)
    fresh.meldroute("keys", "recover", "--from", str(away / escrow["file"]), "--identity", str(keeper.identity))
    done = fresh.run("restore", "--from", data, "--keys", str(old_keys), "--identity", str(keeper.identity))
    assert done.returncode == 1
    assert "1 signals have no key in this key copy, and nobody destroyed them" in done.stderr


LATER = """
bram = signed_in(User.objects.get(email="bram@voorbeeld.example").pk, chosen=None, now=now).reader
register_signal(NewSignal("Een later verhaal."), reader=bram, submission=uuid4(), now=now)
"""


@pytest.mark.parametrize("damage", ["cut", "another file", "foreign keys"])
def test_a_backup_that_is_not_whole_or_not_ours_restores_nothing(lost, fresh, keeper, away, tmp_path, damage):
    escrow = lost.meldroute("keys", "escrow", "--into", str(away), "--to", keeper.public)
    data = back_up(lost, keeper, away)
    if damage == "foreign keys":
        fresh.run("migrate")  # a keyring of its own
        for left in ("meldroute.sqlite3", "meldroute.sqlite3-wal", "meldroute.sqlite3-shm"):
            (fresh.data / left).unlink(missing_ok=True)
    else:
        fresh.meldroute("keys", "recover", "--from", str(away / escrow["file"]), "--identity", str(keeper.identity))
    whole = (away / data).read_bytes()
    if damage == "cut":
        (away / data).write_bytes(whole[:-20])
    source = str(away / "meldroute-keys.age") if damage == "another file" else data
    done = fresh.run("restore", "--from", source, "--keys", str(away / "meldroute-keys.age"), "--identity", str(keeper.identity))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    said = {"cut": "damaged or cut short", "another file": "this is the copy of 'keys'",
            "foreign keys": "not the one this backup was made with"}[damage]
    assert said in done.stderr or "it is not empty" in done.stderr
    if damage == "cut":
        (away / data).write_bytes(whole)
        assert restored(fresh, data, keeper, away)["whole"]["lost"] == 0, "nothing was half there"
