"""The papers cannot drift from the program: each table, log, act and use of cryptography in them is compared with the code."""

import ast
import csv
import io
import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps

import meldroute
from meldroute.policies.papers import SURE, paper_texts, threat_model
from meldroute.services import incident
from meldroute.services.incident import IncidentRefused, Wanted, incident_by_command, incident_of
from meldroute.services.papers import PAPERS, UnknownPaper, paper, papers_for
from meldroute.services.papers.parts import STATUS_WORDS, as_markdown
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.safe_table import safe
from meldroute.storage.cryptography_used import uses
from meldroute.storage.keyring import PURPOSES
from meldroute.storage.models import HistoryEntry
from tests.cast import MONDAY
from tests.services.passing_on_help import STORY, reported

ROOT = Path(meldroute.__file__).parent
DAY = date(2026, 11, 23)
CRYPTO = {"hashlib", "hmac", "secrets", "cryptography", "argon2", "pyrage"}


def sources():
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


# Registers against the code


def test_every_table_stands_in_exactly_one_processing():
    listed = [table for one in paper_texts().processing for table in one.tables]
    assert sorted(listed) == sorted(m.__name__ for m in apps.get_app_config("meldroute").get_models())


def test_every_act_in_the_code_is_a_family_on_the_list_of_logs_and_none_is_listed_in_vain():
    found = set()
    for where, tree in sources():
        for node in ast.walk(tree):
            if where.startswith(("services/", "web/", "cli/")) and isinstance(node, ast.Call):
                found |= set(_acts(node))
    listed = set(paper_texts().acts)
    assert found <= listed, f"acts of a family that is not in papers.toml: {sorted(found - listed)}"
    said = {node.value.split(".")[0] for where, tree in sources() if where.startswith("services/")
            for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value}
    assert listed - found - said == set()


def _acts(call: ast.Call):
    """The family of what goes into the history: `history.append(…, act=…)`, `note(…)`, and helpers that pass it on."""
    for keyword in call.keywords:
        if keyword.arg == "act":
            yield from _family(keyword.value)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("note", "_note", "_record", "record", "_log"):
        for argument in call.args:
            yield from _family(argument)


def _family(node: ast.expr):
    match node:
        case ast.Constant(value=str(text)) if "." in text or text == "refused":
            yield text.split(".")[0]
        case ast.JoinedStr(values=[ast.Constant(value=text), *_]) if "." in text:
            yield text.split(".")[0]
        case ast.IfExp(body=body, orelse=orelse):
            yield from _family(body)
            yield from _family(orelse)


def test_who_uses_cryptography_stands_in_the_register_and_who_stands_there_uses_it():
    importing = set()
    for where, tree in sources():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else [])
            if any(n.split(".")[0] in CRYPTO or n == "django.contrib.auth.hashers" for n in names):
                importing.add(where)
    listed = {module for use in uses() for module in use.modules}
    through_others = {"storage/form_tokens.py"}  # seals by storage/sealing.py
    assert importing == listed - through_others


def test_every_key_of_the_keyring_has_a_use_and_the_sizes_are_those_of_the_code():
    assert {p for use in uses() for p in use.purposes} == set(PURPOSES)
    text = as_markdown(papers_for(now=MONDAY).one("cryptografie"))
    for fact in ("AES-256-GCM", "Argon2id, 64 MiB, 3 rondes, 4 banen", "HMAC-SHA256"):
        assert fact in text


def test_the_threat_model_ships_with_the_package_and_its_parts_are_found():
    project = tomllib.loads((ROOT.parents[1] / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert wheel == {"docs/threat-model.md": "meldroute/policies/threat-model.md"}
    assert threat_model().startswith("# Threat model")
    text = as_markdown(papers_for(now=MONDAY).one("dreigingen"))
    for part in ("Who reported", "Insider with an account", "Operator with database and keyring"):
        assert part in text


@pytest.mark.parametrize("id", PAPERS)
def test_every_sentence_says_where_it_comes_from_and_how_sure_it_is(id):
    made = papers_for(now=MONDAY).one(id)
    assert made.sections
    for section in made.sections:
        assert section.sentences or section.table
        for said in section.sentences:
            assert said.source
            assert said.status in SURE
            assert said.sure in as_markdown(made)
    assert {*SURE, "own norm"} == set(STATUS_WORDS)


def test_the_register_names_terms_and_recipients_from_the_data():
    text = as_markdown(papers_for(now=MONDAY).one("register"))
    for fact in ("5 jaar", "42 dagen", "onbekend: niets wordt vanzelf vernietigd", "blijvend bewaren", "AVIM", "NLA"):
        assert fact in text


def test_the_wgs_stands_at_the_riec_and_nowhere_else_as_a_basis():
    [section] = papers_for(now=MONDAY).one("verantwoordelijken").sections
    basis = {row[0]: row[3] for row in section.table.rows}
    assert [who for who, text in basis.items() if "WGS" in text] == ["TF-RIEC"]
    partners = {row[0] for row in section.table.rows}
    assert {"AVIM", "NLA", "TF-RIEC", "de Zorgtafel", "iedere gemeente van de regio"} <= partners
    assert len(partners) == len(section.table.rows)


def test_an_unknown_paper_is_refused_with_the_ones_there_are():
    with pytest.raises(UnknownPaper, match="Use dpia, register"):
        papers_for(now=MONDAY).one("horoscoop")


# Incident export


@pytest.fixture
def scene(cast):
    reference = reported(cast)
    other = reported(cast, narrative="Iets anders.")
    open_signal(reference, reader=cast.anna, now=MONDAY)
    return reference, other


@pytest.mark.django_db(transaction=True)
def test_an_incident_export_says_who_did_and_read_what_without_content_or_reporter(cast, scene):
    reference, _other = scene
    found = incident_of(cast.pia, Wanted(DAY, DAY, (reference,)), now=MONDAY)
    assert found.acts == {"signal.read": 1, "signal.received": 1}
    told = found.csv() + found.json()
    tie = HistoryEntry.objects.get(act="signal.received", signal=HistoryEntry.objects.get(act="signal.read").signal).actor
    for secret in (STORY, "Verzonnenweg", "Bram", tie):
        assert secret not in told
    rows = list(csv.DictReader(io.StringIO(found.csv())))
    assert [row["act"] for row in rows] == ["signal.received", "signal.read"]
    assert rows[1]["actor"] == str(cast.anna.membership)
    assert len(json.loads(found.json())["rows"]) == 2


@pytest.mark.django_db(transaction=True)
def test_making_one_is_an_act_in_the_history_before_anything_leaves(cast, scene):
    incident_of(cast.pia, Wanted(DAY, DAY), now=MONDAY)
    entry = HistoryEntry.objects.get(act="incident.exported")
    assert (entry.chain, entry.actor) == (str(cast.helmond.pk), str(cast.pia.membership))
    incident_by_command("GM0794", Wanted(DAY, DAY), now=MONDAY)
    assert HistoryEntry.objects.filter(act="incident.exported", actor_kind="command").count() == 1


@pytest.mark.django_db(transaction=True)
def test_only_one_s_own_municipality_and_only_the_period(cast, scene):
    assert incident_by_command("GM0762", Wanted(DAY, DAY), now=MONDAY).rows == ()
    assert incident_of(cast.pia, Wanted(date(2026, 1, 1), date(2026, 11, 22)), now=MONDAY).rows == ()
    for wanted, cause in ((Wanted(DAY, date(2026, 1, 1)), "ends_before_start"),
                          (Wanted(DAY, DAY, ("MR-7K3Q2M9T-C",)), "unknown_reference")):
        with pytest.raises(IncidentRefused) as refused:
            incident_of(cast.pia, wanted, now=MONDAY)
        assert refused.value.cause == cause


@pytest.mark.django_db(transaction=True)
def test_too_much_for_one_file_is_refused_rather_than_cut(cast, scene, monkeypatch):
    monkeypatch.setattr(incident, "MOST", 1)
    with pytest.raises(IncidentRefused, match="too_many"):
        incident_of(cast.pia, Wanted(DAY, DAY), now=MONDAY)


@pytest.mark.parametrize("cell", ["=1+1", " =1+1", "\t=1", "+31", "-2", "@SUM", "\x07=cmd", "\r\n=1", "\u200b=1", "|x", "\x00=1"])
def test_no_cell_is_taken_for_a_formula(cell):
    assert safe(cell).startswith("'")


def test_plain_text_stays_as_it_is():
    assert [safe(t) for t in ("gewoon", "2026-11-23", "a=b", "")] == ["gewoon", "2026-11-23", "a=b", ""]


@pytest.mark.django_db(transaction=True)
def test_opening_a_paper_is_written_down_and_it_has_the_municipality_s_own_terms(cast):
    paper("dpia", reader=cast.pia, now=MONDAY)
    assert HistoryEntry.objects.get(act="papers.read").details == {"paper": "dpia"}
    assert papers_for("GM0794", now=MONDAY).municipality == "Gemeente Helmond"
