"""Somebody from outside reports: taken in once, under a receipt, sealed, and never without a reader."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from meldroute.rules.receipt_numbers import normalise_receipt
from meldroute.services import outside
from meldroute.services.intake import NobodyDesignated, SentBefore
from meldroute.services.municipality_settings import SettingsRefused
from meldroute.services.outside import NotOpenHere, PageTokenBroken, PageUsed, Slip, TooMany
from meldroute.services.outside_limits import LIMITS, limits
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.models import Clock, HistoryEntry, Membership, Message, Signal
from tests.cast import MONDAY
from tests.outside_help import CODE, STORY, open_page, page, report, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
HOUR = timedelta(hours=1)


def test_it_is_closed_until_a_municipality_opens_it(cast):
    for code in (CODE, "GM0762", "GM9999"):
        with pytest.raises(NotOpenHere):
            outside.page_of(code, now=MONDAY, language="nl")
    open_page(cast)
    assert page().open
    with pytest.raises(NotOpenHere):
        outside.page_of("GM0762", now=MONDAY, language="nl")


def test_it_opens_on_its_day(cast):
    open_page(cast, starts=(MONDAY + timedelta(days=7)).date())
    with pytest.raises(NotOpenHere):
        page(MONDAY + timedelta(days=6))
    assert page(MONDAY + timedelta(days=7)).open


@pytest.mark.parametrize(("phone", "cause"), [("", "no_contact_line"), ("bel me", "bad_number")])
def test_it_opens_only_with_a_number_that_answers(cast, phone, cause):
    from meldroute.rules.choices import Outside
    from meldroute.services.municipality_settings import save, settings_now

    with pytest.raises(SettingsRefused) as refused:
        save("outside", Outside(open=True, phone=phone), starts=None, seen=settings_now(reader=cast.frits, now=MONDAY).row,
             reader=cast.frits, now=MONDAY)
    assert ("outside.phone", cause) in [(f.place, f.cause) for f in refused.value.findings]


def test_it_opens_only_with_a_focal_point(cast):
    Membership.objects.filter(role="focal_point", organisation=cast.helmond).delete()
    with pytest.raises(SettingsRefused) as refused:
        open_page(cast)
    assert [(f.place, f.cause) for f in refused.value.findings] == [("outside.open", "no_own_focal_point")]


def test_a_report_stands_on_the_work_list_with_clock_message_and_history(opened):
    shown = report(name="Piotr Wymyślony", contact="alleen 's avonds, 06-00000000", care_provider=True)
    signal = stored(normalise_receipt(shown.receipt))
    assert (signal.lane, signal.channel, signal.state) == ("regular", "public", "ontvangen")
    assert Clock.objects.filter(signal=signal, stopped_at=None).count() == 1
    assert [(m.kind, m.membership_id) for m in Message.objects.all()] == [("signal_received", opened.anna.membership)]
    entry = HistoryEntry.objects.get(signal=signal.pk, act="signal.received")
    assert (entry.actor_kind, entry.actor, entry.organisation) == ("reporter", signal.reporter_tie, None)
    card = open_signal(signal.reference, reader=opened.anna, now=MONDAY).report
    assert (card.reporter, card.contact, card.language, card.care_provider) == (
        "Piotr Wymyślony", "alleen 's avonds, 06-00000000", "pl", True)


def test_the_receipt_is_stored_nowhere(opened):
    receipt = report(name="Piotr Wymyślony").receipt
    with connection.cursor() as cursor:
        whole = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            whole += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v)
                      for row in cursor.fetchall() for v in row]
    text = "\n".join(whole)
    assert [word for word in (receipt, receipt[:12], STORY, "Vincent", "Piotr", "192.0.2.1") if word in text] == []


def test_sent_twice_it_is_one_report_and_the_receipt_is_the_same(opened):
    token = outside.open_form(page(), now=MONDAY)
    first, second = report(token=token), report(token=token)
    assert first.receipt == second.receipt
    assert Signal.objects.count() == 1
    with pytest.raises(SentBefore):
        report(token=token, narrative="Andere woorden.")


def test_sent_again_after_the_receipt_was_checked_or_later_it_shows_nothing(opened):
    token = outside.open_form(page(), now=MONDAY)
    shown = report(token=token)
    with pytest.raises(PageUsed):
        report(MONDAY + HOUR, token=token)
    outside.confirm(page(), shown.receipt, token=shown.token, now=MONDAY)
    for repeat in (lambda: report(token=token), lambda: outside.confirm(page(), "1", token=shown.token, now=MONDAY)):
        with pytest.raises(PageUsed):
            repeat()
    assert Signal.objects.count() == 1


def test_a_slip_in_the_receipt_is_named_by_its_group(opened):
    shown = report()
    wrong = str((int(shown.receipt[13]) + 1) % 10)
    with pytest.raises(Slip) as slip:
        outside.confirm(page(), shown.receipt[:13] + wrong + shown.receipt[14:], token=shown.token, now=MONDAY)
    assert (slip.value.group, slip.value.again.receipt, slip.value.again.may_skip) == (3, shown.receipt, True)
    with pytest.raises(Slip) as other:
        outside.confirm(page(), report().receipt, token=shown.token, now=MONDAY)
    assert other.value.group


def test_going_on_without_checking_takes_one_try_first(opened):
    shown = report()
    with pytest.raises(PageTokenBroken):
        outside.leave_unconfirmed(page(), token=shown.token, now=MONDAY)
    with pytest.raises(Slip) as slip:
        outside.confirm(page(), "12", token=shown.token, now=MONDAY)
    outside.leave_unconfirmed(page(), token=slip.value.again.token, now=MONDAY)


def test_a_token_opens_no_other_step_and_no_other_municipality(opened, cast):
    token = outside.open_form(page(), now=MONDAY)
    with pytest.raises(PageTokenBroken):
        outside.confirm(page(), "1", token=token, now=MONDAY)
    with pytest.raises(PageTokenBroken):
        report(token=report().token)
    with pytest.raises(PageTokenBroken):
        report(MONDAY + timedelta(days=2), token=token)
    elsewhere = replace(page(), organisation=cast.deurne.pk)
    with pytest.raises(PageTokenBroken):
        outside.send(elsewhere, outside.OutsideReport(_new(), "nl"), token=token, work="", address="a", now=MONDAY)
    assert Signal.objects.count() == 1


def _new():
    from meldroute.services.intake import NewSignal

    return NewSignal("x", channel="public")


def test_without_the_calculation_it_is_set_aside_and_one_notice_says_so(opened):
    for _ in range(LIMITS["report"]):
        assert stored(report(work=False).receipt).lane == "held"
    held = Message.objects.filter(kind="held_received")
    assert [(m.membership_id, m.signal_id) for m in held] == [(opened.anna.membership, None)]
    assert Clock.objects.filter(stopped_at=None).count() == LIMITS["report"]


def test_beyond_the_limit_of_an_address_nothing_is_taken_and_nothing_is_dropped(opened):
    for _ in range(LIMITS["report"]):
        report(work=False)
    with pytest.raises(TooMany):
        report(work=False)
    assert stored(report(work=False, address="192.0.2.2").receipt)  # somebody else's address
    assert stored(report().receipt).lane == "regular"  # with the calculation
    assert stored(report(MONDAY + HOUR, work=False).receipt)  # later


def test_danger_waits_for_nothing(opened):
    for _ in range(LIMITS["report"] + 2):
        assert stored(report(work=False, danger=True).receipt).lane == "regular"
    told = Message.objects.filter(kind="danger_received").values_list("membership_id", flat=True)
    assert set(told) == {opened.anna.membership, opened.bo.membership}


def test_many_from_one_address_are_set_aside_also_with_the_calculation(opened):
    for _ in range(LIMITS["worked_report"]):
        limits.allows("worked_report", "192.0.2.1", now=MONDAY)
    assert stored(report().receipt).lane == "held"


def test_about_somebody_of_the_municipality_it_is_for_the_designated_person(opened):
    for work in (True, False):
        assert stored(report(work=work, about_colleague=True).receipt).lane == "confidential"
    Membership.objects.filter(role="designated").update(valid_to=MONDAY.date() - timedelta(days=1))
    with pytest.raises(NobodyDesignated):
        report(about_colleague=True)


def test_closed_again_it_takes_no_report_and_stays_for_who_has_a_receipt(opened):
    open_page(opened, open=False, now=MONDAY + HOUR)
    later = page(MONDAY + HOUR)
    assert not later.open
    with pytest.raises(outside.ClosedForReports):
        report(MONDAY + HOUR)


def test_a_check_page_that_is_sent_again_later_shows_no_receipt(opened):
    shown = report()
    with pytest.raises(Slip):
        outside.confirm(page(), "0" * 30, token=shown.token, now=MONDAY + timedelta(minutes=20))
    with pytest.raises(PageTokenBroken):
        outside.confirm(page(), "0" * 30, token=shown.token, now=MONDAY + timedelta(minutes=31))
