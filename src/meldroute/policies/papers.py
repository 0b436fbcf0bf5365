"""The sentences of the papers as data: each with its source and how sure it is. A broken one is refused aloud."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import meldroute
from meldroute.rules.acts import STATUSES
from meldroute.rules.parsing.findings import Findings
from meldroute.rules.parsing.row import Row

SURE = (*STATUSES, "program", "fill in")
FILE = files(__package__) / "papers.toml"
THREATS = "threat-model.md"


@dataclass(frozen=True, slots=True)
class Processing:
    id: str
    name: str
    purpose: str
    persons: str
    data: str
    basis: str
    tables: tuple[str, ...]
    outcomes: tuple[str, ...]  # whose retention terms count
    code: str  # or one entry of the selection list
    recipients: bool  # partners of the policy
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Log:
    id: str
    name: str
    where: str
    holds: str
    not_in_it: str
    read_by: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Role:
    who: str  # a partner's id, or "municipality", "host", "police", "partner", "care_table"
    role: str
    text: str
    basis: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Said:
    section: str
    text: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class PaperTexts:
    processing: tuple[Processing, ...]
    logs: tuple[Log, ...]
    acts: dict[str, str]
    roles: tuple[Role, ...]
    dpia: tuple[Said, ...]


@lru_cache(maxsize=1)
def paper_texts() -> PaperTexts:
    """Raises `PolicyErrors` with every place, cause and way out."""
    findings = Findings()
    row = Row(tomllib.loads(FILE.read_text(encoding="utf-8")), "papers", findings)
    acts = row.value("acts") or {}
    texts = row.closed(lambda r: PaperTexts(
        processing=r.each("processing", "processing", _processing), logs=r.each("logs", "log", _log), acts=dict(acts),
        roles=r.each("roles", "role", _role, id_key="who"), dpia=r.each("dpia", "sentence", _said, id_key=None)))
    findings.raise_if_any()
    return texts


def threat_model() -> str:
    """The threat model as it ships with the package; in a clone, the page in docs."""
    shipped = files(__package__) / THREATS
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return (Path(meldroute.__file__).parents[2] / "docs" / THREATS).read_text(encoding="utf-8")


def _sure(row: Row) -> dict[str, str]:
    return {"source": row.text("source"), "status": row.choice("status", SURE)}


def _processing(row: Row) -> Processing:
    return Processing(
        **{key: row.text(key) for key in ("id", "name", "purpose", "persons", "data", "basis")},
        tables=row.names("tables"), outcomes=row.names("outcomes", optional=True), code=row.text("code", optional=True),
        recipients=row.flag("recipients", default=False), **_sure(row))


def _log(row: Row) -> Log:
    return Log(**{key: row.text(key) for key in ("id", "name", "where", "holds", "not_in_it", "read_by")}, **_sure(row))


def _role(row: Row) -> Role:
    return Role(**{key: row.text(key) for key in ("who", "role", "text", "basis")}, **_sure(row))


def _said(row: Row) -> Said:
    return Said(**{key: row.text(key) for key in ("section", "text")}, **_sure(row))
