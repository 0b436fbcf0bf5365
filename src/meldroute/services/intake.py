"""Take in a signal: one transaction, after which nothing of it can be lost."""

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from meldroute.rules.actors import Actor, Reader
from meldroute.rules.choices import Choices
from meldroute.rules.references import make_reference
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.keyed_hashes import reporter_tie, reporter_ties
from meldroute.storage.models import Draft, Message, Signal, SignalKey
from meldroute.storage.sealing import new_signal_key, unwrap_key, wrap_key

from . import boundaries, clocks, duties
from .running_policy import pack_now, remember_pack, version_id

REFERENCE_TRIES = 3  # a drawn reference can exist already: rare, and then another is drawn


class NoFreeReference(Exception):
    """Three drawn references existed already, or the form was somebody else's. Nothing was saved; try again."""


@dataclass(frozen=True, slots=True)
class NewSignal:
    """What a reporter said. Nothing in it is a form of exploitation, a proof or a victim's name that was asked for."""

    narrative: str
    about: str = "both"  # acts.SUBJECTS
    where: str = ""
    when: str = ""
    danger: bool = False
    called: tuple[str, ...] = ()  # "112", id of the urgent partner: whom the reporter called already
    minor: bool | None = None
    name_allowed: bool = False  # a wish: may the focal point mention the reporter's name to partners?
    about_colleague: bool = False
    care_provider: bool = False  # known from work as a care provider: the focal point calls
    noticed: tuple[str, ...] = ()  # indicator ids
    channel: str = "form"  # "form", "phone" or "desk"
    on_behalf_of: str = ""  # how to reach the person a colleague reports for

    @property
    def lane(self) -> str:
        return "confidential" if self.about_colleague else "regular"

    def content(self) -> dict:
        """What is sealed: all of it as it was said, also what stands in a clear column that may be corrected later."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Receipt:
    reference: str
    first: bool  # False: this form had arrived before, and this is the report it became


class SentBefore(Exception):
    """This form was sent before with other words. Those are a report; these are not, and nothing of them is lost."""

    def __init__(self, reference: str):
        super().__init__(f"this form was sent before, as {reference}, with other words. Send these as a new report.")
        self.reference = reference


class NobodyDesignated(Exception):
    """A signal about a colleague has nobody to go to. It is not taken in under other eyes."""

    def __init__(self) -> None:
        super().__init__(
            "this municipality has not named who takes signals about a colleague. Call the police (0900-8844), or "
            "Meld Misdaad Anoniem (0800-7000); the functional manager must name somebody first."
        )


def register_signal(new: NewSignal, *, reader: Reader, submission: UUID, now: datetime) -> Receipt:
    """Seal and store the signal, start its clock, leave messages to be sent, write the history.

    The same `submission` twice is one report: the second call returns the first one's receipt, or raises
    `SentBefore` when it says something else. Raises `NobodyDesignated` for a signal about a colleague that
    nobody may see.
    """
    tie = reporter_tie(reader.user)
    for _ in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                reference = _register(new, reader=reader, tie=tie, submission=str(submission), now=now)
            return Receipt(reference, first=True)
        except IntegrityError:
            if earlier := _arrived(submission, reader):
                return _same_report(new, earlier)
            remember_pack(now=now)  # a version that came into force since the start is stored at its first use
    raise NoFreeReference


def _arrived(submission: UUID, reader: Reader) -> Signal | None:
    own = Signal.objects.reported_by(*reporter_ties(reader.user))
    with boundaries.everywhere():  # the number is unguessable, and it may have been sent in another role
        return own.filter(submission=str(submission)).select_related("key").first()


def _same_report(new: NewSignal, earlier: Signal) -> Receipt:
    key = unwrap_key(bytes(earlier.key.wrapped), signal_id=earlier.pk)
    if earlier.unseal("content_sealed", key=key) != new.content():
        raise SentBefore(earlier.reference)
    return Receipt(earlier.reference, first=False)


def _register(new: NewSignal, *, reader: Reader, tie: str, submission: str, now: datetime) -> str:
    pack = pack_now(now=now)
    choices = choices_in_force(reader.organisation, now=now)
    told = _whom_to_tell(new, reader.organisation, choices=choices, now=now)
    state = pack.policy.state(pack.policy.entry_state(new.about))
    signal = Signal(
        id=uuid4(), reference=make_reference(os.urandom(16)), municipality_id=reader.organisation, lane=new.lane,
        pack_id=version_id(pack), state=state.id, kind=state.kind, channel=new.channel, about=new.about,
        danger=new.danger, minor=new.minor, received_at=now, changed_at=now, submission=submission, reporter_tie=tie,
        urgency=clocks.urgency_of(danger=new.danger, contacted=False, minor=new.minor, closed=False),
    )
    key = new_signal_key()
    signal.seal("content_sealed", new.content(), key=key)
    signal.seal("reporter_sealed", {"user": str(reader.user)}, key=key)
    clock = clocks.new_clock(signal, state.clock, policy=pack.policy, choices=choices, now=now)
    signal.next_due_at = clock.due_at
    signal.save(force_insert=True)
    SignalKey(signal=signal, municipality_id=reader.organisation, wrapped=wrap_key(key, signal_id=signal.pk)).save(
        force_insert=True)
    clock.save(force_insert=True)
    Message.objects.bulk_create(_messages(signal, told, now=now))
    Draft.objects.filter(submission=submission).delete()
    history.append(reader.organisation, actor=Actor("reporter", tie, "reporter"), act="signal.received", now=now,
                   signal=signal.pk, details={"danger": new.danger, "lane": new.lane, "channel": new.channel})
    return signal.reference


def _whom_to_tell(new: NewSignal, municipality: UUID, *, choices: Choices, now: datetime) -> duties.OnDuty:
    find = duties.alerted_at_danger if new.danger else duties.on_duty
    told = find(municipality, lane=new.lane, choices=choices, now=now)
    if new.about_colleague and told.nobody:
        raise NobodyDesignated
    return told


def _messages(signal: Signal, told: duties.OnDuty, *, now: datetime) -> list[Message]:
    """That a signal waits, to those on duty. With nobody there: that something waits, a count and no more."""
    if told.nobody:
        alarm = {"kind": "nobody_on_duty", "count": 1}
    else:
        alarm = {"kind": "danger_received" if signal.danger else "signal_received", "signal": signal}
    return [Message(recipient_kind="membership", membership_id=id, municipality_id=signal.municipality_id,
                    created_at=now, next_try_at=now, **alarm) for id in told.people]
