"""A refusal is written down too, and commits alone: what was tried, by whom, never what it would have shown."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.keyed_hashes import reporter_ties
from meldroute.storage.models import Signal

from . import boundaries


def remember(reader: Reader | None, *, area: str, now: datetime, reference: str = "") -> None:
    """One entry in the chain of the reader's own organisation. Somebody without a membership leaves none.

    With the signal that was tried, so that who watches over that signal sees it too.
    """
    if reader is None:
        return
    signal = _tried(reference, reader)
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="refused", now=now, signal=signal,
                       details={"area": area})


def _tried(reference: str, reader: Reader) -> UUID | None:
    """Never of somebody's own report: the entry has their name, and must not say who reported."""
    if not reference:
        return None
    with boundaries.everywhere():  # a signal of another municipality, and no more of it than its id
        row = Signal.objects.filter(reference=reference).values_list("pk", "reporter_tie").first()
    return row[0] if row and row[1] not in reporter_ties(reader.user) else None
