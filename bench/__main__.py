"""`python -m bench [--databases sqlite,postgres] [--sizes 1000,10000] [--only pages,tick] [--seconds 5] [--against COMMIT]`."""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import against
from tests.throwaway_postgres import throwaway_postgres

SMALL = "1000,10000"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--sizes", default=SMALL, help="how many signals are stored")
    parser.add_argument("--only", default="", help="reports, pages, tick, start, memory, policy, backup")
    parser.add_argument("--seconds", default="5", help="of load per measurement")
    parser.add_argument("--json", help="also write the figures here")
    parser.add_argument("--against", help="a commit, such as v0.1.0, that is measured in the same run")
    options = parser.parse_args()
    figures = [found for name in options.databases.split(",") for found in _figures(name, options)]
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=1))
    return 0


def _figures(database: str, options: argparse.Namespace) -> list[dict]:
    if not options.against:
        return _measure(database, options, against.ROOT)
    return [_told(row) for row in against.compare(options.against, lambda folder: _measure(database, options, folder))]


def _measure(database: str, options: argparse.Namespace, folder: Path) -> list[dict]:
    with contextlib.ExitStack() as closing:
        data = closing.enter_context(tempfile.TemporaryDirectory(prefix="meldroute-bench-"))
        env = {k: v for k, v in against.environment(folder).items() if not k.startswith("MELDROUTE_")}
        env |= {"MELDROUTE_DATA": data, "MELDROUTE_FIRST_START": "allowed", "MELDROUTE_SMTP_HOST": "console"}
        if database == "postgres":
            address = closing.enter_context(throwaway_postgres())
            # a new server has one database of its own; as many connections as a worker has threads
            env["MELDROUTE_DATABASE"] = address.replace("/meldroute?", "/postgres?").replace("pool=0", "pool=8")
        words = [sys.executable, "-m", "bench.one", "--sizes", options.sizes, "--seconds", options.seconds]
        words += ["--only", options.only] if options.only else []
        with subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as child:
            rows = [_told({"database": database, **json.loads(line)}) for line in child.stdout if line.startswith("{")]
    if child.returncode:
        raise SystemExit(child.returncode)
    return rows


def _told(row: dict) -> dict:
    """Each figure as soon as it is known: a long run that is cut off has said what it found."""
    print(_line(row), flush=True)
    return row


def _line(row: dict) -> str:
    told = ", ".join(f"{k} {v}" for k, v in row.items() if k not in ("database", "what", "size"))
    return f"{row['database']:9}{row['what']:28}{row.get('size', ''):>9}  {told}"


if __name__ == "__main__":
    raise SystemExit(main())
