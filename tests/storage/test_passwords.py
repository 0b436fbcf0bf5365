"""Passwords are costly to guess, and a burst of sign-ins does not take all memory."""

import threading
import time

import argon2
from django.contrib.auth.hashers import Argon2PasswordHasher

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
