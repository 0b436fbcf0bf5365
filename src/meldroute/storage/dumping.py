"""Everything that is stored, as lines of text: the inside of a backup, the same from SQLite and from PostgreSQL.

The first line says what this is and which migrations had run, then each table with its columns and its rows,
and at the end how many rows there were. Read in one snapshot, in pieces, while everybody goes on working. Wrapped
keys (of signals, of documents, of requests) are not among the data: they are a part of their own, for the key copy.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.apps import apps as installed
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

FORMAT = "dump 1"
KEYS = ("meldroute.signalkey", "meldroute.attachmentkey", "meldroute.subjectrequestkey",
        "meldroute.keydestruction")  # a destroyed key is not a lost one: the list goes along
DATA, KEY_COPY = "data", "keys"
# What a restored installation makes anew by itself, or must not bring back.
LEFT_OUT_APPS = {
    "contenttypes": "made by migrate", "auth": "Django's own rights, which nobody uses; made by migrate",
}
LEFT_OUT = {
    "meldroute.signalkey": "in the key copy, so that a destroyed key is in no backup of the data",
    "meldroute.attachmentkey": "the same, for a document that is destroyed while its signal stays",
    "meldroute.subjectrequestkey": "the same, for who made a request",
    "meldroute.browsersession": "whoever was signed in signs in again",
}
ROWS = 500  # read at once
LEVEL = 1  # of compression: what is sealed does not shrink, the rest does


class NotEverything(Exception):
    """The database would not show every row, so this would be no backup."""


def tables(part: str) -> list[type[models.Model]]:
    """The models of a part, in a fixed order. A new table is part of the data without being named here."""
    found = sorted(installed.get_models(include_auto_created=True), key=lambda model: model._meta.label_lower)
    if part == KEY_COPY:
        return [model for model in found if model._meta.label_lower in KEYS]
    return [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.app_label not in LEFT_OUT_APPS
            and m._meta.label_lower not in LEFT_OUT]


def dump(part: str, *, about: dict[str, object], counted: Callable[[dict[str, int]], object] = dict) -> Iterator[bytes]:
    """The part as compressed pieces. `counted` hears at the end how many rows each table had."""
    packer = zlib.compressobj(LEVEL)
    with snapshot():
        for lines in _lines(part, about, counted):
            if piece := packer.compress(lines):
                yield piece
    yield packer.flush()


def _lines(part: str, about: dict[str, object], counted: Callable[[dict[str, int]], object]) -> Iterator[bytes]:
    yield _line({"meldroute": FORMAT, "part": part, "migrations": applied(), **about})
    counts = {}
    for model in tables(part):
        fields = model._meta.concrete_fields
        yield _line({"table": model._meta.label_lower, "columns": [field.attname for field in fields]})
        counts[model._meta.label_lower] = 0
        for rows in _batches(model, fields):
            counts[model._meta.label_lower] += len(rows)
            yield b"".join(map(_line, rows))
    yield _line({"end": counts})
    counted(counts)


def _batches(model: type[models.Model], fields: Iterable[models.Field]) -> Iterator[list[list[object]]]:
    writers = [_writer(field) for field in fields]
    found = model._base_manager.order_by("pk").values_list(*[field.attname for field in fields])
    batch: list[list[object]] = []
    for row in found.iterator(chunk_size=ROWS):
        batch.append([write(value) for write, value in zip(writers, row, strict=True)])
        if len(batch) == ROWS:
            yield batch
            batch = []
    yield batch


def applied() -> list[list[str]]:
    """Which migrations this database has had: a restore makes the same tables before it fills them."""
    return sorted([list(name) for name in MigrationRecorder(connection).applied_migrations()])


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment. Nobody waits for it: readers stop no writer in WAL or PostgreSQL."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")  # not `atomic`: that would take the only writer's place for as long as we read
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Rows that a policy would hide are an error and not a gap.
        cursor.execute("SET LOCAL row_security = off")
        yield


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# One value


def _writer(field: models.Field) -> Callable[[object], object]:
    if isinstance(field, models.BinaryField):
        return lambda value: None if value is None else base64.b64encode(value).decode()
    return (lambda value: value) if isinstance(field, models.JSONField) else _written


def _written(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case timedelta():
            return f"{value.days} {value.seconds}.{value.microseconds:06d}"
    raise NotEverything(f"dump: a value of kind {type(value).__name__} has no spelling here. Add one to dumping.py.")


def reader(field: models.Field) -> Callable[[object], object]:
    """The other way: from what stands in a line to what goes in a row."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.BinaryField):
        return lambda value: None if value is None else base64.b64decode(value)
    return (lambda value: value) if isinstance(field, models.JSONField) else field.to_python
