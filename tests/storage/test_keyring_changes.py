"""New versions of keys: every process knows them at once, none is lost, and what is exchanged is refused aloud."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from meldroute.storage import safe_files
from meldroute.storage.keyring import (
    PURPOSES,
    KeyringExists,
    KeyringMissing,
    KeyringRefused,
    NoSuchKey,
    create_keyring,
    keyring,
    load_keyring,
)
from meldroute.storage.keyring_changes import add_versions, drop_version, put_back


@pytest.fixture
def path(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)
    return settings.MELDROUTE_KEYRING


def test_a_new_version_is_current_at_once_and_the_old_one_stays(path):
    before = keyring()
    assert add_versions(path) == dict.fromkeys(PURPOSES, 2)
    after = keyring()
    for purpose in PURPOSES:
        assert after.versions(purpose) == (2, 1)
        assert after.derive(purpose, b"use", version=1) == before.derive(purpose, b"use", version=1)
    assert after.fingerprint() == before.fingerprint()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["keyring.json"]


def test_one_purpose_can_be_rotated_alone(path):
    assert add_versions(path, ["link"]) == {"link": 2}
    assert keyring().versions("wrap") == (1,)


def test_a_version_number_is_never_given_twice(path):
    add_versions(path, ["wrap"])
    drop_version(path, "wrap", 1)
    assert add_versions(path, ["wrap"]) == {"wrap": 3}


def test_two_who_rotate_at_once_lose_no_key(path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: add_versions(path, ["wrap"])["wrap"], range(16)))
    assert sorted(made) == list(range(2, 18))
    assert load_keyring(path).versions("wrap") == tuple(range(17, 0, -1))


def test_the_fingerprint_stays_when_the_first_version_is_retired(path):
    before = keyring().fingerprint()
    add_versions(path)
    for purpose in PURPOSES:
        drop_version(path, purpose, 1)
    assert keyring().fingerprint() == before
    with pytest.raises(NoSuchKey):
        keyring().derive("wrap", b"use", version=1)
    add_versions(path)
    drop_version(path, "wrap", 2)
    assert keyring().fingerprint() == before


def test_the_current_version_cannot_go(path):
    with pytest.raises(NoSuchKey, match="no old version 1 of 'wrap'"):
        drop_version(path, "wrap", 1)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_is_full_leaves_the_old_keyring(path, monkeypatch, step):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(type(path), "replace", full)
    with pytest.raises(OSError, match="No space"):
        add_versions(path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [child.name for child in path.parent.iterdir()] == ["keyring.json"]


@pytest.mark.drill
def test_killed_at_any_moment_while_rotating_the_keyring_is_whole(path):
    """A process that does nothing but rotate is killed again and again: what is there always holds all that was there."""
    code = ("import sys, pathlib; from django.conf import settings; settings.configure()\n"
            "from meldroute.storage.keyring_changes import add_versions\n"
            "while True: add_versions(pathlib.Path(sys.argv[1]), ['wrap'])")
    known = load_keyring(path)
    for turn in range(8):
        child = subprocess.Popen([sys.executable, "-c", code, str(path)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        end = time.monotonic() + 30
        while load_keyring(path).current("wrap") < known.current("wrap") + 3 and time.monotonic() < end:
            time.sleep(0.01 * (turn % 3))
        child.send_signal(signal.SIGKILL)
        child.wait()
        now = load_keyring(path)
        assert now.current("wrap") > known.current("wrap")
        assert now.holds_all_of(known)
        known = now
    assert add_versions(path, ["wrap"])["wrap"] == known.current("wrap") + 1, "the lock went with who held it"


def test_a_keyring_that_is_exchanged_while_we_run_is_refused(path):
    keyring()
    path.unlink()
    create_keyring(path)
    with pytest.raises(KeyringRefused, match="was exchanged for another one"):
        keyring()


def test_one_foreign_newer_key_is_no_longer_ours(path):
    add_versions(path, ["wrap"])
    keyring()
    written = json.loads(path.read_text())
    written["purposes"]["wrap"]["keys"]["2"] = json.loads(path.read_text())["purposes"]["wrap"]["keys"]["1"][::-1][1:] + "="
    safe_files.replace(path, json.dumps(written).encode())
    with pytest.raises(KeyringRefused):
        keyring()


def test_a_keyring_that_is_gone_while_we_run_is_refused_too(path):
    """What would be sealed now could not be opened after the next start."""
    keyring()
    path.rename(path.with_name("away.json"))
    with pytest.raises(KeyringMissing):
        keyring()
    path.with_name("away.json").rename(path)
    assert keyring().current("wrap") == 1


def test_put_back_only_where_none_is(path, tmp_path):
    content = path.read_bytes()
    with pytest.raises(KeyringExists, match="would be lost"):
        put_back(path, content, origin=tmp_path / "escrow.age")
    path.unlink()
    assert put_back(path, content, origin=tmp_path / "escrow.age").current("wrap") == 1
    assert path.read_bytes() == content
    with pytest.raises(KeyringRefused, match="not a complete keyring"):
        put_back(path.with_name("other.json"), b"{}", origin=tmp_path / "escrow.age")
