"""Signals that a reader may see, as prepared questions. Who may see what is decided in `rules.access`, as always."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet

from meldroute.rules.actors import Reader

from .models import NamedReader, Signal
from .prepared import Prepared, Value
from .vouching import refuse_forged


class PreparedForReader:
    """`build(reader, *shape, **values)` asks on from what that reader may see."""

    def __init__(self, build: Callable[..., QuerySet], may_be_absent: tuple[str, ...] = (), **types: type):
        def ask(role: str, kind: str, *shape: object, user: UUID, membership: UUID, organisation: UUID,
                **values: Value) -> QuerySet:
            reader = Reader(user=user, membership=membership, role=role, organisation=organisation,
                            organisation_kind=kind, organisation_code="")
            return build(reader, *shape, **values)

        # Today a scope names the organisation alone; whatever else it comes to name is filled in too.
        self._prepared = Prepared(ask, ("user", "membership", *may_be_absent), user=UUID, membership=UUID,
                                  organisation=UUID, **types)

    def __call__(self, reader: Reader, *shape: object, **values: Value) -> list:
        return self._prepared(reader.role, reader.organisation_kind, *shape, user=reader.user,
                              membership=reader.membership, organisation=reader.organisation, **values)


_BY_REFERENCE = PreparedForReader(
    lambda reader, reference: Signal.objects.visible_to(reader).filter(reference=reference), reference=str)


def visible_signal(reference: str, *, reader: Reader) -> Signal | None:
    """The signal with this reference, when there is one and this reader may see it. Raises `NotVouchedFor`."""
    signal = next(iter(_BY_REFERENCE(reader, reference=reference)), None)
    if signal is not None:
        refuse_forged_way_in(signal, reader=reader)
    return signal


def refuse_forged_way_in(signal: Signal, *, reader: Reader) -> None:
    """Is what makes it this reader's as the program wrote it: where it lies, and that they are one of those named?"""
    refuse_forged(signal)
    if signal.shielded:
        refuse_forged(*NamedReader.objects.of_signal(signal.pk).filter(membership=reader.membership))
