"""Rows about a signal are read through the one queryset that knows who may see them; whatever else is listed here, with why."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import meldroute
from meldroute.storage import models

ROOT = Path(meldroute.__file__).parent
# Rows that say something about a signal. Clocks, messages and links hold ids, moments and policy words; what of them
# reaches a page was found through one of these.
GUARDED = {"Signal", "Enrichment", "Contact", "Referral", "Disclosure", "Answer", "ReporterFeedback", "SignalKey",
           "OutsideWord", "SubjectRequest", "SubjectRequestKey", "KeptSignal", "RetentionHold", "Destruction",
           "DestructionItem", "Attachment", "AttachmentKey", "AttachmentPart", "EmergencyReading"}
# How a row is reached: as this reader, as its own reporter, as the partner it was disclosed to, as who watches over terms
# and destruction, or from a signal in hand. Or as the privacy officer: of a signal its key and reference, of a request
# of a data subject all. Or in an emergency, with its reason.
DOORS = {"visible_to", "reported_by", "disclosed_to", "of_signal", "watched_by", "of_officer", "closed_to", "opened_in_emergency",
         "named_again_by"}
# Everything else, by function. A new one needs its reason.
ALLOWED = {
    "services/alarms.py": {"_ABANDONED": "counts per municipality what nobody may read any more; shows no signal",
                           "_nobody_on_duty": "counts whether anything waits where nobody is on duty; shows no signal"},
    "services/audit_trail.py": {"_signal_of": "the id behind a reference, for who runs the site; what is shown are ids"},
    "services/attachments.py": {"_bytes": "the key and parts of a document that was found through its signal"},
    "services/bundling.py": {
        "_why_not": "of a signal in the reader's hands: does another one follow it?",
        "_lead_reference": "the signal that leads the one in hand: of the same desk, or it could not have been bundled",
    },
    "services/chain_monitor.py": {"_open": "counts per municipality, for who sees no signal"},
    "services/closing.py": {"bring_members_along": "what is bundled with the signal in hand follows it"},
    "services/demo.py": {"load_demo": "is there anything yet?"},
    "services/destruction.py": {
        "_signals": "of a list that this reader was found to watch",
        "give_back": "the same", "approve": "the same", "_lock_signals": "the same",
        "_destroy_one": "one signal of a list that two persons agreed on",
        "finish_lists": "keys of what is no longer there: nothing is shown",
        "key_gone": "a key of something that is no longer there: nothing is shown",
    },
    "services/handled.py": {"_counts": "counts per year and municipality, for who sees no signal"},
    "services/keeping.py": {
        "keeping_of": "of the term in hand: does another signal follow it?",
        "look_again": "a municipality's own term changed: what it counts for is looked at again; shows nothing",
        "_TERMS": "the clock acts for nobody", "look": "the same", "_put_on_list": "the same", "_HOLDS": "the same",
        "_ask_about_hold": "the same", "_LISTS": "the same", "_remind": "the same",
        "take_off_list": "of the signal in hand",
    },
    "services/incident.py": {"_signals": "the ids of one's own municipality, by reference; shows none of them"},
    "services/retention_calendar.py": {"_holds": "narrowed to the terms that this reader watches"},
    "services/desk.py": {
        "at_desk_of": "a partner's answer: the caller checked that it was disclosed to them",
    },
    "services/disclosures.py": {
        "linked_card": "of the request whose link and code were handed in",
        "card_of": "of a request that this partner was found to hold",
        "_standing": "narrows what was disclosed to this partner",
    },
    "services/drafts.py": {
        "keep": "was this form sent already? By its own unguessable number",
        "draft_of": "the same, for a draft of this person",
    },
    "services/dpia.py": {"_refuse_invented": "is there anything yet?"},
    "services/key_destruction.py": {"destroy_signal_key": "of the signal in the caller's hands; takes the key away and reads nothing"},
    "services/hiding.py": {"_unmake": "the key and parts of a document that was found through its signal"},
    "services/leaving.py": {"_signals_wait": "whether anything waits when somebody leaves; shows no signal"},
    "services/outside_return.py": {"_row": "of the receipt that was typed on the page before: its sealed token says so"},
    "services/oversight.py": {
        "oversight": "emergencies of the officer's own municipality: who, when and why, and of the signal its reference",
        "review": "one of those, by its id and of the officer's own municipality",
    },
    "services/shielding.py": {"_bundle": "the signals bundled with the one in hand: they are narrowed as one"},
    "services/partner_links.py": {"_locked": "a link that was handed in, by the hash of its token"},
    "services/reading/signal_parts.py": {
        "rows_of": "the bundle of a signal that this reader opened",
        "_FOLLOWERS": "what follows a signal that this reader opened",
    },
    "services/reading/work_list.py": {"_group": "narrows what is visible to this reader"},
    "services/referral.py": {"place_of_request": "of the signal in hand"},
    "services/refusals.py": {"_tried": "which signal somebody was refused, for the log alone"},
    "services/subject_request_clock.py": {
        "_DUE": "requests whose term nears: the clock acts for nobody, and opens nothing",
        "_remind": "the same, one of them",
    },
    "services/subject_requests.py": {"register": "a new row with its key"},
    "services/ticking.py": {"move_clock": "the clock acts for nobody: it locks the signal whose term passed"},
}


def test_every_row_about_a_signal_is_reached_through_a_door_or_for_a_written_reason():
    found = {(where, function) for where, function, model in reads()}
    unexplained = sorted(found - explained())
    assert unexplained == [], f"reach these rows through {', '.join(sorted(DOORS))}, or say in ALLOWED why not"


def test_no_reason_outlives_the_code_it_was_written_for():
    found = {(where, function) for where, function, model in reads()}
    assert sorted(explained() - found) == []


def test_nothing_reads_all_rows():
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "all" and _manager_of(node.value):
                pytest.fail(f"{path.relative_to(ROOT)}:{node.lineno} reads .objects.all(): say which rows, and for whom")


def test_every_model_with_sealed_text_of_a_signal_is_guarded():
    sealed = {name for name, model in vars(models).items()
              if isinstance(model, type) and issubclass(model, models.base.SealedRow) and model is not models.base.SealedRow}
    assert sealed <= GUARDED


def explained() -> set[tuple[str, str]]:
    return {(where, function) for where, functions in ALLOWED.items() for function in functions}


def reads() -> Iterator[tuple[str, str, str]]:
    """Each (file, function, model) that reaches a guarded model and opens no door at once."""
    for path, tree in sources():
        for name, part in _named_parts(tree):
            for node in ast.walk(part):
                model = _manager_of(node.value) if isinstance(node, ast.Attribute) else None
                if model in GUARDED and node.attr not in DOORS | {"model"}:
                    yield str(path.relative_to(ROOT)), name, model


def _named_parts(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions, and what a module is given a name for outside them: a prepared question is one."""
    yield from ((node.name, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            yield (ast.unparse(target) if target else "(module)"), node


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts and path.relative_to(ROOT).parts[0] != "storage":
            yield path, ast.parse(path.read_text())


def _manager_of(node: ast.AST) -> str | None:
    """`Signal` for `Signal.objects`; any other manager of a model by its name too."""
    if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
        return node.value.id if isinstance(node.value, ast.Name) else ast.unparse(node.value)
    return None
