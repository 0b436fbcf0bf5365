"""A signal whose content was destroyed has a page of its own, wherever somebody meets it: no error, and no content."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from meldroute.services.desk import SignalDestroyed


class DestroyedSignals:
    """Whoever comes here was found to be allowed to open the signal, before anybody looked for its key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SignalDestroyed):
            return render(request, "web/destroyed.html", status=410)
        return None
