"""`meldroute check-policy`: no database, no Django, and an exit code that a script can rely on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from meldroute.cli.main import main

TESTS = Path(__file__).parent.parent


def test_a_sound_pack_is_proven_and_counted(capsys):
    assert main(["check-policy", "oost-brabant"]) == 0
    told = capsys.readouterr().out
    assert "policy oost-brabant 2021-01-01: sound" in told
    assert "walked 9 states and 21 steps" in told
    assert 'proven   "First X, then Y" cannot be reversed on any path, unless X is excluded and passed over with a reason.' in told
    assert "problem" not in told


def test_a_broken_pack_fails_and_says_place_cause_and_way_out(capsys):
    assert main(["check-policy", "proefregio", "--folder", str(TESTS / "broken_packs" / "feedback-bypassed")]) == 1
    told = capsys.readouterr().out
    assert "NOT sound, 1 to mend" in told
    assert "problem  policy 'proefregio 2025-01-01', step 'sluit'" in told
    assert "cause    ends a signal though the reporter heard nothing" in told
    assert "way out  Give it the guard feedback_settled." in told


def test_a_pack_that_cannot_be_read_fails_too(capsys):
    folder = TESTS / "broken_packs" / "unknown-municipality" / "proefregio" / "2025-01-01"
    assert main(["check-policy", str(folder)]) == 1
    assert "cause    unknown successor GM9003" in capsys.readouterr().out


def test_the_findings_can_be_read_by_a_program(capsys):
    assert main(["check-policy", "noorderkust", "--folder", str(TESTS / "packs"), "--json"]) == 0
    [report] = json.loads(capsys.readouterr().out)
    assert report["sound"] is True
    assert report["policy"] == "noorderkust 2025-01-01"
    assert (report["problems"], report["states_seen"], report["steps_seen"]) == ([], 9, 18)


def test_an_unknown_pack_is_a_wrong_word(capsys):
    assert main(["check-policy", "atlantis"]) == 2
    assert "no pack 'atlantis'. There is oost-brabant; or name a folder" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["check-policy", "oost-brabant"], ["explain", "SU", "danger"]])
def test_neither_django_nor_a_database_is_touched(words, tmp_path):
    """The command must work on a machine that has nothing but the pack."""
    program = (f"import sys; from meldroute.cli.main import main; code = main({words!r})\n"
               "sys.exit(code or 10 * any(name.split('.')[0] == 'django' for name in sys.modules))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert list(tmp_path.iterdir()) == []
