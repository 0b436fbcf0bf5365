"""A signal opened to act on it: read without the lock, and logged before its card leaves the room."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.rules.facts import SignalFacts
from meldroute.rules.lifecycle import Allowed, Refused, may_take_step
from meldroute.rules.policy import Advice, Policy, State
from meldroute.storage.choices import choices_in_force
from meldroute.storage.facts import facts_of
from meldroute.storage.models import Signal

from .desk import NoSuchSignal, key_of
from .reading.log import log_signal_read
from .running_policy import policy_of


@dataclass(frozen=True, slots=True)
class ActCard:
    """What stands above every act: which signal, where it is, and whether this can be done now."""

    reference: str
    version: int
    state: State
    danger: bool
    minor: bool | None
    confidential: bool
    answer: Allowed | Refused | None  # None: an act that needs no step of the policy

    @property
    def refusal(self) -> Refused | None:
        return self.answer if isinstance(self.answer, Refused) else None


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows behind a card. Never leaves the services."""

    signal: Signal
    key: bytes
    policy: Policy
    facts: SignalFacts
    reader: Reader
    now: datetime
    language: str

    @property
    def choices(self) -> Choices:
        return choices_in_force(self.signal.municipality_id, now=self.now)

    @property
    def assessment(self) -> dict:
        return self.signal.unseal("assessment_sealed", key=self.key)

    def card(self, answer: Allowed | Refused | None) -> ActCard:
        signal = self.signal
        return ActCard(reference=signal.reference, version=signal.version, state=self.policy.state(signal.state),
                       danger=signal.danger, minor=signal.minor, confidential=signal.lane == "confidential",
                       answer=answer)

    def answer(self, act: str, *, facts: SignalFacts | None = None, conclusion: str | None = None,
               partner: str | None = None) -> Allowed | Refused:
        """May this act be done now? Of several steps with one act the first that is allowed counts."""
        facts = facts or self.facts
        steps = [s for s in self.policy.steps if s.act == act and (conclusion is None or s.conclusion == conclusion)]
        here = [s for s in steps if facts.state in s.from_states] or steps
        answers = [may_take_step(facts, s, self.policy, role=self.reader.role, partner=partner, language=self.language)
                   for s in here]  # fmt: skip
        return next((a for a in answers if isinstance(a, Allowed)), answers[-1])

    def lines(self, *ids: str) -> tuple[Advice, ...]:
        """What the pack wants said at this moment; a pack without such a line says nothing."""
        return tuple(line for id in ids for line in self.policy.advice if line.id == id)


@contextmanager
def opened(reference: str, *, reader: Reader, now: datetime, part: str, language: str = "nl") -> Iterator[Opened]:
    """Build a card inside the block. When it ends well, the read log says what was opened; then the card may go."""
    signal = Signal.objects.visible_to(reader).filter(reference=reference).first()
    if signal is None:
        raise NoSuchSignal(reference)
    yield Opened(signal=signal, key=key_of(signal.pk), policy=policy_of(signal.pack_id, now=now),
                 facts=facts_of(signal), reader=reader, now=now, language=language)
    log_signal_read(signal.pk, signal.municipality_id, reader=reader, now=now, part=part)
