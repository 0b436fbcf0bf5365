"""A chain of invented entries, and an entry that was rewritten behind its back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from meldroute.storage.chain import ChainEntry, StoredEntry, genesis, next_head

CHAIN = "00000000-0000-4000-8000-0000000000c1"
ORGANISATION = UUID("00000000-0000-4000-8000-0000000000c1")
SIGNAL = UUID("00000000-0000-4000-8000-000000000001")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENTRY = ChainEntry(
    chain=CHAIN,
    number=1,
    at=START,
    actor_kind="membership",
    actor="00000000-0000-4000-8000-0000000000aa",
    role="focal_point",
    organisation=ORGANISATION,
    act="signal.read",
    signal=SIGNAL,
    subjects=(SIGNAL,),
    details={"referral": "00000000-0000-4000-8000-0000000000bb", "late": False, "days": 3},
)


def a_chain(length, chain=CHAIN):
    """Entries with their stored hashes, and the head they lead to."""
    head, stored = genesis(chain), []
    for number in range(1, length + 1):
        entry = replace(ENTRY, chain=chain, number=number, at=START + timedelta(minutes=number))
        before, head = head, next_head(head, entry)
        stored.append(StoredEntry(entry, before.hash, head.hash))
    return stored, head


def rewritten(found, **changes):
    """The entry as somebody with the database would leave it: other words, the same hashes."""
    return replace(found, entry=replace(found.entry, **changes))
