"""The log of processings: made from the history, complete, once, and without anybody who did it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meldroute.policies.processing import BadRegister, parse_register, processing_register
from meldroute.services import audit_trail, processing_log
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.processing_log import record_processings
from meldroute.services.ticking import tick
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, ProcessingRecord, ProcessingWatermark, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)


def expected() -> int:
    return sum(len(processing_log.subjects_of(h.signal, h.subjects)) for h in HistoryEntry.objects.all())


@pytest.fixture
def worked(cast):
    now = timezone.now()
    reference = passing(cast, narrative="Verzonnen.", now=now)
    pass_on(cast, reference, "ISZW", now=now)
    with transaction.atomic():
        history.append(cast.helmond.pk, actor=cast.bo.actor, act="list.read", now=now,
                       subjects=[one := uuid4(), uuid4(), uuid4(), one])
    return reference


def test_one_record_for_each_data_subject_and_none_is_left_out(worked):
    record_processings()
    assert ProcessingRecord.objects.count() == expected() >= 10
    assert ProcessingRecord.objects.filter(name="list.read").values("trace_id").distinct().count() == 1
    assert ProcessingRecord.objects.filter(name="list.read").count() == 3  # the same one twice is one


def test_again_after_a_crash_and_after_downtime_nothing_is_doubled_or_lost(cast, worked, monkeypatch):
    record_processings()
    before = ProcessingRecord.objects.count()
    assert record_processings() == 0
    ProcessingWatermark.objects.update(number=0)  # as if it forgot how far it came
    record_processings()
    assert ProcessingRecord.objects.count() == before
    monkeypatch.setattr(processing_log, "BATCH", 3)
    monkeypatch.setattr(processing_log, "BATCHES", 2)
    with transaction.atomic():
        for n in range(20):
            history.append(cast.helmond.pk, actor=cast.bo.actor, act="signal.read", now=MONDAY + timedelta(days=n), signal=uuid4())
    for _ in range(5):
        record_processings()
    assert ProcessingRecord.objects.count() == before + 20 == expected()


def test_when_it_fails_halfway_the_watermark_stays(worked, monkeypatch):
    class Full(OSError):
        pass

    def full(*_, **__):
        raise Full

    monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", full)
    with pytest.raises(Full):
        record_processings()
    assert not ProcessingWatermark.objects.filter(number__gt=0).exists()


def test_no_user_no_role_no_content_and_one_tie_to_the_history(cast, worked):
    record_processings()
    text = str(list(ProcessingRecord.objects.values()))
    people = [str(one) for who in (cast.bram, cast.anna, cast.bo, cast.nel) for one in (who.user, who.membership)]
    signal = Signal.objects.get(reference=worked)
    for word in (*people, signal.reporter_tie, str(signal.pk), worked, "focal_point"):
        assert word not in text
    by_trace = {bytes(h.hash)[:16].hex(): h for h in HistoryEntry.objects.all()}
    for row in ProcessingRecord.objects.all():
        assert (by_trace[row.trace_id].act, by_trace[row.trace_id].at) == (row.name, row.at)


def test_the_same_subject_is_the_same_in_every_record_and_nobody_can_try_it_out(worked):
    record_processings()
    signal = Signal.objects.get(reference=worked)
    of_signal = set(ProcessingRecord.objects.filter(name__startswith="step.").values_list("subject", flat=True))
    assert len(of_signal) == 1
    assert of_signal != {signal.reporter_tie}


def test_a_report_waits_for_none_of_it(cast):
    record_processings()
    with CaptureQueriesContext(connection, ) as queries:
        register_signal(NewSignal("Niet pluis."), reader=cast.bram, submission=uuid4(), now=MONDAY)
    assert not [q for q in queries.captured_queries if "processing" in q["sql"]]
    assert len([q for q in queries.captured_queries if not q["sql"].startswith(("BEGIN", "COMMIT"))]) <= 15


def test_tick_does_it_and_says_nothing_of_it(worked):
    report = tick(now=timezone.now())
    assert ProcessingRecord.objects.exists()
    assert report.troubles == []
    assert tick(now=timezone.now()).did_something is False


def test_a_refusal_is_a_processing_that_failed(cast, worked):
    from meldroute.services.refusals import remember

    remember(cast.noor, area="work_list", now=timezone.now(), reference=worked)
    record_processings()
    assert ProcessingRecord.objects.get(name="refused").failed


def test_as_lines_of_logboek_dataverwerkingen(worked):
    record_processings()
    lines = [json.loads(line) for line in audit_trail.export(audit_trail.Asked(), form="ldv", now=timezone.now())]
    assert len(lines) == ProcessingRecord.objects.count()
    uris = {one.id for one in processing_register().activities}
    for line in lines:
        assert set(line) == {"trace_id", "operation_id", "status_code", "name", "start_time", "end_time", "attributes"}
        assert (len(bytes.fromhex(line["trace_id"])), len(bytes.fromhex(line["operation_id"]))) == (16, 8)
        assert line["status_code"] in (0, 1, 2)
        assert line["attributes"]["dpl.core.processing_activity_id"] in uris
        assert line["attributes"]["dpl.core.data_subject_id"]
    assert len({(line["trace_id"], line["operation_id"]) for line in lines}) == len(lines)


# The register


def test_every_act_on_a_signal_is_named_in_the_register(worked):
    record_processings()
    register = processing_register()
    unnamed = {act for act in ProcessingRecord.objects.values_list("name", flat=True) if not register.names(act)}
    assert unnamed == set()
    assert register.activity_of("disclosure.given").id.endswith("verstrekken-aan-partner")
    assert register.activity_of("step.refer").id.endswith("verstrekken-aan-partner")
    assert register.activity_of("step.enrich").id.endswith("signaal-behandelen")
    assert register.activity_of("something.new").remaining


ENTRY = '[[activities]]\nid = "urn:x:a"\nname = {nl = "A"}\nacts = ["a."]\nground = "g"\nstatus = "policy"\n'


@pytest.mark.parametrize(("text", "cause"), [
    ("", "activities"),
    (ENTRY, "exactly one"),
    (ENTRY.replace("policy", "surely") + "remaining = true\n", "'surely' is unknown"),
    (ENTRY.replace("urn:x:a", "a") + "remaining = true\n", "no URI"),
    (ENTRY + "remaining = true\n" + ENTRY, "stands there twice"),
    (ENTRY.replace('ground = "g"\n', ""), "ground"),
])
def test_a_broken_register_is_refused_in_words(text, cause):
    with pytest.raises(BadRegister, match=cause):
        parse_register(text)
