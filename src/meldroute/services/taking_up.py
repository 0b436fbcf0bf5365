"""Somebody of the desk takes a signal up: from now on it is being enriched."""

from datetime import datetime

from meldroute.rules.actors import Reader

from .desk import at_desk
from .urgent_calls import keep_calling


def take_up(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        desk.move(desk.step("take_up"))
        keep_calling(desk)
