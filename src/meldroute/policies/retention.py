"""The schedule of retention terms: read once, refused aloud when it is not whole."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from meldroute.rules.acts import STATUSES
from meldroute.rules.parsing.findings import Findings
from meldroute.rules.parsing.row import Row
from meldroute.rules.retention import OUTCOMES, UNITS, Period, ProductTerm, Schedule, Term

FILE = files(__package__) / "retention.toml"
PLACE = "retention terms"


@lru_cache(maxsize=1)
def retention_schedule() -> Schedule:
    return read_schedule(FILE)


def read_schedule(file: Traversable) -> Schedule:
    """Raises `PolicyErrors` with every place, cause and way out."""
    findings = Findings()
    schedule = Row(tomllib.loads(file.read_text(encoding="utf-8")), PLACE, findings).closed(_schedule)
    for outcome in OUTCOMES:
        if [term.outcome for term in schedule.terms].count(outcome) != 1:
            findings.add(PLACE, f"has not exactly one term for '{outcome}'", f'Write one [[terms]] with for = "{outcome}".')
    findings.raise_if_any()
    return schedule


def _schedule(row: Row) -> Schedule:
    source = row.text("source")
    return Schedule(
        source=source, since=row.day("since", optional=False), terms=row.each("terms", "term", lambda r: _term(r, source)),
        warning=row.closed_child("warning", _in_days), reminder=row.closed_child("reminder", _in_days),
        no_longer_kept=row.closed_child("no_longer_kept", lambda r: ProductTerm(_period(r), **r.provenance())),
    )


def _term(row: Row, source: str) -> Term:
    code, keep = row.value("code") or "", row.flag("keep", default=False)
    period = _period(row) if row.has("amount") else None
    if keep and period:
        row.wrong("is kept for good and has a term too", "Leave out keep, or amount and unit.")
    return Term(
        code=str(code), outcome=row.choice("for", OUTCOMES) if row.has("for") else "", object=row.words("object"),
        result=row.text("result"), period=period, keep=keep, review=row.maybe_text("ends") == "review",
        source=f"{source}, {code}" if code else source, status=row.choice("status", STATUSES),
    )


def _in_days(row: Row) -> ProductTerm:
    return ProductTerm(Period(row.number("days"), "days"), **row.provenance())


def _period(row: Row) -> Period:
    return Period(row.number("amount"), row.choice("unit", UNITS))
