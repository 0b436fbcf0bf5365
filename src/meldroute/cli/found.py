"""`meldroute found`: the bodies of the policy as organisations, and a municipality's first account."""

import argparse
import json
from datetime import UTC, datetime

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("found", help="lay the ground: organisations, and a municipality's functional manager")
    parser.add_argument("--municipality", help="code of the municipality, such as GM0794")
    parser.add_argument("--email", help="of its functional manager")
    parser.add_argument("--name", default="", help="of its functional manager")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if bool(options.municipality) != bool(options.email):
        print("meldroute found: --municipality and --email belong together.")
        return 2
    startup.set_up_django()
    from meldroute.services import founding

    now = datetime.now(UTC)
    told = {"organisations": founding.found_organisations(now=now)}
    if options.municipality:
        try:
            account = founding.first_manager(options.municipality, email=options.email,
                                             name=options.name or options.email, now=now)
        except (founding.NoSuchMunicipality, founding.AlreadyManaged) as error:
            print(f"meldroute found: {error}")
            return 1
        told |= {"email": account.email, "password": account.password, "organisation": account.organisation}
    print(json.dumps(told) if options.json else "\n".join(f"{k}: {v}" for k, v in told.items()))
    return 0
