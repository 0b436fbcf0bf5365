"""Measures one database at each size; prints one JSON object per figure. Started by `python -m bench`."""

import argparse
import json
import time
from datetime import UTC, datetime

from meldroute.cli import startup

PARTS = ("policy", "pages", "tick", "start", "memory", "reports", "backup")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    startup.set_up_django()
    startup.bring_up_to_date(now=datetime.now(UTC))
    _make_accounts()
    from bench import measuring
    from bench.backup import backup
    from bench.seeding import Seeder

    seeder = Seeder(now=datetime.now(UTC))
    for size in map(int, options.sizes.split(",")):
        began = time.perf_counter()
        seeder.fill(size)
        measuring.settle_down()
        say("seeded", size=size, seconds=round(time.perf_counter() - began, 1))
        for part in options.only.split(","):
            measure = backup if part == "backup" else getattr(measuring, part)
            for row in measure(size=size, seconds=options.seconds):
                say(**row, size=size)
    return 0


def _make_accounts() -> None:
    from django.db import connection

    from meldroute.services import second_wall

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in second_wall.statements():
                cursor.execute(statement)


def say(what: str, **figures: object) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
