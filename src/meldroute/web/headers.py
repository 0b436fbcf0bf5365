"""Headers on every answer that no page has to remember."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NO_SENSORS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def closed_by_default(get_response: Callable[[HttpRequest], HttpResponse]):
    """Nobody else's page may load ours, no sensor is used, and a page stays in no cache unless it says so."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", NO_SENSORS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer
