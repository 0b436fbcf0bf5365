"""Keyed hashes: found again by who holds the keyring, of no use to who does not."""

import base64
import hashlib
import json
import os
from uuid import UUID

import pytest

from meldroute.storage.keyed_hashes import (
    code_hash,
    code_matches,
    draft_tie,
    draft_ties,
    link_token_hash,
    link_token_hashes,
    reporter_tie,
    reporter_ties,
)
from meldroute.storage.keyring import create_keyring
from meldroute.storage.models import Signal

PERSON = UUID("00000000-0000-4000-8000-00000000000a")
OTHER = UUID("00000000-0000-4000-8000-00000000000b")


@pytest.fixture(autouse=True)
def ring(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)
    return settings


def with_newer_keys(settings):
    """The same keyring elsewhere, where every purpose has moved on to a second version."""
    written = json.loads(settings.MELDROUTE_KEYRING.read_text())
    for entry in written["purposes"].values():
        entry["keys"]["2"] = base64.b64encode(os.urandom(32)).decode()
        entry["current"] = 2
    newer = settings.MELDROUTE_KEYRING.with_name("newer.json")
    newer.write_text(json.dumps(written))
    newer.chmod(0o600)
    settings.MELDROUTE_KEYRING = newer


def test_a_reporter_is_tied_to_a_signal_without_being_named():
    tie = reporter_tie(PERSON)
    assert tie == reporter_tie(PERSON)
    assert tie != reporter_tie(OTHER)
    assert str(PERSON) not in tie
    assert PERSON.hex not in tie
    assert len(tie) <= Signal._meta.get_field("reporter_tie").max_length


def test_without_the_key_nobody_can_try_out_people():
    forms = (PERSON.bytes, PERSON.hex.encode(), str(PERSON).encode())
    guesses = {base64.urlsafe_b64encode(hashlib.sha256(form).digest()).decode().rstrip("=") for form in forms}
    assert reporter_tie(PERSON).partition(":")[2] not in guesses


def test_another_keyring_makes_other_ties(tmp_path, ring):
    before = reporter_tie(PERSON)
    ring.MELDROUTE_KEYRING = tmp_path / "others" / "keyring.json"
    create_keyring(ring.MELDROUTE_KEYRING)
    assert reporter_tie(PERSON) != before


def test_an_old_tie_and_an_old_link_are_still_found_after_a_new_key(ring):
    old_tie, old_link, old_draft = reporter_tie(PERSON), link_token_hash("token"), draft_tie(PERSON)
    with_newer_keys(ring)
    assert reporter_tie(PERSON) != old_tie
    assert reporter_ties(PERSON) == (reporter_tie(PERSON), old_tie)
    assert link_token_hashes("token") == (link_token_hash("token"), old_link)
    assert draft_ties(PERSON) == (draft_tie(PERSON), old_draft)


def test_a_code_fits_its_own_referral_only():
    stored = code_hash("482913", PERSON)
    assert code_matches("482913", PERSON, stored=stored)
    assert not code_matches("482914", PERSON, stored=stored)
    assert not code_matches("482913", OTHER, stored=stored)
    assert not code_matches("", PERSON, stored=stored)
    assert not code_matches("482913", PERSON, stored="")
    assert "482913" not in stored


def test_an_old_code_still_fits_after_a_new_key(ring):
    stored = code_hash("482913", PERSON)
    with_newer_keys(ring)
    assert code_matches("482913", PERSON, stored=stored)


def test_one_value_hashes_differently_for_every_use():
    text = "0" * 16
    person = UUID(bytes=text.encode())
    hashes = {reporter_tie(person), draft_tie(person), link_token_hash(text), code_hash(text, person)}
    assert len({one.partition(":")[2] for one in hashes}) == 4
