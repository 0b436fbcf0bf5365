"""`meldroute dpia`: record that the data protection impact assessment was adopted, which opens the way for real data."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("dpia", help="record the adoption of the data protection impact assessment, or show it")
    parser.set_defaults(run=run)
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    adopt = words.add_parser("adopt", help="record it; only in a database without signals")
    adopt.add_argument("--by", required=True, help="who adopted it, such as 'college van Helmond'")
    adopt.add_argument("--on", type=date.fromisoformat, required=True, help="the day, such as 2026-12-01")
    adopt.add_argument("--decision", required=True, help="the number of the decision")
    status = words.add_parser("status", help="is it recorded?")
    for word in (adopt, status):
        word.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    startup.set_up_django()
    from django.db import DatabaseError

    from meldroute.services import dpia

    try:
        found = dpia.adopt(by=options.by, on=options.on, decision=options.decision, now=datetime.now(UTC)) if (
            options.word == "adopt") else dpia.adoption()
    except dpia.CannotAdopt as error:
        print(f"meldroute dpia: {error}", file=sys.stderr)
        return 1
    except DatabaseError as error:
        print(f"meldroute dpia: {startup.no_database(error)}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(found) if found else None, default=str))
    else:
        print(f"Adopted by {found.adopted_by} on {found.adopted_on}, decision {found.decision}." if found else
              "Not adopted: invented data only, and on this machine only.")
    return 0 if found else 1
