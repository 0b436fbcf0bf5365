"""Copies of stored signals, inside the database. A copy cannot be opened (what is sealed is bound to its row); it takes
the room and the place in every index that a signal of its own would, which is what growth is about."""

from django.db import connection

from meldroute.storage.models import Clock, HistoryEntry, Signal, SignalKey

KEYS = {Signal: ("id",), SignalKey: ("signal_id",), Clock: ("id", "signal_id"), HistoryEntry: ("signal",)}


def copy_signals(*, copies: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE originals AS SELECT id FROM {Signal._meta.db_table}")
        for n in range(1, copies + 1):
            for model, keys in KEYS.items():
                cursor.execute(_statement(model, keys, n))
        cursor.execute("DROP TABLE originals")


def _statement(model: type, keys: tuple[str, ...], n: int) -> str:
    """Keys get another beginning, so that each copy is somebody else's row."""
    columns = [f.column for f in model._meta.concrete_fields]
    if model is HistoryEntry:
        columns.remove("id")
    new = [_new(column, keys, n) for column in columns]
    own = "signal" if model is HistoryEntry else "id" if model is Signal else "signal_id"
    table = model._meta.db_table
    quoted = ", ".join(f'"{c}"' for c in columns)
    return (f"INSERT INTO {table} ({quoted}) SELECT {', '.join(new)} FROM {table} "
            f"WHERE {table}.{own} IN (SELECT id FROM originals)")


def _new(column: str, keys: tuple[str, ...], n: int) -> str:
    if column in keys:
        cast = ("CAST(", " AS text)", "::uuid") if connection.vendor == "postgresql" else ("", "", "")
        return f"('{n:04x}' || substr({cast[0]}\"{column}\"{cast[1]}, 5)){cast[2]}"
    if column == "submission":
        return f"'{n:04x}' || substr(submission, 5)"
    if column == "reference":
        return f"'{n:02x}' || substr(reference, 3)"
    if column == "chain":
        return f"'copy {n} ' || substr(chain, 1, 40)"
    return f'"{column}"'
