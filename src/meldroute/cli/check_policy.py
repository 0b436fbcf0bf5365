"""`meldroute check-policy PACK`: prove a policy pack before anybody relies on it. Needs no database."""

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from meldroute.policies import LoadedPack, available_packs, read_pack
from meldroute.rules.check import Problem, Report, check
from meldroute.rules.policy_parse import PolicyErrors


def add(commands) -> None:
    parser = commands.add_parser("check-policy", help="prove that a policy pack is sound, or say what is wrong with it")
    parser.add_argument("pack", help="the id of a pack (every version is checked), or a folder with pack.toml")
    parser.add_argument("--folder", type=Path, default=os.environ.get("MELDROUTE_PACKS") or None,
                        help="look for packs here too (else MELDROUTE_PACKS)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    try:
        reports = [check(pack.policy) for pack in _packs(options.pack, options.folder)]
    except PolicyErrors as errors:
        reports = [_unreadable(options.pack, errors)]
    except UnknownPackId as error:
        print(f"check-policy: {error}", file=sys.stderr)
        return 2
    print(json.dumps([_plain(r) for r in reports], ensure_ascii=False, indent=2) if options.json
          else "\n\n".join(map(_lines, reports)))  # fmt: skip
    return 0 if all(report.is_sound for report in reports) else 1


class UnknownPackId(LookupError):
    def __init__(self, pack: str, known: set[str]):
        names = ", ".join(sorted(known)) or "none"
        super().__init__(f"no pack '{pack}'. There is {names}; or name a folder with pack.toml.")


def _packs(pack: str, folder: Path | None) -> list[LoadedPack]:
    if (Path(pack) / "pack.toml").is_file():
        return [read_pack(Path(pack))]
    refs = available_packs(folder)
    versions = [read_pack(ref.folder) for ref in refs if ref.id == pack]
    if not versions:
        raise UnknownPackId(pack, {ref.id for ref in refs})
    return versions


def _unreadable(pack: str, errors: PolicyErrors) -> Report:
    """A pack whose entries do not fit together is not walked: these come first."""
    problems = tuple(Problem(e.place, e.cause, e.way_out) for e in errors.errors)
    return Report(pack, problems, (), (), 0, 0, 0, 0)


def _plain(report: Report) -> dict[str, object]:
    return {"sound": report.is_sound, **dataclasses.asdict(report)}


def _lines(report: Report) -> str:
    counts = (f"walked {report.states_seen} states and {report.steps_seen} steps: {report.facts_seen} situations, "
              f"{report.moves_seen} moves")  # fmt: skip
    verdict = "sound" if report.is_sound else f"NOT sound, {len(report.problems)} to mend"
    lines = [f"policy {report.policy}: {verdict}", *(["  " + counts] if report.facts_seen else [])]
    lines += [line for problem in report.problems for line in _problem("problem", problem)]
    lines += [line for problem in report.warnings for line in _problem("warning", problem)]
    return "\n".join([*lines, *(f"  proven   {sentence}" for sentence in report.proven)])


def _problem(word: str, problem: Problem) -> list[str]:
    return [f"  {word}  {problem.place}", f"    cause    {problem.cause}", f"    way out  {problem.way_out}"]
