"""Is what stands in the database whole: chains from first to last, references, and what is sealed?"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from . import chain as chains
from . import stored_chains
from .models import KeyDestruction, Signal, SignalKey, SubjectRequest, SubjectRequestKey
from .models.base import SealedRow
from .sealing import unwrap_key


@dataclass(frozen=True, slots=True)
class Wholeness:
    entries: int  # of history, in chains that were walked from end to end; over what certificates let go of
    signals: int
    opened: int  # sealed columns that opened
    destroyed: int  # signals without a key, whose destruction is on record
    lost: int  # signals without a key and without that record
    lost_requests: int  # requests of data subjects without a key: nothing destroys one


def look_through() -> Wholeness:
    """Everything, once. Raises `ChainBroken`, `SealBroken`, or the database's own error about a reference."""
    connection.check_constraints()
    entries = sum(_verify(chain, head) for chain, head in stored_chains.heads().items())
    for chain in stored_chains.headless():
        raise chains.ChainBroken(chain, 0, "has entries and no head, so nobody can say where it ends")
    keyless = set(Signal.objects.filter(key=None).values_list("pk", flat=True))
    destroyed = set(KeyDestruction.objects.filter(signal__in=keyless).values_list("signal", flat=True)) if keyless else set()
    return Wholeness(entries, Signal.objects.count(), sum(_open_everything()), len(destroyed), len(keyless - destroyed),
                     SubjectRequest.objects.filter(key=None).count())


def _verify(chain: str, head: chains.ChainHead) -> int:
    gaps = [certificate.gap for certificate in stored_chains.certificates(chain)]
    count = chains.verify(stored_chains.entries(chain, upto=head.number), chain=chain, head=head, gaps=gaps)
    if (number := stored_chains.beyond_the_end(chain)) is not None:
        raise chains.ChainBroken(chain, number, "is beyond the end of the chain")
    return count


def _open_everything() -> Iterator[int]:
    """Each sealed column of each row of a signal or a request that has its key. Keys are opened in pieces: memory stays small."""
    for model in sorted(SealedRow.__subclasses__(), key=lambda model: model._meta.label):
        columns = [field.name for field in model._meta.fields if field.name.endswith("_sealed")]
        own = "pk" if model in (Signal, SubjectRequest) else "signal_id"
        if own != "pk" and not hasattr(model, "signal_id"):
            continue
        last = None
        while rows := _next_rows(model, last):
            last = rows[-1].pk
            keys = _keys_of(SubjectRequestKey if model is SubjectRequest else SignalKey, {getattr(row, own) for row in rows})
            for row in rows:
                if key := keys.get(getattr(row, own)):
                    yield sum(bool(row.unseal(column, key=key)) for column in columns)


def _next_rows(model: type[SealedRow], last: object, size: int = 500) -> list[SealedRow]:
    rows = model._base_manager.order_by("pk")
    return list((rows.filter(pk__gt=last) if last is not None else rows)[:size])


def _keys_of(model: type[SignalKey | SubjectRequestKey], owners: set) -> dict:
    rows = model.objects.filter(pk__in=owners).values_list("pk", "wrapped")
    return {pk: unwrap_key(bytes(wrapped), signal_id=pk) for pk, wrapped in rows}
