"""What an operator with the database can do: switch the triggers off, change what they guarded, switch them on again."""

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction


@contextlib.contextmanager
def unguarded() -> Iterator[None]:
    """One transaction without triggers. SQLite has no switch: there they are dropped, and made again as they were."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        guards = dict(cursor.fetchall())
        for name in guards:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for statement in guards.values():
            cursor.execute(statement)
