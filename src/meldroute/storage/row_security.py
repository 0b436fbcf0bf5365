"""The municipality boundary as PostgreSQL holds it: policies on every table with rows of a municipality.

`rules.access.boundary` says whose rows; `storage.boundary` remembers it; the connection tells the server; the policies
made here compare. A query that forgot its filter gets nothing of another municipality. Superusers and roles with
BYPASSRLS are not held by any policy: the application must connect as neither (docs/operations.md).
"""

import re

from meldroute.rules.access import Boundary

# Tables without rows of a municipality: people and their roles, bodies, settings, drafts (sealed for one person), and
# what belongs to the installation. Every other table of ours is guarded, also one that was just added.
OPEN_TABLES = frozenset({"user", "membership", "absence", "organisation", "municipalitysettings", "draft", "installation",
                         "packversion", "cache", "browsersession", "invitation", "signon", "digest",
                         "processingwatermark", "keptcopy", "dpiaadoption"})
# Whose a row is: of a municipality, else of the body that answers for it.
KNOWN_BY = ("municipality_id", "organisation_id", "controller")
CHAINS = frozenset({"chainhead", "historyentry"})  # rows of a chain: a municipality's or another organisation's own

SAY = "SELECT set_config('meldroute.municipalities', %s, false), set_config('meldroute.membership', %s, false)"
FORGET = "SELECT set_config('meldroute.municipalities', '', false), set_config('meldroute.membership', '', false)"
EVERYWHERE = "*"

_ALL = "(SELECT current_setting('meldroute.municipalities', true)) = '*'"
_LIST = "string_to_array(nullif(current_setting('meldroute.municipalities', true), '*'), ',')"
_OURS = f"ANY ((SELECT {_LIST}::uuid[])::uuid[])"
_OUR_CHAINS = f"ANY ((SELECT {_LIST})::text[])"
_MEMBERSHIP = "(SELECT nullif(current_setting('meldroute.membership', true), '')::uuid)"

_PLAIN = re.compile(r"[0-9a-f,*-]*")
_GUARDED = re.compile(rf"\bmeldroute_(?!(?:{'|'.join(sorted(OPEN_TABLES))})\b)\w")


def mentions_guarded_table(sql: object) -> bool:
    return _GUARDED.search(sql if isinstance(sql, str) else str(sql)) is not None


def words_of(boundary: Boundary) -> tuple[str, str]:
    """The boundary as the server is told it."""
    municipalities = EVERYWHERE if boundary.everywhere else ",".join(sorted(map(str, boundary.municipalities)))
    return municipalities, str(boundary.membership or "")


def said_in_words(words: tuple[str, str]) -> str:
    """To stand in front of another statement. Keys and the one mark only: nothing here ever came from outside."""
    if not all(_PLAIN.fullmatch(word) for word in words):
        raise ValueError("boundary: only keys of municipalities and memberships are said to the server.")
    return SAY.replace("%s", "'{}'").format(*words)


def guarded_tables(models) -> list[tuple[str, str]]:
    """Each table with the column that says whose its rows are. A table without one stops the migration."""
    found = []
    for model in models:
        name = model._meta.model_name
        if name in OPEN_TABLES:
            continue
        columns = {field.column for field in model._meta.concrete_fields}
        known_by = "chain" if name in CHAINS else next((column for column in KNOWN_BY if column in columns), None)
        if known_by is None:
            raise LookupError(f"table {model._meta.db_table}: no municipality, and not named in OPEN_TABLES. Give its rows "
                              "a municipality, or say in storage/row_security.py why it needs no wall.")
        found.append((model._meta.db_table, known_by))
    return sorted(found)


def policy(table: str, known_by: str) -> list[str]:
    """The statements that put the wall up around one table. Repeating them changes nothing."""
    row = f"{known_by} = {_OURS if known_by.endswith('_id') else _OUR_CHAINS}"
    read = write = f"{_ALL} OR {row}"
    if table == "meldroute_message":  # one's own notices, also about another municipality
        read = write = f"{write} OR membership_id = {_MEMBERSHIP}"
    if table == "meldroute_referral":  # a request that was made to one's own organisation
        read = f"{read} OR organisation_id = {_OURS}"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",  # holds for the owner too: in development there is one role
        f"DROP POLICY IF EXISTS municipality ON {table}",
        f"CREATE POLICY municipality ON {table} USING ({read}) WITH CHECK ({write})",
    ]


def put_up(apps, schema_editor) -> None:
    """For a migration: the wall around every table that exists at that moment."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, known_by in guarded_tables(apps.get_app_config("meldroute").get_models()):
        for statement in policy(table, known_by):
            schema_editor.execute(statement)


def take_down(apps, schema_editor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, _ in guarded_tables(apps.get_app_config("meldroute").get_models()):
        schema_editor.execute(f"DROP POLICY IF EXISTS municipality ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def forget(connection) -> None:
    """For the pool: what comes back to it knows nobody any more."""
    connection.execute(FORGET)
    if not connection.autocommit:
        connection.commit()
