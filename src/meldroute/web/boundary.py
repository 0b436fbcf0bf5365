"""Around every request: the database gives nothing of a municipality until the door knows who asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from meldroute.services import boundaries


def closed_at_first(get_response: Callable[[HttpRequest], HttpResponse]):
    def answer(request: HttpRequest) -> HttpResponse:
        with boundaries.nowhere():
            return get_response(request)

    return answer
