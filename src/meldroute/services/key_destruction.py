"""Destroy the key of a signal, so that what was sealed under it can never be opened again."""

from datetime import datetime
from uuid import UUID

from meldroute.rules.actors import Actor
from meldroute.storage.models import SignalKey


def destroy_signal_key(signal: UUID, *, now: datetime, actor: Actor) -> None:
    """In the caller's transaction. Copies of the key elsewhere are gone later: until then the destruction is pending."""
    SignalKey.objects.filter(pk=signal).delete()
