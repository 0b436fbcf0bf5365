"""Shown and exported: ids only, complete, safe in a spreadsheet, and never unseen."""

import csv
import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from meldroute.services import audit_trail
from meldroute.services.audit_trail import Asked, NothingToShow
from meldroute.services.safe_csv import STARTERS, csv_line, safe_cell
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import passing


@pytest.mark.django_db(transaction=True)
class TestTrail:
    @pytest.fixture
    def file(self, cast):
        return passing(cast, narrative="Verzonnen verhaal van Kees.", now=MONDAY)

    def test_by_reference_actor_act_and_period(self, cast, file):
        signal = Signal.objects.get(reference=file)
        with transaction.atomic():
            history.append(cast.deurne.pk, actor=cast.noor.actor, act="list.read", now=MONDAY + timedelta(days=2),
                           subjects=[uuid4(), signal.pk])
        found = audit_trail.show(Asked(reference=file), limit=100, now=timezone.now())
        assert {row.signal for row in found} == {signal.pk, None}
        assert found[0].act == "list.read"
        assert found == audit_trail.show(Asked(signal=signal.pk), limit=100, now=timezone.now())
        anna = audit_trail.show(Asked(actor=str(cast.anna.membership)), limit=100, now=timezone.now())
        assert {row.role for row in anna} == {"focal_point"}
        late = audit_trail.show(Asked(since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=3)), limit=9, now=timezone.now())
        assert [row.act for row in late] == ["list.read"]
        assert [row.act for row in audit_trail.show(Asked(act="signal.received"), limit=9, now=timezone.now())] == ["signal.received"]

    def test_ids_and_no_names_or_content(self, cast, file):
        told = json.dumps([row.plain() for row in audit_trail.show(Asked(), limit=1000, now=timezone.now())])
        for word in ("Kees", "Anna", "Bram", "voorbeeld.example"):
            assert word not in told

    @pytest.mark.parametrize("do", [
        lambda: audit_trail.show(Asked(act="signal.read"), limit=5, now=MONDAY),
        lambda: audit_trail.export(Asked(act="signal.read"), form="csv", now=MONDAY),  # before the first line is asked for
    ])
    def test_each_look_is_an_act_in_the_system_s_chain(self, cast, file, do):
        do()
        entry = HistoryEntry.objects.get(chain="system")
        assert entry.act in ("audit.shown", "audit.exported")
        assert entry.details["act"] == "signal.read"
        assert entry.actor_kind == "command"

    def test_no_log_no_export(self, cast, file, monkeypatch):
        monkeypatch.setattr(history, "append", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            audit_trail.export(Asked(), form="jsonl", now=MONDAY)

    def test_a_copy_is_complete_and_in_the_order_of_the_chains(self, cast, file, monkeypatch):
        monkeypatch.setattr(audit_trail, "BATCH", 3)
        lines = [json.loads(line) for line in audit_trail.export(Asked(), form="jsonl", now=MONDAY)]
        assert [(line["chain"], line["number"]) for line in lines] == list(
            HistoryEntry.objects.order_by("chain", "number").values_list("chain", "number"))
        rows = list(csv.reader(io.StringIO("".join(audit_trail.export(Asked(), form="csv", now=MONDAY)))))
        assert rows[0][:3] == ["chain", "number", "at"]
        assert len(rows) == len(lines) + 2  # a heading, and the act of the first copy

    def test_what_does_not_exist_is_said(self, cast):
        with pytest.raises(NothingToShow, match="no signal MR-7K3Q2M9T-Q"):
            audit_trail.show(Asked(reference="MR-7K3Q2M9T-Q"), limit=5, now=MONDAY)
        with pytest.raises(NothingToShow, match="knows no users"):
            audit_trail.export(Asked(actor="x"), form="ldv", now=MONDAY)


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "  =1", "\x00=1", "\u200b=1", "\ufeff=1", "＝1", "\u00a0@x"])
def test_no_cell_is_a_formula(cell):
    assert safe_cell(cell).startswith("'")


@given(st.text())
def test_whatever_the_text_a_spreadsheet_only_reads_it(text):
    [row] = csv.reader(io.StringIO(csv_line([text, "x"])))
    assert row[1] == "x"
    assert not row[0].lstrip().startswith(STARTERS)
    assert all(mark.isprintable() for mark in row[0])


def test_what_is_harmless_stays_as_it_is():
    assert [safe_cell(v) for v in ("signal.read", None, 3, "é ☎", "a=b")] == ["signal.read", "", "3", "é ☎", "a=b"]
