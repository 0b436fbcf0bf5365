"""`meldroute migrate`: bring the database, its keys and the static files up to date, and stop."""

import argparse
from datetime import UTC, datetime

from meldroute.cli import startup


def add(commands) -> None:
    parser = commands.add_parser("migrate", help="bring the database and the static files up to date")
    parser.set_defaults(run=run_migrate)


def run_migrate(options: argparse.Namespace) -> int:
    startup.allow_first_start()
    startup.set_up_django()
    startup.bring_up_to_date(now=datetime.now(UTC))
    print("The database is up to date.")
    return 0
