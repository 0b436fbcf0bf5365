"""`meldroute restore`: everything back on an empty database, and looked through. The keyring comes first."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("restore", help="put a backup back in an empty database (`keys recover` first)")
    parser.add_argument("--from", dest="data", type=Path, required=True, metavar="FILE", help="the dated copy of the data")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the key copy; default: meldroute-keys.age beside it")
    parser.add_argument("--identity", type=Path, required=True, metavar="FILE", help="the private age key")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    startup.allow_first_start()
    startup.set_up_django()
    from django.core.management import call_command

    from meldroute.services import backup, restore

    keys = options.keys or options.data.with_name(backup.KEY_COPY_NAME)
    try:
        back = restore.restore(options.data, keys, identity=options.identity, now=datetime.now(UTC))
    except (restore.CannotRestore, restore.NotWhole) as error:
        print(f"meldroute restore: {error}", file=sys.stderr)
        return 1
    call_command("createcachetable", verbosity=0)
    if options.json:
        print(json.dumps(asdict(back)))
    else:
        whole = back.whole
        print(f"Restored what was kept at {back.made_at}: {back.rows} rows, {back.keys} keys of signals.\n"
              f"{whole.entries} entries of history follow from first to last, {whole.opened} sealed texts of "
              f"{whole.signals} signals open, {whole.destroyed} signals were destroyed.\nNow start `meldroute run`.")
    return 0
