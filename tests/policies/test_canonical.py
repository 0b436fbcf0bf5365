"""What is stored of a pack version is read back as the same policy; any change is another hash."""

import json

import pytest

from meldroute.policies import canonical_json, content_hash, parse_canonical
from meldroute.policies.loader import read_pack
from meldroute.rules.policy_parse import PolicyErrors, parse_policy
from tests.rules.smallest_pack import smallest_tables


def test_a_stored_pack_is_read_back_as_the_same_policy():
    tables = smallest_tables()
    assert parse_canonical(canonical_json(tables)) == parse_policy(tables, where="klein")


def test_the_shipped_pack_is_read_back_as_the_same_policy(oost_brabant):
    assert parse_canonical(oost_brabant.canonical) == oost_brabant.policy


def test_storing_what_was_stored_changes_nothing():
    stored = canonical_json(smallest_tables())
    assert canonical_json(json.loads(stored)) == stored


def test_the_order_of_keys_makes_no_difference():
    tables = smallest_tables()
    assert content_hash(canonical_json(tables)) == content_hash(canonical_json(dict(reversed(tables.items()))))


def test_the_order_of_entries_does():
    tables = smallest_tables()
    tables["states"].reverse()
    assert content_hash(canonical_json(tables)) != content_hash(canonical_json(smallest_tables()))


def test_one_letter_is_another_hash():
    tables = smallest_tables()
    tables["steps"][1]["by"] = ["focal_point", "buddy"]
    assert content_hash(canonical_json(tables)) != content_hash(canonical_json(smallest_tables()))


def test_the_hash_is_sha256_in_hex(oost_brabant):
    assert len(oost_brabant.hash) == 64
    assert oost_brabant.hash == content_hash(oost_brabant.canonical)


def test_a_stored_version_that_this_program_no_longer_understands_is_refused():
    tables = smallest_tables()
    tables["steps"][1]["act"] = "shut"
    with pytest.raises(PolicyErrors, match="policy 'stored', step 'sluit': unknown act shut."):
        parse_canonical(canonical_json(tables))


def test_a_pack_holds_no_sets_or_other_things():
    with pytest.raises(TypeError, match="a pack holds a set"):
        canonical_json({"pack": {1, 2}})


def test_reading_twice_gives_the_same(oost_brabant, oost_brabant_folder):
    assert read_pack(oost_brabant_folder) == oost_brabant
