"""Compare the entries of a pack with each other: ids once, references to what exists, dates that fit."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations

from ..guards import GUARDS
from ..policy import Municipality, Policy
from .findings import Findings
from .needed import check_needed

GENERAL = "general"  # an indicator that belongs to no form in particular


def check_policy(policy: Policy, place: str, findings: Findings) -> None:
    _check_flow(policy, place, findings)
    _check_route(policy, place, findings)
    _check_people(policy, place, findings)
    _check_texts(policy, place, findings)
    check_needed(policy, place, findings)


def _check_flow(policy: Policy, place: str, findings: Findings) -> None:
    states, norms = findings.known("states"), findings.known("norms")
    for n, entry in enumerate(policy.entries, 1):
        findings.must_know(f"{place}, entry {n}", "state", entry.state, states)
    for state in policy.states:
        findings.must_know(f"{place}, state '{state.id}'", "norm", state.clock, norms)
    texts = set(findings.known("guards"))
    for step in policy.steps:
        here = f"{place}, step '{step.id}'"
        for state in (*step.from_states, step.to):
            findings.must_know(here, "state", state, states)
        for guard in sorted(GUARDS.keys() & set(step.guards) - texts):
            way_out = f'Add [[guards]] with id = "{guard}", because and opens_with.'
            findings.add(here, f"guard {guard} has no text", way_out)
    _check_entries(policy, place, findings)


def _check_entries(policy: Policy, place: str, findings: Findings) -> None:
    """A signal about a person, a place or both starts in exactly one state."""
    for subject in ("person", "place", "both"):
        starts = sorted({e.state for e in policy.entries if subject in e.about})
        if not starts:
            findings.add(place, f"no entry takes a signal about {subject}", f'Add {subject} to "about" of an entry.')
        if len(starts) > 1:
            findings.add(place, f"a signal about {subject} starts in {' and in '.join(starts)}",
                         f"Keep {subject} in one entry.")  # fmt: skip


def _check_route(policy: Policy, place: str, findings: Findings) -> None:
    forms, partners = findings.known("forms"), findings.known("partners")
    for route in policy.routes:
        here = f"{place}, route '{route.form}'"
        findings.must_know(here, "form", route.form, forms)
        _all_known(findings, here, "partner", (p for group in route.order for p in group), partners)
    for order in policy.orders:
        here = f"{place}, order '{order.first}' before '{order.then}'"
        _all_known(findings, here, "partner", (order.first, order.then), partners)
        _all_known(findings, here, "form", order.forms, forms)
    for extra in policy.extras:
        here = f"{place}, extra '{extra.id}'"
        findings.must_know(here, "partner", extra.partner, partners)
        _all_known(findings, here, "form", extra.forms, forms)


def _check_people(policy: Policy, place: str, findings: Findings) -> None:
    partners, codes = findings.known("partners"), [m.code for m in policy.municipalities]
    findings.must_know(place, "urgent_partner", policy.urgent_partner, partners)
    findings.must_know(place, "care_partner", policy.care_partner, partners)
    for row in policy.municipalities:
        here = f"{place}, municipality '{row.code}'"
        findings.must_know(here, "care coordinator", row.care_coordinator, partners)
        findings.must_know(here, "successor", row.successor, codes)
        _check_validity(findings, here, row.valid_from, row.valid_to)
        _check_successor(findings, here, row)
    _check_overlap(policy.municipalities, place, findings)


def _check_successor(findings: Findings, here: str, row: Municipality) -> None:
    if row.successor == row.code:
        findings.add(here, "succeeds itself", "Name the municipality that took over.")
    if row.successor and not row.valid_to:
        findings.add(here, "has a successor and no end", "Add valid_to, its last day.")


def _check_overlap(rows: tuple[Municipality, ...], place: str, findings: Findings) -> None:
    for one, other in combinations(sorted(rows, key=lambda m: m.code), 2):
        if one.code == other.code and overlap((one.valid_from, one.valid_to), (other.valid_from, other.valid_to)):
            findings.add(f"{place}, municipality '{one.code}'", "stands there twice on the same day",
                         "Let valid_to of the older row end before valid_from of the newer one.")  # fmt: skip


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Do two spans share a day? Ends are inclusive; None is no beginning or no end."""
    starts = max(one[0] or date.min, other[0] or date.min)
    return starts <= min(one[1] or date.max, other[1] or date.max)


def _check_validity(findings: Findings, here: str, valid_from: date | None, valid_to: date | None) -> None:
    if valid_from and valid_to and valid_to < valid_from:
        findings.add(here, f"ends on {valid_to}, before it begins on {valid_from}", "Exchange valid_from and valid_to.")


def _check_texts(policy: Policy, place: str, findings: Findings) -> None:
    forms, partners, bases = (findings.known(kind) for kind in ("forms", "partners", "legal_bases"))
    _check_validity(findings, place, policy.valid_from, policy.valid_to)
    for basis in policy.legal_bases:
        here = f"{place}, legal basis '{basis.id}'"
        _all_known(findings, here, "partner", basis.partners, partners)
        _check_validity(findings, here, basis.valid_from, basis.valid_to)
    for item in policy.enrichment:
        _all_known(findings, f"{place}, checklist item '{item.id}'", "legal basis", item.legal_bases, bases)
    for indicator in policy.indicators:
        _all_known(findings, f"{place}, indicator '{indicator.id}'", "form", indicator.forms, [*forms, GENERAL])


def _all_known(findings: Findings, here: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in sorted(set(names)):
        findings.must_know(here, what, name, known)
