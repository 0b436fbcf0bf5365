"""The one place where 'who may see a row' meets the database. `rules.access` decides, these apply."""

from datetime import date, datetime
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from meldroute.rules.access import (
    disclosure_scope,
    emergency_scope,
    log_scope,
    names_again,
    retention_scope,
    signal_scope,
)
from meldroute.rules.actors import Reader


class SignalQuerySet(models.QuerySet):
    def visible_to(self, reader: Reader, *, lanes: frozenset[str] | None = None) -> "SignalQuerySet":
        """What this reader may open; with `lanes`, only what lies there."""
        scope = signal_scope(reader)
        if scope.empty:
            return self.none()
        seen = scope.lanes if lanes is None else scope.lanes & lanes
        return self.filter(_open_to(reader), municipality_id=scope.municipality, lane__in=sorted(seen))

    def closed_to(self, reader: Reader, *, mandated: frozenset[UUID], day: date) -> "SignalQuerySet":
        """Signals that this reader may ask to read in an emergency. That they may ask opens none."""
        scope = emergency_scope(reader, mandated=mandated)
        if not scope.municipalities:
            return self.none()
        abandoned = Q(municipality_id__in=scope.abandoned) & ~self._somebody_named(day)
        return self.filter(Q(shielded=False) | abandoned, municipality_id__in=scope.municipalities,
                           lane__in=sorted(scope.lanes))

    def opened_in_emergency(self, reader: Reader, *, mandated: frozenset[UUID], now: datetime,
                            day: date) -> "SignalQuerySet":
        """Of those, the ones that this reader opened with a reason, for as long as that lasts."""
        reading = apps.get_model("meldroute", "EmergencyReading")
        opened = reading.objects.filter(signal=OuterRef("pk"), membership=reader.membership, until__gt=now)
        return self.closed_to(reader, mandated=mandated, day=day).filter(Exists(opened))

    def abandoned(self, day: date) -> "SignalQuerySet":
        """Open signals that are narrowed to people of whom nobody is left. Only counted, never shown."""
        return self.open().filter(~self._somebody_named(day), shielded=True)

    def named_again_by(self, reader: Reader, *, day: date) -> "SignalQuerySet":
        """Of those, the ones for which this reader may name people. That opens none of them."""
        municipality = names_again(reader)
        return self.none() if municipality is None else self.abandoned(day).filter(municipality_id=municipality)

    def _somebody_named(self, day: date) -> Exists:
        named = apps.get_model("meldroute", "NamedReader")
        members = apps.get_model("meldroute", "Membership").objects.current(day)
        return Exists(named.objects.filter(signal=OuterRef("pk"), membership__in=members))

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


def _open_to(reader: Reader) -> Q:
    """Not shielded, or narrowed to people of whom the reader is one. Asked row by row, and only of those few."""
    named = apps.get_model("meldroute", "NamedReader")
    return Q(shielded=False) | Q(Exists(named.objects.filter(signal=OuterRef("pk"), membership=reader.membership)))


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
