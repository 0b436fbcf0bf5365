"""Whom to call this very hour, in office hours, at night, in the weekend and on holidays."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meldroute.rules.contacts import (
    BadChannel,
    BadNumber,
    Channel,
    OpeningWindow,
    opening_state,
    tel_href,
    whom_to_call,
)
from meldroute.rules.working_time import AMSTERDAM, BadHours, NaiveMoment, is_public_holiday, local_date

MON_TO_FRI = frozenset(range(5))
EVERY_DAY = frozenset(range(7))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def channel(value="088-1234567", opening=None, *, kind="tel", confirmed=True, on_holidays=False) -> Channel:
    return Channel(kind, value, opening, confirmed, "", "invented", "proposal", on_holidays)


def daily(start: str, end: str, weekdays=MON_TO_FRI) -> tuple[OpeningWindow, ...]:
    return (OpeningWindow(weekdays, time.fromisoformat(start), time.fromisoformat(end)),)


AVIM = channel("088-9630320", daily("08:00", "16:30"), confirmed=False)
POLICE = channel("0900-8844")


@pytest.mark.parametrize(
    ("sentence", "now", "first", "changes_at"),
    [
        ("Monday morning: AVIM", "2026-03-02 10:00", AVIM, "2026-03-02 16:30"),
        ("at eight sharp: AVIM", "2026-03-02 08:00", AVIM, "2026-03-02 16:30"),
        ("a minute before eight: the police", "2026-03-02 07:59", POLICE, "2026-03-02 08:00"),
        ("at half past four AVIM is closed", "2026-03-02 16:30", POLICE, "2026-03-03 08:00"),
        ("at three in the night: the police", "2026-03-03 03:00", POLICE, "2026-03-03 08:00"),
        ("Friday evening: the police until Monday", "2026-03-06 18:00", POLICE, "2026-03-09 08:00"),
        ("Saturday noon: the police", "2026-03-07 12:00", POLICE, "2026-03-09 08:00"),
        ("Good Friday: the police until Tuesday", "2026-04-03 10:00", POLICE, "2026-04-07 08:00"),
        ("King's Day on a Monday: the police", "2026-04-27 10:00", POLICE, "2026-04-28 08:00"),
        ("the Monday after King's Day on Saturday: AVIM", "2025-04-28 10:00", AVIM, "2025-04-28 16:30"),
        ("5 May: the police", "2026-05-05 10:00", POLICE, "2026-05-06 08:00"),
        ("Christmas Day on a Friday: the police", "2026-12-25 10:00", POLICE, "2026-12-28 08:00"),
        ("the summer clock: eight is 06:00 UTC", "2026-03-30 08:00", AVIM, "2026-03-30 16:30"),
    ],
)
def test_whom_to_call(sentence, now, first, changes_at):
    advice = whom_to_call((AVIM, POLICE), now=local(now))
    assert advice.first.channel == first, sentence
    assert advice.changes_at == local(changes_at), sentence
    assert advice.changes_at.tzinfo is UTC


def test_the_number_that_always_answers_is_also_there_in_office_hours():
    advice = whom_to_call((AVIM, POLICE), now=local("2026-03-02 10:00"))
    assert [state.channel for state in advice.call] == [AVIM, POLICE]
    assert advice.closed == ()


def test_a_closed_number_says_when_it_opens():
    advice = whom_to_call((AVIM, POLICE), now=local("2026-04-03 10:00"))
    [closed] = advice.closed
    assert (closed.channel, closed.open_now, closed.closes_at) == (AVIM, False, None)
    assert closed.opens_at == local("2026-04-07 08:00")


def test_an_open_number_says_until_when():
    state = opening_state(AVIM, now=local("2026-03-02 10:00"))
    assert (state.open_now, state.opens_at) == (True, None)
    assert state.closes_at == local("2026-03-02 16:30")


def test_a_number_nobody_confirmed_is_shown_and_named():
    assert whom_to_call((AVIM, POLICE), now=local("2026-03-02 10:00")).unconfirmed == (AVIM,)
    assert whom_to_call((AVIM, POLICE), now=local("2026-03-02 20:00")).unconfirmed == ()


def test_mail_and_web_addresses_are_never_advised_for_calling():
    mail = channel("desk@example.org", kind="email")
    page = channel("https://example.org", kind="url")
    advice = whom_to_call((mail, page, POLICE), now=local("2026-03-02 10:00"))
    assert [state.channel for state in advice.call] == [POLICE]


def test_when_nobody_answers_the_advice_is_empty_and_says_when_that_changes():
    advice = whom_to_call((AVIM,), now=local("2026-03-07 12:00"))
    assert (advice.call, advice.first) == ((), None)
    assert advice.changes_at == local("2026-03-09 08:00")


def test_a_list_that_always_answers_never_changes():
    assert whom_to_call((POLICE,), now=local("2026-12-25 03:00")).changes_at is None


@pytest.mark.parametrize(
    ("sentence", "opening", "on_holidays", "now", "closes_at"),
    [
        (
            "a help line of seven days closes on holidays",
            daily("09:00", "21:00", EVERY_DAY),
            False,
            None,
            None,
        ),
        ("unless it says otherwise", daily("09:00", "21:00", EVERY_DAY), True, None, "2026-12-25 21:00"),
        (
            "a lunch break is a closing",
            daily("09:00", "12:00") + daily("13:00", "17:00"),
            False,
            "2026-03-02 11:00",
            "2026-03-02 12:00",
        ),
        (
            "windows that touch are one opening, whatever their order",
            daily("12:00", "17:00") + daily("09:00", "12:00"),
            False,
            "2026-03-02 11:00",
            "2026-03-02 17:00",
        ),
        (
            "a window inside another changes nothing",
            daily("09:00", "17:00") + daily("10:00", "12:00"),
            False,
            "2026-03-02 11:00",
            "2026-03-02 17:00",
        ),
        (
            "a night split at midnight is one opening",
            daily("20:00", "00:00", EVERY_DAY) + daily("00:00", "06:00", EVERY_DAY),
            True,
            "2026-03-02 23:00",
            "2026-03-03 06:00",
        ),
        (
            "round the clock never closes",
            daily("00:00", "00:00", EVERY_DAY),
            True,
            "2026-03-02 23:00",
            "never",
        ),
    ],
)
def test_opening_hours_of_other_shapes(sentence, opening, on_holidays, now, closes_at):
    christmas = "2026-12-25 10:00"
    state = opening_state(channel("0800-1234", opening, on_holidays=on_holidays), now=local(now or christmas))
    assert state.open_now is (closes_at is not None), sentence
    assert state.closes_at == (local(closes_at) if closes_at not in (None, "never") else None), sentence


@pytest.mark.parametrize(
    ("value", "href"),
    [
        ("088-9630320", "tel:0889630320"),
        ("14 0492, optie 2", "tel:140492"),
        ("0900-8844", "tel:09008844"),
        ("112", "tel:112"),
        ("(040) 123.45 67", "tel:0401234567"),
        ("+31 (0)40 123 45 67", "tel:+31401234567"),
        ("088\u2011123\u201345 67", "tel:0881234567"),
    ],
)
def test_a_number_becomes_a_link_that_dials(value, href):
    assert tel_href(value) == href


@pytest.mark.parametrize("value", ["", "optie 2", "12", "088-CALLME", "1" * 16, "088+123", ", 0881234567", "٠٨٨١٢٣"])
def test_what_cannot_be_dialled_is_refused(value):
    with pytest.raises(BadNumber, match=r"not 3 to 15 digits\. Write it like 088-1234567"):
        tel_href(value)


@pytest.mark.parametrize(
    ("sentence", "make", "error", "message"),
    [
        ("a fax", lambda: channel(kind="fax"), BadChannel, "unknown kind 'fax'. Use tel, email, url."),
        ("nothing at all", lambda: channel(" ", kind="email"), BadChannel, "the value is empty"),
        ("no number", lambda: channel("ask the desk"), BadNumber, "phone number 'ask the desk'"),
        ("never open", lambda: channel(opening=()), BadChannel, "Give windows, or None for always open."),
        (
            "no weekday",
            lambda: channel(opening=daily("09:00", "17:00", frozenset())),
            BadChannel,
            "Use one or",
        ),
        ("an eighth day", lambda: channel(opening=daily("09:00", "17:00", {7})), BadChannel, "weekdays [7]"),
        ("backwards", lambda: channel(opening=daily("17:00", "09:00")), BadHours, "Split a night at 00:00."),
    ],
)
def test_a_channel_nobody_can_use_is_refused(sentence, make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value), sentence


def test_a_window_may_be_written_as_a_plain_tuple():
    plain = channel(opening=(({0, 1, 2, 3, 4}, time(8), time(16, 30)),))
    assert plain.opening == daily("08:00", "16:30")


def test_a_moment_without_a_time_zone_is_refused():
    naive = datetime(2026, 3, 2, 10)
    for channels in ((AVIM, POLICE), (POLICE,), ()):
        with pytest.raises(NaiveMoment, match=r"whom_to_call: .* has no time zone"):
            whom_to_call(channels, now=naive)


# --- at any moment ----------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))


@given(MOMENTS)
@example(datetime(2026, 3, 29, 1, tzinfo=UTC))
@example(datetime(2026, 10, 25, 1, tzinfo=UTC))
def test_somebody_always_answers_and_office_hours_are_exact(now):
    here = now.astimezone(AMSTERDAM)
    office = here.weekday() < 5 and time(8) <= here.time() < time(16, 30) and not is_public_holiday(local_date(now))
    assert whom_to_call((AVIM, POLICE), now=now).first.channel == (AVIM if office else POLICE)


@given(MOMENTS, st.floats(0, 1, exclude_max=True))
def test_the_advice_holds_until_the_moment_it_names_and_no_longer(now, part):
    advice = whom_to_call((AVIM, POLICE), now=now)
    assert advice.changes_at > now
    still = min(now + (advice.changes_at - now) * part, advice.changes_at - timedelta(microseconds=1))
    assert who(still) == who(now)
    assert who(advice.changes_at) != who(now)


def who(now: datetime) -> list[Channel]:
    return [state.channel for state in whom_to_call((AVIM, POLICE), now=now).call]


def test_a_number_with_unknown_hours_may_be_tried_and_promises_nothing():
    number = replace(channel("088-0430430"), hours_known=False)
    state = opening_state(number, now=local("2026-03-03 03:00"))
    assert (state.open_now, state.hours_known, state.closes_at) == (True, False, None)


def test_unknown_hours_beside_windows_contradict_each_other():
    with pytest.raises(BadChannel, match=r"Keep one of the two\."):
        replace(channel("088-0430430", daily("09:00", "17:00")), hours_known=False)
