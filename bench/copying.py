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
    """Keys get another digit, so that each copy is a row of its own."""
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
    quoted = f'"{column}"'
    if column in keys:
        if connection.vendor == "postgresql":
            return "(" + _other(f"CAST({quoted} AS text)", 15, n) + ")::uuid"
        return _other(quoted, 13, n)
    if column == "submission":
        return _other(quoted, 15, n)
    if column == "reference":
        return f"'{n:02x}' || substr(reference, 3)"
    if column == "chain":
        return f"'copy {n} ' || substr(chain, 1, 40)"
    return quoted


def _other(text: str, place: int, n: int) -> str:
    """A key that no original has: the digit that says which kind of UUID it is, 4 everywhere, becomes another."""
    digit = "012356789abcdef"[n]
    return f"substr({text}, 1, {place - 1}) || '{digit}' || substr({text}, {place + 1})"
