"""Which rows the database may give out here, whatever is asked: said at each door, before the first guarded row.

A reader reaches their own organisation. Somebody without a sign-in reaches nothing until a token, a keyed hash or an
unguessable number led to one municipality. What time itself does, and commands, reach everything.
"""

from collections.abc import Collection
from contextlib import AbstractContextManager
from uuid import UUID

from meldroute.rules.access import EVERYWHERE, NOWHERE, Boundary, boundary, disclosure_scope
from meldroute.rules.actors import Reader
from meldroute.storage.boundary import enter as _enter
from meldroute.storage.boundary import within
from meldroute.storage.models import Referral


def nowhere() -> AbstractContextManager[None]:
    """Around every request: nothing is given out until somebody is known."""
    return within(NOWHERE)


def everywhere() -> AbstractContextManager[None]:
    """Where a row is found by something that only its owner can know, or where nothing but numbers comes out."""
    return within(EVERYWHERE)


def at(*municipalities: UUID) -> AbstractContextManager[None]:
    return within(Boundary(frozenset(municipalities)))


def as_reader(reader: Reader) -> AbstractContextManager[None]:
    return within(boundary(reader, disclosed_by=_disclosed_by(reader)))


def beside(reader: Reader, municipalities: Collection[UUID]) -> AbstractContextManager[None]:
    """The reader's own, and these: what an emergency or a keyed hash leads to."""
    return within(Boundary(frozenset(municipalities) | {reader.organisation}, membership=reader.membership))


def enter(reader: Reader) -> None:
    """For the rest of this request."""
    _enter(boundary(reader, disclosed_by=_disclosed_by(reader)))


def enter_everywhere() -> None:
    """For a command, and for the clock."""
    _enter(EVERYWHERE)


def _disclosed_by(reader: Reader) -> frozenset[UUID]:
    """Which municipalities made a request to this partner: asked inside the partner's own boundary."""
    if disclosure_scope(reader) is None:
        return frozenset()
    with within(boundary(reader)):
        made = Referral.objects.disclosed_to(reader).values_list("municipality_id", flat=True).distinct()
        return frozenset(made)
