"""The `meldroute` command. Each word has a module of its own here, with `add(commands)`.

Exit codes: 0 done, 1 a check failed or something could not be done, 2 wrong words or a wrong setting.
"""

import argparse
import importlib
import os
import sys

COMMANDS = ("run", "migrate", "tick", "demo", "found", "check_policy", "explain", "audit", "keys", "backup", "restore",
            "dpia", "papers", "roles")


def main(argv: list[str] | None = None) -> int:
    """Without words: `meldroute run`."""
    words = sys.argv[1:] if argv is None else argv
    options = build_parser().parse_args(words or ["run"])
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough, as in `meldroute explain | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except _wrong_settings() as error:
        print(f"meldroute: {error}", file=sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="meldroute",
        description="From a signal of possible human trafficking to the people who must act. Without words: run.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"meldroute.cli.{name}").add(commands)
    return parser


def _wrong_settings() -> type[Exception]:
    """Looked up only when something went wrong: `explain` and `check-policy` start without Django."""
    from django.core.exceptions import ImproperlyConfigured

    return ImproperlyConfigured


if __name__ == "__main__":
    raise SystemExit(main())
