"""Chains as they stand in the database, read in small batches: what is in memory does not grow with the chain."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from .chain import CertifiedGap, ChainBroken, ChainEntry, ChainHead, StoredEntry
from .keyed_hashes import voucher, voucher_holds
from .models import ChainHead as HeadRow
from .models import HistoryEntry
from .row_guards import CERTIFICATE
from .vouching import spelled

BATCH = 1000
COLUMNS = tuple(ChainEntry.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was let go of, and on whose word. Ids and policy words only."""

    number: int  # of the entry that certifies
    at: datetime
    gap: CertifiedGap
    count: int
    details: dict


def heads() -> dict[str, ChainHead]:
    """The end of every chain, in one statement, so that they belong together."""
    rows = HeadRow.objects.order_by("chain").values_list("chain", "number", "hash")
    return {chain: ChainHead(number, bytes(hash)) for chain, number, hash in rows}


def headless() -> list[str]:
    """Chains that have entries but no head."""
    known = HeadRow.objects.values("chain")
    found = HistoryEntry.objects.exclude(chain__in=known).values_list("chain", flat=True)
    return sorted(found.distinct())


def beyond_the_end(chain: str) -> int | None:
    """The first entry beyond the head as it is now. One statement: others may be adding to the chain."""
    end = HeadRow.objects.filter(chain=OuterRef("chain")).values("number")
    rows = HistoryEntry.objects.filter(chain=chain).annotate(end=Subquery(end)).filter(number__gt=F("end"))
    return rows.order_by("number").values_list("number", flat=True).first()


def entries(chain: str, *, upto: int, after: int = -1) -> Iterator[StoredEntry]:
    """In order, without holding a transaction open."""
    while batch := _batch(chain, after, upto):
        for *columns, previous_hash, hash in batch:
            yield StoredEntry(ChainEntry(*columns), bytes(previous_hash), bytes(hash))
        after = batch[-1][1]


def certificates(chain: str) -> tuple[Certificate, ...]:
    """Few among many: they have an index of their own. What they say is proven by walking the chain.

    One that this program did not write, that does not say what it certifies, or cannot be true (another count than its
    range, not two persons, a stretch that was not over), is passed by: then what it let go of is missing.
    """
    rows = HistoryEntry.objects.filter(chain=chain, act=CERTIFICATE).order_by("number")
    found = (_certificate(*row) for row in rows.values_list("number", "at", "details") if _is_vouched(chain, row[2]))
    return tuple(one for one in found if one is not None and one.gap.last < one.number)


def vouched(chain: str, details: dict) -> dict:
    """What a certificate says, with a keyed hash: whoever has only the database cannot certify that something may be gone."""
    return details | {"voucher": voucher(f"certificate:{chain}", spelled([details]))}


def vouched_with() -> dict[int, int]:
    """How many certificates each version of the key vouches for."""
    stored = HistoryEntry.objects.filter(act=CERTIFICATE).values_list("details__voucher", flat=True)
    versions = (one.partition(":")[0] for one in stored if isinstance(one, str))
    return dict(Counter(int(version) for version in versions if version.isdecimal()))


def _is_vouched(chain: str, details: dict) -> bool:
    if not isinstance(details, dict) or not isinstance(details.get("voucher"), str):
        return False
    said = {name: value for name, value in details.items() if name != "voucher"}
    return voucher_holds(details["voucher"], f"certificate:{chain}", spelled([said]))


def _certificate(number: int, at: datetime, details: dict) -> Certificate | None:
    try:
        gap = CertifiedGap(int(details["first"]), int(details["last"]), bytes.fromhex(details["before"]),
                           bytes.fromhex(details["last_hash"]))
        found = Certificate(number, at, gap, int(details["count"]), details)
        return found if _can_be_true(found) else None
    except (KeyError, TypeError, ValueError):
        return None


def _can_be_true(found: Certificate) -> bool:
    who = found.details["who"]
    two = isinstance(who, list) and len(set(who)) == len(who) == 2
    return two and found.count == found.gap.last - found.gap.first + 1 and datetime.fromisoformat(found.details["to"]) < found.at


def _batch(chain: str, after: int, upto: int) -> list[tuple]:
    rows = HistoryEntry.objects.filter(chain=chain, number__gt=after, number__lte=upto).order_by("number")
    values = rows.values_list(*COLUMNS, "previous_hash", "hash")
    try:
        return list(values[:BATCH])
    except (ValueError, TypeError, OverflowError):  # somewhere stands what is not a moment or an id: which one?
        return _one_that_can_be_read(chain, rows, values)


def _one_that_can_be_read(chain: str, rows, values) -> list[tuple]:
    number = rows.values_list("number", flat=True).first()
    try:
        return list(values[:1])
    except (ValueError, TypeError, OverflowError):
        raise ChainBroken(chain, number, "was changed: what stands in it is no moment, id or list") from None
