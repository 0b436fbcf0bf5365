"""The one place where 'who may see a row' meets the database. `rules.access` decides, these apply."""

from uuid import UUID

from django.db import models

from meldroute.rules.access import disclosure_scope, log_scope, retention_scope, signal_scope
from meldroute.rules.actors import Reader


class SignalQuerySet(models.QuerySet):
    def visible_to(self, reader: Reader, *, lanes: frozenset[str] | None = None) -> "SignalQuerySet":
        """What this reader may open; with `lanes`, only what lies there."""
        scope = signal_scope(reader)
        if scope.empty:
            return self.none()
        seen = scope.lanes if lanes is None else scope.lanes & lanes
        return self.filter(municipality_id=scope.municipality, lane__in=sorted(seen))

    def reported_by(self, *ties: str) -> "SignalQuerySet":
        """Signals of one reporter, found by keyed hash."""
        return self.filter(reporter_tie__in=ties)

    def watched_by(self, reader: Reader) -> "SignalQuerySet":
        """Signals whose log this reader may see: key, reference and owner, never what is sealed."""
        municipality = log_scope(reader)
        rows = self.filter(municipality_id=municipality) if municipality else self.none()
        return rows.only("pk", "reference", "municipality_id", "received_at")

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


class RequestQuerySet(models.QuerySet):
    def of_officer(self, reader: Reader) -> "RequestQuerySet":
        """Requests of data subjects to the organisation that this reader advises."""
        organisation = log_scope(reader)
        return self.filter(organisation_id=organisation) if organisation else self.none()


class RetentionQuerySet(models.QuerySet):
    """Terms and lists of destruction: what the desk works on, and what the privacy officer watches."""

    def watched_by(self, reader: Reader) -> "RetentionQuerySet":
        scope = retention_scope(reader)
        if scope.empty:
            return self.none()
        return self.filter(municipality_id=scope.municipality, lane__in=sorted(scope.lanes))
