"""Whether it is still the same person: who signed in, or showed it again, a short while ago.

One middleware for all of `rules/confirmation.py`, for the same reason as with the second factor: one list, and no view
that can forget it. What somebody was sending is kept, sealed, in their session and goes on afterwards.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.confirmation import asks_confirmation
from meldroute.services.single_sign_on import provider_of

RECENT = timedelta(minutes=15)
MARK = "confirmed"  # in the session: whose, and when


def remember_confirmation(request: HttpRequest, user: object, *, now: datetime) -> None:
    """`user` beside the session: at sign-in it is not theirs yet."""
    if not isinstance(user, AnonymousUser):
        request.session[MARK] = {"who": str(user.pk), "at": now.timestamp()}


def confirmed_recently(request: HttpRequest, *, now: datetime) -> bool:
    mark = request.session.get(MARK) or {}
    return mark.get("who") == str(request.user.pk) and abs(now.timestamp() - mark["at"]) < RECENT.total_seconds()


class AsksConfirmation:
    """Middleware, after the one that asks for a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: tuple, parts: dict) -> HttpResponse | None:
        if not asks_confirmation(request.resolver_match.url_name or "") or not request.user.is_authenticated:
            return None
        if confirmed_recently(request, now=timezone.now()):
            return None
        return suspend_request(request, way_to_confirm(request))


def way_to_confirm(request: HttpRequest) -> str:
    """With a password or a second factor; without either, by signing in anew at one's own organisation."""
    if ways := get_adapter().get_reauthentication_methods(request.user):
        return ways[0]["url"]
    if provider := provider_of(request.user.pk):
        return reverse("account_sso", kwargs={"provider": provider})
    raise PermissionDenied
