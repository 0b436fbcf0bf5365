"""Three accounts of PostgreSQL instead of one: who makes tables, who runs the site, who copies.

The application owns nothing and passes no policy by: a query that forgot its filter reads no other municipality. Whoever
stole its password can name any municipality, and writes rows as the program does; sealed text stays sealed to them.
Making accounts takes a superuser, once; hence text to be looked at first.
"""

OWNER, APPLICATION, BACKUP = "meldroute_owner", "meldroute_app", "meldroute_backup"
_LATER = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public"  # for tables that a later migration makes


def statements() -> list[str]:
    """To be run in the database itself, by a superuser. Repeating them changes nothing."""
    return [
        *(_role(name, extra) for name, extra in ((OWNER, ""), (APPLICATION, ""), (BACKUP, " BYPASSRLS"))),
        f"ALTER ROLE {APPLICATION} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}",
        f"{_LATER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}",
        f"{_LATER} GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION}",
        f"GRANT pg_read_all_data TO {BACKUP}",
        f"GRANT {APPLICATION} TO {BACKUP}",  # that a backup was made, or failed, is written down
    ]


def _role(name: str, extra: str) -> str:
    return (f"DO $$ BEGIN CREATE ROLE {name} LOGIN NOSUPERUSER{extra}; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$")
