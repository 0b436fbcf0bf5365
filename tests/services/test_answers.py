"""What a partner answers by account or by phone, and what nobody else gets to know by it."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meldroute.rules.referral import AlreadySettled
from meldroute.services import disclosures, passing_on
from meldroute.services.answers import AnswerIncomplete, NewAnswer, answer_by_account, answer_by_phone
from meldroute.services.desk import NoSuchSignal, key_of
from meldroute.services.disclosures import NoSuchDisclosure, disclosed, disclosure_card
from meldroute.services.my_reports import my_reports
from meldroute.storage.models import Answer, Clock, HistoryEntry, Message, Referral, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import ask, enriched
from tests.services.passing_on_help import pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)


# By account


@pytest.mark.requirement("S-B1-10", "S-3.4-09")
def test_an_expert_says_the_outcome_the_steps_and_the_options_and_the_focal_point_is_told(cast):
    reference = enriched(cast)
    ask(cast, reference, "ISZW", channel="account")
    request = Referral.objects.get(signal__reference=reference, purpose="advice")
    new = NewAnswer("result", "Dit hoort bij ons.", steps="Doe nu niets.", options="Een controle samen met ons.",
                    meanwhile="nothing")
    answer_by_account(request.pk, new, reader=cast.nel, now=MONDAY)
    row = Answer.objects.get()
    content = row.unseal("content_sealed", key=key_of(row.signal_id))
    assert (content["text"], content["steps"], content["options"]) == (
        "Dit hoort bij ons.", "Doe nu niets.", "Een controle samen met ons.")
    assert content["meanwhile"] == "nothing"
    assert b"Doe nu niets" not in bytes(row.content_sealed)
    told = Message.objects.get(kind="answer_received")
    assert (told.membership_id, told.content_sealed) == (cast.anna.membership, None)
    assert HistoryEntry.objects.get(act="answer.received").details["answer"] == "result"


def test_a_partner_sees_its_own_disclosure_and_no_other_partners(cast):
    reference = passing(cast)
    nla = pass_on(cast, reference, "ISZW")
    zoco = pass_on(cast, reference, "ZOCO", agreement="unknown")
    assert [r.referral for r in disclosed(reader=cast.nel, now=MONDAY).rows] == [nla.referral]
    assert [r.referral for r in disclosed(reader=cast.zora, now=MONDAY).rows] == [zoco.referral]
    for reader in (cast.zora, cast.rick, cast.karel, cast.bram, cast.noor, cast.anna):
        with pytest.raises(NoSuchDisclosure):
            disclosure_card(nla.referral, reader=reader, now=MONDAY)
        with pytest.raises(NoSuchDisclosure):
            answer_by_account(nla.referral, NewAnswer("taken_up"), reader=reader, now=MONDAY)
    assert not Answer.objects.exists()


def test_opening_a_disclosure_is_logged_in_the_chain_of_the_municipality(cast):
    sent = pass_on(cast, passing(cast), "ISZW")
    disclosure_card(sent.referral, reader=cast.nel, now=MONDAY)
    read = HistoryEntry.objects.last()
    assert (read.chain, read.act, read.actor) == (str(cast.helmond.pk), "signal.read", str(cast.nel.membership))
    disclosed(reader=cast.nel, now=MONDAY)
    listed = HistoryEntry.objects.last()
    assert (listed.act, listed.subjects) == ("list.read", [str(Signal.objects.get().pk)])


def test_the_list_costs_the_same_number_of_queries_however_long_it_is(cast, django_assert_num_queries):
    for _ in range(3):
        pass_on(cast, passing(cast), "ISZW")
    with CaptureQueriesContext(connection) as three:
        disclosed(reader=cast.nel, now=MONDAY)
    pass_on(cast, passing(cast), "ISZW")
    with django_assert_num_queries(len(three)):
        assert len(disclosed(reader=cast.nel, now=MONDAY).rows) == 4


def test_the_list_goes_on_page_after_page_without_losing_or_doubling_a_row(cast, monkeypatch):
    monkeypatch.setattr(disclosures, "PAGE", 2)
    sent = [pass_on(cast, passing(cast), "ISZW").referral for _ in range(5)]
    seen, after = [], None
    for _ in range(3):
        page = disclosed(reader=cast.nel, now=MONDAY, after=after)
        seen += [row.referral for row in page.rows]
        after = page.older
    assert sorted(seen) == sorted(sent)
    assert after is None


def test_a_list_with_rows_of_two_municipalities_is_logged_in_both(cast):
    pass_on(cast, passing(cast), "ISZW")
    pass_on(replace(cast, anna=cast.noor), passing(replace(cast, anna=cast.noor, bram=cast.noor)), "ISZW")
    assert len(disclosed(reader=cast.nel, now=MONDAY).rows) == 2
    logged = HistoryEntry.objects.filter(act="list.read", actor=str(cast.nel.membership)).order_by("id")
    assert [h.chain for h in logged] == sorted([str(cast.helmond.pk), str(cast.deurne.pk)])
    assert all(len(h.subjects) == 1 for h in logged)


def test_no_feedback_possible_now_keeps_no_reason_whatever_was_typed(cast):
    sent = pass_on(cast, passing(cast), "ISZW")
    answer_by_account(sent.referral, NewAnswer("no_feedback", "want er loopt een onderzoek", steps="geheim",
                                               meanwhile="nothing"), reader=cast.nel, now=MONDAY)
    row = Answer.objects.get()
    assert row.unseal("content_sealed", key=key_of(row.signal_id)) == {}


def test_need_more_and_a_result_say_something(cast):
    sent = pass_on(cast, passing(cast), "ISZW")
    for kind in ("need_more", "result", "feedback"):
        with pytest.raises(AnswerIncomplete):
            answer_by_account(sent.referral, NewAnswer(kind), reader=cast.nel, now=MONDAY)
    with pytest.raises(AnswerIncomplete):
        answer_by_account(sent.referral, NewAnswer("taken_up", meanwhile="something"), reader=cast.nel, now=MONDAY)
    assert Referral.objects.get(pk=sent.referral).status == "open"


def test_a_second_outcome_comes_too_late(cast):
    sent = pass_on(cast, passing(cast), "ISZW")
    answer_by_account(sent.referral, NewAnswer("not_for_us"), reader=cast.nel, now=MONDAY)
    with pytest.raises(AlreadySettled):
        answer_by_account(sent.referral, NewAnswer("taken_up"), reader=cast.nel, now=MONDAY)


# By phone


def test_by_phone_the_focal_point_writes_it_down_and_hears_when_everybody_answered(cast):
    reference = passing(cast)
    nla = pass_on(cast, reference, "ISZW")
    zoco = pass_on(cast, reference, "ZOCO", agreement="unknown")
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    first = answer_by_phone(reference, referral=nla.referral, new=NewAnswer("no_feedback"), reader=cast.anna, now=MONDAY)
    last = answer_by_phone(reference, referral=zoco.referral, new=NewAnswer("result", "Hulp gestart."),
                           reader=cast.anna, now=MONDAY)
    assert (first.may_settle, last.may_settle) == (False, True)
    passing_on.settle(reference, reader=cast.anna, now=MONDAY)
    assert Signal.objects.get().kind == "report_back"


def test_a_focal_point_elsewhere_cannot_answer_for_a_partner(cast):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW")
    other = passing(cast)
    with pytest.raises(NoSuchSignal):
        answer_by_phone(reference, referral=sent.referral, new=NewAnswer("taken_up"), reader=cast.noor, now=MONDAY)
    with pytest.raises(NoSuchSignal):
        answer_by_phone(other, referral=sent.referral, new=NewAnswer("taken_up"), reader=cast.anna, now=MONDAY)


# What the reporter sees


@pytest.mark.requirement("S-B2-37")
def test_the_reporter_sees_the_same_whether_there_is_an_investigation_nothing_or_silence(cast):
    """Three reports at the same moment; the partner takes one up, says no to one and is silent about one."""
    told = {}
    for said in ("taken_up", "not_for_us", "no_feedback", None):
        reference = passing(cast)
        nla = pass_on(cast, reference, "ISZW")
        pass_on(cast, reference, "ZOCO", agreement="unknown")
        passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
        if said:
            answer_by_account(nla.referral, NewAnswer(said), reader=cast.nel, now=MONDAY)
        told[reference] = said
    cards = {c.reference: c for c in my_reports(cast.bram.user, now=MONDAY, language="nl").reports}
    seen = {(cards[r].state, cards[r].received_at, cards[r].feedback) for r in told}
    assert len(seen) == 1
    assert not Message.objects.filter(recipient_kind="reporter").exists()


def test_an_answer_after_closing_is_kept_and_starts_no_clock(cast):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW")
    Signal.objects.update(kind="end", state="afgehandeld")
    answer_by_account(sent.referral, NewAnswer("received"), reader=cast.nel, now=MONDAY)
    assert not Clock.objects.filter(referral=sent.referral, stopped_at=None).exists()
