"""The library's forms for a second factor, stricter: a code is good once, and guessing ends soon."""

import struct

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.db import transaction
from django.forms import CharField, TextInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meldroute.rules.one_time_codes import matching_counter

from .codes import LAST, forget_tries

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 16}


def _limited(user: object) -> None:
    if not ratelimit.consume(context.request, action="second_factor", key=str(user.pk)):
        raise account_adapter().validation_error("too_many_login_attempts")


class _OnceOnly:
    """For the two forms that ask for a code: of an app, or a recovery code."""

    def clean_code(self) -> str:
        _limited(self.user)
        code = self.cleaned_data["code"]
        self.authenticator = _by_app(self.user, code) or _by_recovery_code(self.user, code)
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator.user = self.user
        forget_tries(context.request, self.user)
        return code


@transaction.atomic
def _by_app(user: object, code: str) -> Authenticator | None:
    """The row is locked: the same code twice at once is used once."""
    row = Authenticator.objects.select_for_update().filter(user=user.pk, type=Authenticator.Type.TOTP).first()
    if row is None:
        return None
    secret = get_adapter().decrypt(row.data["secret"])
    counter = matching_counter(secret, code, now=timezone.now(), after=row.data.get(LAST, -1))
    if counter is None:
        return None
    row.data[LAST] = counter
    row.save(update_fields=["data"])
    return row


def _by_recovery_code(user: object, code: str) -> Authenticator | None:
    """The library crosses it off in a locked row."""
    row = Authenticator.objects.filter(user=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return row if row and row.wrap().validate_code("".join(code.split())) else None


class AuthenticateForm(_OnceOnly, base.AuthenticateForm):
    code = CharField(label=_("Code"), widget=TextInput(attrs=CODE), help_text=_(
        "The six digits in your authenticator app now, or one of your recovery codes."))


class ReauthenticateForm(_OnceOnly, base.ReauthenticateForm):
    code = AuthenticateForm.base_fields["code"]


class ActivateTOTPForm(totp.ActivateTOTPForm):
    code = CharField(label=_("Code"), widget=TextInput(attrs=CODE), help_text=_(
        "The six digits that the app shows now. So we both know that it works."))

    def clean_code(self) -> str:
        _limited(self.user)
        counter = matching_counter(self.secret, self.cleaned_data["code"], now=timezone.now())
        if counter is None:
            raise get_adapter().validation_error("incorrect_code")
        forget_tries(context.request, self.user)
        context.request.used_counter = counter  # the same code does not open the door once more
        return self.cleaned_data["code"]


# What comes out of taking apart bytes that no browser made.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, struct.error)


class _Calm:
    """The library trusts that a browser filled in the hidden field."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except MALFORMED:
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class AuthenticatePasskeyForm(_Calm, webauthn.AuthenticateWebAuthnForm):
    pass


class LoginPasskeyForm(_Calm, webauthn.LoginWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_Calm, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(_Calm, webauthn.AddWebAuthnForm):
    name = CharField(label=_("Name"), required=False, max_length=60, help_text=_(
        "For yourself, to tell one from another. For example: laptop at work."))
    credential = webauthn.AddWebAuthnForm.base_fields["credential"]
    passwordless = None  # always one that can be found again, and always with a fingerprint, face or code

    def clean_name(self) -> str:
        return super().clean_name()[:60]
