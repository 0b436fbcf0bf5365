"""Passwords are costly to guess, and a burst of sign-ins does not take all memory."""

import threading
import time

import argon2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from meldroute.storage import passwords
from meldroute.storage.passwords import BoundedArgon2PasswordHasher


def test_a_hash_is_argon2id_with_at_least_64_mib():
    hasher = BoundedArgon2PasswordHasher()
    encoded = hasher.encode("een lang verzonnen wachtwoord", "saltsaltsalt")
    parameters = argon2.extract_parameters(encoded.removeprefix("argon2"))
    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost >= 64 * 1024
    assert hasher.verify("een lang verzonnen wachtwoord", encoded)
    assert not hasher.verify("een ander wachtwoord", encoded)


def test_at_most_two_hashes_are_computed_at_once(monkeypatch, settings):
    settings.MELDROUTE_WORKERS = 1
    passwords._turns.cache_clear()
    busy, most = [], []

    def slow_verify(self, password, encoded):
        busy.append(1)
        most.append(len(busy))
        time.sleep(0.05)
        busy.pop()
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", slow_verify)
    threads = [threading.Thread(target=BoundedArgon2PasswordHasher().verify, args=("x", "y")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passwords._turns.cache_clear()
    assert len(most) == 8
    assert max(most) == 2


def test_two_worker_processes_share_the_two_turns(settings):
    settings.MELDROUTE_WORKERS = 2
    passwords._turns.cache_clear()
    assert passwords._turns()._value == 1
    passwords._turns.cache_clear()


@pytest.mark.parametrize("guessed", ["Welkom2026!!", "W@chtwoord-123", "Zomer2026Zomer", "meldroute12345", "Gemeente#2026",
                                     "januari-2027!", "W3lk0m!W3lk0m"])
def test_what_everybody_would_try_first_is_refused(guessed):
    with pytest.raises(ValidationError):
        validate_password(guessed)


@pytest.mark.parametrize("known", ["passwordpassword", "1234567890123", "qwertyuiop123"])
def test_common_and_numeric_passwords_are_refused_without_asking_anybody_outside(known):
    with pytest.raises(ValidationError):
        validate_password(known)


@pytest.mark.parametrize("fine", ["een lang verzonnen wachtwoord", "fiets-kachel-wolk", "zomerjas in de sloot"])
def test_a_few_words_that_do_not_belong_together_are_taken(fine):
    validate_password(fine)
