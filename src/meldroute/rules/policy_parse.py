"""Make a `Policy` from the tables of a pack, or explain everything that is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import date

from .parsing.checks import check_policy
from .parsing.findings import Findings, PolicyError, PolicyErrors
from .parsing.flow import read_entry, read_extra, read_guard_text, read_order, read_route, read_state, read_step
from .parsing.network import read_legal_basis, read_municipality, read_norm, read_partner
from .parsing.row import Row
from .parsing.texts import (
    read_abbreviation,
    read_advice,
    read_checklist_item,
    read_closing_reason,
    read_conflict,
    read_feedback_text,
    read_form,
    read_indicator,
    read_phenomenon,
)
from .policy import Advice, Policy, Text

__all__ = ["PolicyError", "PolicyErrors", "parse_policy"]

# One list of a pack: its key, what one entry is called, the reader, what identifies it, may it be absent?
# An id of None: entries of this list are told apart by their number and may repeat.
LISTS: Mapping[str, tuple[str, Callable[[Row], object], str | None, bool]] = {
    "entries": ("entry", read_entry, None, False),
    "states": ("state", read_state, "id", False),
    "steps": ("step", read_step, "id", False),
    "guards": ("guard", read_guard_text, "id", False),
    "forms": ("form", read_form, "id", False),
    "routes": ("route", read_route, "form", False),
    "orders": ("order", read_order, None, True),
    "extras": ("extra", read_extra, "id", True),
    "partners": ("partner", read_partner, "id", False),
    "municipalities": ("municipality", read_municipality, "code", False),
    "enrichment": ("checklist item", read_checklist_item, "id", True),
    "indicators": ("indicator", read_indicator, "id", True),
    "legal_bases": ("legal basis", read_legal_basis, "id", False),
    "closing_reasons": ("closing reason", read_closing_reason, "id", False),
    "phenomena": ("phenomenon", read_phenomenon, "id", True),
    "feedback_texts": ("feedback text", read_feedback_text, "id", False),
    "advice": ("advice", read_advice, "id", True),
    "abbreviations": ("abbreviation", read_abbreviation, "id", True),
    "conflicts": ("conflict", read_conflict, "id", True),
    "norms": ("norm", read_norm, "id", False),
}
MAY_REPEAT = frozenset({"municipalities"})  # one code may have several rows, each with its own validity


def parse_policy(tables: Mapping[str, object], *, where: str) -> Policy:
    """Read the merged tables of a pack. `where` names the pack in messages.

    Raises `PolicyErrors` with every finding: its place, its cause and the way out.
    """
    findings = Findings()
    place = f"policy '{where}'"
    document = Row(tables, place, findings)
    policy = document.closed(_policy)
    check_policy(policy, place, findings)
    findings.raise_if_any()
    return policy


def _policy(document: Row) -> Policy:
    head = document.closed_child("pack", _head) or _NO_HEAD
    lists = {key: _list(document, key) for key in LISTS}
    lists["guard_texts"] = lists.pop("guards")
    rules = document.closed_child("rules", _indicator_rules) if document.has("rules") else ()
    return Policy(**head, **lists, indicator_rules=rules or ())


_NO_HEAD: Mapping[str, object] = {
    "id": "", "name": Text(""), "valid_from": date.min, "valid_to": None, "source": "", "status": "", "max_loops": 1,
    "urgent_partner": "", "care_partner": "",
}  # fmt: skip


def _head(row: Row) -> dict[str, object]:
    return {
        "id": row.text("id"), "name": row.words("name"),
        "valid_from": row.day("valid_from", optional=False) or date.min, "valid_to": row.day("valid_to"),
        "max_loops": row.number("max_loops"), "urgent_partner": row.text("urgent_partner"),
        "care_partner": row.text("care_partner"), **row.provenance(),
    }  # fmt: skip


def _list(document: Row, key: str) -> tuple:
    name, read, id_key, optional = LISTS[key]
    if id_key:
        _remember_ids(document, key, name, id_key)
    return document.each(key, name, read, id_key=id_key, optional=optional)


def _remember_ids(document: Row, key: str, name: str, id_key: str) -> None:
    """Note what the list defines, also in entries that turn out broken, and refuse an id that comes twice."""
    ids = document.ids_of(key, id_key)
    document.findings.ids[key] = ids
    for double in sorted({id for id in ids if ids.count(id) > 1}) if key not in MAY_REPEAT else ():
        document.findings.add(f"{document.place}, {name} '{double}'", f"{id_key} is used {ids.count(double)} times",
                              f"Give each {name} its own {id_key}.")  # fmt: skip


def _indicator_rules(row: Row) -> tuple[Advice, ...]:
    rules = (row.closed_child(id, lambda inner, id=id: Advice(id, inner.own_words(), **inner.provenance()))
             for id in sorted(row.keys()))  # fmt: skip
    return tuple(rule for rule in rules if rule)
