"""Append to the chains of history and reads, in the transaction of the act itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from meldroute.rules.actors import Actor

from . import chain as chains
from .models import ChainHead, HistoryEntry
from .prepared import Prepared


def append(chain: UUID | str, *, actor: Actor, act: str, now: datetime, signal: UUID | None = None,
           subjects: Sequence[UUID] = (), details: Mapping[str, object] | None = None) -> None:
    """One entry at the end of a chain. Call it last in a transaction: it locks the head of the chain.

    `details` hold ids and policy words only. Several chains: ascending order, so that two writers never wait
    for each other.
    """
    head = _locked_head(str(chain))
    entry = chains.ChainEntry(
        chain=head.chain, number=head.number + 1, at=now, actor_kind=actor.kind, actor=actor.value, role=actor.role,
        organisation=actor.organisation, act=act, signal=signal, subjects=tuple(subjects), details=details or {},
    )
    after = chains.next_head(chains.ChainHead(head.number, bytes(head.hash)), entry)
    HistoryEntry.objects.create(
        chain=head.chain, number=after.number, at=now, actor_kind=actor.kind, actor=actor.value, role=actor.role,
        organisation=actor.organisation, act=act, signal=signal, subjects=[str(s) for s in subjects],
        details=dict(details or {}), previous_hash=bytes(head.hash), hash=after.hash,
    )
    ChainHead.objects.filter(chain=head.chain).update(number=after.number, hash=after.hash)


_LOCKED_HEAD = Prepared(lambda chain: ChainHead.objects.select_for_update().filter(chain=chain), chain=str)


def _locked_head(chain: str) -> ChainHead:
    if head := _LOCKED_HEAD(chain=chain):
        return head[0]
    ChainHead.objects.get_or_create(chain=chain, defaults={"hash": chains.genesis(chain).hash})
    return _LOCKED_HEAD(chain=chain)[0]
