"""A message reaches whoever must act, at least once, and a mail says that something waits and never what."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from meldroute.services import delivery
from meldroute.services.delivery import LEASE, PAUSES, Watch, deliver, deliver_due, retry_now, take_one
from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import (
    Absence,
    HistoryEntry,
    Membership,
    Message,
    MunicipalitySettings,
    Referral,
    Signal,
    User,
)
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "De chauffeur van garage Duizendpoot nam haar paspoort af."


def report(cast, now=MONDAY, **fields) -> Signal:
    receipt = register_signal(NewSignal(SECRET, **fields), reader=cast.bram, submission=uuid4(), now=now)
    return Signal.objects.get(reference=receipt.reference)


def still(now):
    """A watch that stands still: delivering takes no time."""
    return Watch(now, elapsed=lambda: 0.0)


def end(reader, day=date(2026, 11, 22)):
    Membership.objects.filter(pk=reader.membership).update(valid_to=day)


def to(server) -> list[str]:
    return [mail["To"] for mail in server.messages]


def test_the_mail_says_that_and_never_what(cast, mail_server):
    signal = report(cast)
    assert deliver_due(now=MONDAY).sent == 1

    [mail] = mail_server.messages
    text = mail.as_string()
    assert mail["To"] == "anna@voorbeeld.example"
    assert "Er staat iets voor u klaar" in mail["Subject"]
    for personal in (SECRET, signal.reference, str(signal.pk), "Bram", "Helmond", "mensenhandel"):
        assert personal not in text
    assert Message.objects.get().sent_at is not None


def test_delivery_is_written_in_the_history_of_the_signal(cast, mail_server):
    signal = report(cast)
    deliver_due(now=MONDAY)
    entry = HistoryEntry.objects.get(signal=signal.pk, act="message.sent")
    assert (entry.chain, entry.actor_kind) == (str(cast.helmond.pk), "tick")
    assert set(entry.details) == {"message", "kind", "to"}


def test_the_language_is_the_reader_s(cast, mail_server):
    User.objects.filter(pk=cast.anna.user).update(language="en")
    report(cast)
    deliver_due(now=MONDAY)
    assert mail_server.messages[0]["Subject"] == "Something is ready for you in Meldroute"


def test_danger_cannot_wait_and_says_so(cast, mail_server):
    report(cast, danger=True)
    deliver_due(now=MONDAY)
    assert sorted(to(mail_server)) == ["anna@voorbeeld.example", "bo@voorbeeld.example"]
    assert {mail["Subject"] for mail in mail_server.messages} == {"Kijk nu in Meldroute"}


def test_what_was_delivered_is_not_due_again(cast, mail_server):
    report(cast)
    assert [deliver_due(now=MONDAY + timedelta(days=d)).sent for d in range(3)] == [1, 0, 0]


# Who gets it: found at delivery


def test_who_left_before_delivery_gets_nothing_and_who_holds_the_duty_now_does(cast, mail_server):
    report(cast)
    end(cast.anna)
    deliver_due(now=MONDAY)
    assert to(mail_server) == ["bo@voorbeeld.example"]
    assert Message.objects.get().membership_id == cast.bo.membership  # and it stands on Bo's page


def test_with_nobody_left_an_alarm_goes_out_without_the_signal(cast, mail_server):
    MunicipalitySettings.objects.all().delete()  # no neighbour either
    report(cast)
    end(cast.anna), end(cast.bo)
    deliver_due(now=MONDAY)
    assert sorted(to(mail_server)) == ["frits@voorbeeld.example", "karel@voorbeeld.example"]
    assert {(m.kind, m.signal_id, m.count) for m in Message.objects.all()} == {("nobody_on_duty", None, 1)}


def test_a_signal_about_a_colleague_is_never_handed_to_the_desk(cast, mail_server):
    report(cast, about_colleague=True)
    end(cast.dina)
    done = deliver_due(now=MONDAY)
    assert (to(mail_server), done.sent, done.failed) == ([], 0, 1)

    Membership.objects.filter(pk=cast.dina.membership).update(valid_to=None)
    deliver_due(now=MONDAY + timedelta(minutes=2))
    assert to(mail_server) == ["dina@voorbeeld.example"]


def test_a_reporter_is_opened_at_delivery_only_and_always_gets_the_same_mail(cast, mail_server):
    signal = report(cast)
    Message.objects.all().delete()
    for kind in ("feedback_given", "signal_closed"):
        Message.objects.create(kind=kind, recipient_kind="reporter", signal=signal, municipality=cast.helmond,
                               created_at=MONDAY, next_try_at=MONDAY)
    deliver_due(now=MONDAY)
    assert to(mail_server) == ["bram@voorbeeld.example"] * 2
    first, second = ((mail["Subject"], mail.get_content()) for mail in mail_server.messages)
    assert first == second
    assert not Message.objects.exclude(membership=None).exists()


def test_a_partner_with_accounts_gets_one_mail_per_person(cast, mail_server):
    signal = report(cast)
    Message.objects.all().delete()
    request = Referral.objects.create(signal=signal, municipality=cast.helmond, partner="ISZW", purpose="referral",
                                      organisation_id=cast.nel.organisation, status="open", opened_at=MONDAY)
    second = User.objects.create_user("nico@voorbeeld.example", None, name="Nico Arbeid")
    Membership.objects.create(user=second, organisation_id=cast.nel.organisation, role="partner",
                              valid_from=date(2022, 1, 1))
    Message.objects.create(kind="disclosure_received", recipient_kind="partner", signal=signal, referral=request,
                           municipality=cast.helmond, created_at=MONDAY, next_try_at=MONDAY)
    assert deliver_due(now=MONDAY).sent == 2
    assert sorted(to(mail_server)) == ["nel@voorbeeld.example", "nico@voorbeeld.example"]
    assert len({mail["Message-ID"] for mail in mail_server.messages}) == 2


def test_who_starts_tomorrow_is_told_today(cast, mail_server):
    user = User.objects.create_user("nina@voorbeeld.example", None, name="Nina Nieuw")
    row = Membership.objects.create(user=user, organisation=cast.helmond, role="focal_point", valid_from=date(2026, 11, 24))
    Message.objects.create(kind="role_given", recipient_kind="membership", membership=row, municipality=cast.helmond,
                           created_at=MONDAY, next_try_at=MONDAY)
    deliver_due(now=MONDAY)
    assert to(mail_server) == ["nina@voorbeeld.example"]


def test_a_slow_mail_server_does_not_hold_up_the_clocks(cast, mail_server):
    report(cast), report(cast), report(cast)
    seconds = iter(range(0, 10_000, 20))  # every look at the watch is twenty seconds later
    done = deliver_due(now=MONDAY, watch=Watch(MONDAY, elapsed=lambda: next(seconds)))
    assert done.sent < 3
    assert Message.objects.filter(next_try_at__lte=MONDAY, lease=None).exists()  # for the next round


def test_somebody_who_is_away_still_gets_what_was_theirs(cast, mail_server):
    report(cast)
    Absence.objects.create(membership_id=cast.anna.membership, from_day=date(2026, 11, 23), to_day=date(2026, 11, 27))
    deliver_due(now=MONDAY)
    assert to(mail_server) == ["anna@voorbeeld.example"]


# Failing


def test_a_failed_mail_is_tried_again_after_a_growing_pause_with_the_same_message_id(cast, mail_server):
    report(cast)
    mail_server.refuse = 2
    now = MONDAY
    for pause in PAUSES[:2]:
        assert deliver_due(now=now, watch=still(now)).failed == 1
        message = Message.objects.get()
        assert message.next_try_at == now + pause
        assert deliver_due(now=now + pause - timedelta(seconds=1), watch=still(now)).failed == 0
        now += pause
    assert deliver_due(now=now, watch=still(now)).sent == 1
    message.refresh_from_db()
    assert (message.attempts, message.error, message.failed_at) == (3, "", None)
    assert mail_server.messages[0]["Message-ID"].startswith(f"<{message.pk}@")


def test_what_keeps_failing_is_said_and_goes_on_every_hour_and_later_every_day(cast, mail_server):
    report(cast)
    mail_server.refuse = 100
    now = MONDAY
    for _ in range(len(PAUSES) + 1):
        deliver_due(now=now, watch=still(now))
        now = Message.objects.get(kind="signal_received").next_try_at
    message = Message.objects.get(kind="signal_received")
    assert message.failed_at is not None
    for at, pause in ((now, timedelta(hours=1)), (now + timedelta(days=8), timedelta(days=1))):
        deliver_due(now=at, watch=still(at))
        message.refresh_from_db()
        assert message.next_try_at == at + pause
    now = message.next_try_at
    assert [(a.membership_id, a.count, a.signal_id) for a in Message.objects.filter(kind="mail_failing")] == [
        (cast.frits.membership, 1, None)]

    mail_server.refuse = 0
    deliver_due(now=now, watch=still(now))
    message.refresh_from_db()
    assert message.sent_at == now


def test_an_alarm_about_mail_that_fails_itself_makes_no_further_alarm(cast, mail_server):
    report(cast)
    mail_server.refuse = 10_000
    now = MONDAY
    for _ in range(60):
        deliver_due(now=now, watch=still(now))
        now += timedelta(hours=6)
    assert Message.objects.filter(kind="mail_failing").count() == 1


def test_an_address_no_server_takes_waits_for_a_person_and_says_so(cast, mail_server):
    User.objects.filter(pk=cast.anna.user).update(email="anna@@voorbeeld")
    report(cast)
    deliver_due(now=MONDAY)
    message = Message.objects.get(kind="signal_received")
    assert (message.next_try_at, message.failed_at is not None) == (None, True)
    assert "Correct the address" in message.error
    assert "anna" not in message.error
    assert Message.objects.get(kind="mail_refused").membership_id == cast.frits.membership

    User.objects.filter(pk=cast.anna.user).update(email="anna@voorbeeld.example")
    retry_now(Message.objects.filter(membership=cast.anna.membership), now=MONDAY)
    deliver_due(now=MONDAY)
    assert "anna@voorbeeld.example" in to(mail_server)


def test_a_reporter_s_wrong_address_comes_to_the_focal_point_and_not_to_the_functional_manager(cast, mail_server):
    signal = report(cast)
    Message.objects.all().delete()
    User.objects.filter(pk=cast.bram.user).update(email="bram@@voorbeeld")
    Message.objects.create(kind="feedback_given", recipient_kind="reporter", signal=signal, municipality=cast.helmond,
                           created_at=MONDAY, next_try_at=MONDAY)
    deliver_due(now=MONDAY)
    assert [(m.membership_id, m.signal_id) for m in Message.objects.filter(kind="mail_refused")] == [
        (cast.anna.membership, signal.pk)]


def test_one_broken_message_does_not_keep_the_others_waiting(cast, mail_server, monkeypatch):
    report(cast), report(cast)
    first = Message.objects.order_by("next_try_at").first()
    real = delivery.envelope_of

    def broken(message, **words):
        if message.pk == first.pk:
            raise RuntimeError("not expected")
        return real(message, **words)

    monkeypatch.setattr(delivery, "envelope_of", broken)
    done = deliver_due(now=MONDAY)
    assert (done.sent, done.troubles) == (1, [f"message {first.pk}: RuntimeError"])


# The lease


def test_a_message_on_a_lease_is_taken_by_nobody_else_until_it_runs_out(cast):
    report(cast)
    mine = take_one(now=MONDAY)
    assert take_one(now=MONDAY + LEASE - timedelta(seconds=1)) is None
    theirs = take_one(now=MONDAY + LEASE)
    assert theirs.pk == mine.pk
    assert theirs.lease != mine.lease


def test_two_workers_at_once_win_a_message_once(cast, monkeypatch):
    report(cast)
    found = Message.objects.values_list("pk", "next_try_at").get()
    seen = iter([found, found, None])
    monkeypatch.setattr(delivery, "_first_due", lambda due: next(seen))
    assert take_one(now=MONDAY) is not None
    assert take_one(now=MONDAY) is None  # both saw it; only one update won


def test_delivering_goes_by_a_watch_that_no_clock_can_set(cast, mail_server):
    report(cast)
    passed = iter([0.0, 0.0, 0.0, LEASE.total_seconds() + 1, 400.0, 400.0])
    watch = Watch(MONDAY, elapsed=lambda: next(passed, 400.0))
    message = take_one(now=watch.now())
    assert deliver(message, watch=watch) == "too_late"  # accepted by the server, after the lease had run out
    assert Message.objects.get().sent_at is None
