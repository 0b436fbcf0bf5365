"""The daily digest: once a day, as a file and by mail, each naming the one before it."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from meldroute.services import audit_verify, digests
from meldroute.services.ticking import tick
from meldroute.storage.models import ChainHead, Digest, HistoryEntry
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MELDROUTE_DATA = tmp_path
    return tmp_path / "digests"


def test_one_a_day_with_every_head_and_each_names_the_one_before(cast, folder):
    for hours in (0, 1, 24, 25, 26):
        tick(now=MONDAY + timedelta(hours=hours))
    first, second = Digest.objects.order_by("day")
    assert (first.previous, second.previous) == ("", first.hash)
    assert sorted(file.name for file in folder.iterdir()) == ["2026-11-23.json", "2026-11-24.json"]
    written = json.loads((folder / "2026-11-23.json").read_text())
    assert {one["chain"] for one in written["chains"]} >= {str(cast.helmond.pk), str(cast.deurne.pk)}
    kept = digests.read_file(folder / "2026-11-24.json")
    assert (kept.hash, kept.previous) == (second.hash, first.hash)


def test_it_is_an_act_in_the_system_s_own_chain(cast):
    tick(now=MONDAY)
    entry = HistoryEntry.objects.get(act="digest.written")
    assert (entry.chain, entry.details["hash"]) == ("system", Digest.objects.get().hash)


def test_nobody_but_this_account_reads_the_files_and_a_lost_one_comes_back(cast, folder):
    tick(now=MONDAY)
    [file] = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    before = file.read_bytes()
    file.unlink()
    tick(now=MONDAY + timedelta(minutes=5))
    assert file.read_bytes() == before


def test_a_disk_that_is_full_stops_no_reminder_and_is_told(cast, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(digests, "keep_file", full)
    report = tick(now=MONDAY)
    assert report.troubles == ["digests: OSError"]


def test_a_row_is_never_changed_and_never_goes(cast):
    tick(now=MONDAY)
    for do in (lambda: Digest.objects.update(content="{}"), lambda: Digest.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            do()


def test_by_mail_to_who_keeps_it_once_and_under_one_message_id(cast, mail_server, settings, tmp_path):
    settings.MELDROUTE_DIGEST_TO = "bewaarder@elders.example"
    mail_server.refuse = 1
    assert "digest 2026-11-23: mail" in tick(now=MONDAY).troubles[0]
    for minutes in (5, 61, 65, 130):
        assert tick(now=MONDAY + timedelta(minutes=minutes)).troubles == []
    [mail] = [mail for mail in mail_server.messages if mail["To"] == "bewaarder@elders.example"]
    body = mail.get_content()
    file = tmp_path / "from-the-mail.json"
    file.write_text(re.search(r"\{\r?\n.*\}", body, re.DOTALL)[0])
    kept = digests.read_file(file)
    assert kept.hash == Digest.objects.get().hash
    assert audit_verify.verify([kept]).is_sound
    for person in ("Bram", "Anna", "Helmond"):
        assert person not in body


@pytest.mark.parametrize("content", [
    b"", b"{}", b"[]", b"\xff\xfe", b'{"format": "meldroute digest 2"}',
    b'{"format": "meldroute digest 1", "day": "x", "previous": "", "chains": []}',
    b'{"format": "meldroute digest 1", "day": "2026-11-23", "previous": "", "chains": [{"chain": "a", "number": 1, "hash": "00"}]}',
    b"[" * 100_000,
])
def test_what_is_no_digest_is_refused_in_words(content):
    with pytest.raises(digests.BadDigest, match="in the drawer"):
        digests.read(content, name="in the drawer")


def test_line_ends_that_a_mail_program_changed_do_not_matter(cast, folder):
    tick(now=MONDAY)
    [file] = folder.iterdir()
    assert digests.read(file.read_bytes().replace(b"\n", b"\r\n"), name="x").hash == Digest.objects.get().hash


def test_a_digest_of_another_database_is_told_apart(cast, folder):
    tick(now=MONDAY)
    [file] = folder.iterdir()
    foreign = json.loads(file.read_text())
    foreign["chains"][0]["hash"] = "ab" * 32
    kept = digests.read(json.dumps(foreign).encode(), name="a foreign digest")
    causes = [finding.cause for finding in audit_verify.verify([kept]).findings]
    assert any("holds another one" in cause for cause in causes)
    assert any("was replaced" in cause for cause in causes)


def test_inside_what_a_certificate_let_go_of_a_digest_still_fits(cast):
    """What was destroyed cannot be compared any more; what stands around it can."""
    from datetime import UTC, date, datetime

    from meldroute.services.history_destruction import destroy_month
    from meldroute.services.processing_log import record_processings
    from meldroute.storage import history

    for day in (1, 2, 3):
        at = datetime(2026, 3, day, tzinfo=UTC)
        with transaction.atomic():
            history.append(cast.helmond.pk, actor=cast.anna.actor, act="signal.read", now=at)
        tick(now=at)
    heads = [digests.read(row.content.encode(), name=str(row.day)) for row in Digest.objects.order_by("day")]
    assert len({one.heads[str(cast.helmond.pk)] for one in heads}) == 3
    record_processings()
    destroy_month(cast.helmond.pk, date(2026, 3, 1), reason="term_over", first=cast.frits, second=cast.pia, now=MONDAY)
    assert audit_verify.verify(heads).is_sound
    assert ChainHead.objects.get(chain=str(cast.helmond.pk)).number == 4
