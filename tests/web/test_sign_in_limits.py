"""Guessing a password ends soon, for that account only, whichever worker process answers."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from tests.cast import PASSWORD


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def sign_in(client, email: str, password: str):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_after_five_wrong_passwords_the_right_one_no_longer_helps(client, cast, django_user_model):
    email = django_user_model.objects.order_by("email").first().email
    for _ in range(5):
        assert sign_in(client, email, "een verkeerd wachtwoord").status_code == 200
    assert sign_in(client, email, PASSWORD).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_colleague_behind_the_same_address_signs_in_meanwhile(client, cast, django_user_model):
    first, second = (user.email for user in django_user_model.objects.order_by("email")[:2])
    for _ in range(6):
        sign_in(client, first, "een verkeerd wachtwoord")
    assert sign_in(client, second, PASSWORD).status_code == 302
    assert "_auth_user_id" in client.session


def test_the_count_stands_in_the_database_and_names_nobody(client, cast, django_user_model):
    """In the memory of one process, two processes would double every limit."""
    email = django_user_model.objects.order_by("email").first().email
    sign_in(client, email, "een verkeerd wachtwoord")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM meldroute_cache")
        rows = cursor.fetchall()
    assert rows
    assert not any(email in part or "127.0.0.1" in part for row in rows for part in row)


def test_an_unknown_address_is_answered_like_a_wrong_password(client, cast, django_user_model):
    email = django_user_model.objects.order_by("email").first().email
    known, unknown = (
        sign_in(client, tried, "een verkeerd wachtwoord").context["form"].non_field_errors()
        for tried in (email, "niemand@voorbeeld.example")
    )
    assert list(known) == list(unknown) != []


def test_nobody_makes_an_account_for_themselves(client, transactional_db, django_user_model):
    answer = client.post(
        reverse("account_signup"), {"email": "nieuw@voorbeeld.example", "password1": "een lang verzonnen wachtwoord"}
    )
    assert answer.status_code == 200
    assert not django_user_model.objects.filter(email="nieuw@voorbeeld.example").exists()
