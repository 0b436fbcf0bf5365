"""The door of every signed-in page: who enters, in which membership, and what is refused.

A view behind this door is called as `view(request, reader, now, **parts of the address)`. Forbidden looks like
absent: an area this role may not enter, and a signal it may not see, are both 404.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from meldroute.rules.access import may_enter
from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services import accounts, boundaries, refusals
from meldroute.services.desk import NoSuchSignal

View = Callable[..., HttpResponse]


def enters(area: str) -> Callable[[View], View]:
    """Only for readers whose role may enter this area (rules.access.AREAS)."""

    def decorate(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, **parts: object) -> HttpResponse:
            now = timezone.now()
            reader = reader_of(request, now=now)
            if reader is None or not may_enter(reader, area):
                _remember(reader, area, request, parts, now=now)
                raise Http404
            try:
                return view(request, reader, now, **parts)
            except NoSuchSignal:
                _remember(reader, area, request, parts, now=now)
                raise Http404 from None

        return guarded

    return decorate


def _remember(reader: Reader | None, area: str, request: HttpRequest, parts: dict, *, now: datetime) -> None:
    """Which signal was tried, from the address; a misspelled reference is nobody's."""
    typed = str(parts.get("reference") or request.GET.get("signaal", ""))
    try:
        reference = normalise_reference(typed) if typed else ""
    except BadReference:
        reference = ""
    refusals.remember(reader, area=area, now=now, reference=reference)


def reader_of(request: HttpRequest, *, now: datetime) -> Reader | None:
    """The signed-in person in the membership they chose; asked once per request."""
    if not hasattr(request, "signed_in"):
        request.signed_in = accounts.signed_in(request.user.pk, chosen=_chosen(request), now=now)
        if request.signed_in.reader:
            boundaries.enter(request.signed_in.reader)  # what the database gives out in this request
    return request.signed_in.reader


def _chosen(request: HttpRequest) -> UUID | None:
    chosen = request.session.get("membership")
    return UUID(chosen) if chosen else None
