"""What a partner answers by link and code: one answer spends the link, five wrong codes block it, also at once."""

import json
import logging
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from meldroute.services import partner_links
from meldroute.services.answers import NewAnswer, answer_by_link
from meldroute.services.disclosures import linked_card
from meldroute.services.partner_links import AccessExpired, LinkClosed
from meldroute.services.passing_on_pages import sent_page
from meldroute.storage.models import Answer, HistoryEntry, Message, PartnerLink, Referral
from tests.cast import MONDAY
from tests.services.passing_on_help import STORY, pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "meldpunt@partner.example"


def linked(cast, reference):
    """A request sent by link: its token from the mail that waits, its code from the focal point's page."""
    sent = pass_on(cast, reference, "ISZW", channel="link", to=MAIL)
    mail = partner_links.mail_of(Message.objects.get(kind="partner_link", sent_at=None))
    code = sent_page(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code
    return sent, mail, code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


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
    assert sent_page(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code == ""

    partner_links.new_link(reference, referral=sent.referral, to=MAIL, reader=cast.anna, now=MONDAY)
    waiting = Message.objects.exclude(next_try_at=None).get(kind="partner_link")
    token = partner_links.mail_of(waiting).token
    fresh = sent_page(reference, referral=sent.referral, reader=cast.anna, now=MONDAY)
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


def test_no_token_and_no_code_reach_a_log(cast, caplog):
    caplog.set_level(logging.DEBUG)
    _, mail, code = linked(cast, passing(cast))
    opened = partner_links.open_with_code(mail.token, code, now=MONDAY)
    answer_by_link(opened, NewAnswer("taken_up"), now=MONDAY)
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert not any(mail.token in line or code in line for line in ours)


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
        link = PartnerLink.objects.get(referral=sent.referral, replaced_at=None)
        link.wrong_codes = 4
        link.save()
        outcomes = at_once(
            partial(partner_links.open_with_code, mail.token, wrong(code), now=MONDAY),
            partial(partner_links.new_link, reference, referral=sent.referral, to=MAIL, reader=cast.anna, now=MONDAY))
        assert {type(o) for o in outcomes} == {LinkClosed, type(None)}, outcomes
