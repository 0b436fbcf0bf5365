"""How long a session lasts: twenty minutes without anybody, and never more than a working day."""

from datetime import datetime, timedelta

IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=8)
WRITE_EVERY = timedelta(minutes=1)


def expires_at(started_at: datetime, *, seen_at: datetime) -> datetime:
    return min(started_at + LONGEST, seen_at + IDLE)


def worth_writing(seen_at: datetime, *, now: datetime) -> bool:
    """That somebody is there is written once a minute, not at every page."""
    return now - seen_at >= WRITE_EVERY


# Name of the browser and of the machine's system, by a mark in what the browser says of itself. The first that fits.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
             ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))


def browser_name(user_agent: str) -> str:
    """What a person recognises: "Firefox, Windows". Empty when nothing is known; never a version or an address."""
    found = (next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)
