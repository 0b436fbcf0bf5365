"""What the reporter reads at once: that it arrived, who reads it and by when, and whom to call when that is too late."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules.working_time import NoWorkingTime, WorkingHours, is_working_moment, next_working_moment
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Clock, Message, Signal
from meldroute.storage.signal_keys import key_beside

from . import boundaries
from .accounts import FIRST
from .my_reports import log_reads, own_report
from .running_policy import policy_of

ALERTS = ("signal_received", "danger_received")


@dataclass(frozen=True, slots=True)
class Alerted:
    role: str
    organisation: str
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    """As it was when the report came in: what the focal point corrected later is not told here."""

    reference: str
    municipality: str
    received_at: datetime
    danger: bool
    minor: bool | None
    confidential: bool
    read_by: datetime | None  # the municipality's own norm; None: no clock was promised
    own_norm: bool  # set by this municipality itself, not only proposed
    alerted: tuple[Alerted, ...]  # nobody: only an alarm that there is nobody was given
    stands_in: str  # the neighbour whose focal point was alerted instead
    closed_until: datetime | None  # nobody has to read anything before this


def receipt(user: UUID, reference: str, *, now: datetime) -> ReceiptCard:
    """The receipt of one's own report. Raises `NotYourReport`, `SignalDestroyed`."""
    signal = own_report(user, reference)
    with boundaries.at(signal.municipality_id):
        return _receipt(signal, user=user, now=now)


def _receipt(signal: Signal, *, user: UUID, now: datetime) -> ReceiptCard:
    said = signal.unseal("content_sealed", key=key_beside(signal))
    alerted = _alerted(signal)
    own = choices_in_force(signal.municipality_id, now=now)
    elsewhere = next((a for a in alerted if a.organisation_id != signal.municipality_id), None)
    reading = choices_in_force(elsewhere.organisation_id, now=now) if elsewhere else own
    policy = policy_of(signal.pack_id, now=now)
    reading_norm = policy.state(policy.entry_state(said["about"])).clock
    clock = Clock.objects.filter(signal=signal, norm=reading_norm, started_at=signal.received_at).first()
    card = ReceiptCard(
        reference=signal.reference, municipality=signal.municipality.name, received_at=signal.received_at,
        danger=said["danger"], minor=said["minor"], confidential=signal.lane == "confidential",
        read_by=clock and clock.due_at, own_norm=bool(clock) and clock.norm in own.norms, alerted=alerted,
        stands_in=elsewhere.organisation if elsewhere else "", closed_until=_closed_until(reading.hours, now=now),
    )
    log_reads([signal], user=user, now=now, part="receipt")
    return card


def _alerted(signal: Signal) -> tuple[Alerted, ...]:
    """Whom the report itself reached. The alarm that nobody is there names no signal and is not counted."""
    told = Message.objects.filter(signal=signal, kind__in=ALERTS, recipient_kind="membership",
                                  created_at=signal.received_at)
    rows = told.values_list("membership__role", "membership__organisation__name", "membership__organisation_id")
    return tuple(Alerted(*row) for row in sorted(set(rows), key=lambda row: (FIRST.index(row[0]), row[1])))


def _closed_until(hours: WorkingHours, *, now: datetime) -> datetime | None:
    if is_working_moment(now, hours):
        return None
    try:
        return next_working_moment(now, hours)
    except NoWorkingTime:
        return None
