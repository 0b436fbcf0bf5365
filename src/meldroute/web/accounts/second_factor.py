"""No personal data before a second factor was used in this session: one place, in front of every address.

Why a middleware and not the door alone: the sign-in library's own pages and a page that forgot its door stand behind
it too, and an address that nobody thought of asks for a factor by itself (`rules/second_factor.py` names the others).
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from meldroute.rules.second_factor import FREE, asks_factor, needs_factor
from meldroute.services import second_factors
from meldroute.web.pages.door import reader_of

MARK = "second_factor"  # in the session: whose, and when

# The library's pages that lead through the door, or stand before it.
ENTRANCE = frozenset({
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_sso", "account_sso_back", "account_invitation", "account_invitation_link",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn",
})
# To get a first factor. With one, these too ask for it: else a password alone would add another.
ENROLMENT = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password", "account_sessions"})


class AsksSecondFactor:
    """Middleware. Leads who has no factor to getting one, and who did not use it to using it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: tuple, parts: dict) -> HttpResponse | None:
        route = request.resolver_match.url_name or ""
        if route in ENTRANCE or route in FREE:  # first: the danger page asks no database who is there
            return None
        if not request.user.is_authenticated or used_in(request):
            return None
        if not asks_factor(route, roles_of(request, now=timezone.now())):
            return None
        enrolled = second_factors.has_factor(request.user.pk)
        if route in ENROLMENT and not enrolled:
            return None
        there = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("home")
        way = reverse("mfa_reauthenticate") if enrolled else reverse("mfa_index")
        return redirect(f"{way}?{urlencode({'next': there})}")


def roles_of(request: HttpRequest, *, now: datetime) -> frozenset[str]:
    """All roles of today, not only the one in use: whoever can read by changing roles is asked before."""
    reader_of(request, now=now)
    return frozenset(card.role for card in request.signed_in.memberships)


def must_have(request: HttpRequest, *, now: datetime) -> bool:
    return needs_factor(roles_of(request, now=now))


def used_in(request: HttpRequest) -> bool:
    """Whether this person used a second factor in this session."""
    return (request.session.get(MARK) or {}).get("who") == str(request.user.pk)


def remember_use(request: HttpRequest, user: object, *, now: datetime) -> None:
    """`user` beside the session: at sign-in it is not theirs yet."""
    if not isinstance(user, AnonymousUser):
        request.session[MARK] = {"who": str(user.pk), "at": now.timestamp()}
