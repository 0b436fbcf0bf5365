"""What somebody could try with the page for citizens, and what a visit leaves on the machine."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.receipt_numbers import make_receipt
from meldroute.services.outside_limits import LIMITS, limits
from meldroute.storage.models import HistoryEntry, Signal
from tests.outside_help import STORY, open_page, stored
from tests.signing_in import signed_in
from tests.web.outside_visitor import URL, Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def opened(cast):
    open_page(cast, now=timezone.now())
    return cast


def test_a_visit_leaves_no_line_in_a_log(opened, caplog):
    caplog.set_level(logging.DEBUG, logger="django.request")
    visitor = Visitor().goes("send").goes("check").goes("read", receipt="1" * 30).sends()
    visitor.goes("check", receipt="12")
    Client().get("/informatie/GM9999/")
    assert caplog.records == []


def test_a_whole_visit_leaves_no_word_no_address_and_no_receipt_in_database_or_files(opened):
    visitor = Visitor(REMOTE_ADDR="203.0.113.77").sends(name="Piotr Wymyślony", contact="06-00000077")
    receipt = visitor.receipt
    visitor.goes("check", receipt=receipt).goes("return").goes("read", receipt=receipt)
    visitor.goes("answer", text="Zij heten allemaal Verzonnen.")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint")
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode()
                      for row in cursor.fetchall() for v in row]
    found += [path.read_bytes() for path in Path(settings.MELDROUTE_DATA).rglob("*") if path.is_file()]
    whole = b"\n".join(found)
    words = (STORY, "Piotr", "06-00000077", "Verzonnen.", "203.0.113.77", receipt, receipt[:12])
    assert [word for word in words if word.encode() in whole] == []


def test_guessing_receipts_ends_at_the_limit_of_the_address_and_locks_out_nobody_else(opened):
    receipt = Visitor().sends().receipt
    guesser = Visitor(REMOTE_ADDR="203.0.113.5")
    answers = []
    for n in range(LIMITS["receipt"] + 2):
        guesser.goes("return").goes("read", receipt=make_receipt(bytes([n]) * 32))
        answers.append(guesser.answer.status_code)
    assert answers == [400] * LIMITS["receipt"] + [429] * 2
    guesser.goes("return").goes("read", receipt=receipt)
    assert guesser.answer.status_code == 429
    assert Visitor().goes("return").goes("read", receipt=receipt).answer.status_code == 200


def test_an_address_that_is_made_up_in_a_header_counts_as_the_real_one(opened):
    for n in range(LIMITS["report"]):
        Visitor(REMOTE_ADDR="203.0.113.5", headers={"x-forwarded-for": f"198.51.100.{n}"}).sends(work=False)
    late = Visitor(REMOTE_ADDR="203.0.113.5", headers={"x-forwarded-for": "198.51.100.200"}).sends(work=False)
    assert late.answer.status_code == 409


def test_one_calculation_is_one_report(opened):
    visitor = Visitor().goes("write")
    token = visitor.token
    from tests.outside_help import worked

    work = worked(token)
    visitor.goes("send", narrative=STORY, work=work, token=token)
    assert visitor.receipt
    visitor.goes("send", narrative="Iets anders.", work=work, token=token)
    other = Visitor().goes("write")
    other.goes("send", narrative="Nog iets.", work=work)
    assert sorted(Signal.objects.values_list("lane", flat=True)) == ["held", "regular"]


@pytest.mark.parametrize("who", ["bram", "dina", "frits", "pia", "noor", "nel", "zora", "karel", "rick"])
def test_what_was_set_aside_is_absent_for_all_but_the_desk(opened, who):
    signal = stored(Visitor().sends(work=False).receipt)
    client = signed_in(getattr(opened, who))
    for name, method in (("signal", "get"), ("ask_reporter", "get"), ("ask_reporter", "post"), ("mark_spam", "get"),
                         ("mark_spam", "post"), ("release_held", "post")):
        answer = getattr(client, method)(reverse(name, args=[signal.reference]))
        assert answer.status_code == 404, (name, method)
    signal.refresh_from_db()
    assert (signal.lane, signal.version) == ("held", 1)
    assert HistoryEntry.objects.filter(act="refused").exists()


def test_of_a_colleague_s_report_nobody_can_be_asked(opened):
    from meldroute.services.intake import NewSignal, register_signal
    from tests.cast import MONDAY

    own = register_signal(NewSignal("x"), reader=opened.bram, submission=stored(Visitor().sends().receipt).pk, now=MONDAY)
    for name in ("ask_reporter", "mark_spam"):
        assert signed_in(opened.anna).get(reverse(name, args=[own.reference])).status_code == 404


@pytest.mark.parametrize("body", [b"x" * 600_000, b"step=send&" * 600, b"\xff\xfe", b"step=read&receipt=" + b"9" * 100_000,
                                  b"step=answer&text=\x00"])
def test_a_body_that_is_no_form_leaves_nothing_and_breaks_nothing(opened, body):
    answer = Client(raise_request_exception=False).post(URL, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500
    assert not answer.cookies
    assert Signal.objects.count() == 0


def test_mark_up_stays_text_on_both_sides(opened):
    bad = "<script>alert(1)</script>{{ 7|add:7 }}{municipality}"
    visitor = Visitor().sends(narrative=bad, name=bad, contact=bad)
    signal = stored(visitor.receipt)
    seen = signed_in(opened.anna).get(f"/signalen/{signal.reference}/").content.decode()
    assert "<script>alert" not in seen
    assert "{municipality}" in seen
