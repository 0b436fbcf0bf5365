"""`meldroute audit verify | show | export`: was the record changed, what does it say, and a copy of it."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from meldroute.cli import startup

FORMATS = ("jsonl", "csv", "ldv")


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("audit", help="verify, show or export what was done, by whom")
    words = parser.add_subparsers(metavar="WORD", required=True)
    _add_verify(words)
    show = words.add_parser("show", help="the newest entries, in ids; that you looked is written down")
    _filters(show)
    show.add_argument("--limit", type=_number, default=50, help="how many, at most 1000")
    show.set_defaults(run=run_show)
    export = words.add_parser("export", help="a copy; that you took it is written down")
    _filters(export)
    export.add_argument("--format", choices=FORMATS, default="jsonl",
                        help="jsonl or csv: the history; ldv: the log of processings, without users")
    export.add_argument("--out", type=Path, help="a file that does not exist yet; else it is printed")
    export.set_defaults(run=run_export)


def _add_verify(words: argparse._SubParsersAction) -> None:
    verify = words.add_parser("verify", help="walk every chain and name the first entry that is not as it was written")
    verify.add_argument("--digest", type=Path, action="append", default=[], metavar="FILE",
                        help="a digest that was kept elsewhere; may be given more than once")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run_verify)


def _filters(parser: argparse.ArgumentParser) -> None:
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--reference", default="", help="of a signal: MR-7K3Q2M9T-Q")
    about.add_argument("--signal", type=UUID, help="its id, when the signal itself was destroyed")
    parser.add_argument("--actor", default="", help="a membership, as the history names it")
    parser.add_argument("--act", default="", help="such as signal.read")
    parser.add_argument("--since", type=date.fromisoformat, help="from this day on: 2026-01-01")
    parser.add_argument("--until", type=date.fromisoformat, help="up to and including this day")
    parser.add_argument("--json", action="store_true")


def _number(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 1000):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to 1000")
    return int(text)


def run_verify(options: argparse.Namespace) -> int:
    """0 sound, 1 something is not as it was written, 2 a digest that is none."""
    startup.set_up_django()
    from meldroute.services import audit_verify, digests

    try:
        kept = [digests.read_file(path) for path in options.digest]
    except digests.BadDigest as error:
        return _wrong(error)
    report = audit_verify.verify(kept)
    if options.json:
        print(json.dumps({"sound": report.is_sound, **asdict(report)}, default=str, ensure_ascii=False))
    else:
        print("\n".join(_lines(report)))
    return 0 if report.is_sound else 1


def _lines(report) -> Iterable[str]:
    verdict = "sound" if report.is_sound else f"NOT sound, {len(report.findings)} found"
    yield f"audit: {verdict}"
    for found in report.findings:
        yield from (f"  problem  {found.place}", f"    cause    {found.cause}", f"    way out  {found.way_out}")
    for chain in (one for one in report.chains if one.end):
        yield f"  chain    {chain.name}: {chain.entries} read, ends in entry {chain.end}"
        yield from (f"    destroyed {gap.first} to {gap.last} ({gap.period}), certified by entry {gap.certified_by}: {gap.reason}"
                    for gap in chain.gaps)
    yield f"  {sum(not one.end for one in report.chains)} chains have no entries yet"
    compared = ", ".join(report.compared) or "no digest: only a digest kept elsewhere shows a chain cut short or written anew"
    yield f"  compared with {compared}"


def run_show(options: argparse.Namespace) -> int:
    startup.set_up_django()
    from meldroute.services import audit_trail

    try:
        rows = audit_trail.show(_asked(options), limit=options.limit, now=datetime.now(UTC))
    except (audit_trail.NothingToShow, ValueError) as error:
        return _wrong(error)
    if options.json:
        print(json.dumps([row.plain() for row in rows]))
    else:
        print("\n".join(_shown(row.plain()) for row in rows) or "Nothing fits.")
    return 0


def _shown(row: dict) -> str:
    about = row["signal"] or " ".join(row["subjects"]) or "-"
    return (f"{row['at']}  {row['act']:22}  {row['role']} {row['actor_kind']}:{row['actor']}  {about}  "
            f"{json.dumps(row['details'])}  [{row['chain']} {row['number']}]")


def run_export(options: argparse.Namespace) -> int:
    startup.set_up_django()
    from meldroute.services import audit_trail

    try:
        out = _new_file(options.out) if options.out else sys.stdout
        lines = audit_trail.export(_asked(options), form=options.format, now=datetime.now(UTC))
    except (audit_trail.NothingToShow, ValueError, OSError) as error:
        return _wrong(error)
    try:
        number = sum(1 for line in lines if out.write(line))
        out.flush()
    except OSError as error:
        if options.out:
            options.out.unlink()  # half a copy is none
        print(f"meldroute audit: the copy could not be written ({error.strerror}). Make room and take it again.", file=sys.stderr)
        return 1
    if options.out:
        out.close()
        told = {"file": str(options.out), "lines": number}
        print(json.dumps(told) if options.json else f"{number} lines in {options.out}. Destroy the file when it has served.")
    return 0


def _asked(options: argparse.Namespace):
    from django.utils.timezone import get_default_timezone

    from meldroute.rules.references import normalise_reference
    from meldroute.services.audit_trail import Asked

    def start(day: date | None, later: int = 0) -> datetime | None:
        return day and datetime.combine(day + timedelta(days=later), datetime.min.time(), get_default_timezone())

    return Asked(reference=normalise_reference(options.reference) if options.reference else "", signal=options.signal,
                 actor=options.actor, act=options.act, since=start(options.since), until=start(options.until, 1))


def _new_file(path: Path):
    """Never over another file, and for this account alone."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="")
    except FileExistsError:
        raise FileExistsError(f"{path}: exists already. Choose another name.") from None


def _wrong(error: Exception) -> int:
    print(f"meldroute audit: {error}", file=sys.stderr)
    return 2
