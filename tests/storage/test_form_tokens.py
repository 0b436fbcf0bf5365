"""Form tokens: whose form it is, for a day, told to nobody else."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from meldroute.storage.form_tokens import FormTokenBroken, FormTokenExpired, make_form_token, read_form_token
from meldroute.storage.keyring import create_keyring
from meldroute.storage.sealing import seal_with_purpose

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PERSON = UUID("00000000-0000-4000-8000-00000000000a")


@pytest.fixture(autouse=True)
def ring(tmp_path, settings):
    settings.MELDROUTE_KEYRING = tmp_path / "keys" / "keyring.json"
    create_keyring(settings.MELDROUTE_KEYRING)
    return settings


def test_a_token_remembers_person_form_and_moment():
    read = read_form_token(make_form_token(PERSON, "report", now=NOW), now=NOW + timedelta(hours=3))
    assert (read.person_id, read.form, read.issued_at) == (PERSON, "report", NOW)


def test_every_showing_of_a_form_is_another_submission():
    one, two = (read_form_token(make_form_token(PERSON, "report", now=NOW), now=NOW) for _ in range(2))
    assert one.submission_id != two.submission_id


def test_reading_twice_gives_the_same_submission():
    token = make_form_token(PERSON, "report", now=NOW)
    assert read_form_token(token, now=NOW) == read_form_token(token, now=NOW)


def test_the_token_names_nobody_and_fits_a_page():
    token = make_form_token(PERSON, "report", now=NOW)
    inside = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert PERSON.bytes not in inside
    assert str(PERSON).encode() not in inside
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < 400


def test_people_and_forms_cannot_be_told_apart_by_length():
    lengths = {len(make_form_token(PERSON, form, now=NOW)) for form in ("report", "feedback", "advice")}
    assert len(lengths) == 1


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=24), timedelta(hours=-2)])
def test_a_day_long_it_is_valid_also_when_the_clock_went_back(age):
    assert read_form_token(make_form_token(PERSON, "report", now=NOW), now=NOW + age).person_id == PERSON


@pytest.mark.parametrize("age", [timedelta(hours=24, seconds=1), timedelta(days=400), timedelta(hours=-25)])
def test_after_a_day_it_says_that_it_expired(age):
    token = make_form_token(PERSON, "report", now=NOW)
    with pytest.raises(FormTokenExpired, match=r"made at 2026-11-23 09:00 UTC.*Open the form again"):
        read_form_token(token, now=NOW + age)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(min_value=0, max_value=10_000), st.sampled_from("AZaz09-_=+/ é"))
def test_one_changed_character_is_refused(position, character):
    token = make_form_token(PERSON, "report", now=NOW)
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        with pytest.raises(FormTokenBroken):
            read_form_token(changed, now=NOW)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=2000))
def test_anything_else_is_refused(text):
    with pytest.raises(FormTokenBroken, match="Open the form again"):
        read_form_token(text, now=NOW)


def test_a_second_spelling_of_a_token_is_refused():
    token = make_form_token(PERSON, "report", now=NOW)
    for spelling in (token + "=", token + "\n", " " + token):
        with pytest.raises(FormTokenBroken):
            read_form_token(spelling, now=NOW)


def test_what_was_sealed_for_something_else_is_no_form_token():
    sealed = seal_with_purpose("token", "[]", place="Draft.body:1")
    with pytest.raises(FormTokenBroken):
        read_form_token(base64.urlsafe_b64encode(sealed).decode().rstrip("="), now=NOW)


def test_a_token_of_another_keyring_is_refused(tmp_path, ring):
    token = make_form_token(PERSON, "report", now=NOW)
    ring.MELDROUTE_KEYRING = tmp_path / "others" / "keyring.json"
    create_keyring(ring.MELDROUTE_KEYRING)
    with pytest.raises(FormTokenBroken):
        read_form_token(token, now=NOW)


def test_a_form_with_an_endless_name_gets_no_token():
    with pytest.raises(ValueError, match="Use a short one"):
        make_form_token(PERSON, "x" * 2000, now=NOW)
