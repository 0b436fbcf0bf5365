"""The one place where 'who may see a row' meets the database. `rules.access` decides, these apply."""

from uuid import UUID

from django.db import models

from meldroute.rules.access import disclosure_scope, signal_scope
from meldroute.rules.actors import Reader


class SignalQuerySet(models.QuerySet):
    def visible_to(self, reader: Reader) -> "SignalQuerySet":
        scope = signal_scope(reader)
        if scope.empty:
            return self.none()
        return self.filter(municipality_id=scope.municipality, lane__in=sorted(scope.lanes))

    def reported_by(self, *ties: str) -> "SignalQuerySet":
        """Signals of one reporter, found by keyed hash."""
        return self.filter(reporter_tie__in=ties)

    def open(self) -> "SignalQuerySet":
        return self.exclude(kind="end")


class MunicipalityRows(models.QuerySet):
    """Rows that belong to a signal: reached through the signal that the reader may open."""

    def of_signal(self, *signals: UUID) -> "MunicipalityRows":
        return self.filter(signal_id__in=signals)


class AttachmentRows(MunicipalityRows):
    def to_be_opened(self) -> "AttachmentRows":
        """What was hidden is opened by nobody any more, whoever put it there."""
        return self.filter(hidden_at=None, destroyed_at=None)


class ReferralQuerySet(MunicipalityRows):
    def disclosed_to(self, reader: Reader) -> "ReferralQuerySet":
        """Requests that this partner was sent. Skipped ones were never sent."""
        organisation = disclosure_scope(reader)
        if organisation is None:
            return self.none()
        return self.filter(organisation_id=organisation).exclude(status="skipped")
