"""`meldroute explain SU danger minor-unknown`: who hears, in which order and why. Needs no database."""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from meldroute.policies import UnknownPack, load_pack
from meldroute.rules.acts import SUBJECTS
from meldroute.rules.explanation import Explanation, Hearing, Remark, explain_route
from meldroute.rules.facts import SignalFacts
from meldroute.rules.flowchart import draw_flowchart
from meldroute.rules.policy import Policy
from meldroute.rules.policy_parse import PolicyErrors

MINOR = {"minor": True, "adult": False, "minor-unknown": None}
PARTNERS = ("spoken", "tried", "skipped")  # spoken:AVIM


class UnknownCondition(ValueError):
    def __init__(self, word: str, policy: Policy):
        forms = ", ".join(form.id for form in policy.forms)
        super().__init__(
            f"condition '{word}': unknown in policy {policy.id} {policy.valid_from}. Use a form ({forms}), "
            f"{', '.join(SUBJECTS)}, danger, confidential, {', '.join(MINOR)}, or spoken:, tried: or skipped: and a partner "
            f"({', '.join(partner.id for partner in policy.partners)})."
        )


def add(commands) -> None:
    parser = commands.add_parser("explain", help="show who would hear about a signal, in which order, and why")
    parser.add_argument("conditions", nargs="*", help="such as: SU danger minor-unknown place spoken:AVIM")
    parser.add_argument("--pack", default="oost-brabant", help="id of the policy pack (%(default)s)")
    parser.add_argument("--folder", type=Path, default=os.environ.get("MELDROUTE_PACKS") or None,
                        help="look for packs here too (else MELDROUTE_PACKS)")  # fmt: skip
    parser.add_argument("--on", type=date.fromisoformat, help="the policy as it is on this day, such as 2025-01-31 (today)")
    parser.add_argument("--language", choices=("nl", "en"), default="nl", help="of the pack's texts (%(default)s)")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw the flowchart")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    try:
        day = options.on or date.today()  # noqa: DTZ011 - a person asks at their own desk
        pack = load_pack(options.pack, on=day, folder=options.folder)
        facts = facts_from(options.conditions, pack.policy)
    except (UnknownPack, UnknownCondition, PolicyErrors) as error:
        print(f"explain: {error}", file=sys.stderr)
        return 2
    told = explain_route(facts, pack.policy, language=options.language)
    print(json.dumps({"policy": pack.name, "hash": pack.hash, **dataclasses.asdict(told)}, ensure_ascii=False, indent=2)
          if options.json else "\n".join(_lines(pack.name, told)))  # fmt: skip
    if options.svg:
        options.svg.write_text(draw_flowchart(pack.policy, language=options.language, standalone=True), encoding="utf-8")
    return 0


def facts_from(conditions: Iterable[str], policy: Policy) -> SignalFacts:
    """The facts that these words describe. Raises `UnknownCondition`."""
    facts = SignalFacts(state=policy.states[0].id)
    for word in conditions:
        facts = facts.with_(**_changes(word, facts, policy))
    return facts.with_(state=policy.entry_state(facts.about))


def _changes(word: str, facts: SignalFacts, policy: Policy) -> dict[str, object]:
    if word.upper() in {form.id.upper() for form in policy.forms}:
        return {"forms": facts.forms | {next(f.id for f in policy.forms if f.id.upper() == word.upper())}}
    if word in SUBJECTS:
        return {"about": word}
    if word in MINOR:
        return {"minor": MINOR[word]}
    if word in ("danger", "confidential"):
        return {word: True}
    how, _, partner = word.partition(":")
    if how in PARTNERS and partner in {p.id for p in policy.partners}:
        name = {"spoken": "contacts", "tried": "attempts", "skipped": "skipped"}[how]
        return {name: getattr(facts, name) | {partner}}
    raise UnknownCondition(word, policy)


def _lines(name: str, told: Explanation) -> Iterable[str]:
    yield f"policy {name}; a signal like this starts in: {told.start}"
    if told.danger:
        yield f"FIRST     {_remark(told.danger)}"
    for hearing in told.hearings:
        yield from _hearing(hearing)
    if told.experts:
        yield f"no form chosen: nobody hears yet. Vague? Advice may be asked of: {', '.join(told.experts)}"
    yield from (f"order     {_remark(r)}" for r in told.promises)
    yield from (f"age       {_remark(r)}" for r in told.remarks)
    yield from (f"not asked {_remark(r)}" for r in told.passed_over)
    yield from (f"conflict  {_remark(r)}" for r in told.conflicts)


def _hearing(hearing: Hearing) -> Iterable[str]:
    rank = f"{hearing.rank}." if hearing.required else "offered"
    yield f"{rank:<9} {hearing.name}, because: {hearing.because}  ({hearing.source}; {hearing.status})"
    if hearing.waits_for:
        yield f"          waits for: {', '.join(hearing.waits_for)}"


def _remark(remark: Remark) -> str:
    return f"{remark.text}  ({remark.source}; {remark.status})"
