"""A database starts only with the keyring and the policy packs it belongs to."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from meldroute.services import installation
from meldroute.services.installation import CannotStart
from meldroute.storage.keyring import create_keyring
from meldroute.storage.models import Installation, PackVersion

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh(tmp_path, settings):
    (tmp_path / "keys").mkdir(mode=0o700)
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    return settings.MELDROUTE_KEYRING


def test_the_first_start_makes_keys_and_later_starts_use_them(fresh):
    installation.prepare(now=NOW)
    made = fresh.read_bytes()
    installation.prepare(now=NOW)
    assert fresh.read_bytes() == made
    assert Installation.objects.count() == 1
    assert PackVersion.objects.get().pack == "oost-brabant"


def test_a_database_without_its_keyring_is_refused_and_gets_no_new_one(fresh, settings):
    installation.prepare(now=NOW)
    settings.MELDROUTE_KEYRING = fresh.with_name("elsewhere.json")
    with pytest.raises(CannotStart, match="Put back the keyring that belongs to this database"):
        installation.prepare(now=NOW)
    assert not settings.MELDROUTE_KEYRING.exists()


def test_a_database_with_a_foreign_keyring_is_refused(fresh, settings):
    installation.prepare(now=NOW)
    settings.MELDROUTE_KEYRING = fresh.with_name("foreign.json")
    create_keyring(settings.MELDROUTE_KEYRING)
    with pytest.raises(CannotStart, match="does not belong to this database"):
        installation.prepare(now=NOW)


def test_a_pack_version_that_changed_after_its_first_use_stops_the_start(fresh):
    installation.prepare(now=NOW)
    PackVersion.objects.update(hash="0" * 64)
    with pytest.raises(CannotStart, match="Put the old files back"):
        installation.prepare(now=NOW)


def test_a_broken_extra_pack_stops_the_start_before_its_first_day(fresh, settings, tmp_path):
    broken = tmp_path / "packs" / "region" / "2030-01-01"
    broken.mkdir(parents=True)
    (broken / "pack.toml").write_text('[pack]\nid = "region"\nvalid_from = 2030-01-01\n')
    settings.MELDROUTE_PACKS = tmp_path / "packs"
    with pytest.raises(CannotStart, match="region 2030-01-01"):
        installation.prepare(now=NOW)


@pytest.mark.parametrize(("case", "words"), [
    ("dead-end", "state 'wachten': a signal can get stuck here"),
    ("feedback-bypassed", "step 'sluit': ends a signal though the reporter heard nothing"),
    ("order-reversed", "passes a signal on to ZORG before POLITIE"),
])  # fmt: skip
def test_a_pack_that_reads_well_and_breaks_a_promise_stops_the_start_too(fresh, settings, case, words):
    settings.MELDROUTE_PACKS = Path(__file__).parent.parent / "broken_packs" / case
    with pytest.raises(CannotStart) as refused:
        installation.prepare(now=NOW)
    assert words in str(refused.value)
