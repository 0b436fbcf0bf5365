"""A question asked on every page is written into SQL once; each time only its values are filled in.

The ORM decides what the statement says and turns rows into objects, as always. What is saved is the time in which
it would write the same statement again, which on a page of twenty statements was most of the page's own time
(docs/decisions/0016-prepared-questions.md).
"""

import copy
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.db.transaction import TransactionManagementError

Value = UUID | datetime | date | int | str


class ValueNotAsked(ValueError):
    """A value that the statement does not hold would be ignored in silence."""


class Prepared:
    """`Prepared(build, signal=UUID)` is called as `(shape…, signal=…)` and returns the list of what `build` asks for.

    `build(*shape, **values)` returns a queryset. What changes the text of the statement (a role, how many ids) is a
    shape and makes a statement of its own; what does not is a value of the type that was named. A value is never
    None and never a list. It must stand in the statement, else `ValueNotAsked`; those in `may_be_absent` need not.
    """

    def __init__(self, build: Callable[..., QuerySet], may_be_absent: tuple[str, ...] = (), **types: type):
        self._build, self._types, self._may_be_absent = build, types, may_be_absent
        self._made: dict[Hashable, _Statement] = {}

    def __call__(self, *shape: Hashable, **values: Value) -> list:
        if values.keys() != self._types.keys():
            raise ValueNotAsked(f"asked with {sorted(values)}, made for {sorted(self._types)}.")
        statement = self._made.get(shape)
        if statement is None:
            # Two threads may make the same one; either will do.
            statement = self._made[shape] = _Statement(self._build, shape, self._types, self._may_be_absent)
        return statement.ask(values)


class _Statement:
    """One statement for one database: its text, its values, and the places of those that change."""

    def __init__(self, build: Callable[..., QuerySet], shape: tuple[Hashable, ...], types: dict[str, type],
                 may_be_absent: tuple[str, ...]):
        marks = {name: _mark(kind) for name, kind in types.items()}
        self.queryset = build(*shape, **marks)
        self.using = self.queryset.db
        self.compiler = self.queryset.query.get_compiler(using=self.using)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # whoever may see nothing needs no statement
            self.sql, self.params, self.places = "", (), {}
            return
        self.places = {name: self._places_of(name, mark, needed=name not in may_be_absent)
                       for name, mark in marks.items()}

    def _places_of(self, name: str, mark: Value, *, needed: bool) -> tuple[int, ...]:
        wanted = _stored(mark, self.using)
        found = tuple(n for n, param in enumerate(self.params) if param == wanted)
        if needed and not found:
            raise ValueNotAsked(f"the value '{name}' stands nowhere in: {self.sql}. Leave it out, or make it a shape.")
        return found

    def ask(self, values: dict[str, Value]) -> list:
        if not self.sql:
            return []
        if self.queryset.query.select_for_update and connections[self.using].get_autocommit():
            raise TransactionManagementError("a row is locked within a transaction only. Open atomic() first.")
        params = list(self.params)
        for name, places in self.places.items():
            value = _stored(values[name], self.using)
            for place in places:
                params[place] = value
        queryset = QuerySet(model=self.queryset.model, query=_Written(self, tuple(params)), using=self.using)
        queryset._iterable_class, queryset._fields = self.queryset._iterable_class, self.queryset._fields
        return list(queryset._iterable_class(queryset))


class _Written(Query):
    """Stands where an iterator looks for the compiler of a query: here one that has its statement already."""

    def __init__(self, statement: _Statement, params: tuple):
        self.__dict__.update(statement.queryset.query.__dict__)
        self._statement, self._params = statement, params

    def get_compiler(self, using: str | None = None, connection=None, elide_empty: bool = True):
        compiler = copy.copy(self._statement.compiler)
        compiler.connection = connections[self._statement.using]  # a thread has a connection of its own
        compiler.as_sql = lambda *_, **__: (self._statement.sql, self._params)
        return compiler


def _mark(kind: type) -> Value:
    """A value that stands for another: one that no statement holds by itself."""
    if kind is UUID:
        return uuid4()
    if kind is datetime:
        return datetime(9000, 1, 1, tzinfo=UTC) + timedelta(microseconds=uuid4().int % 10**12)
    if kind is date:
        return date(9000, 1, 1) + timedelta(days=uuid4().int % 300_000)
    if kind is int:
        return 32_000 + uuid4().int % 700  # the ORM drops a comparison that no small number can meet
    return str(uuid4())


def _stored(value: Value, using: str) -> object:
    """As this database is handed it."""
    connection = connections[using]
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):  # before date, of which it is a kind
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
