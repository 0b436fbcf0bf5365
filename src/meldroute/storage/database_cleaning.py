"""Is what was deleted gone from the database's own files too? Asked of SQLite and PostgreSQL in their own way."""

from collections.abc import Sequence

from django.db import connection

from .models import SignalKey

TABLE = SignalKey._meta.db_table


def current_transaction() -> str:
    """PostgreSQL's number of this transaction, to know later that nobody can see what it deleted. Empty on SQLite."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return cursor.fetchone()[0]


def clean_keys(transactions: Sequence[str]) -> str:
    """Make the table of wrapped keys clean of what these transactions deleted. Why it could not be, or nothing.

    Outside a transaction. What may be tried again later is said the same way: the caller comes back.
    """
    return _clean_postgres(transactions) if connection.vendor == "postgresql" else _truncate_log()


def _truncate_log() -> str:
    """`secure_delete` wrote zeros in the file; older pages stand in the write-ahead log until it is cut to nothing."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = cursor.fetchone()
    return "somebody is reading: the write-ahead log cannot be cut yet" if busy else ""


def _clean_postgres(transactions: Sequence[str]) -> str:
    """A plain VACUUM leaves the bytes of a row in its page. FULL writes the table anew and removes the old file."""
    with connection.cursor() as cursor:
        if not _may_vacuum(cursor):
            return f"only the owner of {TABLE} may vacuum it: run `meldroute keys finish` as that role"
        if any(_seen_by_somebody(cursor, number) for number in transactions if number):
            return "an older transaction can still see what was deleted: it is tried again"
        cursor.execute(f'VACUUM FULL "{TABLE}"')
        cursor.execute("CHECKPOINT") if _may_checkpoint(cursor) else None
    return ""


def _may_vacuum(cursor) -> bool:
    """Without the right PostgreSQL only warns, and skips the table."""
    cursor.execute("SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [TABLE])
    return cursor.fetchone()[0]


def _may_checkpoint(cursor) -> bool:
    """The old file lies there, empty, until the next checkpoint; that comes by itself within minutes."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return cursor.fetchone()[0]


def _seen_by_somebody(cursor, transaction: str) -> bool:
    """A session, a replication slot or a prepared transaction that began before this one ended."""
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
        " AND datname = current_database() AND age(backend_xmin) >= age(%(x)s::xid8::xid))"
        " OR EXISTS (SELECT 1 FROM pg_replication_slots WHERE xmin IS NOT NULL AND age(xmin) >= age(%(x)s::xid8::xid))"
        " OR EXISTS (SELECT 1 FROM pg_prepared_xacts WHERE age(transaction) >= age(%(x)s::xid8::xid))",
        {"x": transaction})
    return cursor.fetchone()[0]
