"""Is what stands in the database whole: chains from first to last, references, and what is sealed?"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from . import chain as chains
from .models import ChainHead, HistoryEntry, KeyDestruction, Signal, SignalKey
from .models.base import SealedRow
from .sealing import unwrap_key

_COLUMNS = tuple(chains.ChainEntry.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Wholeness:
    entries: int  # of history, in chains that were walked from end to end
    signals: int
    opened: int  # sealed columns that opened
    destroyed: int  # signals without a key, whose destruction is on record
    lost: int  # signals without a key and without that record


def look_through() -> Wholeness:
    """Everything, once. Raises `ChainBroken`, `SealBroken`, or the database's own error about a reference."""
    connection.check_constraints()
    entries = sum(_verify(head) for head in ChainHead.objects.order_by("chain").iterator())
    keyless = set(Signal.objects.filter(key=None).values_list("pk", flat=True))
    destroyed = set(KeyDestruction.objects.filter(signal__in=keyless).values_list("signal", flat=True)) if keyless else set()
    return Wholeness(entries, Signal.objects.count(), sum(_open_everything()), len(destroyed), len(keyless - destroyed))


def _verify(head: ChainHead) -> int:
    rows = HistoryEntry.objects.filter(chain=head.chain).order_by("number").iterator()
    stored = (chains.StoredEntry(chains.ChainEntry(**{name: getattr(row, name) for name in _COLUMNS}),
                                 bytes(row.previous_hash), bytes(row.hash)) for row in rows)
    return chains.verify(stored, chain=head.chain, head=chains.ChainHead(head.number, bytes(head.hash)))


def _open_everything() -> Iterator[int]:
    """Each sealed column of each row of a signal that has its key. Keys are opened in pieces, to keep memory small."""
    for model in sorted(SealedRow.__subclasses__(), key=lambda model: model._meta.label):
        columns = [field.name for field in model._meta.fields if field.name.endswith("_sealed")]
        own = "pk" if model is Signal else "signal_id"
        if own != "pk" and not hasattr(model, "signal_id"):
            continue
        last = None
        while rows := _next_rows(model, last):
            last = rows[-1].pk
            keys = _keys_of({getattr(row, own) for row in rows})
            for row in rows:
                if key := keys.get(getattr(row, own)):
                    yield sum(bool(row.unseal(column, key=key)) for column in columns)


def _next_rows(model: type[SealedRow], last: object, size: int = 500) -> list[SealedRow]:
    rows = model._base_manager.order_by("pk")
    return list((rows.filter(pk__gt=last) if last is not None else rows)[:size])


def _keys_of(signals: set) -> dict:
    rows = SignalKey.objects.filter(pk__in=signals).values_list("pk", "wrapped")
    return {pk: unwrap_key(bytes(wrapped), signal_id=pk) for pk, wrapped in rows}
