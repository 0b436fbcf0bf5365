"""What a proxy says about a request counts only when the proxy says it. From anybody else it is dropped."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from meldroute.services.safe_configuration import trusted_networks

SAID_BY_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
                 "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def believe_only_the_proxy(get_response: Callable[[HttpRequest], HttpResponse]):
    """Stands before everything that asks who somebody is or whether the line is safe."""
    networks = trusted_networks(settings.MELDROUTE_TRUSTED_PROXY)

    def answer(request: HttpRequest) -> HttpResponse:
        if not _is_proxy(request.META.get("REMOTE_ADDR", ""), networks):
            for name in SAID_BY_PROXY:
                request.META.pop(name, None)
        return get_response(request)

    return answer


def _is_proxy(address: str, networks: list) -> bool:
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in networks)
