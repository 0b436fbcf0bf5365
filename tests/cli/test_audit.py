"""`meldroute audit`: its words, its exit codes, and files that are nobody else's."""

import json

import pytest

from meldroute.cli.main import main
from meldroute.services.ticking import tick
from meldroute.storage.models import HistoryEntry
from tests.cast import MONDAY
from tests.services.passing_on_help import passing
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(cast, tmp_path, settings):
    settings.MELDROUTE_DATA = tmp_path
    reference = passing(cast, narrative="Verzonnen.", now=MONDAY)
    tick(now=MONDAY)
    return reference


def test_sound_is_0_and_says_what_it_was_compared_with(file, tmp_path, capsys):
    digest = str(tmp_path / "digests" / "2026-11-23.json")
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--digest", digest, "--json"]) == 0
    words, told = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert words.startswith("audit: sound")
    assert json.loads(told)["sound"] is True
    assert any(digest in one for one in json.loads(told)["compared"])


def test_tampered_is_1_with_place_cause_and_way_out(file, capsys):
    with unguarded():
        HistoryEntry.objects.filter(act="signal.received").update(role="buddy")
    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().out
    for part in ("NOT sound", "problem  chain Gemeente Helmond, entry 1", "cause    was changed", "way out  Everything before"):
        assert part in said


def test_a_guard_that_is_switched_off_is_1(file, capsys):
    from django.db import connection

    from meldroute.storage import row_guards

    row_guards.remove(connection)
    try:
        assert main(["audit", "verify"]) == 1
        assert "its guard is missing or switched off" in capsys.readouterr().out
    finally:
        row_guards.install(connection)


@pytest.mark.parametrize("words", [
    ["verify", "--digest", "nowhere.json"], ["show", "--reference", "MR-7K3Q2M9T-Q"], ["show", "--reference", "what"],
    ["export", "--format", "ldv", "--actor", "x"],
])
def test_wrong_words_are_2_and_say_why(file, words, capsys):
    assert main(["audit", *words]) == 2
    assert capsys.readouterr().err.startswith("meldroute audit: ")


@pytest.mark.parametrize("words", [[], ["show", "--limit", "0"], ["show", "--since", "gisteren"], ["export", "--format", "xls"]])
def test_and_so_are_words_that_do_not_exist(words):
    with pytest.raises(SystemExit) as end:
        main(["audit", *words])
    assert end.value.code == 2


def test_show_in_words_and_as_json(file, capsys):
    assert main(["audit", "show", "--reference", file.lower(), "--limit", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["audit", "show", "--since", "2026-11-23", "--until", "2026-11-23", "--act", "signal.received", "--json"]) == 0
    assert [row["act"] for row in json.loads(capsys.readouterr().out)] == ["signal.received"]
    assert HistoryEntry.objects.filter(act="audit.shown").count() == 2


def test_a_copy_is_a_new_file_of_this_account_alone(file, tmp_path, capsys):
    copy = tmp_path / "copy.csv"
    assert main(["audit", "export", "--format", "csv", "--out", str(copy)]) == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "signal.received" in copy.read_text()
    assert "Destroy the file" in capsys.readouterr().out
    before = copy.read_bytes()
    assert main(["audit", "export", "--out", str(copy)]) == 2
    assert copy.read_bytes() == before
    assert HistoryEntry.objects.filter(act="audit.exported").count() == 1


def test_to_the_screen(file, capsys):
    for form in ("jsonl", "ldv"):
        assert main(["audit", "export", "--format", form]) == 0
        for line in capsys.readouterr().out.splitlines():
            json.loads(line)
