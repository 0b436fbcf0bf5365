"""How the sign-in library behaves here: an account is made by the functional manager, never by its owner."""

import logging

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

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
