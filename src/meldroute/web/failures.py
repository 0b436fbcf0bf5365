"""When a request fails: keep what was typed, and show whom to call. These pages come when nothing else does.

No session, no database is needed for the page itself. What was typed is kept as a sealed draft when the form carries
its token; when even that fails the person who sent it gets it back on the page to copy.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from meldroute.services import drafts, emergency

logger = logging.getLogger(__name__)

TOKEN = "form_token"  # the hidden field  # noqa: S105
OURS = frozenset({TOKEN, "csrfmiddlewaretoken"})


@dataclass(frozen=True, slots=True)
class Kept:
    kept: bool = False
    typed: tuple[str, ...] = ()  # given back when it could not be kept


def keeps_typing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Somebody whose sign-in expired while typing: keep it, then ask to sign in. Stands outside the door."""

    @wraps(view)
    def kept(request: HttpRequest, **parts: object) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return _page(request, "web/errors/signed_out.html", 403, keep_typed(request, now=timezone.now()))
        return view(request, **parts)

    return kept


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose cookie is gone or not ours. It is not carried out; the token in it says whose words to keep."""
    return _page(request, "web/errors/csrf.html", 403, keep_typed(request, now=timezone.now()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "web/errors/400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "web/errors/403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "web/errors/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database does not answer, else 500."""
    away = isinstance(sys.exc_info()[1], DatabaseError)
    return _page(request, "web/errors/500.html", 503 if away else 500, keep_typed(request, now=timezone.now()))


def keep_typed(request: HttpRequest, *, now: datetime, give_back: bool = True) -> Kept:
    """Never raises: whatever is wrong here, a page must come."""
    body = _body(request)
    if not body.get(TOKEN):
        return Kept()
    typed = {name: values for name, values in body.items() if name not in OURS and any(values)}
    try:
        kept = drafts.keep(body[TOKEN][0], typed, now=now)
    except drafts.FormTokenBroken:
        return Kept()  # not a form of ours: another site's words are not repeated on our page
    except Exception as error:  # the token, the size, the database, the keyring: a page must come all the same
        logger.warning("a form could not be kept: %s", type(error).__name__)
        return Kept(typed=_words(typed) if give_back else ())
    return Kept(kept)


def _body(request: HttpRequest) -> dict[str, list[str]]:
    if request.method != "POST":
        return {}
    try:
        return {name: request.POST.getlist(name) for name in request.POST}
    except (SuspiciousOperation, UnreadablePostError):  # too large, or the line broke: there is nothing whole to keep
        return {}


def _words(typed: dict[str, list[str]]) -> tuple[str, ...]:
    """What a person typed rather than ticked."""
    return tuple(value for values in typed.values() for value in values if len(value) > 20 or " " in value)


def _page(request: HttpRequest, template: str, status: int, kept: Kept | None = None) -> HttpResponse:
    now = timezone.now()
    kept = kept or Kept()
    context = {
        "emergency": emergency.emergency_now(now=now, language=get_language()), "now": now, "kept": kept.kept,
        "typed": kept.typed, "retry_url": reverse("report") if kept.kept else "",
    }
    return render(request, template, context, status=status)
