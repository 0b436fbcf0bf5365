"""A refusal is written down too, and commits alone: what was tried, by whom, never what it would have shown."""

from datetime import datetime

from django.db import transaction

from meldroute.rules.actors import Reader
from meldroute.storage import history


def remember(reader: Reader | None, *, area: str, now: datetime) -> None:
    """One entry in the chain of the reader's own organisation. Somebody without a membership leaves none."""
    if reader is None:
        return
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="refused", now=now, details={"area": area})
