"""The read log: who saw which signals, in the chain of the municipality that owns them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import Reader
from meldroute.storage import history


def log_signal_read(signal: UUID, municipality: UUID, *, reader: Reader, now: datetime, part: str = "page") -> None:
    """One signal was opened. `part` says what of it: "page", "disclosure", "flow"."""
    with transaction.atomic():
        history.append(municipality, actor=reader.actor, act="signal.read", now=now, signal=signal,
                       details={"part": part})


def log_list_read(signals: Sequence[UUID], municipality: UUID, *, reader: Reader, now: datetime, which: str) -> None:
    """A list was shown: one row with the ids that stood on it."""
    with transaction.atomic():
        add_list_read(signals, municipality, reader=reader, now=now, which=which)


def add_list_read(signals: Sequence[UUID], municipality: UUID, *, reader: Reader, now: datetime, which: str) -> None:
    """The same at the end of a short transaction of the caller's own."""
    history.append(municipality, actor=reader.actor, act="list.read", now=now, subjects=tuple(signals),
                   details={"list": which})
