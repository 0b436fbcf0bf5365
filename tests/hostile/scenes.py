"""What several hostile tests stand on: every address, who may enter it, and one way to ask."""

from collections.abc import Iterator
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import PEOPLE
from tests.hostile.access_table import ROWS

STORY = "Verzonnen verhaal van Kwaadwillige Kees uit de Nepstraat 99."


def _addresses(patterns: list, parts: tuple[str, ...] = ()) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    for one in patterns:
        here = (*parts, *one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield one.name, here


ADDRESSES = dict(_addresses(get_resolver().url_patterns))  # the sign-in library's too
OF_A_SIGNAL = sorted(name for name, row in ROWS.items() if row.about == "signal")
# Who may enter an address at all, by first name; whose row it then shows is asked by the matrix.
ENTERS = {name: frozenset(first for first, _, _, role, _ in PEOPLE if role in row.roles)
          for name, row in ROWS.items() if row.about not in ("signal", "public")}


def ask(client: Client, name: str, method: str, scene: dict, reference: str) -> HttpResponse:
    known = {"reference": reference, "partner": "ISZW", "referral": scene["referral"], "id": uuid4(), "token": "x",
             "item": "adres", "who": "melder"}
    address = reverse(name, kwargs={part: known.get(part, scene["referral"]) for part in ADDRESSES[name]})
    if method == "GET":
        return client.get(address)
    return client.post(address, {"version": "1", "send": "1", "reason": "zomaar", "lead": scene["regular"]})
