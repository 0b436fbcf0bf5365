"""Fill a database to a size: 32 municipalities, 30% of the signals in one, 5% of them open. All invented."""

import os
import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from bench import copying
from meldroute.rules.choices import Choices
from meldroute.rules.references import make_reference
from meldroute.services import clocks, founding
from meldroute.services.running_policy import pack_now, version_id
from meldroute.storage import chain as chains
from meldroute.storage.keyed_hashes import reporter_tie
from meldroute.storage.models import (
    ChainHead,
    Clock,
    HistoryEntry,
    Organisation,
    ProcessingWatermark,
    Signal,
    SignalKey,
)
from meldroute.storage.sealing import new_signal_key, wrap_key
from tests.unguarded import unguarded

BATCH = 2000
ORIGINALS = int(os.environ.get("BENCH_ORIGINALS", "100000"))
OPEN = 0.05
BIGGEST = 0.30
WORDS = ("baliemedewerker", "paspoort", "busje", "bang", "loon", "schuur", "nacht", "telefoon", "winkel", "adres")


class Seeder:
    """Adds signals in batches, in the shape that intake leaves them, with their first history entry in the chain."""

    def __init__(self, *, now: datetime):
        founding.found_organisations(now=now)
        self.now, self.pack = now, pack_now(now=now)
        bodies = Organisation.objects.filter(kind="municipality").order_by("code")
        self.biggest = bodies.get(code="GM0794")
        self.others = [b for b in bodies if b != self.biggest]
        self.dice = random.Random(1)
        self.heads: dict[UUID, chains.ChainHead] = {}
        self.reporters = [uuid4() for _ in range(500)]

    def fill(self, size: int) -> None:
        """Up to `size` signals in all: sealed one by one to 100,000, and from there whole copies of those."""
        self._make(min(size, ORIGINALS))
        if size > ORIGINALS:
            copying.copy_signals(copies=size // ORIGINALS - 1)

    def _make(self, size: int) -> None:
        for start in range(Signal.objects.count(), size, BATCH):
            self._batch(min(BATCH, size - start))
        with unguarded():  # a head moves one entry at a time, and these were made by the thousand
            for chain, head in self.heads.items():
                ChainHead.objects.filter(chain=str(chain)).update(number=head.number, hash=head.hash)
                ProcessingWatermark.objects.update_or_create(chain=str(chain), defaults={"number": head.number})
        self.heads.clear()  # what is measured next adds entries of its own

    def _batch(self, count: int) -> None:
        made = [self._signal() for _ in range(count)]
        Signal.objects.bulk_create([signal for signal, _ in made])
        SignalKey.objects.bulk_create([
            SignalKey(signal=s, municipality_id=s.municipality_id, wrapped=wrap_key(key, signal_id=s.pk))
            for s, key in made])
        Clock.objects.bulk_create([self._clock(s) for s, _ in made if s.kind != "end"])
        HistoryEntry.objects.bulk_create([self._entry(s) for s, _ in made])

    def _signal(self) -> tuple[Signal, bytes]:
        body = self.biggest if self.dice.random() < BIGGEST else self.dice.choice(self.others)
        is_open = self.dice.random() < OPEN
        state = self.pack.policy.state(self.dice.choice(("ontvangen", "verrijken", "advies"))
                                       if is_open else "afgehandeld")
        at = self.now - timedelta(minutes=self.dice.randrange(600 if is_open else 5_000_000))
        signal = Signal(
            id=uuid4(), reference=make_reference(os.urandom(16)), municipality=body, pack_id=version_id(self.pack),
            state=state.id, kind=state.kind, channel="form", about="both", danger=False, received_at=at, changed_at=at,
            closed_at=None if is_open else at, submission=str(uuid4()), urgency=3 if is_open else 9,
            reporter_tie=reporter_tie(self.dice.choice(self.reporters)),
            next_due_at=self.now + timedelta(days=1, minutes=self.dice.randrange(6000)) if is_open else at + clocks.FAR,
        )
        key = new_signal_key()
        text = " ".join(self.dice.choices(WORDS, k=60))
        signal.seal("content_sealed", {
            "narrative": text, "where": "", "when": "", "called": [], "name_allowed": False, "care_provider": False,
            "noticed": [], "on_behalf_of": ""}, key=key)
        signal.seal("reporter_sealed", {"user": str(self.reporters[0])}, key=key)
        return signal, key

    def _clock(self, signal: Signal) -> Clock:
        norm = self.pack.policy.state(signal.state).clock
        clock = clocks.new_clock(signal, norm, policy=self.pack.policy, choices=Choices(), now=self.now)
        clock.due_at = signal.next_due_at
        clock.next_action_at = signal.next_due_at - timedelta(hours=1)
        return clock

    def _entry(self, signal: Signal) -> HistoryEntry:
        chain = signal.municipality_id
        head = self.heads.get(chain) or self._head(chain)
        entry = chains.ChainEntry(
            chain=str(chain), number=head.number + 1, at=signal.received_at, actor_kind="reporter",
            actor=signal.reporter_tie, role="reporter", organisation=None, act="signal.received", signal=signal.pk,
            subjects=(), details={"danger": False, "lane": "regular", "channel": "form"})
        after = chains.next_head(head, entry)
        self.heads[chain] = after
        return HistoryEntry(
            chain=str(chain), number=after.number, at=entry.at, actor_kind=entry.actor_kind, actor=entry.actor,
            role=entry.role, organisation=None, act=entry.act, signal=signal.pk, subjects=[], details=entry.details,
            previous_hash=head.hash, hash=after.hash)

    def _head(self, chain: UUID) -> chains.ChainHead:
        row = ChainHead.objects.get(chain=str(chain))
        return chains.ChainHead(row.number, bytes(row.hash))
