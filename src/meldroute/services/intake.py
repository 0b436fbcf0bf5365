"""Take in a signal: one transaction, after which nothing of it can be lost."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from meldroute.rules.actors import Actor, Reader
from meldroute.rules.choices import Choices
from meldroute.rules.references import make_reference
from meldroute.rules.safe_contact import SafeContact
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.keyed_hashes import reporter_tie, reporter_ties
from meldroute.storage.models import Draft, Message, Signal, SignalKey
from meldroute.storage.sealing import new_signal_key, wrap_key
from meldroute.storage.signal_keys import SignalDestroyed, key_beside

from . import boundaries, clocks, duties, safe_contact
from .running_policy import pack_now, remember_pack, version_id

HELD = "held_received"  # something was set aside: that, and not which
OUTSIDE = "public"  # the channel of whoever is nobody's user: a citizen, or a professional outside
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
    channel: str = "form"  # "form", "phone", "desk" or "public"
    on_behalf_of: str = ""  # how to reach the person a colleague reports for
    safe_contact: SafeContact | None = None  # how the reporter may be reached

    @property
    def lane(self) -> str:
        return "confidential" if self.about_colleague else "regular"

    def content(self) -> dict:
        """What is sealed: all of it as it was said, also what stands in a clear column that may be corrected later."""
        said = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {**said, "safe_contact": self.safe_contact.content() if self.safe_contact else None}


@dataclass(frozen=True, slots=True)
class Source:
    """Whose report it is, as the records know them: by a keyed hash, and sealed under the signal's own key."""

    municipality: UUID
    tie: str
    ties: tuple[str, ...]  # every tie an earlier sending of this form may stand under
    sealed: Mapping[str, object]
    held: bool = False  # set aside until the focal point has looked: never for danger

    def lane(self, new: NewSignal) -> str:
        """What is about a colleague stays for the designated person's eyes, whatever it came in with."""
        return "held" if self.held and new.lane == "regular" and not new.danger else new.lane


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
    source = Source(reader.organisation, reporter_tie(reader.user), reporter_ties(reader.user), {"user": str(reader.user)})
    return take_in(new, source=source, submission=submission, now=now)


def take_in(new: NewSignal, *, source: Source, submission: UUID, now: datetime) -> Receipt:
    """The same for any source: whoever calls has made sure whose report this is."""
    for _ in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                reference = _register(new, source=source, submission=str(submission), now=now)
            return Receipt(reference, first=True)
        except IntegrityError:
            if earlier := _arrived(submission, source):
                return _same_report(new, earlier)
            remember_pack(now=now)  # a version that came into force since the start is stored at its first use
    raise NoFreeReference


def _arrived(submission: UUID, source: Source) -> Signal | None:
    own = Signal.objects.reported_by(*source.ties)
    with boundaries.everywhere():  # the number is unguessable, and it may have been sent in another role
        return own.filter(submission=str(submission)).select_related("key").first()


def _same_report(new: NewSignal, earlier: Signal) -> Receipt:
    try:
        said = earlier.unseal("content_sealed", key=key_beside(earlier))
    except SignalDestroyed:
        raise SentBefore(earlier.reference) from None  # nobody knows any more whether these are the same words
    if {"safe_contact": None, **said} != new.content():
        raise SentBefore(earlier.reference)
    return Receipt(earlier.reference, first=False)


def _register(new: NewSignal, *, source: Source, submission: str, now: datetime) -> str:
    pack = pack_now(now=now)
    municipality, lane = source.municipality, source.lane(new)
    choices = choices_in_force(municipality, now=now)
    told = _whom_to_tell(new, municipality, choices=choices, now=now)
    state = pack.policy.state(pack.policy.entry_state(new.about))
    signal = Signal(
        id=uuid4(), reference=make_reference(os.urandom(16)), municipality_id=municipality, lane=lane,
        pack_id=version_id(pack), state=state.id, kind=state.kind, channel=new.channel, about=new.about,
        danger=new.danger, minor=new.minor, received_at=now, changed_at=now, submission=submission,
        reporter_tie=source.tie,
        urgency=clocks.urgency_of(danger=new.danger, contacted=False, minor=new.minor, closed=False),
    )
    key = new_signal_key()
    signal.seal("content_sealed", new.content(), key=key)
    signal.seal("reporter_sealed", dict(source.sealed), key=key)
    safe_contact.first_said(signal, new.safe_contact, key=key, now=now)
    clock = clocks.new_clock(signal, state.clock, policy=pack.policy, choices=choices, now=now)
    signal.next_due_at = clock.due_at
    signal.save(force_insert=True)
    SignalKey(signal=signal, municipality_id=municipality, wrapped=wrap_key(key, signal_id=signal.pk)).save(
        force_insert=True)
    clock.save(force_insert=True)
    Message.objects.bulk_create(_messages(signal, told, now=now))
    Draft.objects.filter(submission=submission).delete()
    history.append(municipality, actor=Actor("reporter", source.tie, "reporter"), act="signal.received", now=now,
                   signal=signal.pk, details={"danger": new.danger, "lane": lane, "channel": new.channel})
    return signal.reference


def _whom_to_tell(new: NewSignal, municipality: UUID, *, choices: Choices, now: datetime) -> duties.OnDuty:
    find = duties.alerted_at_danger if new.danger else duties.on_duty
    told = find(municipality, lane=new.lane, choices=choices, now=now)
    if new.about_colleague and told.nobody:
        raise NobodyDesignated
    return told


def _messages(signal: Signal, told: duties.OnDuty, *, now: datetime) -> list[Message]:
    """That a signal waits, to those on duty. With nobody there: that something waits, a count and no more."""
    people = _not_told_yet(told.people) if signal.lane == "held" else told.people
    if told.nobody:
        alarm = {"kind": "nobody_on_duty", "count": 1}
    elif signal.lane == "held":
        alarm = {"kind": HELD}
    else:
        alarm = {"kind": "danger_received" if signal.danger else "signal_received", "signal": signal}
    return [Message(recipient_kind="membership", membership_id=id, municipality_id=signal.municipality_id,
                    created_at=now, next_try_at=now, **alarm) for id in people]


def _not_told_yet(people: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """Many that are set aside are one notice, until it was looked at: a flood may not flood the mailbox too."""
    waiting = Message.objects.filter(membership__in=people, kind=HELD, seen_at=None)
    told = set(waiting.values_list("membership_id", flat=True))
    return tuple(id for id in people if id not in told)
