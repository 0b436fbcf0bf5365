"""Destroyed is destroyed: nobody opens it, no file of ours holds its key, and until that is so it is pending."""

import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from meldroute.services import ticking
from meldroute.services.backup import KEY_COPY_NAME, back_up
from meldroute.services.desk import SignalDestroyed, at_desk
from meldroute.services.intake import NewSignal, SentBefore, register_signal
from meldroute.services.key_destruction import (
    NoSignalKey,
    destroy_signal_key,
    finish_destructions,
    pending_destructions,
)
from meldroute.services.key_status import key_status
from meldroute.services.my_reports import my_report, my_reports
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.services.receipts import receipt
from meldroute.storage.keyring import keyring
from meldroute.storage.models import HistoryEntry, KeyDestruction, Message, Signal, SignalKey
from meldroute.storage.sealing import SealBroken
from tests.cast import MONDAY
from tests.services.keeping_help import KEEPER_ACTOR, STORY, destroy, make_keeper, report


@pytest.fixture(autouse=True)
def nobody_else_reads(as_owner):
    """As the owner, who finishes a destruction. PostgreSQL's own housekeeping holds one up like any reader, at moments of its own."""
    if connection.vendor != "postgresql":
        yield
        return
    _housekeeping("ALTER SYSTEM SET autovacuum = off")
    until = time.monotonic() + 30
    while _at_work() and time.monotonic() < until:
        time.sleep(0.1)
    yield
    _housekeeping("ALTER SYSTEM RESET autovacuum")


def _housekeeping(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SELECT pg_reload_conf()")


def _at_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'")
        return cursor.fetchone()[0]


@pytest.fixture
def signal(cast):
    return report(cast)


def test_nobody_opens_it_any_more_and_everybody_hears_why(cast, signal):
    destroy(signal)
    with pytest.raises(SignalDestroyed):
        open_signal(signal.reference, reader=cast.anna, now=MONDAY)
    with pytest.raises(SignalDestroyed), at_desk(signal.reference, reader=cast.anna, now=MONDAY):
        pass
    with pytest.raises(SignalDestroyed):
        receipt(cast.bram.user, signal.reference, now=MONDAY, )
    assert work_list(reader=cast.anna, now=MONDAY), "lists show clear columns and go on"


def test_the_reporter_sees_that_it_is_gone_and_the_others_as_before(cast, signal):
    kept = report(cast)
    destroy(signal)
    cards = {card.reference: card for card in my_reports(cast.bram.user, now=MONDAY, language="nl").reports}
    assert cards[signal.reference].destroyed
    assert cards[signal.reference].feedback == ()
    assert not cards[kept.reference].destroyed
    assert my_report(cast.bram.user, signal.reference, now=MONDAY, language="nl").destroyed


def test_the_same_form_again_is_a_new_report_and_not_a_lost_one(cast):
    submission = uuid4()
    first = register_signal(NewSignal(STORY), reader=cast.bram, submission=submission, now=MONDAY)
    destroy(Signal.objects.get(reference=first.reference))
    with pytest.raises(SentBefore):
        register_signal(NewSignal(STORY), reader=cast.bram, submission=submission, now=MONDAY)


def test_a_message_to_its_reporter_is_given_up_and_the_others_are_delivered(cast, signal, mail_server):
    message = Message.objects.create(kind="feedback_given", recipient_kind="reporter", signal=signal,
                                     municipality=cast.helmond, created_at=MONDAY, next_try_at=MONDAY)
    destroy(signal)
    done = ticking.tick(now=MONDAY)
    assert done.troubles == []
    message.refresh_from_db()
    assert (message.next_try_at, message.sent_at, message.error) == (None, None, "the signal was destroyed")
    assert mail_server.messages, "the focal point still hears what waits for them"


def test_a_key_that_is_gone_without_a_destruction_is_an_error_and_not_called_destroyed(cast, signal):
    SignalKey.objects.filter(pk=signal.pk).delete()
    with pytest.raises(SealBroken, match="it is not in the database, and nobody destroyed it"):
        open_signal(signal.reference, reader=cast.anna, now=MONDAY)


def test_twice_is_once_and_what_never_was_is_refused(cast, signal):
    destroy(signal)
    destroy(signal)
    assert KeyDestruction.objects.count() == 1
    assert HistoryEntry.objects.filter(act="key.destroyed", signal=signal.pk, chain=str(cast.helmond.pk)).count() == 1
    with pytest.raises(NoSignalKey, match="nothing was changed"), transaction.atomic():
        destroy_signal_key(uuid4(), now=MONDAY, actor=KEEPER_ACTOR)


def test_when_the_callers_transaction_fails_nothing_is_destroyed(cast, signal):
    with transaction.atomic():
        destroy_signal_key(signal.pk, now=MONDAY, actor=KEEPER_ACTOR)
        transaction.set_rollback(True)
    assert pending_destructions() == ()
    assert STORY in repr(open_signal(signal.reference, reader=cast.anna, now=MONDAY))


def test_without_a_key_copy_the_next_tick_finishes_it(cast, signal):
    destroy(signal)
    [pending] = pending_destructions()
    assert (pending.signal, pending.database_clean, pending.copy_replaced) == (signal.pk, False, False)
    assert ticking.tick(now=MONDAY).destroyed == 1
    assert pending_destructions() == ()
    assert HistoryEntry.objects.filter(chain="system", act="keys.destroyed", details={"count": 1}).exists()


def test_it_stays_pending_until_the_key_copy_is_replaced(cast, signal, tmp_path):
    keeper = make_keeper(tmp_path)
    back_up(tmp_path, to=(keeper.public,), now=MONDAY)
    before = (tmp_path / KEY_COPY_NAME).read_bytes()
    destroy(signal)
    assert finish_destructions(now=MONDAY).count == 0
    [pending] = pending_destructions()
    assert (pending.database_clean, pending.copy_replaced) == (True, False)
    later = MONDAY.replace(day=26)
    assert "wait longer than two days, the oldest for a new key copy" in " ".join(key_status(now=later).to_do)
    made = back_up(tmp_path, to=(keeper.public,), now=later)
    assert made.destructions_finished == 1
    assert pending_destructions() == ()
    assert (tmp_path / KEY_COPY_NAME).read_bytes() != before
    assert len(list(tmp_path.glob("meldroute-keys*"))) == 1, "replaced, never versioned"


def test_a_key_that_is_destroyed_while_the_copy_is_made_waits_for_the_next_copy(cast, signal, tmp_path, monkeypatch):
    from meldroute.services import backup

    keeper = make_keeper(tmp_path)
    back_up(tmp_path, to=(keeper.public,), now=MONDAY)
    copy = backup._copy

    def destroyed_meanwhile(part, *words, **named):
        made = copy(part, *words, **named)
        if part == "keys":
            destroy(signal, now=MONDAY)  # its key is in the copy just made
        return made

    monkeypatch.setattr(backup, "_copy", destroyed_meanwhile)
    back_up(tmp_path, to=(keeper.public,), now=MONDAY.replace(minute=5))
    assert [p.copy_replaced for p in pending_destructions()] == [False]


def files_of_the_database() -> list[Path]:
    """Where the bytes of the table of keys lie: file and log of SQLite, or the table's own files of PostgreSQL."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return [path for path in (name, Path(f"{name}-wal")) if path.exists()]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT current_setting('data_directory') || '/' || pg_relation_filepath(%s)",
                       [SignalKey._meta.db_table])
        return [Path(cursor.fetchone()[0])]


@pytest.mark.parametrize("place", ["first", "last"])
def test_the_bytes_of_the_key_are_in_no_file_of_the_database(cast, place):
    signals = [report(cast) for _ in range(6)]  # the page it stands on stays in use
    signal = signals[0 if place == "first" else -1]
    wrapped = bytes(signal.key.wrapped)
    before = [path.read_bytes() for path in files_of_the_database()]
    assert any(wrapped[3:] in content for content in before), "looked for in the right place"
    destroy(signal)
    done = finish_destructions(now=MONDAY)
    assert (done.count, done.cause) == (1, "")
    assert not [path for path in files_of_the_database() if wrapped[3:] in path.read_bytes()]


def test_while_somebody_may_still_see_it_the_destruction_waits(cast, signal):
    """A reader who began before: on SQLite the log cannot be cut, on PostgreSQL the row cannot go."""
    import threading

    from django.db import connections

    begun, done = threading.Event(), threading.Event()

    def read():
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM meldroute_signalkey")
            cursor.fetchall()
            begun.set()
            done.wait(30)
            cursor.execute("ROLLBACK")
        connections.close_all()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait(30)
    destroy(signal)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=100")
    finished = finish_destructions(now=MONDAY)
    assert finished.count == 0
    assert "it is tried again" in finished.cause or "cannot be cut yet" in finished.cause
    done.set()
    reader.join()
    assert finish_destructions(now=MONDAY).count == 1


def test_the_keyring_and_what_else_is_sealed_stay_as_they_are(cast, signal):
    kept, before = report(cast), keyring().fingerprint()
    destroy(signal)
    finish_destructions(now=MONDAY)
    assert keyring().fingerprint() == before
    assert STORY in repr(open_signal(kept.reference, reader=cast.anna, now=MONDAY))
