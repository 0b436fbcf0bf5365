"""A lost machine is not a lost report: somebody else holds the keyring, and it comes back only where it belongs."""

import json

import pytest

from meldroute.services import installation
from meldroute.services.key_escrow import CannotKeep, CannotRecover, escrow, recover
from meldroute.services.key_rotation import rotate
from meldroute.services.key_status import key_lines, key_status
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.age_files import identity_in, open_copy
from meldroute.storage.keyring import create_keyring, keyring
from meldroute.storage.models import HistoryEntry, Installation, KeptCopy
from tests.cast import MONDAY
from tests.services.keeping_help import STORY, make_keeper, own_keyring, report


@pytest.fixture
def place(settings, tmp_path):
    return own_keyring(settings, tmp_path)


@pytest.fixture
def keeper(tmp_path):
    return make_keeper(tmp_path)


@pytest.fixture
def away(tmp_path):
    (tmp_path / "away").mkdir()
    return tmp_path / "away"


def test_key_lost_and_recovered_from_escrow(place, cast, keeper, away):
    installation.prepare(now=MONDAY)
    signal = report(cast)
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    content = place.read_bytes()
    place.unlink()
    back = recover(away / made.file, identity=keeper.identity)
    assert (back.fingerprint, back.compared) == (made.fingerprint, True)
    assert place.read_bytes() == content
    installation.prepare(now=MONDAY)
    assert STORY in repr(open_signal(signal.reference, reader=cast.anna, now=MONDAY))


def test_the_file_shows_no_key_and_holds_every_version(place, cast, keeper, away):
    rotate(["wrap"], now=MONDAY)
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    assert made.file == f"meldroute-keyring-20261123T090000Z-{made.fingerprint[:8]}.age"
    assert made.versions == {"wrap": [1, 2], "reporter_tie": [1], "link": [1], "token": [1]}
    secrets = [key for entry in json.loads(place.read_text())["purposes"].values() for key in entry["keys"].values()]
    whole = (away / made.file).read_bytes()
    assert not [secret for secret in secrets if secret.encode() in whole]


def test_several_people_can_each_bring_it_back(place, cast, keeper, away, tmp_path):
    second = make_keeper(tmp_path, "second")
    made = escrow(away, to=(keeper.public, second.public), now=MONDAY)
    place.unlink()
    recover(away / made.file, identity=second.identity)
    assert keyring().fingerprint() == made.fingerprint


def test_a_keyring_is_never_written_over(place, cast, keeper, away):
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    before = place.read_bytes()
    with pytest.raises(CannotRecover, match="exists already"):
        recover(away / made.file, identity=keeper.identity)
    assert place.read_bytes() == before


def test_the_keyring_of_another_database_is_refused(place, cast, keeper, away):
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    place.unlink()
    Installation.objects.create(keyring="0" * 64, created_at=MONDAY)
    with pytest.raises(CannotRecover, match="belongs to another database"):
        recover(away / made.file, identity=keeper.identity)
    assert not place.exists()


def test_who_has_another_identity_gets_nothing(place, cast, keeper, away, tmp_path):
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    place.unlink()
    with pytest.raises(CannotRecover, match="not sealed to this identity"):
        recover(away / made.file, identity=make_keeper(tmp_path, "stranger").identity)
    assert not place.exists()


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b[:-3] + bytes(3), lambda b: b"", lambda b: b"no age file"])
def test_a_damaged_file_is_refused(place, cast, keeper, away, damage):
    made = escrow(away, to=(keeper.public,), now=MONDAY)
    place.unlink()
    (away / made.file).write_bytes(damage((away / made.file).read_bytes()))
    with pytest.raises(CannotRecover):
        recover(away / made.file, identity=keeper.identity)
    assert not place.exists()


@pytest.mark.parametrize(("to", "said"), [((), "none was named"), (("age1x",), "is not a public age key")])
def test_a_wrong_recipient_writes_nothing(place, cast, away, to, said):
    with pytest.raises(CannotKeep, match=said):
        escrow(away, to=to, now=MONDAY)
    assert list(away.iterdir()) == []
    assert not KeptCopy.objects.exists()


def test_a_folder_that_is_not_there_is_said(place, cast, keeper, away):
    with pytest.raises(CannotKeep, match="cannot be written"):
        escrow(away / "nowhere", to=(keeper.public,), now=MONDAY)


def test_the_status_warns_until_the_current_versions_are_kept_elsewhere(place, cast, keeper, away):
    assert "escrow" in key_status(now=MONDAY).to_do[0]
    escrow(away, to=(keeper.public,), now=MONDAY)
    assert key_status(now=MONDAY).to_do == ()
    rotate(["link"], now=MONDAY)
    assert "link 2" in key_status(now=MONDAY).to_do[0]
    assert {(k.purpose, k.version) for k in key_lines(now=MONDAY) if not k.escrowed} == {("link", 2)}


def test_the_history_says_to_whom(place, cast, keeper, away):
    escrow(away, to=(keeper.public,), now=MONDAY)
    entry = HistoryEntry.objects.get(act="keys.escrowed")
    assert entry.chain == "system"
    assert entry.details["recipients"] == [keeper.public]


def test_the_file_that_was_sealed_twice_is_not_taken_for_a_keyring(place, cast, keeper, away):
    """Another file for the same person, such as a backup, is no escrow."""
    from meldroute.storage.age_files import recipients, write_copy

    write_copy(away / "other.age", [b"{}"], to=recipients([keeper.public]))
    open_copy(away / "other.age", identity_in(keeper.identity), lambda piece: None)
    place.unlink()
    with pytest.raises(CannotRecover, match="is no escrow of a keyring"):
        recover(away / "other.age", identity=keeper.identity)
    create_keyring(place)
