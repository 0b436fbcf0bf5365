"""`meldroute run`: the whole site with one command. The web server and the clock are children of this process."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

from meldroute.cli import startup

STARTS_WITHIN = 60  # seconds for the web server, on a busy machine too
PATIENCE = 20  # seconds for a child to stop by itself
PULSE = 0.2  # seconds between looks at the children


def add(commands) -> None:
    parser = commands.add_parser("run", help="start the site on this machine (what `meldroute` alone does)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="web worker processes (default 1)")
    parser.add_argument("--demo", action="store_true", help="fill an empty database with invented signals")
    parser.add_argument("--no-tick", action="store_true", help="leave the clock to another `meldroute tick --loop`")
    parser.set_defaults(run=run_site)


def run_site(options: argparse.Namespace) -> int:
    if not options.host:
        options.host = "0.0.0.0"  # noqa: S104 - what an empty one means, so that it is refused as such
    if problem := _cannot_start(options):
        print(problem, file=sys.stderr)
        return 2
    if not startup.has_styles():
        return 1
    _prepare(options)
    children = _start_children(options)
    try:
        return _watch(children, options)
    except KeyboardInterrupt:  # somebody said stop, which is how a site ends well
        return 0
    finally:
        _stop(children)


def _cannot_start(options: argparse.Namespace) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in options.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError as error:
            return f"meldroute: port {options.port} cannot be used ({error.strerror}). Choose another with --port."
    return None


def _prepare(options: argparse.Namespace) -> None:
    startup.allow_first_start()
    os.environ["MELDROUTE_WORKERS"] = str(options.workers)
    os.environ.setdefault("MELDROUTE_BASE_URL", f"http://localhost:{options.port}")
    if options.demo:
        os.environ.setdefault("MELDROUTE_SMTP_HOST", "folder")  # invented people have no mailbox
    startup.set_up_django()
    now = datetime.now(UTC)
    _refuse_unsafe(options)
    startup.bring_up_to_date(now=now)
    if options.demo:
        from meldroute.cli.demo import load_into_empty_database

        load_into_empty_database(now=now)
    from django.db import connections

    connections.close_all()


def _refuse_unsafe(options: argparse.Namespace) -> None:
    from meldroute.services.safe_configuration import refuse_missing_scanner, refuse_unsafe

    refuse_unsafe(host=options.host)
    refuse_missing_scanner()


def _start_children(options: argparse.Namespace) -> list[subprocess.Popen]:
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port),
        "--workers", str(options.workers), "--blocking-threads", "8", "--log-level", "error", "--no-access-log",
        "meldroute.project.wsgi:application",
    ]  # fmt: skip
    children = [subprocess.Popen(web)]
    if not options.no_tick:
        children.append(subprocess.Popen([sys.executable, "-m", "meldroute.cli.main", "tick", "--loop"]))
    return children


def _watch(children: list[subprocess.Popen], options: argparse.Namespace) -> int:
    """Until somebody says stop, or until one child ends: half a site is worse than none."""
    # Both said aloud: a shell that starts this in the background has SIGINT ignored, and a child inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    announced, deadline = False, time.monotonic() + STARTS_WITHIN
    while all(child.poll() is None for child in children):
        if not announced and _answers(options):
            announced = True
            print(f"Meldroute: http://localhost:{options.port}/  (Ctrl-C to stop)", flush=True)
        if not announced and time.monotonic() > deadline:
            print(f"meldroute: the web server did not answer within {STARTS_WITHIN} seconds.", file=sys.stderr)
            return 1
        time.sleep(PULSE)
    print("meldroute: a part of the site stopped by itself, so all of it stops. See the lines above.", file=sys.stderr)
    return 1


def _answers(options: argparse.Namespace) -> bool:
    try:
        socket.create_connection((options.host, options.port), timeout=1).close()
    except OSError:
        return False
    return True


def _stop(children: list[subprocess.Popen]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
