"""The hash chain of history and read log: computation only, without a database.

Each entry's hash covers the hash before it, so no entry can be changed, dropped, added or moved without every
later hash, and the head, changing too. Anyone who can rewrite the whole chain and its head can still do so:
that takes an outside copy of the head to notice (docs/threat-model.md).
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

    def __init__(self, chain: str, number: int, cause: str) -> None:
        super().__init__(
            f"chain {chain}, entry {number}: {cause}. Everything before it is sound. Repair nothing: "
            "keep the database as it is, compare with a backup and tell the privacy officer."
        )
        self.chain = chain
        self.number = number
        self.cause = cause


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """What one entry says. The hash covers all of it, so a column that is not here is not protected."""

    chain: str
    number: int  # from 1, without gaps
    at: datetime
    actor_kind: str
    actor: str
    role: str
    organisation: UUID | None
    act: str
    signal: UUID | None
    subjects: tuple[UUID | str, ...]
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it was found: with the hashes that were stored beside it."""

    entry: ChainEntry
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain ends: the number of its last entry and that entry's hash."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class CertifiedGap:
    """A stretch of entries that a certificate in the chain let go of, with the hashes at its two ends."""

    first: int
    last: int
    before: bytes  # the hash of the entry before the first
    last_hash: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A head that was kept elsewhere. `kept_in` says where, for whoever reads that it differs."""

    number: int
    hash: bytes
    kept_in: str


def genesis(chain: str) -> ChainHead:
    """The end of a chain without entries. It differs per chain, so no chain's start fits another."""
    return ChainHead(0, hashlib.sha256(f"{_FORMAT} begins {chain}".encode()).digest())


def canonical(entry: ChainEntry) -> bytes:
    """The one spelling of an entry: the same after any round trip through either database."""
    place = f"chain {entry.chain}, entry {entry.number}"
    if entry.at.tzinfo is None:
        raise NotCanonical(f"{place}: its time has no zone. Pass an aware datetime.")
    content = [
        entry.chain,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor,
        entry.role,
        None if entry.organisation is None else str(entry.organisation),
        entry.act,
        None if entry.signal is None else str(entry.signal),
        [str(subject) for subject in entry.subjects],
        dict(entry.details),
    ]
    _refuse_unstable(content[:-1], place)
    _refuse_unstable(content[-1], f"{place}, details")
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def entry_hash(previous_hash: bytes, canonical_entry: bytes) -> bytes:
    """The hash of an entry, given the one before it."""
    if len(previous_hash) != HASH_BYTES:
        raise ValueError(
            f"chain: the previous hash is {len(previous_hash)} bytes, not {HASH_BYTES}. Start at genesis()."
        )
    return hashlib.sha256(f"{_FORMAT} entry ".encode() + previous_hash + canonical_entry).digest()


def next_head(head: ChainHead, entry: ChainEntry) -> ChainHead:
    """The end after this entry joins, or a refusal when it does not follow."""
    if entry.number != head.number + 1:
        raise ValueError(
            f"chain {entry.chain}: entry {entry.number} does not follow {head.number}. Lock the head first."
        )
    return ChainHead(entry.number, entry_hash(head.hash, canonical(entry)))


def verify(
    stored: Iterable[StoredEntry],
    *,
    chain: str,
    head: ChainHead,
    start: ChainHead | None = None,
    gaps: Iterable[CertifiedGap] = (),
    marks: Iterable[Mark] = (),
) -> int:
    """Walk the entries in order and count them; raise `ChainBroken` at the first wrong one.

    `head` is what the chain should end in: without it a chain cut short would look whole. `start` is where to
    begin when what came before is gone for a good reason. `gaps` are what certificates let go of: a certificate is
    an entry of this chain, so the walk proves it too, later on. `marks` are heads that were kept elsewhere. Takes
    any iterator and keeps one entry in memory.
    """
    last = start or genesis(chain)
    certified = {gap.first: gap for gap in gaps}
    kept = _Kept(chain, marks, last)
    count = 0
    for found in stored:
        last = _across(certified, chain, last, before=found.entry.number, kept=kept)
        _refuse_out_of_place(found.entry, chain, last.number + 1)
        last = _checked(last, found)
        kept.compare(last)
        count += 1
    last = _across(certified, chain, last, before=head.number + 1, kept=kept)
    _refuse_another_end(chain, last, head)
    kept.refuse_later_than(last)
    return count


class _Kept:
    """Heads that were kept elsewhere, in order, each compared when the walk comes by."""

    def __init__(self, chain: str, marks: Iterable[Mark], start: ChainHead) -> None:
        self._chain, self._agreed = chain, ""
        self._waiting = sorted(marks, key=lambda mark: mark.number, reverse=True)
        self.compare(start)

    def compare(self, last: ChainHead) -> None:
        while self._waiting and self._waiting[-1].number <= last.number:
            mark = self._waiting.pop()
            if mark.number == last.number and mark.hash != last.hash:
                since = f", and after {self._agreed}" if self._agreed else ""
                raise ChainBroken(self._chain, mark.number, f"was replaced, or an entry before it{since}: {mark.kept_in} "
                                  "kept another hash of it")  # fmt: skip
            self._agreed = f"entry {mark.number}"

    def refuse_later_than(self, last: ChainHead) -> None:
        if self._waiting:
            mark = self._waiting[0]
            raise ChainBroken(self._chain, last.number + 1, "is missing, like all after it: the chain was cut short. "
                              f"{mark.kept_in} knew {mark.number} entries")  # fmt: skip


def _across(certified: Mapping[int, CertifiedGap], chain: str, last: ChainHead, *, before: int, kept: _Kept) -> ChainHead:
    """On over what certificates let go of, as long as the next entry found stands beyond it."""
    while last.number + 1 < before and (gap := certified.get(last.number + 1)) is not None:
        if gap.before != last.hash:
            raise ChainBroken(chain, gap.first, "does not follow the entry before it, says the certificate of its destruction")
        last = ChainHead(gap.last, gap.last_hash)
        kept.compare(last)
    return last


def _refuse_out_of_place(entry: ChainEntry, chain: str, expected: int) -> None:
    if entry.chain != chain:
        raise ChainBroken(chain, expected, f"belongs to chain {entry.chain}")
    if entry.number > expected:
        raise ChainBroken(chain, expected, f"is missing or out of order: {entry.number} stands in its place")
    if entry.number < expected:
        raise ChainBroken(chain, entry.number, f"stands again, or out of order, where {expected} should be")


def _checked(last: ChainHead, found: StoredEntry) -> ChainHead:
    chain, number = found.entry.chain, found.entry.number
    if bytes(found.previous_hash) != last.hash:
        raise ChainBroken(chain, number, f"does not follow the entry before it: {number - 1} was replaced, or "
                          "the previous hash of this one changed")  # fmt: skip
    try:
        after = next_head(last, found.entry)
    except NotCanonical as error:
        raise ChainBroken(chain, number, f"was changed: nobody could write this ({error})") from None
    except (AttributeError, TypeError, ValueError):  # not even the shape of an entry
        raise ChainBroken(chain, number, "was changed: it is not the shape of an entry any more") from None
    if after.hash != bytes(found.hash):
        raise ChainBroken(chain, number, "was changed after it was written, or its hash was")
    return after


def _refuse_another_end(chain: str, last: ChainHead, head: ChainHead) -> None:
    if last.number < head.number:
        raise ChainBroken(chain, last.number + 1, f"is missing, like all up to the end, {head.number}")
    if last.number > head.number:
        raise ChainBroken(chain, head.number + 1, f"is beyond the end of the chain, which is {head.number}")
    if last.hash != bytes(head.hash):
        raise ChainBroken(chain, head.number, "differs from the head that was kept of the chain")


def _refuse_unstable(value: object, place: str) -> None:
    """Only what JSON spells in one way: a float, or a number as key, may come back as something else."""
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
            raise NotCanonical(
                f"{place}: {type(value).__name__} has no single spelling. Use text or whole numbers."
            )


def _refuse_key(key: object, place: str) -> None:
    if not isinstance(key, str):
        raise NotCanonical(f"{place}: the key {key!r} is not text. Write it as text.")
    _refuse_unstorable(key, place)


def _refuse_unstorable(text: str, place: str) -> None:
    if "\x00" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise NotCanonical(
            f"{place}: the text holds a character that PostgreSQL does not store. Leave it out."
        )
