"""Who saw this file: everything that names it, for the privacy officer of its municipality, and nobody unseen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from meldroute.services import refusals
from meldroute.services.desk import NoSuchSignal
from meldroute.services.my_reports import my_reports
from meldroute.services.reading import oversight
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, Membership, Signal
from tests.services.passing_on_help import pass_on, passing, reported

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "Verzonnen verhaal van Kwaadwillige Kees."


@pytest.fixture
def seen(cast):
    """Passed on by Anna, stood on Bo's list, looked at by its reporter, and tried by Noor of Deurne and by Frits."""
    now = timezone.now()
    reference = passing(cast, narrative=STORY, now=now)
    pass_on(cast, reference, "ISZW", now=now)
    for group in ("yours", "others", "promised"):
        work_list(reader=cast.bo, now=now, group=group)
    open_signal(reference, reader=cast.bo, now=now)
    my_reports(cast.bram.user, now=now, language="nl")
    for who in (cast.noor, cast.frits):
        refusals.remember(who, area="work_list", now=now, reference=reference)
    return reference


def log_of(cast, reference, **more):
    return oversight.who_saw(reference, reader=cast.pia, now=timezone.now(), **more)


def test_every_act_look_list_and_refusal_stands_there_with_who_and_why(cast, seen):
    found = {(line.act, line.who.name or line.who.kind) for line in log_of(cast, seen).lines}
    assert {("signal.received", "reporter"), ("disclosure.given", "Anna Aandacht"), ("signal.read", "Bo Buddy"),
            ("list.read", "Bo Buddy"), ("signal.read", "reporter"), ("refused", "Noor Nabij"),
            ("refused", "Frits Functioneel")} <= found
    assert all(line.why.name.nl and line.why.ground for line in log_of(cast, seen).lines)
    noor = next(line for line in log_of(cast, seen).lines if line.who.name == "Noor Nabij")
    assert (noor.who.organisation, noor.who.role) == ("Gemeente Deurne", "focal_point")


def test_the_reporter_is_nobody_by_name_also_where_they_were_refused(cast, seen):
    """Bram types the reference of his own report at the desk's address: that entry has his name, so not the signal."""
    refusals.remember(cast.bram, area="work_list", now=timezone.now(), reference=seen)
    assert "Bram" not in str(log_of(cast, seen))
    assert HistoryEntry.objects.filter(act="refused", actor=str(cast.bram.membership)).get().signal is None


def test_a_look_at_the_log_is_logged_and_stands_in_it(cast, seen):
    log_of(cast, seen)
    entry = HistoryEntry.objects.get(act="log.read")
    assert (entry.actor, entry.signal, entry.chain) == (
        str(cast.pia.membership), Signal.objects.get(reference=seen).pk, str(cast.helmond.pk))
    assert [line.who.name for line in log_of(cast, seen).lines if line.act == "log.read"] == ["Pia Privacy"]


def test_and_the_desk_does_not_see_that_somebody_looked(cast, seen):
    log_of(cast, seen)
    page = open_signal(seen, reader=cast.anna, now=timezone.now())
    assert not {"log.read", "refused"} & {entry.act for entry in page.timeline}


def test_no_log_no_page(cast, seen, monkeypatch):
    def fails(*args, **more):
        raise OSError("the disk is full")

    monkeypatch.setattr(history, "append", fails)
    with pytest.raises(OSError, match="full"):
        log_of(cast, seen)


@pytest.mark.parametrize("who", ["bram", "anna", "bo", "dina", "frits", "noor", "nel", "zora", "karel", "rick"])
def test_for_everybody_else_there_is_no_log(cast, seen, who):
    reader = getattr(cast, who)
    with pytest.raises(NoSuchSignal):
        oversight.who_saw(seen, reader=reader, now=timezone.now())
    with pytest.raises(oversight.NotTheOfficer):
        oversight.refused(reader=reader, now=timezone.now())


def test_the_officer_of_another_municipality_finds_no_file_here(cast, seen):
    from dataclasses import replace

    elsewhere = replace(cast.pia, organisation=cast.deurne.pk)
    with pytest.raises(NoSuchSignal):
        oversight.who_saw(seen, reader=elsewhere, now=timezone.now())


def test_no_content_is_opened(cast, seen, monkeypatch):
    monkeypatch.setattr("meldroute.storage.sealing.open_sealed", lambda *a, **k: pytest.fail("something was opened"))
    assert STORY not in str(log_of(cast, seen))


def test_pages_follow_each_other_without_gap_or_double(cast):
    reference = reported(cast, narrative=STORY)
    signal, now = Signal.objects.get(reference=reference), timezone.now()
    with transaction.atomic():
        for n in range(130):  # of one moment, and as lists and looks mixed
            list_, about = n % 3 == 0, {"act": "signal.read", "signal": signal.pk}
            if list_:
                about = {"act": "list.read", "subjects": [uuid4(), signal.pk]}
            history.append(cast.helmond.pk, actor=cast.bo.actor, now=now + timedelta(seconds=n // 7),
                           details={"part": str(n)}, **about)
    parts, before = [], ""
    while True:
        card = oversight.who_saw(reference, reader=cast.pia, now=now - timedelta(days=1), before=before)
        parts += [line.part for line in card.lines if line.act in ("signal.read", "list.read")]
        if not card.next_before:
            break
        assert len(card.lines) == oversight.PAGE
        before = card.next_before
    assert sorted(parts, key=int) == [str(n) for n in range(130)]


@pytest.mark.parametrize("before", ["x", "~", "2026-01-01~1", "9999-12-31T23:59:59+00:00~-1", "2026-01-01T00:00:00+00:00~" + "9" * 30])
def test_a_place_that_is_not_ours_starts_at_the_newest(cast, seen, before):
    assert log_of(cast, seen, before=before).lines


def test_refusals_of_one_s_own_people_newest_first_with_the_signal_when_it_is_ours(cast, seen):
    card = oversight.refused(reader=cast.pia, now=timezone.now())
    assert [(line.who.name, line.reference, line.part) for line in card.lines] == [("Frits Functioneel", seen, "work_list")]
    assert HistoryEntry.objects.filter(act="log.read").get().details == {"part": "refusals"}


def test_somebody_whose_account_is_gone_is_still_told_apart(cast, seen):
    Membership.objects.filter(pk=cast.noor.membership).update(role="reporter")
    noor = next(line for line in log_of(cast, seen).lines if line.who.name == "Noor Nabij")
    assert noor.who.role == "focal_point"  # what they were when they tried
