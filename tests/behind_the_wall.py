"""The second wall in tests: whoever a service works for, the database gives out no more than that reader's boundary.

A test itself sees everything, or it could not look at what was done. A web request is closed by its own middleware;
a service that a test calls with `reader=` is closed here. On PostgreSQL the tests run as the application's account.
"""

import contextlib
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType


def close_services() -> None:
    """Before any test module is imported: every service function that takes a reader."""
    import meldroute.services as room

    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        module = importlib.import_module(found.name)
        for name, function in list(vars(module).items()):
            if _works_for_a_reader(function, module, name):
                setattr(module, name, _closed(function))


def _works_for_a_reader(function: object, module: ModuleType, name: str) -> bool:
    plain = inspect.isfunction(function) and not inspect.isgeneratorfunction(inspect.unwrap(function))
    return plain and not name.startswith("_") and function.__module__ == module.__name__ and (
        "reader" in inspect.signature(function).parameters)


def _closed(function):
    @functools.wraps(function)
    def closed(*args, **named):
        from meldroute.rules.access import EVERYWHERE, NOWHERE
        from meldroute.services import boundaries
        from meldroute.storage.boundary import current

        reader = named.get("reader")
        if reader is None or current() not in (EVERYWHERE, NOWHERE):
            return function(*args, **named)
        with boundaries.as_reader(reader):
            return function(*args, **named)

    return closed


def become_the_application() -> str:
    """The test database was made by a superuser, whom no policy holds. Returns who that was, to be that again."""
    from django.db import connection

    from meldroute.storage.database_roles import APPLICATION, statements

    with connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
        # For tests/unguarded.py alone, which plays the operator.
        cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {APPLICATION}")
    connection.settings_dict["OWNER"] = connection.settings_dict["USER"]
    return _connect_as(APPLICATION)


def become(owner: str) -> None:
    _connect_as(owner)


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """For what docs/operations.md leaves to who owns the tables. Outside a transaction: it is another connection.

    SQLite knows no accounts.
    """
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    was = _connect_as(connection.settings_dict["OWNER"])
    try:
        yield
    finally:
        _connect_as(was)


def _connect_as(user: str) -> str:
    from django.db import connection

    connection.close()
    was, connection.settings_dict["USER"] = connection.settings_dict["USER"], user
    return was


@contextlib.contextmanager
def flushing_as(owner: str) -> Iterator[Callable[[list[str]], None]]:
    """Emptying tables is no act of the application: a connection of its own does it, open as long as the tests last,
    for one that is new must learn of every table first. All at once: one answer and one wait for the disk.
    """
    import psycopg
    from django.db import connection

    known = connection.settings_dict
    with psycopg.connect(dbname=known["NAME"], user=owner, host=known["HOST"], autocommit=True) as own:
        yield lambda statements: own.execute("; ".join(statements))
