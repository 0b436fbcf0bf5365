"""The door for people from outside: whatever stands behind it, nothing of a visit stays on either side."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIX = "/informatie/"


def leaves_nothing(get_response: Callable[[HttpRequest], HttpResponse]):
    """No cookie comes in, so nobody is signed in there; none goes out, whatever middleware would set one."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = get_response(request)
        response.cookies.clear()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer
