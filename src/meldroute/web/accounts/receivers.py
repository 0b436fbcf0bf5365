"""What the sign-in library tells us. Each receiver makes one call."""

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from meldroute.services import second_factors
from meldroute.services.privileges import tell_of_factor
from meldroute.services.sessions import end_others

from .codes import forget_tries, remember_counter
from .confirming import remember_confirmation
from .second_factor import remember_use


@receiver(authentication_step_completed)
def step_completed(request: HttpRequest, user: object, method: str, **_: object) -> None:
    """A password, a code or a passkey, at sign-in or later."""
    remember_confirmation(request, user, now=timezone.now())
    if method == "mfa":
        second_factors.refuse_forged(user.pk)
        remember_use(request, user, now=timezone.now())


@receiver(authenticator_added)
def factor_added(request: HttpRequest, user: object, authenticator: Authenticator, **_: object) -> None:
    """Enrolling asks to use it, so it was used."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    second_factors.vouch_added(user.pk, authenticator.pk)
    remember_counter(request, authenticator)
    remember_use(request, user, now=timezone.now())
    end_others(user.pk, here=request.session.row)  # those had a password alone
    tell_of_factor(user.pk, now=timezone.now())


@receiver(authenticator_removed)
def factor_removed(user: object, **_: object) -> None:
    second_factors.vouch(user.pk)  # the adapter refused what was forged before one could go
    tell_of_factor(user.pk, now=timezone.now())


@receiver(authenticator_reset)
def codes_renewed(user: object, **_: object) -> None:
    tell_of_factor(user.pk, now=timezone.now())


@receiver([password_changed, password_reset])
def new_password(request: HttpRequest, user: object, **_: object) -> None:
    """Whoever knew the old one is out, wherever they are."""
    forget_tries(request, user)
    end_others(user.pk, here=request.session.row)
