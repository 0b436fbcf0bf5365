"""Whom to call this very hour.

A channel is one way to reach a partner, with its opening hours in local time (Europe/Amsterdam).
Order is preference: the pack puts the specialist first and the number that always answers after it, so
outside office hours, in the weekend and on public holidays the advice falls to the next one by itself.
A number that nobody confirmed is never hidden and never silent about it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from .working_time import Span, check_window, in_utc, is_public_holiday, local_date, local_moment, local_span

KINDS: tuple[str, ...] = ("tel", "email", "url")
LOOK_AHEAD = timedelta(days=35)  # longer than any row of public holidays on one weekday
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2013]")
_DIALLED = re.compile(r"\+?[0-9]{3,15}")


class BadChannel(ValueError):
    """A channel nobody can use. The message says which one and what to change."""


class BadNumber(ValueError):
    """A phone number that cannot be dialled. The message says what to change."""


class OpeningWindow(NamedTuple):
    """Open on these weekdays (0 Monday … 6 Sunday) between two local times; an end of 00:00 is midnight."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a partner.

    `opening` is None when it is always open, also on holidays; else windows, which public holidays close
    unless `on_holidays`. Without `hours_known` nobody knows when it answers: it may be tried at any hour, and
    nothing promises an answer. `confirmed` says that somebody checked the value this year.
    Raises `BadChannel` for an unknown kind, an empty value or windows that never open, `BadHours` for a
    window that ends before it starts, `BadNumber` for a phone number without a number.
    """

    kind: str
    value: str
    opening: tuple[OpeningWindow, ...] | None
    confirmed: bool
    note_nl: str
    source: str
    status: str
    on_holidays: bool = False
    note_en: str = ""
    hours_known: bool = True

    def __post_init__(self) -> None:
        place = f"channel '{self.value}'"
        if self.kind not in KINDS:
            raise BadChannel(f"{place}: unknown kind {self.kind!r}. Use {', '.join(KINDS)}.")
        if not self.value.strip():
            raise BadChannel(f"channel of kind {self.kind}: the value is empty. Give the number or address.")
        if self.kind == "tel":
            tel_href(self.value)
        if self.opening is not None:
            if not self.hours_known:
                raise BadChannel(f"{place}: has opening windows and hours_known = false. Keep one of the two.")
            windows = tuple(OpeningWindow(frozenset(days), start, end) for days, start, end in self.opening)
            object.__setattr__(self, "opening", windows)
            _check_windows(place, windows)

    def note(self, language: str) -> str:
        return self.note_en if language == "en" and self.note_en else self.note_nl


@dataclass(frozen=True, slots=True)
class OpeningState:
    """One channel at one moment, UTC. Open: `closes_at` (None: does not close). Closed: `opens_at`."""

    channel: Channel
    open_now: bool  # where hours are not known: it may be tried
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def hours_known(self) -> bool:
        return self.channel.hours_known


@dataclass(frozen=True, slots=True)
class CallAdvice:
    """Whom to call at `at`. `call` is best first; `closed` keeps the others, with when they open.

    `changes_at` is the first moment (UTC) at which this advice is no longer true; None when it stays true.
    An empty `call` means that nobody on the list answers now: the page then has 112 only, and says so.
    """

    at: datetime
    call: tuple[OpeningState, ...]
    closed: tuple[OpeningState, ...]
    changes_at: datetime | None

    @property
    def first(self) -> OpeningState | None:
        return self.call[0] if self.call else None

    @property
    def unconfirmed(self) -> tuple[Channel, ...]:
        """Numbers to call now that nobody has confirmed: the page must say so beside each."""
        return tuple(state.channel for state in self.call if not state.channel.confirmed)


def whom_to_call(channels: Iterable[Channel], *, now: datetime) -> CallAdvice:
    """Choose the phone numbers that answer now, in the order given. Other kinds are passed over.

    Raises `NaiveMoment`.
    """
    now = in_utc("whom_to_call", now)
    states = tuple(opening_state(channel, now=now) for channel in channels if channel.kind == "tel")
    changes = [moment for state in states for moment in (state.opens_at, state.closes_at) if moment]
    return CallAdvice(
        at=now,
        call=tuple(state for state in states if state.open_now),
        closed=tuple(state for state in states if not state.open_now),
        changes_at=min(changes, default=None),
    )


def opening_state(channel: Channel, *, now: datetime) -> OpeningState:
    """Is this channel open, until when, or else from when? Raises `NaiveMoment`."""
    now = in_utc("opening_state", now)
    if channel.opening is None:
        return OpeningState(channel, open_now=True)
    today = local_date(now)
    for start, end in _stretches(channel, today):
        if start <= now < end:
            for_good = end >= local_moment(today + LOOK_AHEAD, time(0))
            return OpeningState(channel, open_now=True, closes_at=None if for_good else end)
        if now < start:
            return OpeningState(channel, open_now=False, opens_at=start)
    return OpeningState(channel, open_now=False)


def tel_href(value: str) -> str:
    """The link that dials this number: "14 0492, optie 2" gives "tel:140492".

    What follows a comma is for the caller's eyes; so is the "(0)" in an international number.
    Raises `BadNumber` when what remains is not a number of 3 to 15 digits.
    """
    number = value.split(",")[0].strip()
    if number.startswith("+"):
        number = number.replace("(0)", "")
    number = _SEPARATORS.sub("", number)
    if not _DIALLED.fullmatch(number):
        raise BadNumber(
            f"phone number '{value}': not 3 to 15 digits. Write it like 088-1234567 or '14 0123, optie 2'."
        )
    return f"tel:{number}"


def _check_windows(place: str, windows: tuple[OpeningWindow, ...]) -> None:
    if not windows:
        raise BadChannel(
            f"{place}: no opening windows, so never open. Give windows, or None for always open."
        )
    for days, start, end in windows:
        if not days or not days <= set(range(7)):
            raise BadChannel(
                f"{place}: weekdays {sorted(days)}. Use one or more of 0 (Monday) to 6 (Sunday)."
            )
        check_window(place, start, end)


def _stretches(channel: Channel, first: date) -> Iterator[Span]:
    """Stretches in which it is open, from this local date on; windows that touch are one."""
    current: Span | None = None
    for start, end in _openings(channel, first):
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def _openings(channel: Channel, first: date) -> Iterator[Span]:
    for ahead in range(LOOK_AHEAD.days):
        day = first + timedelta(days=ahead)
        if channel.on_holidays or not is_public_holiday(day):
            windows = (w for w in channel.opening or () if day.weekday() in w.weekdays)
            yield from sorted(local_span(day, w.start, w.end) for w in windows)
