"""From the lines of a dump back to rows, in a database without any. The other half of dumping.py.

The tables are made as they were when the dump was written, filled, and only then brought up to date: a backup of an
older release is restored by a newer one.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.management.color import no_style
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from .dumping import FORMAT, reader

AT_ONCE = 1000  # rows
GONE_APPS = {"sessions"}  # of an older release, and never among what is kept: their tables are not made again


class NotADump(Exception):
    """What was opened is not a whole dump that this release understands. The message says what is wrong."""


@dataclass(slots=True)
class Loaded:
    about: dict = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class Loader:
    """Takes a dump piece by piece. Inside a transaction: constraints are looked at when that ends.

    `begin` hears the first line before any row comes and gives the models to fill. `keep` may leave rows out.
    """

    def __init__(self, part: str, *, begin: Callable[[dict], object],
                 keep: Callable[[str, models.Model], bool] = lambda table, row: True):
        self._part, self._begin, self._keep = part, begin, keep
        self._unpack, self._text = zlib.decompressobj(), b""
        self._apps, self._model, self._readers, self._names = None, None, (), ()
        self._rows: list[models.Model] = []
        self._seen: dict[str, int] = {}
        self._ended = False
        self.loaded = Loaded()

    def take(self, piece: bytes) -> None:
        try:
            self._text += self._unpack.decompress(piece)
        except zlib.error:
            raise NotADump("dump: it is not packed as a dump is. Is this the right file?") from None
        *lines, self._text = self._text.split(b"\n")
        for line in lines:
            self._line(json.loads(line))

    def finish(self) -> Loaded:
        if not self._ended or self._text:
            raise NotADump("dump: it ends before its last line. Use another copy.")
        return self.loaded

    def _line(self, line: object) -> None:
        match line:
            case {"meldroute": form, "part": part}:
                self._head(line, form, part)
            case {"table": table, "columns": columns}:
                self._flush()
                self._table(table, columns)
            case {"end": counts}:
                self._flush()
                self._end(counts)
            case list():
                self._row(line)
            case _:
                raise NotADump("dump: it holds a line of another kind. It was made by another release.")

    def _head(self, line: dict, form: str, part: str) -> None:
        if form != FORMAT:
            raise NotADump(f"dump: its form is '{form}', this release reads '{FORMAT}'. Use the release that made it.")
        if part != self._part:
            raise NotADump(f"dump: this is the copy of '{part}', where that of '{self._part}' belongs. Name the other file.")
        self.loaded.about = line
        self._apps = self._begin(line)

    def _table(self, table: str, columns: list[str]) -> None:
        if self._apps is None:
            raise NotADump("dump: it does not begin with its first line.")
        try:
            self._model = self._apps.get_model(table)
        except LookupError:
            raise NotADump(f"dump: it holds the table {table}, which this release does not know.") from None
        fields = {f.attname: f for f in self._model._meta.concrete_fields}
        if set(columns) != set(fields):
            raise NotADump(f"dump: the columns of {table} are not those its migrations make.")
        self._names, self._readers = columns, [reader(fields[name]) for name in columns]
        self._seen[table] = 0
        if self._model._base_manager.exists():  # what a migration put there; the dump holds it too
            self._model._base_manager.all().delete()

    def _row(self, line: list) -> None:
        table = self._model._meta.label_lower
        self._seen[table] += 1
        row = self._model(**{n: read(v) for n, read, v in zip(self._names, self._readers, line, strict=True)})
        if self._keep(table, row):
            self._rows.append(row)
        if len(self._rows) == AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            table = self._model._meta.label_lower
            self._model._base_manager.bulk_create(self._rows)
            self.loaded.counts[table] = self.loaded.counts.get(table, 0) + len(self._rows)
            self._rows = []

    def _end(self, counts: dict[str, int]) -> None:
        wrong = sorted(table for table in counts if counts[table] != self._seen.get(table))
        if wrong or set(counts) != set(self._seen):
            raise NotADump(f"dump: its own count does not agree ({', '.join(wrong) or 'tables'}). Use another copy.")
        self._ended = True


def make_tables(migrations: list[list[str]]) -> object:
    """The tables as they were after these migrations. Returns the models that belong to them."""
    executor = MigrationExecutor(connection)
    wanted = [tuple(name) for name in migrations if name[0] not in GONE_APPS]
    # Of migrations that were squashed or belong to a library that is gone nothing can be made.
    if unknown := [name for name in wanted if name not in executor.loader.graph.nodes]:
        raise NotADump(f"dump: it was made after migration {'.'.join(unknown[0])}, which this release does not have. "
                       "Restore it with the release that made it, or a newer one.")
    return executor.migrate(_last_of_each(wanted, executor.loader.graph)).apps


def _last_of_each(wanted: list[tuple], graph: object) -> list[tuple]:
    """Those on which no other one builds: naming an earlier one as well would mean going back to it."""
    everything = set(wanted)
    return [name for name in wanted if not any(
        child.key in everything and child.key[0] == name[0] for child in graph.node_map[name].children)]


def number_on(apps: object) -> None:
    """The next numbered row gets the number after the last one that was loaded. `apps`: the tables as they were then."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(apps.get_models(include_auto_created=True)))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
