"""What is remembered of codes: the last one that was used, and how often somebody tried."""

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator

LAST = "last_counter"  # in the row of an authenticator app: the half minute of the last code that was used


def forget_tries(request: object, user: object) -> None:
    """After the right code; and with a new password, for whoever guessed knew the old one."""
    ratelimit.clear(request, action="second_factor", key=str(user.pk))


def remember_counter(request: object, authenticator: Authenticator) -> None:
    """After enrolment: the code that proved it is spent."""
    if authenticator.type == Authenticator.Type.TOTP and (counter := getattr(request, "used_counter", None)):
        authenticator.data[LAST] = counter
        authenticator.save(update_fields=["data"])
