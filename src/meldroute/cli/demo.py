"""`meldroute demo`: people and the five cases of the policy, all invented, in an empty database."""

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from meldroute.cli import startup

ABOUT = """Invented people to sign in as (e-mail, password, role, organisation). Their mail comes in data/mail.
Everybody but the reporter is then asked for a code of six digits. No telephone needed; in another window:
  .venv/bin/meldroute demo code anna@voorbeeld.example        (installed as a package: meldroute demo code ...)"""


def add(commands) -> None:
    parser = commands.add_parser("demo", help="fill an empty database with invented people and signals")
    parser.add_argument("--json", action="store_true", help="print the accounts as JSON")
    parser.set_defaults(run=run_demo)
    more = parser.add_subparsers(metavar="")
    code = more.add_parser("code", help="the second step of an invented person: the code that is valid now")
    code.add_argument("email")
    code.set_defaults(run=show_code)


def run_demo(options: argparse.Namespace) -> int:
    startup.allow_first_start()
    startup.set_up_django()
    from meldroute.services import demo

    now = datetime.now(UTC)
    startup.bring_up_to_date(now=now)
    try:
        accounts = demo.load_demo(now=now)
    except demo.NotEmpty as refused:
        print(f"meldroute demo: {refused}", file=sys.stderr)
        return 1
    _keep(accounts)
    print(json.dumps([_row(a) for a in accounts], indent=2, ensure_ascii=False) if options.json else _table(accounts))
    return 0


def show_code(options: argparse.Namespace) -> int:
    """In the place of a telephone: invented people have none."""
    startup.set_up_django()
    from meldroute.services import second_factors

    try:
        print(second_factors.demo_code(options.email, now=datetime.now(UTC)))
    except second_factors.NoSuchDemoAccount as refused:
        print(f"meldroute demo code: {refused}", file=sys.stderr)
        return 1
    return 0


def load_into_empty_database(*, now: datetime) -> None:
    """For `meldroute run --demo`: fill it once; later, say again whom to sign in as."""
    from meldroute.services import demo

    try:
        accounts = demo.load_demo(now=now)
    except demo.ForRealData as refused:
        print(f"meldroute demo: {refused}", file=sys.stderr)
        return
    except demo.NotEmpty:
        kept = _place()
        print(kept.read_text() if kept.exists() else "There are signals already; none are added.", flush=True)
        return
    _keep(accounts)
    print(_table(accounts), flush=True)


def _keep(accounts) -> None:
    """So that the second `make run` can say it again. These people do not exist; only this account reads the file."""
    descriptor = os.open(_place(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(_table(accounts) + "\n")


def _place():
    from django.conf import settings

    return settings.MELDROUTE_DATA / "demo-accounts.txt"


def _row(account) -> dict[str, str]:
    return {name: getattr(account, name) for name in ("email", "password", "role", "organisation")}


def _table(accounts) -> str:
    rows = [tuple(_row(account).values()) for account in accounts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return f"{ABOUT}\n\n" + "\n".join(lines) + "\n"
