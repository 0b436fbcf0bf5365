"""A signal opened to act on it: read without the lock, and logged before its card leaves the room."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.facts import SignalFacts
from meldroute.rules.lifecycle import Allowed, Refused, may_take_step
from meldroute.rules.policy import Advice, Policy, State
from meldroute.storage.models import Signal
from meldroute.storage.models.base import SealedRow

from .desk import Desk, look_at
from .reading.log import log_signal_read
from .safe_contact_cards import SafeContactCard, cards_of


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
    safe_contact: tuple[SafeContactCard, ...] = ()  # before anybody is called

    @property
    def refusal(self) -> Refused | None:
        return self.answer if isinstance(self.answer, Refused) else None


@dataclass(frozen=True, slots=True)
class Opened:
    """The desk behind a card, without its lock. Never leaves the services."""

    desk: Desk
    language: str

    @property
    def signal(self) -> Signal:
        return self.desk.signal

    @property
    def policy(self) -> Policy:
        return self.desk.policy

    def unseal(self, row: SealedRow, field: str = "content_sealed") -> dict:
        return row.unseal(field, key=self.desk.key)

    def card(self, answer: Allowed | Refused | None) -> ActCard:
        signal = self.signal
        return ActCard(reference=signal.reference, version=signal.version, state=self.policy.state(signal.state),
                       danger=signal.danger, minor=signal.minor, confidential=signal.lane == "confidential",
                       answer=answer, safe_contact=cards_of(signal, key=self.desk.key))

    def answer(self, act: str, *, facts: SignalFacts | None = None, conclusion: str | None = None,
               partner: str | None = None) -> Allowed | Refused:
        """May this act be done now? Of several steps with one act the first that is allowed counts."""
        facts = facts or self.desk.facts
        steps = [s for s in self.policy.steps if s.act == act and (conclusion is None or s.conclusion == conclusion)]
        here = [s for s in steps if facts.state in s.from_states] or steps
        answers = [may_take_step(facts, s, self.policy, role=self.desk.role, partner=partner, language=self.language)
                   for s in here]  # fmt: skip
        return next((a for a in answers if isinstance(a, Allowed)), answers[-1])

    def lines(self, moment: str) -> tuple[Advice, ...]:
        """What the pack wants said at this moment (acts.ADVICE_MOMENTS)."""
        return self.policy.advice_for(moment)

    def minor_lines(self) -> tuple[Advice, ...]:
        return minor_lines(self.policy, minor=self.signal.minor)


def minor_lines(policy: Policy, *, minor: bool | None) -> tuple[Advice, ...]:
    """Younger than 18: whom to ask and which duty stays. Unknown: ask first. Known to be adult: nothing."""
    if minor is None:
        return policy.advice_for("minor_unknown")
    return policy.advice_for("minor") if minor else ()


@contextmanager
def opened(reference: str, *, reader: Reader, now: datetime, part: str, language: str = "nl") -> Iterator[Opened]:
    """Build a card inside the block. When it ends well, the read log says what was opened; then the card may go."""
    desk = look_at(reference, reader=reader, now=now)
    yield Opened(desk, language)
    log_signal_read(desk.signal.pk, desk.signal.municipality_id, reader=reader, now=now, part=part)


def act_card(reference: str, act: str | None, *, reader: Reader, now: datetime, language: str = "nl") -> ActCard:
    """For an act that needs no more than to know where the signal is."""
    with opened(reference, reader=reader, now=now, part=act or "act", language=language) as found:
        return found.card(found.answer(act) if act else None)
