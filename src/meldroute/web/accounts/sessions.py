"""A session belongs to one browser, and ends by itself: the middleware, and the page to end others on."""

import hashlib
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meldroute.rules.sessions import browser_name
from meldroute.services import sessions

MARK, NAME = "browser", "browser_name"
SIGNED_IN = "_auth_user_id"
NOT_ASKED = frozenset({"danger"})  # works without a database, so without a session


class BindsSession:
    """Middleware. A session that turns up in another browser is over; one in use lasts on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.session.accessed and SIGNED_IN in request.session and MARK not in request.session:
            _bind(request)  # in the answer to signing in, so that no other browser comes before
        return response

    def process_view(self, request: HttpRequest, view: object, args: tuple, parts: dict) -> None:
        if request.resolver_match.url_name in NOT_ASKED or not request.session.session_key:
            return
        if SIGNED_IN not in request.session:
            return
        if request.session.setdefault(MARK, fingerprint(request)) != fingerprint(request):
            request.session.flush()
            request.user = AnonymousUser()
            return
        request.session.touch(now=timezone.now())


def _bind(request: HttpRequest) -> None:
    request.session[MARK] = fingerprint(request)
    request.session[NAME] = browser_name(_said(request))


def fingerprint(request: HttpRequest) -> str:
    return hashlib.sha256(_said(request).encode()).hexdigest()[:32]


def _said(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:400]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    now, here = timezone.now(), request.session.row
    if request.method == "POST":
        one = request.POST.get("session", "")
        ended = (sessions.end_session(request.user.pk, id=one) if one and one != here
                 else sessions.end_others(request.user.pk, here=here))
        messages.success(request, ngettext("%(n)s session was ended.", "%(n)s sessions were ended.", ended) % {"n": ended}
                         if ended else _("Nothing was left to end."))
        return redirect("account_sessions")
    return render(request, "account/sessions.html", {
        "sessions": sessions.sessions_of(request.user.pk, here=here, now=now), "now": now})
