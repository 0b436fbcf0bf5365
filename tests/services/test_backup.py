"""A backup comes back whole on an empty database, from SQLite and from PostgreSQL, and says aloud when it cannot."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from meldroute.services import backup
from meldroute.services.backup import KEY_COPY_NAME, BackupFailed, back_up
from meldroute.services.key_status import key_status
from meldroute.storage import dumping
from meldroute.storage.age_files import CopyBroken, identity_in, open_copy
from meldroute.storage.database_roles import APPLICATION, BACKUP
from meldroute.storage.loading import Loader, NotADump
from meldroute.storage.models import HistoryEntry, KeptCopy, Message, Signal, SignalKey
from tests import behind_the_wall
from tests.cast import MONDAY
from tests.services.keeping_help import make_keeper, report


@pytest.fixture
def keeper(tmp_path):
    return make_keeper(tmp_path)


@pytest.fixture
def away(tmp_path):
    (tmp_path / "away").mkdir(mode=0o700)
    return tmp_path / "away"


@pytest.fixture(autouse=True)
def the_account_that_copies(request):
    """On PostgreSQL a backup is made by an account that no policy holds, as docs/operations.md says."""
    if connection.vendor != "postgresql" or "cast" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("cast")
    connection.ops.execute_sql_flush([f"GRANT {APPLICATION} TO {BACKUP}"])  # as who owns the test's database
    behind_the_wall.become(BACKUP)
    yield
    behind_the_wall.become(APPLICATION)


def lines(path: Path, keeper) -> list:
    """What a person with the identity finds inside."""
    import zlib

    packed = bytearray()
    open_copy(path, identity_in(keeper.identity), packed.extend)
    return [json.loads(line) for line in zlib.decompress(bytes(packed)).splitlines()]


def test_the_data_copy_holds_everything_but_the_keys_of_signals(cast, keeper, away):
    signal = report(cast)
    made = back_up(away, to=(keeper.public,), now=MONDAY)
    assert made.data.file == "meldroute-20261123T090000Z.age"
    data = lines(away / made.data.file, keeper)
    counts = data[-1]["end"]
    assert "meldroute.signalkey" not in counts
    assert counts["meldroute.signal"] == 1
    assert counts["meldroute.user"] == 11
    text = json.dumps(data)
    import base64
    assert base64.b64encode(bytes(signal.key.wrapped)).decode() not in text
    keys = lines(away / KEY_COPY_NAME, keeper)
    assert base64.b64encode(bytes(signal.key.wrapped)).decode() in json.dumps(keys)
    assert keys[-1]["end"] == {"meldroute.attachmentkey": 0, "meldroute.keydestruction": 0, "meldroute.signalkey": 1,
                               "meldroute.subjectrequestkey": 0}


def test_no_file_shows_a_word_without_the_identity_and_only_we_can_read_it(cast, keeper, away):
    report(cast)
    back_up(away, to=(keeper.public,), now=MONDAY)
    for path in away.iterdir():
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
        assert not path.stat().st_mode & 0o077
        assert b"voorbeeld.example" not in path.read_bytes()


def test_every_table_is_in_it_or_left_out_for_a_written_reason():
    inside = {model._meta.label_lower for model in dumping.tables("data")}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        assert (label in inside) != (label in dumping.LEFT_OUT or model._meta.app_label in dumping.LEFT_OUT_APPS), label
    assert {m._meta.label_lower for m in apps.get_app_config("meldroute").get_models()} - inside == {
        "meldroute.signalkey", "meldroute.attachmentkey", "meldroute.subjectrequestkey", "meldroute.browsersession"}


def test_a_kept_copy_and_an_entry_in_the_systems_chain_say_what_was_made(cast, keeper, away):
    made = back_up(away, to=(keeper.public,), now=MONDAY)
    rows = {row.kind: row for row in KeptCopy.objects.filter(finished_at__isnull=False)}
    assert set(rows) == {"data", "keys"}
    assert rows["data"].digest == made.data.digest
    acts = HistoryEntry.objects.filter(chain="system", actor="backup").order_by("number").values_list("act", flat=True)
    assert list(acts) == ["backup.data", "backup.keys"]
    assert "last copy failed" not in " ".join(key_status(now=MONDAY).to_do)


def test_reports_that_come_in_meanwhile_wait_for_nobody(cast, keeper, away, monkeypatch):
    """In the middle of the copy somebody reports: the report is there, and the copy is of one moment."""
    report(cast)
    writer, calls = dumping._batches, []

    def meanwhile(model, fields):
        if model is Signal and not calls:
            calls.append(1)
            _in_another_connection(lambda: report(cast))
        yield from writer(model, fields)

    monkeypatch.setattr(dumping, "_batches", meanwhile)
    made = back_up(away, to=(keeper.public,), now=MONDAY)
    assert Signal.objects.count() == 2
    counts = lines(away / made.data.file, keeper)[-1]["end"]
    assert (counts["meldroute.signal"], counts["meldroute.clock"]) == (1, 1), "of one moment"
    assert lines(away / KEY_COPY_NAME, keeper)[-1]["end"]["meldroute.signalkey"] == 2, "the key copy comes after"


def _in_another_connection(work) -> None:
    import threading

    from django.db import connections

    found = []

    def run():
        try:
            found.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert found


def test_it_reads_in_pieces_and_asks_the_same_whatever_is_stored(cast, keeper, away, monkeypatch):
    asked = []
    for turn in range(3):  # the first time the system's chain begins
        for _ in range(3):
            report(cast)
        with CaptureQueriesContext(connection) as queries:
            back_up(away, to=(keeper.public,), now=MONDAY + timedelta(minutes=turn))
        asked.append(len([q for q in queries.captured_queries if "FETCH" not in q["sql"]]))
    assert asked[1] == asked[2]


@pytest.mark.parametrize(("to", "said"), [((), "none was named"), (("age1x",), "not a public age key")])
def test_without_a_person_to_seal_it_to_there_is_no_backup(cast, away, to, said):
    with pytest.raises(BackupFailed, match=said):
        back_up(away, to=to, now=MONDAY)
    assert list(away.iterdir()) == []


def test_a_backup_that_failed_alarms_who_manages_and_stands_in_the_chain(cast, keeper, away):
    for minutes in (0, 1):
        with pytest.raises(BackupFailed, match="there is no such folder"):
            back_up(away / "nowhere", to=(keeper.public,), now=MONDAY + timedelta(minutes=minutes))
    [told] = Message.objects.filter(kind="backup_failed")
    assert (told.membership_id, told.count, told.signal_id) == (cast.frits.membership, 2, None)
    assert HistoryEntry.objects.filter(chain="system", act="backup.failed", details={"told": 1}).count() == 2


def test_a_full_disk_leaves_the_old_key_copy_and_says_so(cast, keeper, away, monkeypatch):
    back_up(away, to=(keeper.public,), now=MONDAY)
    before = {path.name: path.read_bytes() for path in away.iterdir()}

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupFailed, match=r"cannot be written \(No space left on device\)"):
        back_up(away, to=(keeper.public,), now=MONDAY + timedelta(minutes=1))
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in away.iterdir()} == before
    assert "the last copy failed: No space left" in " ".join(key_status(now=MONDAY).to_do)


def test_a_database_that_will_not_show_every_row_makes_no_backup(cast, keeper, away, monkeypatch):
    def hidden(model, fields):
        raise DatabaseError("query would be affected by row-level security policy")

    monkeypatch.setattr(dumping, "_batches", hidden)
    with pytest.raises(BackupFailed, match="may see every row"):
        back_up(away, to=(keeper.public,), now=MONDAY)


def test_a_database_that_is_not_up_to_date_makes_no_backup(cast, keeper, away, monkeypatch):
    monkeypatch.setattr(backup, "pending_migrations", lambda: ["meldroute.9999_later"])
    with pytest.raises(BackupFailed, match="has not run. Run `meldroute migrate` first"):
        back_up(away, to=(keeper.public,), now=MONDAY)


def test_when_not_even_the_alarm_can_be_written_that_is_said(cast, keeper, away, monkeypatch):
    def gone(**_):
        raise DatabaseError("gone")

    monkeypatch.setattr(backup, "_managers", gone)
    with pytest.raises(BackupFailed, match="tell those who manage Meldroute yourself"):
        back_up(away / "nowhere", to=(keeper.public,), now=MONDAY)


# What is inside, taken apart


class Models:
    @staticmethod
    def get_model(label):
        return apps.get_model(label)


def fed(*parts: bytes) -> Loader:
    import zlib

    loader = Loader("data", begin=lambda line: Models)
    packer = zlib.compressobj()
    for part in parts:
        loader.take(packer.compress(part + b"\n"))
    loader.take(packer.flush())
    return loader


HEAD = b'{"meldroute":"dump 1","part":"data"}'


@pytest.mark.django_db
@pytest.mark.parametrize(("parts", "said"), [
    ((b'{"meldroute":"dump 9","part":"data"}',), "its form is 'dump 9'"),
    ((b'{"meldroute":"dump 1","part":"keys"}',), "this is the copy of 'keys'"),
    ((b'{"table":"meldroute.signal","columns":[]}',), "does not begin with its first line"),
    ((HEAD, b'{"table":"meldroute.nothing","columns":[]}'), "which this release does not know"),
    ((HEAD, b'{"table":"meldroute.chainhead","columns":["chain"]}'), "are not those its migrations make"),
    ((HEAD, b'{"end":{"meldroute.signal":3}}'), "its own count does not agree"),
    ((HEAD, b'{"what":1}'), "a line of another kind"),
])
def test_what_is_no_dump_of_ours_is_refused(parts, said):
    with pytest.raises(NotADump, match=said):
        fed(*parts)


def test_a_dump_without_its_last_line_is_not_whole():
    with pytest.raises(NotADump, match="ends before its last line"):
        fed(HEAD).finish()


def test_what_is_not_packed_as_a_dump_is_refused():
    with pytest.raises(NotADump, match="Is this the right file"):
        Loader("data", begin=lambda line: Models).take(b"never packed")


def test_a_backup_taken_for_another_persons_is_refused(cast, keeper, away, tmp_path):
    report(cast)
    made = back_up(away, to=(keeper.public,), now=MONDAY)
    with pytest.raises(CopyBroken, match="not sealed to this identity"):
        lines(away / made.data.file, make_keeper(tmp_path, "stranger"))
    assert SignalKey.objects.count() == 1
