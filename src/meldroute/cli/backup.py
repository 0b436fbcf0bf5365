"""`meldroute backup`: the data and then the key copy, sealed to a person elsewhere. Not done is exit code 1, aloud."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("backup", help="write a dated copy of the data, and replace the key copy")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="default: MELDROUTE_BACKUP_FOLDER")
    parser.add_argument("--to", action="append", default=[], metavar="age1…",
                        help="public age key; default: MELDROUTE_ESCROW_TO (may be given more than once)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    startup.set_up_django()
    from django.conf import settings

    from meldroute.services import backup

    folder = options.into or settings.MELDROUTE_BACKUP_FOLDER
    if folder is None:
        print("meldroute backup: no folder. Name one with --into, or set MELDROUTE_BACKUP_FOLDER.", file=sys.stderr)
        return 2
    try:
        made = backup.back_up(folder, to=tuple(options.to or settings.MELDROUTE_ESCROW_TO), now=datetime.now(UTC))
    except backup.BackupFailed as error:
        print(f"meldroute backup: NO BACKUP WAS MADE. {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(made)) if options.json else "\n".join(_lines(folder, made)))
    return 0


def _lines(folder: Path, made):
    for file in (made.data, made.keys):
        yield f"{folder / file.file}  {file.rows} rows, {file.size} bytes, sha256 {file.digest}"
    if made.destructions_finished:
        yield f"{made.destructions_finished} destructions are finished: their keys are gone everywhere we know of."
    if made.still_pending:
        yield f"destructions still pending: {made.still_pending}."
