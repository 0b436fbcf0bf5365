"""Times in words: local, short on the screen, exact in the title. Pure: `now` is always an argument."""
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

PLACE = ZoneInfo("Europe/Amsterdam")
DAYS_FROM = timedelta(hours=48)  # below this, hours say more than days


class NoTimeZone(ValueError):
    """A time without a zone reached the screen; storage keeps UTC, so something lost it on the way."""


def local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise NoTimeZone(f"time {at.isoformat()} has no zone. Pass an aware datetime, in UTC.")
    return at.astimezone(PLACE)


def exact_text(at: datetime) -> str:
    """'maandag 2 november 2026 09:00', with the zone when the clock goes back and the hour exists twice."""
    return _exact_text(at, get_language())


@lru_cache(maxsize=4096)  # a clock says it twice, and a list has fifty clocks
def _exact_text(at: datetime, _language: str | None) -> str:
    here = local(at)
    # As date_format(here, "l j F Y H:i"), which parses its format anew each time.
    text = f"{WEEKDAYS[here.weekday()]} {here.day} {MONTHS[here.month]} {here:%Y %H:%M}"
    twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    return f"{text} {here.tzname()}" if twice else text


def moment_text(at: datetime, *, now: datetime) -> str:
    """'vandaag 16:30', 'gisteren 03:12', else the full date."""
    here, today = local(at), local(now).date()
    match (here.date() - today).days:
        case 0:
            return gettext("today %(clock)s") % {"clock": f"{here:%H:%M}"}
        case -1:
            return gettext("yesterday %(clock)s") % {"clock": f"{here:%H:%M}"}
        case 1:
            return gettext("tomorrow %(clock)s") % {"clock": f"{here:%H:%M}"}
    return exact_text(at)


def clock_text(at: datetime, *, now: datetime) -> str:
    """'16:30' when that is today, else as moment_text: for sentences that already speak of now."""
    here = local(at)
    return here.strftime("%H:%M") if here.date() == local(now).date() else moment_text(at, now=now)


def day_text(at: datetime, *, now: datetime) -> str:
    """As moment_text, for things that belong to a day and not to a minute."""
    here, today = local(at).date(), local(now).date()
    near = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}
    return near.get((here - today).days) or date_format(here, "l j F Y")


def remaining_text(due: datetime, *, now: datetime) -> str:
    """'nog 3 uur' or '2 dagen te laat'. Rounded down, so that it never promises more time than there is."""
    left = due - now
    if left < timedelta(0):
        return _late(-left)
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute left")
    if minutes < 60:
        return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": minutes}
    if left < DAYS_FROM:
        return ngettext("%(n)s hour left", "%(n)s hours left", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day left", "%(n)s days left", left.days) % {"n": left.days}


def _late(by: timedelta) -> str:
    minutes = int(by.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute late")
    if minutes < 60:
        return ngettext("%(n)s minute late", "%(n)s minutes late", minutes) % {"n": minutes}
    if by < DAYS_FROM:
        return ngettext("%(n)s hour late", "%(n)s hours late", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day late", "%(n)s days late", by.days) % {"n": by.days}
