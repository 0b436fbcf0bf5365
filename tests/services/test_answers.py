"""What a partner answers, three ways, and what nobody else gets to know by it."""

import json
import logging
import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meldroute.rules.referral import AlreadySettled
from meldroute.services import disclosures, partner_links, passing_on
from meldroute.services.answers import AnswerIncomplete, NewAnswer, answer_by_account, answer_by_link, answer_by_phone
from meldroute.services.desk import NoSuchSignal, key_of
from meldroute.services.disclosures import NoSuchDisclosure, disclosed, disclosure_card, linked_card
from meldroute.services.my_reports import my_reports
from meldroute.services.partner_links import AccessExpired, LinkClosed
from meldroute.storage.models import Answer, Clock, HistoryEntry, Message, PartnerLink, Referral, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import ask, enriched
from tests.services.passing_on_help import STORY, pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "meldpunt@partner.example"


def linked(cast, reference):
    """A request sent by link: its token from the mail that waits, its code from the focal point's page."""
    sent = pass_on(cast, reference, "ISZW", channel="link", to=MAIL)
    mail = partner_links.mail_of(Message.objects.get(kind="partner_link", sent_at=None))
    code = partner_links.code_to_read_aloud(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code
    return sent, mail, code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


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


# By link and code


def test_the_code_opens_the_frozen_copy_and_one_answer_spends_the_link(cast):
    sent, mail, code = linked(cast, passing(cast))
    assert mail.to == MAIL
    opened = partner_links.open_with_code(mail.token, f"{code[:4]} {code[4:]}", now=MONDAY)
    card = linked_card(opened, now=MONDAY)
    assert STORY in dict(card.copies[0][1]).values()
    again = partner_links.with_access(mail.token, opened.access, now=MONDAY)
    answer_by_link(again, NewAnswer("taken_up"), now=MONDAY)
    assert Answer.objects.get().via == "link"
    assert Referral.objects.get(pk=sent.referral).status == "taken_up"
    with pytest.raises(LinkClosed):
        partner_links.open_with_code(mail.token, code, now=MONDAY)
    with pytest.raises(LinkClosed):
        answer_by_link(again, NewAnswer("no_feedback"), now=MONDAY)
    assert Answer.objects.count() == 1


def test_what_lies_in_the_database_opens_no_link(cast):
    _, mail, code = linked(cast, passing(cast))
    link, message = PartnerLink.objects.get(), Message.objects.get(kind="partner_link")
    stored = [link.token_hash, link.code_hash, bytes(link.code_sealed), bytes(message.content_sealed)]
    for secret in (mail.token, code, MAIL):
        assert not any(secret in str(s) or secret.encode() in (s if isinstance(s, bytes) else b"") for s in stored)
    assert mail.token not in json.dumps([h.details for h in HistoryEntry.objects.all()])


def test_five_wrong_codes_block_the_link_and_tell_the_focal_point(cast):
    reference = passing(cast)
    sent, mail, code = linked(cast, reference)
    for _ in range(5):
        with pytest.raises(LinkClosed):
            partner_links.open_with_code(mail.token, wrong(code), now=MONDAY)
    with pytest.raises(LinkClosed):
        partner_links.open_with_code(mail.token, code, now=MONDAY)
    assert Message.objects.get(kind="link_blocked").membership_id == cast.anna.membership
    assert PartnerLink.objects.get().wrong_codes == 5
    assert partner_links.code_to_read_aloud(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code == ""

    partner_links.new_link(reference, referral=sent.referral, to=MAIL, reader=cast.anna, now=MONDAY)
    waiting = Message.objects.exclude(next_try_at=None).get(kind="partner_link")
    token = partner_links.mail_of(waiting).token
    fresh = partner_links.code_to_read_aloud(reference, referral=sent.referral, reader=cast.anna, now=MONDAY)
    assert (token, fresh.code) != (mail.token, code)
    assert partner_links.open_with_code(token, fresh.code, now=MONDAY).referral == sent.referral


def test_a_wrong_code_an_unknown_link_and_an_old_link_look_the_same(cast):
    _, mail, code = linked(cast, passing(cast))
    said = set()
    for token, typed, now in ((mail.token, wrong(code), MONDAY), ("niemand", code, MONDAY), (mail.token, "", MONDAY),
                              (mail.token, code, MONDAY + timedelta(days=31))):
        with pytest.raises(LinkClosed) as refused:
            partner_links.open_with_code(token, typed, now=now)
        said.add(str(refused.value))
    assert len(said) == 1


def test_a_new_link_closes_the_old_one_also_for_somebody_who_had_it_open(cast):
    reference = passing(cast)
    sent, mail, code = linked(cast, reference)
    opened = partner_links.open_with_code(mail.token, code, now=MONDAY)
    partner_links.new_link(reference, referral=sent.referral, to=MAIL, reader=cast.anna, now=MONDAY)
    for use in (lambda: partner_links.open_with_code(mail.token, code, now=MONDAY),
                lambda: partner_links.with_access(mail.token, opened.access, now=MONDAY),
                lambda: answer_by_link(opened, NewAnswer("taken_up"), now=MONDAY)):
        with pytest.raises(LinkClosed):
            use()


def test_access_ends_after_two_hours_and_fits_no_other_link(cast):
    _, mail, code = linked(cast, passing(cast))
    opened = partner_links.open_with_code(mail.token, code, now=MONDAY)
    with pytest.raises(AccessExpired):
        partner_links.with_access(mail.token, opened.access, now=MONDAY + timedelta(hours=3))
    Message.objects.filter(kind="partner_link").update(sent_at=MONDAY)
    _, other, _ = linked(cast, passing(cast))
    with pytest.raises(AccessExpired):
        partner_links.with_access(other.token, opened.access, now=MONDAY)
    with pytest.raises(AccessExpired):
        partner_links.with_access(mail.token, "verzonnen", now=MONDAY)


# Two at once


def at_once(*acts):
    """Run these in threads of their own; the outcomes, exceptions included."""
    found, barrier = [], threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            found.append(act())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_ten_wrong_codes_at_once_count_five_and_alarm_once(cast):
    _, mail, code = linked(cast, passing(cast))
    outcomes = at_once(*[lambda: partner_links.open_with_code(mail.token, wrong(code), now=MONDAY)] * 10)
    assert all(isinstance(o, LinkClosed) for o in outcomes), outcomes
    assert PartnerLink.objects.get().wrong_codes == 5
    assert Message.objects.filter(kind="link_blocked").count() == 1


def test_of_two_answers_at_once_one_is_kept(cast):
    _, mail, code = linked(cast, passing(cast))
    opened = partner_links.open_with_code(mail.token, code, now=MONDAY)
    outcomes = at_once(lambda: answer_by_link(opened, NewAnswer("taken_up"), now=MONDAY),
                       lambda: answer_by_link(opened, NewAnswer("not_for_us"), now=MONDAY))
    assert sum(isinstance(o, LinkClosed) for o in outcomes) == 1, outcomes
    assert Answer.objects.count() == 1


def test_a_last_wrong_code_and_a_new_link_at_once_wait_for_each_other(cast):
    """Both touch the signal and the link: in one order, or one of them would be thrown out."""
    for _ in range(3):
        Message.objects.filter(kind="partner_link").update(next_try_at=None, sent_at=MONDAY)
        reference = passing(cast)
        sent, mail, code = linked(cast, reference)
        PartnerLink.objects.filter(referral=sent.referral).update(wrong_codes=4)
        outcomes = at_once(
            partial(partner_links.open_with_code, mail.token, wrong(code), now=MONDAY),
            partial(partner_links.new_link, reference, referral=sent.referral, to=MAIL, reader=cast.anna, now=MONDAY))
        assert {type(o) for o in outcomes} == {LinkClosed, type(None)}, outcomes


def test_no_token_and_no_code_reach_a_log(cast, caplog):
    caplog.set_level(logging.DEBUG)
    _, mail, code = linked(cast, passing(cast))
    opened = partner_links.open_with_code(mail.token, code, now=MONDAY)
    answer_by_link(opened, NewAnswer("taken_up"), now=MONDAY)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert not any(mail.token in line or code in line for line in ours)


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
