"""Read one table of a pack: each question is asked by key, each wrong answer becomes a finding.

After a finding a harmless stand-in is returned, so that reading goes on and finds the rest.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from ..acts import STATUSES
from ..policy_entries import Text
from .findings import Findings, use_one_of

Entry = TypeVar("Entry")


class Row:
    """One table and its place in the pack. Ask for every key it may have, then `close` it."""

    def __init__(self, table: object, place: str, findings: Findings):
        self.place, self.findings = place, findings
        self._asked: set[str] = set()
        self._table: Mapping[str, object] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.wrong("is not a table", "Write it as [table] or [[table]] with keys.")

    def wrong(self, cause: str, way_out: str) -> None:
        self.findings.add(self.place, cause, way_out)

    def has(self, key: str) -> bool:
        return key in self._table

    def keys(self) -> tuple[str, ...]:
        return tuple(self._table)

    def ids_of(self, key: str, id_key: str) -> list[str]:
        """The ids that a list defines, as far as they can be read."""
        tables = self._table.get(key)
        found = (t.get(id_key) for t in tables if isinstance(t, Mapping)) if isinstance(tables, list | tuple) else ()
        return [id for id in found if isinstance(id, str)]

    def value(self, key: str, *, optional: bool = False) -> object:
        self._asked.add(key)
        if key not in self._table and not optional:
            self.wrong(f"misses {key}", f"Add {key}.")
        return self._table.get(key)

    def text(self, key: str, *, optional: bool = False) -> str:
        value = self.value(key, optional=optional)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.wrong(f"{key} is no text", f'Write {key} = "…", not empty.')
            return ""
        return value

    def maybe_text(self, key: str) -> str | None:
        return self.text(key, optional=True) or None

    def choice(self, key: str, allowed: Collection[str], *, what: str | None = None) -> str:
        value = self.text(key)
        self.findings.must_know(self.place, what or key, value, allowed)
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        value = self.value(key, optional=default is not None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.wrong(f"{key} is neither true nor false", f"Write {key} = true or {key} = false.")
        return value is True

    def number(self, key: str, *, least: int = 1) -> int:
        value = self.value(key)
        if value is None:
            return least
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(f"{key} is no whole number of at least {least}", f"Write {key} = {least} or more.")
            return least
        return value

    def day(self, key: str, *, optional: bool = True) -> date | None:
        value = self.value(key, optional=optional)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:  # a stored pack keeps its days as text
            return date.fromisoformat(value) if isinstance(value, str) else self._no_day(key, value)
        except ValueError:
            return self._no_day(key, value)

    def _no_day(self, key: str, value: object) -> None:
        if value is not None:
            self.wrong(f"{key} is no day", f"Write {key} = 2021-01-31.")

    def clock(self, key: str) -> time:
        value = self.value(key)
        if isinstance(value, time):
            return value
        try:
            return time.fromisoformat(str(value))
        except ValueError:
            if value is not None:
                self.wrong(f"{key} is no time of day", f'Write {key} = "08:00".')
            return time(0)

    def names(
        self, key: str, allowed: Collection[str] | None = None, *, what: str = "", optional: bool = False
    ) -> tuple[str, ...]:
        value = self.value(key, optional=optional)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) and v for v in value):
            self.wrong(f"{key} is no list of names", f'Write {key} = ["one", "two"].')
            return ()
        if not value and not optional:
            self.wrong(f"{key} is empty", f"Name at least one in {key}.")
        for double in sorted({v for v in value if value.count(v) > 1}):
            self.wrong(f"{key} names {double} twice", f"Leave one {double} out.")
        for name in value if allowed is not None else ():
            self.findings.must_know(self.place, what or key, name, allowed or ())
        return tuple(value)

    def words(self, key: str) -> Text:
        """Text of the region under its own key: `label = { nl = "…", en = "…" }`."""
        value = self.value(key)
        if value is None:
            return Text("")
        return Row(value, f"{self.place}, {key}", self.findings).closed(Row.own_words)

    def maybe_words(self, key: str) -> Text | None:
        self._asked.add(key)
        return self.words(key) if self.has(key) else None

    def own_words(self, prefix: str = "") -> Text:
        """Text of the region in this very table: `nl = "…"`, `en = "…"`."""
        return Text(self.text(f"{prefix}nl"), self.text(f"{prefix}en", optional=True))

    def provenance(self) -> dict[str, str]:
        return {"source": self.text("source"), "status": self.choice("status", STATUSES)}

    def rows(self, key: str, name: str, *, id_key: str | None = "id", optional: bool = False) -> list["Row"]:
        """The tables of a list, each with its place: `step 'oppakken'`, or its number when it has no id."""
        value = self.value(key, optional=optional)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.wrong(f"{key} is no list", f"Write [[{key}]] above each {name}.")
            return []
        if not value and not optional:
            self.wrong(f"{key} is empty", f"Add at least one {name}.")
        return [self._child(table, name, n, id_key) for n, table in enumerate(value, 1)]

    def _child(self, table: object, name: str, n: int, id_key: str | None) -> "Row":
        own = table.get(id_key) if isinstance(table, Mapping) and id_key else None
        return Row(table, f"{self.place}, {name} " + (f"'{own}'" if own else str(n)), self.findings)

    def each(
        self,
        key: str,
        name: str,
        read: Callable[["Row"], Entry | None],
        *,
        id_key: str | None = "id",
        optional: bool = False,
    ) -> tuple[Entry, ...]:
        """Read every table of a list; entries that cannot be made are left out after their finding."""
        found = (row.closed(read) for row in self.rows(key, name, id_key=id_key, optional=optional))
        return tuple(entry for entry in found if entry is not None)

    def closed_child(self, key: str, read: Callable[["Row"], Entry]) -> Entry | None:
        """Read the one table under this key; None after the finding that it is missing."""
        value = self.value(key)
        return None if value is None else Row(value, f"{self.place}, {key}", self.findings).closed(read)

    def closed(self, read: Callable[["Row"], Entry]) -> Entry:
        entry = read(self)
        for key in sorted(self._table.keys() - self._asked):
            self.wrong(f"unknown key {key}", use_one_of(key, self._asked))
        return entry
