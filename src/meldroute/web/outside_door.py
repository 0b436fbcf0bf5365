"""The door for people from outside: whatever stands behind it, nothing of a visit stays on either side."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIX = "/informatie/"


def leaves_nothing(get_response: Callable[[HttpRequest], HttpResponse]):
    """No cookie comes in, so nobody is signed in there; none goes out, whatever middleware would set one.

    And no line in a log says that somebody was there: Django would write one for every answer from 400 on. An error
    of the program is still written down, by its kind and place.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        response.cookies.clear()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response._has_been_logged = True  # how Django's own `log_response` knows that it need not
        return response

    return answer
