"""`meldroute roles`: the accounts of PostgreSQL that keep municipalities apart, and whether the wall is up."""

import argparse

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("roles", help="print the SQL that makes the database accounts, or check the wall")
    parser.add_argument("--check", action="store_true", help="is row-level security up for the account in MELDROUTE_DATABASE?")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 printed or up, 1 not up."""
    from meldroute.services import second_wall

    if not options.check:  # asked before there is anything: no settings, no folder, no database
        print("-- Look at it, then: meldroute roles | psql --dbname=meldroute (as a superuser of PostgreSQL).")
        print("-- Give each account its password afterwards: \\password meldroute_app")
        print("\n".join(f"{statement};" for statement in second_wall.statements()))
        return 0
    startup.set_up_django()
    report = second_wall.wall_report()
    if report.kind != "postgresql":
        print(f"{report.kind} has no row-level security: there the program's own filter is the only wall.")
        return 1
    for problem in report.problems:
        print(f"meldroute roles: {problem}")
    if not report.problems:
        print(f"Row-level security holds {report.role} on {report.tables} tables.")
    return 1 if report.problems else 0
