"""Whether it is still the same person: who signed in, or showed it again, a short while ago."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

RECENT = timedelta(minutes=15)
MARK = "confirmed"  # in the session: whose, and when


def remember_confirmation(request: HttpRequest, user: object, *, now: datetime) -> None:
    """`user` beside the session: at sign-in it is not theirs yet."""
    if not isinstance(user, AnonymousUser):
        request.session[MARK] = {"who": str(user.pk), "at": now.timestamp()}


def confirmed_recently(request: HttpRequest, *, now: datetime) -> bool:
    mark = request.session.get(MARK) or {}
    return mark.get("who") == str(request.user.pk) and abs(now.timestamp() - mark["at"]) < RECENT.total_seconds()
