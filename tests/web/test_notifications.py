"""Notices in the product: that something waits, a way to it for whoever may go there, and one's own only."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from meldroute.services import notices
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.notices import inbox, unseen_count
from meldroute.services.recipients import ADDRESSES
from meldroute.storage.models import HistoryEntry, Message
from meldroute.web.pages import notifications
from tests.cast import MONDAY
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def report(cast, **fields) -> str:
    return register_signal(NewSignal("De buurman van nummer 7.", **fields), reader=cast.bram, submission=uuid4(),
                           now=timezone.now() - timedelta(minutes=5)).reference


def leave(reader, kind, **fields) -> Message:
    return Message.objects.create(kind=kind, recipient_kind="membership", membership_id=reader.membership,
                                  created_at=timezone.now(), **fields)


def test_the_focal_point_reads_that_a_signal_waits_with_its_reference_and_no_story(cast):
    reference = report(cast)
    page = text(signed_in(cast.anna).get("/berichten/"))
    assert f"A new signal waits for you. {reference}" in page
    assert "nummer 7" not in page
    entry = HistoryEntry.objects.filter(act="list.read").last()
    assert (entry.details, len(entry.subjects)) == ({"list": "notifications"}, 1)


def test_a_reference_is_shown_only_to_whoever_may_open_that_signal(cast):
    reference = report(cast, about_colleague=True)
    signal = Message.objects.get().signal
    for reader in (cast.anna, cast.frits, cast.karel, cast.noor, cast.nel):
        leave(reader, "late", signal=signal)
        assert reference not in text(signed_in(reader).get("/berichten/"))


def test_who_stands_in_for_a_neighbour_reads_for_whom_and_how_to_get_there(cast):
    reference = report(cast)
    leave(cast.noor, "late", signal=Message.objects.get().signal, municipality=cast.helmond)
    page = text(signed_in(cast.noor).get("/berichten/"))
    assert "It is of Gemeente Helmond, for which you stand in: choose that role in the menu." in page
    assert reference not in page


def test_nobody_sees_or_marks_the_notices_of_somebody_else(cast):
    report(cast)
    message = Message.objects.get()
    bo = signed_in(cast.bo)
    assert "A new signal waits" not in text(bo.get("/berichten/"))
    bo.post("/berichten/gezien/", {"notice": str(message.pk)})
    bo.post("/berichten/gezien/", {})
    message.refresh_from_db()
    assert message.seen_at is None


def test_looking_changes_nothing_and_ticking_off_does(cast):
    report(cast)
    anna = signed_in(cast.anna)
    anna.get("/berichten/")
    assert unseen_count(cast.anna) == 1
    anna.post("/berichten/gezien/", {"notice": str(Message.objects.get().pk)})
    assert unseen_count(cast.anna) == 0


def test_what_came_in_after_the_page_was_made_is_not_marked_with_it(cast):
    report(cast)
    anna = signed_in(cast.anna)
    until = anna.get("/berichten/").context["now"].isoformat()
    leave(cast.anna, "late")
    anna.post("/berichten/gezien/", {"until": until})
    assert list(Message.objects.filter(seen_at=None).values_list("kind", flat=True)) == ["late"]


@pytest.mark.parametrize("bad", [{"notice": "x' OR 1=1"}, {"until": "gisteren"}, {"until": "2026-01-01T00:00:00"}, {}])
def test_a_hostile_form_breaks_nothing(cast, bad):
    assert signed_in(cast.anna).post("/berichten/gezien/", bad).status_code == 302


def test_an_alarm_is_a_count_with_a_way_to_what_can_be_done(cast):
    leave(cast.frits, "nobody_on_duty", count=3)
    page = signed_in(cast.frits).get("/berichten/")
    assert "3 signals wait and nobody is on duty." in text(page)
    assert 'href="/instellingen/"' in page.content.decode()
    leave(cast.karel, "escalated")
    assert 'href="/keten/"' in signed_in(cast.karel).get("/berichten/").content.decode()


def test_pages_follow_each_other_without_gaps_or_doubles_and_cost_the_same(cast, django_assert_max_num_queries):
    for n in range(notices.PAGE + 7):
        Message.objects.create(kind="late", recipient_kind="membership", membership_id=cast.anna.membership,
                               created_at=MONDAY - timedelta(minutes=n // 3))
    with django_assert_max_num_queries(2):
        first = inbox(reader=cast.anna, now=MONDAY)
    second = inbox(reader=cast.anna, now=MONDAY, before=first.next_before)
    ids = [n.id for n in (*first.notices, *second.notices)]
    assert (len(ids), len(set(ids)), second.next_before) == (notices.PAGE + 7, notices.PAGE + 7, None)


def test_an_empty_page_says_what_happens_by_itself(cast):
    assert "When something waits for you it appears here by itself" in text(signed_in(cast.nel).get("/berichten/"))


def test_every_kind_that_is_mailed_in_its_own_way_has_words_here():
    kinds = set(notices.MAIL) - {"partner_link", "nobody_on_duty"}
    assert kinds <= set(notifications.WORDS)


def test_mail_leads_to_pages_that_exist():
    for page, address in ADDRESSES.items():
        token = ["t0k-en"] if "{}" in address else []
        assert reverse({"invitation": "account_invitation_link"}.get(page, page), args=token) == address.format(*token)


def test_the_menu_says_how_many_were_not_seen_yet(cast):
    report(cast), report(cast)
    menu = '<a class="mr-nav__link" href="/berichten/"'
    page = signed_in(cast.anna).get("/werklijst/").content.decode()
    assert re.search(rf'{menu}[^>]*>Notices <span class="nl-data-badge">2</span>', page)
    assert "nl-data-badge" not in re.search(rf"{menu}.*?</a>", signed_in(cast.bo).get("/berichten/").content.decode()).group()


def test_counting_what_was_not_seen_is_one_look_in_an_index(cast):
    if connection.vendor == "sqlite":
        plan = Message.objects.filter(membership_id=cast.anna.membership, seen_at=None).values("pk")[:100].explain()
        assert "message_unseen" in plan
