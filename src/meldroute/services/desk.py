"""One signal in the hands of one reader, for the length of one transaction.

Every act on a signal goes through here: it is found among what the reader may see, locked, checked against
the version on the reader's screen, asked of the policy, and recorded at the end in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from meldroute.rules.access import SET_ASIDE
from meldroute.rules.actors import Actor, Reader
from meldroute.rules.choices import Choices
from meldroute.rules.facts import SignalFacts
from meldroute.rules.guards import urgent_knows
from meldroute.rules.lifecycle import Allowed, StepRefused, may_take_step
from meldroute.rules.policy import Policy, Step
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.facts import facts_of
from meldroute.storage.models import Message, Referral, Signal
from meldroute.storage.signal_keys import SignalDestroyed, key_of
from meldroute.storage.visible import refuse_forged_way_in, visible_signal
from meldroute.storage.vouching import refuse_forged

from . import clocks, keeping
from .running_policy import policy_of

__all__ = ["Desk", "EditConflict", "NoSuchSignal", "NoSuchStep", "SignalDestroyed", "at_desk", "at_desk_of", "key_of", "look_at"]


class NoSuchSignal(Exception):
    """It does not exist, or this reader may not know that it does."""


class EditConflict(Exception):
    """Somebody else changed the signal after this reader's page was made. Nothing was saved."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: somebody changed it since you opened it. Look at it again, then repeat.")


class NoSuchStep(Exception):
    """The policy has no step with this act in the signal's state."""

    def __init__(self, act: str, state: str):
        super().__init__(f"state '{state}' has no step '{act}' in this policy. Look at what can be done now.")


@dataclass(slots=True)
class Desk:
    signal: Signal
    key: bytes
    policy: Policy
    facts: SignalFacts
    choices: Choices
    actor: Actor
    now: datetime
    reader: Reader | None = None  # None: a partner's answer or the clock, which work on what they were given
    messages: list[Message] = field(default_factory=list)
    acts: list[tuple[str, dict]] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.actor.role

    def refresh_facts(self) -> None:
        """After rows were added: what the rules are asked next must count them."""
        self.facts = facts_of(self.signal, self.policy, key=self.key)

    def step(self, act: str, *, id: str | None = None, conclusion: str | None = None,
             partner: str | None = None) -> Allowed:
        """The step of the policy for this act, allowed now; raises `StepRefused` or `NoSuchStep`.

        When several steps share an act (two ways on from one conclusion) the first that is allowed counts.
        """
        steps = [s for s in self.policy.steps_for(act, self.signal.state)
                 if (id is None or s.id == id) and (conclusion is None or s.conclusion == conclusion)]
        if not steps:
            raise NoSuchStep(act, self.signal.state)
        return self._first_allowed(steps, partner)

    def _first_allowed(self, steps: list[Step], partner: str | None) -> Allowed:
        answers = [may_take_step(self.facts, s, self.policy, role=self.role, partner=partner) for s in steps]
        for answer in answers:
            if isinstance(answer, Allowed):
                return answer
        raise StepRefused(answers[-1])

    def move(self, allowed: Allowed) -> None:
        """Take a step: the state and its clock change, and the history says which step it was."""
        self.note(f"step.{allowed.step.act}", step=allowed.step.id, state=allowed.to)
        if allowed.to != self.signal.state:
            enter_state(self.signal, allowed.to, policy=self.policy, choices=self.choices, now=self.now)

    def note(self, act: str, **details: object) -> None:
        """What the history will say, in ids and policy words only."""
        self.acts.append((act, details))

    def start_clock(self, norm: str, *, referral: Referral | None = None) -> None:
        clock = clocks.new_clock(self.signal, norm, policy=self.policy, choices=self.choices, now=self.now,
                                 referral=referral)
        clock.save(force_insert=True)

    def tell(self, kind: str, **fields: object) -> None:
        """Leave a message to be delivered after the commit."""
        self.messages.append(Message(kind=kind, signal=self.signal, municipality_id=self.signal.municipality_id,
                                     created_at=self.now, next_try_at=self.now, **fields))


def enter_state(signal: Signal, state: str, *, policy: Policy, choices: Choices, now: datetime) -> None:
    """Put the signal in a state: the clock of the old one stops, the clock of the new one starts."""
    clocks.stop_state_clock(signal, policy=policy, now=now)
    target = policy.state(state)
    signal.state, signal.kind = target.id, target.kind
    if target.clock:
        clocks.new_clock(signal, target.clock, policy=policy, choices=choices, now=now).save(force_insert=True)
    else:
        clocks.stop_clocks(signal, now=now)
        signal.closed_at = now
        keeping.begin(signal, policy=policy, choices=choices, now=now)


@contextmanager
def at_desk(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> Iterator[Desk]:
    """Work on one signal. Leaves nothing behind when anything in the block raises.

    `version` is the number on the reader's screen: another number raises `EditConflict`.
    """
    with transaction.atomic():
        desk = _open_desk(reference, reader=reader, now=now, version=version)
        yield desk
        finish(desk)


@contextmanager
def at_desk_of(signal: UUID, *, actor: Actor, now: datetime) -> Iterator[Desk]:
    """The same for an answer to a disclosure. The caller has checked that this actor was given it."""
    with transaction.atomic():
        row = Signal.objects.select_for_update(of=("self",)).get(pk=signal)
        refuse_forged(row)  # before anybody is told, by where it says that it lies
        desk = _desk(row, actor=actor, now=now)
        yield desk
        finish(desk)


def look_at(reference: str, *, reader: Reader, now: datetime) -> Desk:
    """The desk without a lock, for a page that shows what an act would do. Nothing that is changed here is kept."""
    signal = visible_signal(reference, reader=reader)
    if signal is None:
        raise NoSuchSignal(reference)
    return _desk(signal, actor=reader.actor, now=now, reader=reader)


def _open_desk(reference: str, *, reader: Reader, now: datetime, version: int | None) -> Desk:
    signal = Signal.objects.visible_to(reader).select_for_update(of=("self",)).filter(reference=reference).first()
    if signal is None:
        raise NoSuchSignal(reference)
    refuse_forged_way_in(signal, reader=reader)
    if version is not None and signal.version != version:
        raise EditConflict(reference)
    return _desk(signal, actor=reader.actor, now=now, reader=reader)


def _desk(signal: Signal, *, actor: Actor, now: datetime, reader: Reader | None = None) -> Desk:
    policy, key = policy_of(signal.pack_id, now=now), key_of(signal.pk)
    return Desk(
        signal=signal, key=key, policy=policy, facts=facts_of(signal, policy, key=key),
        choices=choices_in_force(signal.municipality_id, now=now), actor=actor, now=now, reader=reader,
    )


def finish(desk: Desk) -> None:
    signal = desk.signal
    _take_off_the_shelf(desk)
    contacted = urgent_knows(facts_of(signal, desk.policy, key=desk.key), desk.policy)
    signal.urgency = clocks.urgency_of(danger=signal.danger, contacted=contacted, minor=signal.minor,
                                       closed=signal.kind == "end")
    signal.next_due_at = clocks.next_due(signal, now=desk.now)
    signal.changed_at = desk.now
    signal.version += 1
    signal.save(force_update=True)
    Message.objects.bulk_create(desk.messages)
    record(signal, desk.actor, desk.acts, now=desk.now)


def _take_off_the_shelf(desk: Desk) -> None:
    """What was set aside and is worked on, or turns out to be danger, is not set aside any more."""
    signal = desk.signal
    if signal.lane in SET_ASIDE and (signal.danger or signal.kind != "entry"):
        signal.lane = "regular"
        desk.note("held.released")


def record(signal: Signal, actor: Actor, acts: list[tuple[str, dict]], *, now: datetime) -> None:
    for act, details in acts:
        history.append(signal.municipality_id, actor=actor, act=act, now=now, signal=signal.pk, details=details)
