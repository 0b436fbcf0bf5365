"""The log of processings, in the shape of Logboek Dataverwerkingen: what was processed, of whom, never by whom.

Made from the history by tick, so that no act and no report waits for it. A watermark per chain moves together with
the records it stands for: nothing is skipped, nothing is told twice, and after downtime it catches up. One record for
each data subject, all of them. The trace id is the beginning of the entry's hash: the one tie between the two logs.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from meldroute.policies.processing import processing_register
from meldroute.storage import stored_chains
from meldroute.storage.chain import StoredEntry
from meldroute.storage.keyed_hashes import processing_subject
from meldroute.storage.models import ChainHead, ProcessingRecord, ProcessingWatermark

BATCH = 500
BATCHES = 8  # in one tick
TRACE_BYTES, OPERATION_BYTES = 16, 8
FAILED = frozenset({"refused"})


def record(*, now: datetime) -> list[str]:
    """For tick, with its other chores. Returns what went wrong: nothing, or it raises."""
    record_processings()
    return []


def record_processings() -> int:
    """What was added to the chains since the last time: how many records were made."""
    reached = ProcessingWatermark.objects.filter(chain=OuterRef("chain")).values("number")
    heads = ChainHead.objects.annotate(done=Coalesce(Subquery(reached), 0)).filter(number__gt=F("done"))
    behind = list(heads.values_list("chain", "number", "done"))  # one statement, and mostly no row
    ends, done = {chain: end for chain, end, _ in behind}, {chain: number for chain, _, number in behind}
    made = 0
    for chain, after, upto in _turns(ends, done):
        made += _batch(chain, after, upto)
    return made


def recorded_up_to(chain: str) -> int:
    """Entries up to here have their records: what may be destroyed is never more than this."""
    return ProcessingWatermark.objects.filter(chain=chain).values_list("number", flat=True).first() or 0


def _turns(ends: Mapping[str, int], done: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    """A batch of each chain in turn, and no more in one tick than what leaves the reminders their time."""
    steps = ((after, chain, min(after + BATCH, end)) for chain, end in ends.items()
             for after in range(done.get(chain, 0), end, BATCH))
    for after, chain, upto in islice(sorted(steps, key=lambda step: step[0] - done.get(step[1], 0)), BATCHES):
        yield chain, after, upto


def _batch(chain: str, after: int, upto: int) -> int:
    """Whoever comes second finds the watermark moved, and changes nothing."""
    with transaction.atomic():
        ProcessingWatermark.objects.get_or_create(chain=chain)
        if not ProcessingWatermark.objects.filter(chain=chain, number=after).update(number=upto):
            return 0
        rows = [row for entry in stored_chains.entries(chain, after=after, upto=upto) for row in _records(entry)]
        ProcessingRecord.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _records(stored: StoredEntry) -> Iterator[ProcessingRecord]:
    entry, trace = stored.entry, stored.hash[:TRACE_BYTES]
    activity = processing_register().activity_of(entry.act).id
    for subject in subjects_of(entry.signal, entry.subjects):
        operation = hashlib.sha256(trace + subject.bytes).digest()[:OPERATION_BYTES]
        yield ProcessingRecord(
            controller=entry.chain, trace_id=trace.hex(), operation_id=operation.hex(), name=entry.act, at=entry.at,
            activity=activity, subject=processing_subject(subject), failed=entry.act in FAILED)


def subjects_of(signal: UUID | None, subjects) -> list[UUID]:
    """Each once. What an entry is about is a signal: the people in it are known by it, and by nothing else here."""
    found = [*([signal] if signal else []), *(UUID(str(one)) for one in subjects)]
    return list(dict.fromkeys(found))
