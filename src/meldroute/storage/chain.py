"""The hash chain of history and read log: computation only, without a database.

Each entry's hash covers the hash before it, so no entry can be changed, dropped, added or moved without every later
hash, and the head, changing too. Anyone who can rewrite the whole chain and its head can still do so: that takes an
outside copy of the head to notice (docs/threat-model.md).
"""
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

HASH_BYTES = 32
_FORMAT = "meldroute chain 1"


class NotCanonical(ValueError):
    """This entry has no single spelling that survives a database unchanged, so it cannot be hashed."""


class ChainBroken(Exception):
    """The first place where what is stored differs from what was written."""

    def __init__(self, chain_id: UUID | str, sequence: int, cause: str) -> None:
        super().__init__(
            f"chain {chain_id}, entry {sequence}: {cause}. Everything before it is sound. Repair nothing: "
            "keep the database as it is, compare with a backup and tell the privacy officer."
        )
        self.chain_id = chain_id
        self.sequence = sequence
        self.cause = cause


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """What one entry says: everything that its hash covers."""

    chain_id: UUID | str
    sequence: int  # from 1, without gaps
    at: datetime
    actor_kind: str
    actor_value: str
    act: str
    subject_ids: tuple[UUID, ...]
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain ends: the last sequence number and its hash."""

    sequence: int
    hash: bytes


def genesis(chain_id: UUID | str) -> ChainHead:
    """The head of a chain without entries. It differs per chain, so no chain's start fits another."""
    return ChainHead(0, hashlib.sha256(f"{_FORMAT} begins {chain_id}".encode()).digest())


def canonical(entry: ChainEntry) -> bytes:
    """The one spelling of an entry: the same after any round trip through either database."""
    place = f"chain {entry.chain_id}, entry {entry.sequence}"
    if entry.at.tzinfo is None:
        raise NotCanonical(f"{place}: its time has no zone. Pass an aware datetime.")
    details = dict(entry.details)
    _refuse_unstable([entry.actor_kind, entry.actor_value, entry.act], f"{place}, actor and act")
    _refuse_unstable(details, f"{place}, details")
    return json.dumps(
        [
            str(entry.chain_id),
            entry.sequence,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.actor_kind,
            entry.actor_value,
            entry.act,
            [str(subject) for subject in entry.subject_ids],
            details,
        ],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    ).encode()


def entry_hash(previous_hash: bytes, canonical_entry: bytes) -> bytes:
    """The hash of an entry, given the one before it."""
    if len(previous_hash) != HASH_BYTES:
        raise ValueError(f"chain: previous hash is {len(previous_hash)} bytes, not {HASH_BYTES}. Start at genesis().")
    return hashlib.sha256(f"{_FORMAT} entry ".encode() + previous_hash + canonical_entry).digest()


def next_head(head: ChainHead, entry: ChainEntry) -> ChainHead:
    """The head after this entry joins, or a refusal when it does not follow."""
    if entry.sequence != head.sequence + 1:
        raise ValueError(
            f"chain {entry.chain_id}: entry {entry.sequence} does not follow {head.sequence}. Lock the head first."
        )
    return ChainHead(entry.sequence, entry_hash(head.hash, canonical(entry)))


def verify(
    stored: Iterable[tuple[ChainEntry, bytes]], *, chain_id: UUID | str, head: ChainHead, start: ChainHead | None = None
) -> int:
    """Walk the entries in order, each with its stored hash, and count them; raise `ChainBroken` at the first wrong one.

    `head` is what the chain should end with: without it a chain cut short at the end would look whole. `start` is where
    to begin when what came before is gone for a good reason. Takes any iterator and keeps one entry in memory.
    """
    last = start or genesis(chain_id)
    count = 0
    for entry, found in stored:
        _refuse_stranger(entry, chain_id, last.sequence + 1)
        last = _checked(last, entry, found)
        count += 1
    if last.sequence < head.sequence:
        raise ChainBroken(chain_id, last.sequence + 1, f"is missing, like all up to the end, {head.sequence}")
    if last.sequence > head.sequence:
        raise ChainBroken(chain_id, head.sequence + 1, f"is beyond the end of the chain, which is {head.sequence}")
    if last.hash != head.hash:
        raise ChainBroken(chain_id, head.sequence, "differs from the head that was kept of the chain")
    return count


def _refuse_stranger(entry: ChainEntry, chain_id: UUID | str, expected: int) -> None:
    if str(entry.chain_id) != str(chain_id):
        raise ChainBroken(chain_id, expected, f"belongs to chain {entry.chain_id}")
    if entry.sequence > expected:
        raise ChainBroken(chain_id, expected, f"is missing or out of order: {entry.sequence} stands in its place")
    if entry.sequence < expected:
        raise ChainBroken(chain_id, entry.sequence, f"stands again, or out of order, where {expected} should be")


def _checked(last: ChainHead, entry: ChainEntry, found: bytes) -> ChainHead:
    try:
        after = next_head(last, entry)
    except NotCanonical as error:
        raise ChainBroken(entry.chain_id, entry.sequence, f"was changed: nobody could write this ({error})") from None
    if after.hash != bytes(found):
        raise ChainBroken(entry.chain_id, entry.sequence, "was changed after it was written, or its hash was")
    return after


def _refuse_unstable(value: object, place: str) -> None:
    """Only what JSON spells in one way: a float or a number as key may come back from a database as something else."""
    match value:
        case None | bool() | int():
            return
        case str():
            _refuse_unstorable(value, place)
        case list() | tuple():
            for number, part in enumerate(value):
                _refuse_unstable(part, f"{place}[{number}]")
        case dict():
            for key, part in value.items():
                _refuse_key(key, place)
                _refuse_unstable(part, f"{place}.{key}")
        case _:
            raise NotCanonical(f"{place}: {type(value).__name__} has no single spelling. Use text or whole numbers.")


def _refuse_key(key: object, place: str) -> None:
    if not isinstance(key, str):
        raise NotCanonical(f"{place}: the key {key!r} is not text. Write it as text.")
    _refuse_unstorable(key, place)


def _refuse_unstorable(text: str, place: str) -> None:
    if "\x00" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise NotCanonical(f"{place}: the text holds a character that PostgreSQL does not store. Leave it out.")
