"""Passwords: Argon2id, with a bound on how many are computed at once.

One hash takes 64 MiB. Without a bound, a burst of sign-ins takes all memory; with it, the burst waits its turn.
"""

import threading
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEMORY_KIB = 64 * 1024
AT_ONCE = 2


@cache
def _turns() -> threading.BoundedSemaphore:
    """The machine computes two at once, so several worker processes share those two."""
    return threading.BoundedSemaphore(max(1, AT_ONCE // settings.MELDROUTE_WORKERS))


@contextmanager
def hashing_turn():
    with _turns():
        yield


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with the second recommended parameters of RFC 9106: 64 MiB, three passes, four lanes."""

    memory_cost = MEMORY_KIB
    time_cost = 3
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        with hashing_turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with hashing_turn():
            return super().verify(password, encoded)


# What stands in nearly every Dutch password that was guessed: words of signing in, of here, and of the calendar.
WORDS = (
    "wachtwoord", "password", "welkom", "welcome", "geheim", "inloggen", "login", "admin", "gebruiker", "qwerty", "azerty",
    "gemeente", "meldroute", "melding", "mensenhandel", "lente", "voorjaar", "zomer", "herfst", "najaar", "winter",
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "nederland",
)
_LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
OWN_LETTERS = 4


class PredictablePasswordValidator:
    """Refuses what is only such words with digits and marks: "Welkom2026!!", "W@chtwoord-123"."""

    def validate(self, password: str, user: object = None) -> None:
        if min(self._own(password.lower()), self._own(password.lower().translate(_LOOKALIKES))) < OWN_LETTERS:
            raise ValidationError(_("This password is easy to guess. Take a few words that do not belong together."),
                                  code="password_predictable")

    def get_help_text(self) -> str:
        return _("Not only words such as “welcome” or a month, with a year.")

    def _own(self, text: str) -> int:
        """How many letters are left without the words that everybody takes."""
        for word in WORDS:
            text = text.replace(word, " ")
        return sum(mark.isalpha() for mark in text)
