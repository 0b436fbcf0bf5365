"""Guessing a password ends soon, for that account and from that address; colleagues come in meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from meldroute.storage.address_key import AddressKeyRefused, address_hash, key_file
from meldroute.storage.models import User
from meldroute.web.accounts import limits
from tests.cast import PASSWORD

WRONG = "een verkeerd wachtwoord"
TOWN_HALL = "192.0.2.10"
BRAM, FRITS = "bram@voorbeeld.example", "frits@voorbeeld.example"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def sign_in(email: str, password: str = PASSWORD, address: str = TOWN_HALL) -> bool:
    client = Client(REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_after_five_wrong_passwords_the_right_one_no_longer_helps(cast):
    assert not any(sign_in(BRAM, WRONG) for _ in range(5))
    assert not sign_in(BRAM)


def test_the_right_password_costs_nothing(cast):
    assert all(sign_in(BRAM) for _ in range(8))


def test_a_colleague_behind_the_same_address_signs_in_meanwhile(cast):
    for _ in range(6):
        sign_in(BRAM, WRONG)
    assert sign_in(FRITS)


def test_somebody_far_away_does_not_keep_a_person_out_of_the_town_hall(cast):
    for _ in range(10):
        sign_in(BRAM, WRONG, address="198.51.100.1")
    assert sign_in(BRAM)


def test_with_ever_other_addresses_guessing_one_account_ends_too(cast):
    for n in range(20):
        sign_in(BRAM, WRONG, address=f"198.51.100.{n}")
    assert not sign_in(BRAM, address="198.51.100.99")


@pytest.fixture
def guessed_from(cast, monkeypatch):
    """The town hall's address, from where somebody was wrong more often than it may be; however slow this machine is."""
    monkeypatch.setitem(limits.RATES, limits.ADDRESS, "10/h/key")
    assert not any(sign_in(f"gok{n}@voorbeeld.example", WRONG) for n in range(12))


def test_two_hundred_colleagues_sign_in_while_somebody_among_them_guesses(cast, guessed_from):
    """One address. The guesser goes on meanwhile, at known and unknown accounts."""
    people = [User(email=f"collega{n}@voorbeeld.example", name=f"Collega {n}") for n in range(200)]
    password = User.objects.get(email=BRAM).password
    for person in people:
        person.password = password
    User.objects.bulk_create(people)
    guessed = 0
    for n, person in enumerate(people):
        assert sign_in(person.email), n
        if n % 4 == 0:
            guessed += sign_in(FRITS if n % 8 else f"mis{n}@voorbeeld.example", f"{WRONG} {n}")
    assert guessed == 0


def test_from_an_address_that_guesses_each_account_is_tried_once_in_five_minutes(cast, guessed_from):
    assert not sign_in(BRAM, WRONG)
    assert not sign_in(BRAM), "a second try from there must wait"
    assert sign_in(BRAM, address="198.51.100.7"), "and from elsewhere need not"


def test_the_count_stands_in_the_database_and_names_nobody(cast):
    """In the memory of one process, two processes would double every limit."""
    sign_in(BRAM, WRONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM meldroute_cache")
        rows = cursor.fetchall()
    assert rows
    assert not any(BRAM in part or TOWN_HALL in part for row in rows for part in row)


def test_an_unknown_address_is_answered_like_a_wrong_password(client, cast):
    known, unknown = (
        client.post(reverse("account_login"), {"login": tried, "password": WRONG}).context["form"].non_field_errors()
        for tried in (BRAM, "niemand@voorbeeld.example")
    )
    assert list(known) == list(unknown) != []


# The address


def test_an_address_is_one_hash_within_the_hour_and_another_after_it():
    first = address_hash(TOWN_HALL, now=NOW)
    assert address_hash(TOWN_HALL, now=NOW + timedelta(minutes=29)) == first
    assert TOWN_HALL not in first
    later = address_hash(TOWN_HALL, now=NOW + timedelta(minutes=31))
    assert later != first
    assert address_hash(TOWN_HALL, now=NOW) not in (first, later), "the key of the hour before is gone"


def test_the_key_lies_in_no_data_folder_and_is_for_this_account_alone(settings):
    address_hash(TOWN_HALL, now=NOW)
    assert key_file().stat().st_mode & 0o077 == 0
    assert not key_file().is_relative_to(settings.MELDROUTE_DATA)


def test_a_key_file_that_others_could_read_is_refused():
    address_hash(TOWN_HALL, now=NOW)
    key_file().chmod(0o644)
    with pytest.raises(AddressKeyRefused, match="Remove it"):
        address_hash(TOWN_HALL, now=NOW)
    key_file().unlink()


def test_a_forged_header_is_not_believed_without_a_proxy(cast):
    client = Client(REMOTE_ADDR=TOWN_HALL)
    for n in range(6):
        client.post(reverse("account_login"), {"login": BRAM, "password": WRONG}, headers={"x-forwarded-for": f"203.0.113.{n}"})
    assert not sign_in(BRAM)
