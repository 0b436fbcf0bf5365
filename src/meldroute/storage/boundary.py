"""Whose rows this thread may reach at all: said once at a door, repeated by PostgreSQL for every statement.

Nothing is said at first, and nothing is then given out. SQLite has no second wall; there this is only remembered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from meldroute.rules.access import NOWHERE, Boundary

_now: ContextVar[Boundary] = ContextVar("meldroute_boundary", default=NOWHERE)


def current() -> Boundary:
    return _now.get()


def enter(boundary: Boundary) -> None:
    """From here on, until the `within` around it ends."""
    _now.set(boundary)


@contextmanager
def within(boundary: Boundary) -> Iterator[None]:
    token = _now.set(boundary)
    try:
        yield
    finally:
        _now.reset(token)
