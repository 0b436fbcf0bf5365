"""The keyring: made once, whole on disk, and refused aloud when anyone else could have reached it."""

import base64
import json
import os
import stat

import pytest

from meldroute.storage import keyring as module
from meldroute.storage.keyring import (
    PURPOSES,
    KeyringExists,
    KeyringMissing,
    KeyringRefused,
    NoSuchKey,
    create_keyring,
    keyring,
    keyring_fingerprint,
    load_keyring,
)


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "keys" / "keyring.json"
    create_keyring(place)
    return place


def rewrite(path, change):
    written = json.loads(path.read_text())
    change(written)
    path.write_text(json.dumps(written))


def new_key():
    return base64.b64encode(os.urandom(32)).decode()


def test_a_new_keyring_is_for_its_owner_only(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [child.name for child in path.parent.iterdir()] == ["keyring.json"]


def test_a_permissive_umask_changes_nothing(tmp_path):
    before = os.umask(0)
    try:
        create_keyring(tmp_path / "keys" / "keyring.json")
    finally:
        os.umask(before)
    made = tmp_path / "keys" / "keyring.json"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert load_keyring(made).current("wrap") == 1


def test_every_purpose_has_a_key_of_its_own(path):
    ring = load_keyring(path)
    keys = {ring.derive(purpose, b"same use", version=ring.current(purpose)) for purpose in PURPOSES}
    assert len(keys) == len(PURPOSES)
    secrets = [entry["keys"]["1"] for entry in json.loads(path.read_text())["purposes"].values()]
    assert len(set(secrets)) == len(PURPOSES)
    assert all(len(base64.b64decode(secret)) == 32 for secret in secrets)


def test_two_uses_of_one_purpose_share_no_key(path):
    ring = load_keyring(path)
    assert ring.derive("link", b"one", version=1) != ring.derive("link", b"two", version=1)


def test_a_keyring_is_never_written_over(path):
    before = path.read_bytes()
    with pytest.raises(KeyringExists, match="would be lost"):
        create_keyring(path)
    assert path.read_bytes() == before
    assert [child.name for child in path.parent.iterdir()] == ["keyring.json"]


def test_nothing_half_written_is_left_when_the_disk_is_full(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        create_keyring(tmp_path / "keys" / "keyring.json")
    assert list((tmp_path / "keys").iterdir()) == []


def test_the_settings_say_where_the_keyring_is(path, settings):
    settings.MELDROUTE_KEYRING = str(path)
    assert keyring() is keyring(), "read once per process"
    assert keyring_fingerprint() == load_keyring(path).fingerprint()


def test_a_missing_keyring_says_what_to_do(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "keyring.json"
    with pytest.raises(
        KeyringMissing, match=r"keyring\.json: there is no such file\. Put back.*MELDROUTE_KEYRING"
    ):
        keyring()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700, 0o644])
def test_a_file_that_others_can_reach_is_refused(path, mode):
    path.chmod(mode)
    with pytest.raises(KeyringRefused, match=f"has mode {mode:04o}.*chmod 600"):
        load_keyring(path)


def test_a_file_that_is_only_read_is_fine(path):
    path.chmod(0o400)
    assert load_keyring(path).current("wrap") == 1


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o770])
def test_a_folder_that_others_can_reach_is_refused(path, mode):
    path.parent.chmod(mode)
    with pytest.raises(KeyringRefused, match=f"has mode {mode:04o}.*chmod 700"):
        load_keyring(path)
    with pytest.raises(KeyringRefused, match="chmod 700"):
        create_keyring(path.with_name("another.json"))


def test_a_file_of_another_account_is_refused(path, monkeypatch):
    monkeypatch.setattr(module.os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(KeyringRefused, match=r"belongs to account .* chown"):
        load_keyring(path)


def drop_wrap(written):
    del written["purposes"]["wrap"]


def add_purpose(written):
    written["purposes"]["backup"] = {"current": 1, "keys": {"1": new_key()}}


def newer_format(written):
    written["format"] = 2


def short_key(written):
    written["purposes"]["link"]["keys"]["1"] = base64.b64encode(bytes(16)).decode()


def not_base64(written):
    written["purposes"]["link"]["keys"]["1"] = "geheim!"


def no_current(written):
    written["purposes"]["token"]["current"] = 2


def current_as_text(written):
    written["purposes"]["token"]["current"] = "1"


def zero_version(written):
    written["purposes"]["token"]["keys"]["0"] = new_key()


def one_key_twice(written):
    written["purposes"]["token"]["keys"] = dict(written["purposes"]["link"]["keys"])


def no_purposes(written):
    del written["purposes"]


def a_list_of_keys(written):
    written["purposes"]["wrap"]["keys"] = [new_key()]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (drop_wrap, "has no key for 'wrap'"),
        (add_purpose, "has the unknown purpose 'backup'"),
        (newer_format, "has format 2, this release reads 1"),
        (short_key, "a key for 'link' version 1 that is not 32 bytes"),
        (not_base64, "a key for 'link' version 1 that is not 32 bytes"),
        (no_current, "has no key for the current version 2 of 'token'"),
        (current_as_text, "has no key for the current version '1' of 'token'"),
        (zero_version, "a version of 'token' that is not a whole number"),
        (one_key_twice, "uses one key twice"),
        (no_purposes, "is not a complete keyring"),
        (a_list_of_keys, "is not a complete keyring"),
    ],
)
def test_a_damaged_keyring_is_refused_with_its_cause(path, change, cause):
    rewrite(path, change)
    with pytest.raises(KeyringRefused, match=rf"keyring .*keyring\.json: .*{cause}.*Put back a copy"):
        load_keyring(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1}'])
def test_a_file_that_is_no_keyring_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(KeyringRefused, match="keyring"):
        load_keyring(path)


def test_no_refusal_and_no_printing_shows_a_key(path):
    secret = json.loads(path.read_text())["purposes"]["link"]["keys"]["1"]
    ring = load_keyring(path)
    assert secret not in repr(ring)
    assert repr(base64.b64decode(secret)) not in repr(ring)
    rewrite(path, lambda written: written["purposes"]["link"]["keys"].update({"1": secret[:-4]}))
    with pytest.raises(KeyringRefused) as refusal:
        load_keyring(path)
    assert secret[:-4] not in str(refusal.value)


def add_newer_wrap(written):
    written["purposes"]["wrap"]["keys"]["2"] = new_key()
    written["purposes"]["wrap"]["current"] = 2


def test_a_newer_version_is_used_and_the_older_still_found(path):
    before = load_keyring(path)
    rewrite(path, add_newer_wrap)
    after = load_keyring(path)
    assert after.current("wrap") == 2
    assert after.versions("wrap") == (2, 1)
    assert after.derive("wrap", b"use", version=1) == before.derive("wrap", b"use", version=1)
    assert after.derive("wrap", b"use", version=2) != after.derive("wrap", b"use", version=1)
    with pytest.raises(NoSuchKey, match="version 3 of 'wrap'"):
        after.derive("wrap", b"use", version=3)


def test_the_fingerprint_names_the_keyring_through_a_new_version(path, tmp_path):
    before = load_keyring(path).fingerprint()
    rewrite(path, add_newer_wrap)
    assert load_keyring(path).fingerprint() == before
    create_keyring(tmp_path / "other" / "keyring.json")
    assert load_keyring(tmp_path / "other" / "keyring.json").fingerprint() != before


@pytest.mark.parametrize("purpose", PURPOSES)
def test_one_foreign_key_makes_another_fingerprint(path, purpose):
    before = load_keyring(path).fingerprint()
    rewrite(path, lambda written: written["purposes"][purpose]["keys"].update({"1": new_key()}))
    assert load_keyring(path).fingerprint() != before
