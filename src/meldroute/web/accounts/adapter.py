"""How the sign-in library behaves here: an account is made by the functional manager, never by its owner."""

import logging

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from meldroute.services.accounts import refuse_forged_account
from meldroute.services.addresses import address_hash

from . import limits
from .confirming import confirmed_recently

logger = logging.getLogger(__name__)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, past the proxies that are trusted; all that hide it share one."""
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:
        return "unknown"


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Only who has an account gets mail: an error page when it does not leave would tell who has one."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are OSErrors too
            logger.warning("a mail of the sign-in did not leave: %s. Check the mail server.", type(error).__name__)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Under the address people know this site by, never under what a request called it."""
        uid, _, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest})
        return settings.MELDROUTE_BASE_URL + path

    def get_client_ip(self, request: HttpRequest) -> str:
        """Never the address itself: a hash of it that lives an hour. A household or office on IPv6 counts as one."""
        return address_hash(truncate_ip(super().get_client_ip(request)), now=timezone.now())

    def pre_login(self, request: HttpRequest, user: object, **about: object) -> None:
        """Every way in ends here. Raises `NotVouchedFor`: an account whose password or address was written by hand."""
        refuse_forged_account(user.pk)
        return super().pre_login(request, user, **about)

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        self._counted = limits.admitted(request, credentials.get("email", "").lower(), address=self.get_client_ip(request))
        if self._counted is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        limits.forgiven(self._counted)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: str) -> None:
        limits.forget(request, credentials.get("email", "").lower(), address=self.get_client_ip(request))

    def reauthenticate(self, user: object, password: str) -> bool:
        """By the account's own address; the library would look for one in a table that stays empty here."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_login_stages(self) -> list[str]:
        """The library's steps, with ours in the place of the one for the second factor."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "meldroute.web.accounts.stages.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **_: object) -> bool:
        """The library's own pages ask as ours do: not straight after signing in."""
        return not confirmed_recently(self.request, now=timezone.now())
