"""The session engine: sealed, short, and known by a hash. Wired here, for a session reads the clock by itself."""

import logging
from datetime import datetime

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from meldroute.rules.sessions import expires_at, worth_writing
from meldroute.storage.models import BrowserSession
from meldroute.storage.prepared import Prepared
from meldroute.storage.sealing import SealBroken
from meldroute.storage.sessions import forget_old, open_data, row_key, seal_data

logger = logging.getLogger(__name__)
USER, STARTED = "_auth_user_id", "signed_in_at"


_OPEN = Prepared(lambda key, now: BrowserSession.objects.filter(key=key, expires_at__gt=now), key=str, now=datetime)


class SessionStore(SessionBase):
    seen_at: datetime | None = None  # when the row was last written

    @property
    def row(self) -> str:
        """Names this session without opening it."""
        return row_key(self.session_key) if self.session_key else ""

    def load(self) -> dict:
        found = next(iter(_OPEN(key=self.row, now=timezone.now())), None)
        if found is None:
            self._session_key = None
            return {}
        self.seen_at = found.seen_at
        try:
            return open_data(found.data_sealed, key=found.key)
        except SealBroken as broken:  # signing in again is the way out; the log says that somebody must look
            logger.warning("%s", broken)
            self._session_key = None
            return {}

    def touch(self, *, now: datetime) -> None:
        """Somebody is still there: one statement, at most once a minute."""
        if self.seen_at and worth_writing(self.seen_at, now=now):
            expires = expires_at(self._started(now), seen_at=now)
            BrowserSession.objects.filter(key=self.row).update(seen_at=now, expires_at=expires)
            self.seen_at = now

    def exists(self, session_key: str) -> bool:
        return BrowserSession.objects.filter(key=row_key(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        now = timezone.now()
        if USER in data:
            data.setdefault(STARTED, now.timestamp())
        started = self._started(now)
        columns = {"data_sealed": seal_data(data, key=self.row), "user_id": data.get(USER), "started_at": started,
                   "seen_at": now, "expires_at": expires_at(started, seen_at=now)}
        if not must_create:
            if not BrowserSession.objects.filter(key=self.row).update(**columns):
                raise UpdateError  # ended meanwhile, in another browser: it does not come back
            return
        try:
            with transaction.atomic():
                BrowserSession.objects.create(key=self.row, **columns)
        except IntegrityError:
            raise CreateError from None

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            BrowserSession.objects.filter(key=row_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        forget_old(now=timezone.now())

    def _started(self, now: datetime) -> datetime:
        """When the person signed in; a session that is nobody's yet began just now."""
        at = self._get_session(no_load=True).get(STARTED) if hasattr(self, "_session_cache") else None
        return datetime.fromtimestamp(at, tz=now.tzinfo) if at else now
