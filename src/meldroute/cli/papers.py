"""`meldroute papers`: the papers that the law asks for, written from the program itself, and the incident export."""

import argparse
import os
from datetime import UTC, date, datetime
from pathlib import Path

from meldroute.cli import startup


def add(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("papers", help="write the papers that the law asks for: DPIA skeleton, registers, threats")
    parser.add_argument("--folder", type=Path, default=Path("papieren"), help="where to write them (%(default)s)")
    parser.add_argument("--municipality", default="", help="code such as GM0794, for its own terms; without: the region")
    parser.add_argument("--incident", action="store_true", help="write an incident export instead: who did and read what")
    parser.add_argument("--since", type=date.fromisoformat, help="first day of an incident export")
    parser.add_argument("--until", type=date.fromisoformat, help="last day of an incident export")
    parser.add_argument("--reference", action="append", default=[], help="only this signal; may be repeated")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.incident and not (options.municipality and options.since and options.until):
        print("meldroute papers: --incident needs --municipality, --since and --until.")
        return 2
    startup.set_up_django()
    return _incident(options) if options.incident else _papers(options)


def _papers(options: argparse.Namespace) -> int:
    from meldroute.services.papers.catalogue import PAPERS, NoSuchMunicipality, papers_for
    from meldroute.services.papers.parts import as_markdown

    try:
        made = papers_for(options.municipality, now=datetime.now(UTC))
    except NoSuchMunicipality as error:
        print(f"meldroute papers: {error}")
        return 1
    for id in PAPERS:
        print(_write(options.folder / f"{id}.md", as_markdown(made.one(id))))
    return 0


def _incident(options: argparse.Namespace) -> int:
    from meldroute.services.incident import IncidentRefused, Wanted, incident_by_command

    try:
        found = incident_by_command(options.municipality, Wanted(options.since, options.until, tuple(options.reference)),
                                    now=datetime.now(UTC))
    except IncidentRefused as error:
        print(f"meldroute papers: {error}")
        return 1
    for ending, text in (("csv", found.csv()), ("json", found.json())):
        print(_write(options.folder / f"incident-{options.since}-{options.until}.{ending}", text))
    return 0


def _write(path: Path, text: str) -> Path:
    """Readable by this account alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path
