"""What would make this installation unsafe, said before it starts: place, cause, way out. No switch turns this off."""

import ipaddress
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from . import dpia, scanning, second_wall

LONG_ENOUGH = 32
VARIED_ENOUGH = 10  # different characters
WELL_KNOWN = ("django-insecure", "changeme", "change-me", "change me", "secret", "password", "example", "meldroute")


class UnsafeToStart(ImproperlyConfigured):
    """Starting like this would put people at risk. Every cause is in the message, one a line."""


def refuse_unsafe(*, host: str | None = None) -> None:
    """At every start. `host`: where it will listen, when that is known. Raises `UnsafeToStart`."""
    if problems := list(_problems(host)):
        raise UnsafeToStart("\n".join(problems))


def refuse_missing_scanner() -> None:
    """When the site starts, not when one worker of it does: a scanner that stops later stops documents only, and says so.

    Raises `UnsafeToStart` when a scanner is named and does not answer. None named: no document can be added at all.
    """
    if not settings.MELDROUTE_SCANNER:
        return
    try:
        scanning.check()
    except scanning.ScannerMissing as missing:
        raise UnsafeToStart(
            f"MELDROUTE_SCANNER {settings.MELDROUTE_SCANNER}: {missing.cause}. Start clamd or correct its address. Leave the "
            "setting out to take no documents, or set it to off when the privacy officer agrees to go without.") from None


def _problems(host: str | None) -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG: is on, and a debug page shows what a signal says. Leave it out: Meldroute has no debug setting."
    yield from _weak_secret(settings.SECRET_KEY)
    if outside := _reaches_outside(host):
        yield from _outside_problems(outside)


def _weak_secret(secret: str) -> Iterator[str]:
    """Who guesses it signs in as anybody."""
    lowered = secret.lower()
    if len(secret) < LONG_ENOUGH or len(set(secret)) < VARIED_ENOUGH or lowered.startswith(WELL_KNOWN):
        yield ("MELDROUTE_SECRET_KEY: is short, repeats itself or is a text that others use too, so sessions could be forged. "
               "Leave it out and `meldroute run` makes one, or set 50 random characters.")


def _reaches_outside(host: str | None) -> str:
    """What says that others than this machine reach the site; empty when nothing does."""
    if host is not None and not is_this_machine(host):
        return f"--host {host}"
    if not is_this_machine(urlsplit(settings.MELDROUTE_BASE_URL).hostname or ""):
        return f"MELDROUTE_BASE_URL {settings.MELDROUTE_BASE_URL}"
    if names := [name for name in settings.ALLOWED_HOSTS if not is_this_machine(name.strip("[]"))]:
        return f"MELDROUTE_ALLOWED_HOSTS {names[0]}"
    return ""


def _outside_problems(outside: str) -> Iterator[str]:
    if not settings.MELDROUTE_HTTPS:
        yield (f"MELDROUTE_BASE_URL: {outside} reaches outside this machine, and {settings.MELDROUTE_BASE_URL} is plain HTTP: "
               "everybody on the way could read along. Put a proxy with HTTPS in front and set MELDROUTE_BASE_URL to its "
               "https:// address.")
    if not settings.MELDROUTE_TRUSTED_PROXY:
        yield (f"MELDROUTE_TRUSTED_PROXY: {outside} reaches outside this machine, and no proxy is named. Set it to the addresses "
               "of the proxy that takes in HTTPS, such as 10.0.0.5 or 127.0.0.1.")
    if "*" in settings.ALLOWED_HOSTS:
        yield "MELDROUTE_ALLOWED_HOSTS: * lets anybody choose the name that links are made with. Name the site's own name."
    if _not_adopted():
        yield (f"dpia: {outside} reaches outside this machine, and the data protection impact assessment is not recorded as "
               "adopted. Record it with `meldroute dpia adopt`, or use --host 127.0.0.1 with invented data only.")
    yield from (f"MELDROUTE_DATABASE: {problem}" for problem in _holes_in_the_wall())


def _not_adopted() -> bool:
    """Without a database nobody can say so; `meldroute run` has made one before it asks."""
    try:
        return dpia.adoption() is None
    except DatabaseError:
        return True


def _holes_in_the_wall() -> Iterable[str]:
    """An account that no policy of PostgreSQL holds would let a query that forgot its filter read every municipality."""
    try:
        return second_wall.wall_report().problems
    except DatabaseError:
        return ()  # without a database nobody reads anything; who adopted the assessment was asked, and nobody answered


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusted_networks(words: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The addresses of the proxy. Raises `UnsafeToStart` for a word that is none, or that trusts everybody."""
    found = []
    for word in words:
        try:
            network = ipaddress.ip_network(word)
        except ValueError:
            raise UnsafeToStart(f"MELDROUTE_TRUSTED_PROXY: '{word}' is not an address. Use for example 10.0.0.5.") from None
        if network.prefixlen == 0:
            raise UnsafeToStart(f"MELDROUTE_TRUSTED_PROXY: {word} is every address there is. Name the proxy's own.")
        found.append(network)
    return found
