"""Is the wall between municipalities up in the database itself, and what makes the accounts that it needs?"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection

from meldroute.storage import database_roles, row_security


@dataclass(frozen=True, slots=True)
class WallReport:
    """`problems`: what leaves it down, each with the way out. `kind`: "postgresql", or one that has no such wall."""

    kind: str
    role: str
    tables: int
    problems: tuple[str, ...]


def statements() -> list[str]:
    return database_roles.statements()


def wall_report() -> WallReport:
    """Looks only; for the operator and for the test."""
    if connection.vendor != "postgresql":
        return WallReport(connection.vendor, "", 0, ())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, passes = cursor.fetchone()
        cursor.execute("SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE p.polname = 'municipality' "
                       "AND c.relrowsecurity AND c.relforcerowsecurity AND c.relnamespace = current_schema()::regnamespace")
        up = {name for (name,) in cursor.fetchall()}
    wanted = {table for table, _ in row_security.guarded_tables(apps.get_app_config("meldroute").get_models())}
    problems = [f"table {table}: no policy. Add row_security.put_up to the migration that made it."
                for table in sorted(wanted - up)]
    if passes:
        problems.append(f"role {role}: a superuser or BYPASSRLS passes every policy by. Connect as {database_roles.APPLICATION}: "
                        "`meldroute roles` prints what makes it.")
    return WallReport("postgresql", role, len(up & wanted), tuple(problems))
