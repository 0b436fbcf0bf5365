"""A signal narrowed to named people: for everybody else nothing of it is left, anywhere."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meldroute.services import alarms, bundling, shielding, ticking
from meldroute.services.desk import NoSuchSignal
from meldroute.services.notices import inbox
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.services.referral import ReasonMissing
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Absence, Clock, HistoryEntry, Membership, Message, NamedReader, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Bo is de buurvrouw van het verzonnen gezin."


def shield(cast, reference, *who, by=None, now=MONDAY):
    shielding.shield(reference, named=[w.membership for w in who], reason=WHY, reader=by or cast.anna, now=now)


def counts(reader):
    return work_list(reader=reader, now=MONDAY).counts


def test_who_is_not_named_sees_nothing_of_it_anywhere(cast):
    reference = reported(cast)
    other = reported(cast)
    before = counts(cast.bo)
    shield(cast, reference, cast.anna)
    assert counts(cast.bo)["yours"] == before["yours"] - 1
    assert counts(cast.anna)["yours"] == before["yours"]
    bo = signed_in(cast.bo)
    for url in (reverse("work_list"), reverse("notifications"), reverse("bundle", args=[other])):
        assert reference not in bo.get(url).content.decode(), url
    assert bo.get(reverse("signal", args=[reference])).status_code == 404
    assert bo.get(reverse("find_signal"), {"kenmerk": reference}, follow=True).status_code == 404
    assert bo.get(reverse("flow"), {"signaal": reference}).status_code == 404
    with pytest.raises(bundling.CannotBundle) as refused:
        bundling.bundle(other, reference, reader=cast.bo, now=MONDAY)
    assert refused.value.cause == "unknown"
    assert reference not in {n.reference for n in inbox(reader=cast.bo, now=MONDAY).notices}
    assert open_signal(reference, reader=cast.anna, now=MONDAY).shielded


def test_messages_about_it_go_only_to_named_people(cast, mail_server):
    reference = passing(cast)
    pass_on(cast, reference, "ISZW")
    Message.objects.all().delete()
    shield(cast, reference, cast.bo)
    signal = Signal.objects.get()
    Clock.objects.filter(stopped_at=None).update(next_action_at=MONDAY, due_at=MONDAY)
    for days in range(1, 4):
        ticking.tick(now=MONDAY + timedelta(days=days))
    about = Message.objects.filter(signal=signal, recipient_kind="membership")
    assert set(about.values_list("membership_id", flat=True)) == {cast.bo.membership}
    assert about.filter(kind__in=("late", "still_late")).exists()
    assert not Message.objects.filter(kind="escalated").exists()


def test_what_waited_for_somebody_who_is_not_named_is_not_sent_any_more(cast):
    reference = reported(cast, danger=True)
    assert Message.objects.filter(membership_id=cast.bo.membership, next_try_at__isnull=False).exists()
    shield(cast, reference, cast.anna)
    assert not Message.objects.filter(membership_id=cast.bo.membership, next_try_at__isnull=False).exists()


def test_whoever_sets_it_may_leave_themselves_out_and_then_sees_nothing(cast):
    reference = reported(cast)
    shield(cast, reference, cast.bo)
    with pytest.raises(NoSuchSignal):
        open_signal(reference, reader=cast.anna, now=MONDAY)
    with pytest.raises(NoSuchSignal):
        shield(cast, reference, cast.anna)
    assert open_signal(reference, reader=cast.bo, now=MONDAY).reference == reference


@pytest.mark.parametrize("who", ["nobody", "dina", "frits", "noor", "bo"])
def test_at_least_one_of_the_desk_who_is_there_today_must_be_named(cast, who):
    reference = reported(cast)
    Absence.objects.create(membership_id=cast.bo.membership, from_day=MONDAY.date(), to_day=MONDAY.date())
    named = [] if who == "nobody" else [getattr(cast, who)]
    with pytest.raises(shielding.NobodyNamed):
        shield(cast, reference, *named)
    assert not Signal.objects.get().shielded
    with pytest.raises(ReasonMissing):
        shielding.shield(reference, named=[cast.anna.membership], reason=" ", reader=cast.anna, now=MONDAY)


def test_a_bundle_is_narrowed_as_one_and_never_joined_half(cast):
    lead, member, third = reported(cast), reported(cast), reported(cast)
    for one in (lead, member, third):
        take_up(one, reader=cast.anna, now=MONDAY)
    bundling.bundle(member, lead, reader=cast.anna, now=MONDAY)
    shield(cast, member, cast.anna)
    assert set(Signal.objects.filter(shielded=True).values_list("reference", flat=True)) == {lead, member}
    with pytest.raises(bundling.CannotBundle) as refused:
        bundling.bundle(third, lead, reader=cast.anna, now=MONDAY)
    assert refused.value.cause == "shielded"
    shielding.lift(lead, reason="niet meer nodig", reader=cast.anna, now=MONDAY)
    assert not Signal.objects.filter(shielded=True).exists()
    assert not NamedReader.objects.exists()


def test_when_nobody_named_is_left_the_manager_hears_a_number_and_nobody_a_reference(cast):
    reference = reported(cast)
    shield(cast, reference, cast.anna)
    assert alarms.sound_daily(now=MONDAY) == 0
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=MONDAY.date() - timedelta(days=1))
    assert alarms.sound_daily(now=MONDAY) == 1
    told = Message.objects.get(kind="nobody_named")
    assert (told.membership_id, told.count, told.signal_id) == (cast.frits.membership, 1, None)
    assert alarms.sound_daily(now=MONDAY) == 0
    with pytest.raises(NoSuchSignal):
        open_signal(reference, reader=cast.bo, now=MONDAY)


def test_the_designated_person_names_somebody_again_and_reads_nothing(cast):
    reference = reported(cast)
    shield(cast, reference, cast.anna)
    dina, url = signed_in(cast.dina), reverse("abandoned")
    assert reference not in dina.get(url).content.decode()
    assert dina.post(url, {"reference": reference, "named": str(cast.bo.membership)}).status_code == 404
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=date(2026, 1, 1))
    page = dina.get(url).content.decode()
    assert reference in page
    assert "Verzonnenweg" not in page
    for nobody in ("", str(cast.dina.membership), str(cast.noor.membership), "onzin"):
        assert dina.post(url, {"reference": reference, "named": nobody}).status_code == 400
    assert dina.post(url, {"reference": reference, "named": str(cast.bo.membership)}).status_code == 302
    assert open_signal(reference, reader=cast.bo, now=MONDAY).shielded
    with pytest.raises(NoSuchSignal):
        open_signal(reference, reader=cast.dina, now=MONDAY)
    told = Message.objects.filter(kind__in=("named_again", "named_reader"))
    assert {cast.pia.membership, cast.bo.membership} <= set(told.values_list("membership_id", flat=True))
    assert HistoryEntry.objects.get(act="signal.named_again").details == {"named": [str(cast.bo.membership)]}


def test_the_history_says_who_was_named_and_never_why(cast):
    reference = reported(cast)
    shield(cast, reference, cast.anna)
    entry = HistoryEntry.objects.get(act="signal.shielded")
    assert entry.details == {"named": [str(cast.anna.membership)]}
    assert WHY not in str(list(HistoryEntry.objects.values()))
    assert shielding.shield_page(reference, reader=cast.anna, now=MONDAY).because == WHY


def test_the_list_costs_no_statement_more_and_the_page_the_one_that_asks_who_is_named(cast):
    reference = reported(cast)
    take_up(reference, reader=cast.anna, now=MONDAY)
    asked = {}
    for state in ("open", "shielded"):
        if state == "shielded":
            shield(cast, reference, cast.anna)
        for page, look in (("signal", lambda: open_signal(reference, reader=cast.anna, now=MONDAY)),
                           ("list", lambda: work_list(reader=cast.anna, now=MONDAY))):
            with CaptureQueriesContext(connection) as queries:
                look()
            asked[state, page] = len([q for q in queries.captured_queries if "set_config" not in q["sql"]])
    assert asked["open", "signal"] + 1 == asked["shielded", "signal"]
    assert asked["open", "list"] == asked["shielded", "list"]


def test_the_page_shields_and_lifts(cast):
    reference = reported(cast)
    anna, url = signed_in(cast.anna), reverse("shield", args=[reference])
    page = anna.get(url)
    assert "Bo Buddy" in page.content.decode()
    assert "Dina" not in page.content.decode()
    sent = anna.post(url, {"version": page.context["form"]["version"].value(), "named": [str(cast.anna.membership)], "reason": WHY})
    assert sent.status_code == 302
    assert Signal.objects.get().shielded
    again = anna.get(url)
    assert WHY in again.content.decode()
    version = again.context["form"]["version"].value()
    assert anna.post(url, {"version": version, "what": "name", "reason": WHY}).status_code == 409, "nobody ticked"
    assert anna.post(url, {"version": version, "what": "lift", "reason": "voorbij"}).status_code == 302
    assert not Signal.objects.get().shielded
    away = anna.post(url, {"version": Signal.objects.get().version, "named": [str(cast.bo.membership)], "reason": WHY})
    assert away.url == reverse("work_list")
