"""Triggers: what the database itself refuses, whoever asks.

History is only added to. A row of it goes when a certificate in the same chain covers it, and a certificate never
goes. The head of a chain moves one entry at a time. What was given, answered, told or looked up keeps its words.

`install` may be repeated. It is called by a migration and after every later one: on SQLite a migration that rebuilds
a table drops its triggers in silence. Whoever owns the database can switch triggers off; `audit verify` then says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "mr_guard_"
CERTIFICATE = "history.destroyed"  # the act of the entry that certifies a destruction
# Columns that nothing may change once they are written. A transfer moves `municipality_id`; "taken back" is a column
# of its own. Rows as a whole go only with their signal.
FROZEN = {
    "meldroute_disclosure": ("id", "referral_id", "signal_id", "partner", "fields", "legal_basis", "override", "channel",
                             "content_sealed", "at", "by_id"),
    "meldroute_answer": ("id", "referral_id", "signal_id", "kind", "via", "content_sealed", "at", "by_id"),
    "meldroute_contact": ("id", "signal_id", "partner", "channel", "reached", "content_sealed", "at", "by_id"),
    "meldroute_enrichment": ("id", "signal_id", "item", "outcome", "legal_basis", "content_sealed", "at", "by_id"),
    "meldroute_reporterfeedback": ("id", "signal_id", "kind", "content_sealed", "at", "by_id"),
    "meldroute_digest": ("day", "at", "previous", "content", "hash"),
    "meldroute_processingrecord": ("id", "trace_id", "operation_id", "name", "at", "activity", "subject", "failed"),
}
HISTORY, HEAD, DIGEST = "meldroute_historyentry", "meldroute_chainhead", "meldroute_digest"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place, anew where it already stands. Tables that do not exist yet are passed by."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for name, table, statements in _guards(connection.vendor):
            if table in tables:
                for statement in _undo(connection.vendor, name, table), *statements:
                    cursor.execute(statement)


def may_install(connection: BaseDatabaseWrapper) -> bool:
    """On PostgreSQL only who owns the tables, or may act for who does."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables WHERE tablename = 'meldroute_historyentry'")
        return cursor.fetchone() in (None, (True,))


def remove(connection: BaseDatabaseWrapper) -> None:
    """For a migration that is undone."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for name, table, _ in _guards(connection.vendor):
            if table in tables:
                cursor.execute(_undo(connection.vendor, name, table))


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For a restore alone, which fills empty tables with chains that are long already. In the caller's transaction:
    what goes wrong inside puts them back too. Where none stood (tables of an older release) none comes.
    """
    stood = bool(_standing(connection))
    remove(connection)
    yield
    connection.check_constraints()  # PostgreSQL changes no table that still has a reference to look at
    if stood:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """Guards that should be there and are not, or are switched off: `table: what it refuses`."""
    there = _standing(connection)
    return tuple(f"{table}: {name.removeprefix(PREFIX)}" for name, table, _ in _guards(connection.vendor) if name not in there)


def _standing(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE %s AND tgenabled IN ('O', 'A')", [f"{PREFIX}%"])
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return {row[0] for row in cursor.fetchall()}


def _guards(vendor: str) -> Iterator[tuple[str, str, list[str]]]:
    """(name, table, statements) of every guard on this kind of database."""
    make = _postgresql if vendor == "postgresql" else _sqlite
    yield from make("history_changed", HISTORY, "UPDATE", "", "history is never changed")
    yield from make("history_deleted", HISTORY, "DELETE", _not_certified(vendor),
                    "history goes only by a certificate in its own chain, and a certificate stays")
    yield from make("head_moved", HEAD, "UPDATE",
                    "NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1 OR NEW.hash = OLD.hash",
                    "a chain moves on by one entry with a new hash, and never back")
    yield from make("head_deleted", HEAD, "DELETE", "", "a chain never ends")
    yield from make("head_begun", HEAD, "INSERT", "NEW.number <> 0", "a chain begins at nothing")
    yield from make("digest_deleted", DIGEST, "DELETE", "", "a digest stays")
    yield from make("disclosure_taken_back", "meldroute_disclosure", "UPDATE OF withdrawn_at",
                    f"OLD.withdrawn_at IS NOT NULL AND ({_differs(vendor, ('withdrawn_at',))})",
                    "what was taken back stays taken back")
    for table, columns in FROZEN.items():
        short = table.removeprefix("meldroute_")
        yield from make(f"{short}_changed", table, f"UPDATE OF {', '.join(map(_quoted, columns))}", _differs(vendor, columns),
                        f"what stands in {short} is never changed")
    if vendor == "postgresql":
        for table in (HISTORY, HEAD, *FROZEN):
            yield from _truncation(f"{table.removeprefix('meldroute_')}_truncated", table)


def _not_certified(vendor: str) -> str:
    first, last = (f"(c.details->>'{key}')::bigint" if vendor == "postgresql" else f"json_extract(c.details, '$.{key}')"
                   for key in ("first", "last"))
    covered = f"c.chain = OLD.chain AND c.act = '{CERTIFICATE}' AND c.number > {last} AND OLD.number BETWEEN {first} AND {last}"
    return f"OLD.act = '{CERTIFICATE}' OR NOT EXISTS (SELECT 1 FROM {HISTORY} c WHERE {covered})"  # noqa: S608


def _differs(vendor: str, columns: tuple[str, ...]) -> str:
    unlike = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f"NEW.{c} {unlike} OLD.{c}" for c in map(_quoted, columns))


def _quoted(column: str) -> str:
    return f'"{column}"'


def _sqlite(name: str, table: str, event: str, when: str, refusal: str) -> Iterator[tuple[str, str, list[str]]]:
    condition = f"WHEN {when}" if when else ""
    make = f'CREATE TRIGGER {PREFIX}{name} BEFORE {event} ON "{table}" FOR EACH ROW {condition}'
    yield PREFIX + name, table, [f"{make} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"]


def _postgresql(name: str, table: str, event: str, when: str, refusal: str) -> Iterator[tuple[str, str, list[str]]]:
    kept = "OLD" if event == "DELETE" else "NEW"
    test = f"IF {when} THEN {_raise(refusal)} END IF; RETURN {kept};" if when else _raise(refusal)
    yield PREFIX + name, table, [
        _function(name, test),
        f'CREATE TRIGGER {PREFIX}{name} BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {PREFIX}{name}()']


def _truncation(name: str, table: str) -> Iterator[tuple[str, str, list[str]]]:
    yield PREFIX + name, table, [
        _function(name, _raise("rows go one by one, and only where that is allowed")),
        f'CREATE TRIGGER {PREFIX}{name} BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}{name}()']


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {PREFIX}{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _raise(refusal: str) -> str:
    """The same class of error as on SQLite: Django's IntegrityError."""
    return f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';"


def _undo(vendor: str, name: str, table: str) -> str:
    on = f' ON "{table}"' if vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{on}"
