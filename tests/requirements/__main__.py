"""`python -m tests.requirements`, from the root of the project."""

import argparse
import sys

from tests.requirements import collecting, owed, statements, writing
from tests.requirements.coverage import Coverage

PAGE = statements.ROOT / "docs/requirements.md"


def main(argv: list[str] | None = None) -> int:
    args = _arguments(argv)
    listed = statements.load()
    try:
        chosen, must = _choice(listed, args)
        coverage = Coverage(listed, collecting.collect())
    except (statements.UnknownChoice, collecting.CollectionFailed) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    if args.write:
        PAGE.write_text(writing.page(coverage), encoding="utf-8")
    _show(coverage, chosen, args)
    return _verdict(coverage, must)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.requirements", description=__doc__)
    parser.add_argument("--only", type=_words, help="chapters, ids or ranges: 3.4,B1,S-B2-01..06")
    parser.add_argument("--but-not", type=_words, default=(), help="leave these out of --only")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    return parser.parse_args(argv)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _choice(listed: statements.StatementList, args: argparse.Namespace) -> tuple[tuple, tuple]:
    """The statements to show, and those that must be covered: what was asked for, else what is owed."""
    if args.only:
        chosen = listed.chosen(args.only, but_not=args.but_not)
        return chosen, chosen
    return listed.statements, listed.chosen(owed.OWED, but_not=owed.NOT_YET)


def _show(coverage: Coverage, chosen: tuple[statements.Statement, ...], args: argparse.Namespace) -> None:
    if args.json:
        sys.stdout.write(writing.as_json(coverage, statements=chosen) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in writing.lines(coverage, statements=chosen))


def _verdict(coverage: Coverage, must: tuple[statements.Statement, ...]) -> int:
    missing = coverage.open_among(must)
    sys.stderr.writelines(f"{line}\n" for line in writing.unknown_lines(coverage))
    if missing:
        sys.stderr.write(
            f"\n{len(missing)} statements that must be covered are not: {', '.join(s.id for s in missing)}.\n"
            "Write the test that asserts each, and mark it with @pytest.mark.requirement.\n"
        )
    return 1 if missing or coverage.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
