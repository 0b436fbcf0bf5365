"""`meldroute tick`: do what is due once, or keep doing it."""

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, datetime

from meldroute.cli import startup

PAUSE = 5  # seconds between rounds; a round with nothing due takes milliseconds


def add(commands) -> None:
    parser = commands.add_parser("tick", help="deliver, remind and escalate what is due now")
    parser.add_argument("--loop", action="store_true", help=f"every {PAUSE} seconds, until told to stop")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.set_defaults(run=run_tick)


def run_tick(options: argparse.Namespace) -> int:
    startup.set_up_django()
    return _keep_going(options) if options.loop else _once(options)


def _once(options: argparse.Namespace) -> int:
    """0 done, 1 something could not be done."""
    from django.db import Error

    try:
        return _round(options, quiet=False)
    except Error as error:
        print(_no_database(error), file=sys.stderr)
        return 1


def _keep_going(options: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C. What goes wrong in one round is said, and does not end the next ones."""
    from django.db import Error, close_old_connections, connections

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    down = False
    while not stop.is_set():
        try:
            close_old_connections()
            _round(options, quiet=True)
            if down:
                print("meldroute tick: the database answers again.", file=sys.stderr, flush=True)
            down = False
        except Error as error:
            if not down:  # once, not every five seconds
                print(_no_database(error), file=sys.stderr, flush=True)
            down = True
            connections.close_all()
        stop.wait(PAUSE)
    return 0


def _round(options: argparse.Namespace, *, quiet: bool) -> int:
    from meldroute.services.ticking import tick

    report = tick(now=datetime.now(UTC))
    for trouble in report.troubles:
        print(f"meldroute tick: {trouble}. The others were done; this one is tried again.", file=sys.stderr, flush=True)
    if report.did_something or not quiet:
        print(json.dumps(report.counts()) if options.json else _words(report.counts()), flush=True)
    return 1 if report.troubles else 0


def _words(counts: dict[str, int]) -> str:
    done = [f"{number} {name}" for name, number in counts.items() if number]
    return ", ".join(done) + "." if done else "Nothing was due."


def _no_database(error: Exception) -> str:
    """Not the driver's own words: they may hold an address and an account."""
    return (f"meldroute tick: the database does not answer ({type(error).__name__}). Check that it runs and that "
            "MELDROUTE_DATABASE is right; what is due stays due.")
