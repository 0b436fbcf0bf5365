"""Read in an emergency what is closed to one: with a reason, for a few hours, and seen by others at once.

Those whose signal it is cannot be reached and somebody must read it now. It gives reading and no act, of one signal
whose reference one was told; no list, search or count grows by it. Who may ever: `rules.access.EMERGENCY`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.access import emergency_scope
from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force, mandates_to
from meldroute.storage.models import EmergencyReading, Membership, Message, Signal
from meldroute.storage.vouching import refuse_forged

from . import boundaries, duties, duty_messages
from .desk import NoSuchSignal, key_of
from .notices import to_members
from .reading.log import log_signal_read
from .reading.signal_cards import SignalPage
from .reading.signal_page import page_of

LASTS = timedelta(hours=4)
LONGEST_REASON = 1000


class NoReason(ValueError):
    """An emergency needs a reason that the privacy officer can judge. Nothing was opened."""


class OpenAlready(Exception):
    """This reader may read this signal without any emergency."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: you may open it as it is, on the work list.")


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    page: SignalPage
    until: datetime


def may_ever(*, reader: Reader, now: datetime) -> bool:
    """Whether there is any signal that this reader could open: for the page that asks."""
    return bool(emergency_scope(reader, mandated=_mandated(reader, now=now)).municipalities)


def open_in_emergency(reference: str, *, reason: str, reader: Reader, now: datetime) -> datetime:
    """From now on this reader may read it, until the moment returned. Privacy officer and owners are told with it.

    Raises `NoSuchSignal` alike for what does not exist and what is never opened this way; `NoReason`, `OpenAlready`.
    """
    if not reason.strip():
        raise NoReason("emergency: it needs a reason. Write why this cannot wait for those whose signal it is.")
    if Signal.objects.visible_to(reader).filter(reference=reference).exists():
        raise OpenAlready(reference)
    mandated = _mandated(reader, now=now)
    with boundaries.beside(reader, mandated), transaction.atomic():
        closed = Signal.objects.closed_to(reader, mandated=mandated, day=_day(now))
        signal = closed.select_for_update(of=("self",)).filter(reference=reference).first()
        if signal is None:
            raise NoSuchSignal(reference)
        refuse_forged(signal)
        opened = _running(signal, reader, now=now)
        return opened.until if opened else _open(signal, reason, reader=reader, now=now)


def read_in_emergency(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> EmergencyPage:
    """The page, for reading only. Raises `NoSuchSignal`, also when the time is over."""
    mandated = _mandated(reader, now=now)
    with boundaries.beside(reader, mandated):
        found = Signal.objects.opened_in_emergency(reader, mandated=mandated, now=now, day=_day(now))
        signal = found.filter(reference=reference).first()
        if signal is None:
            raise NoSuchSignal(reference)
        refuse_forged(signal)
        until = _running(signal, reader, now=now).until
        page = replace(page_of(signal, reader=reader, now=now, language=language), steps=(), lead=None, bundled=())
        log_signal_read(signal.pk, signal.municipality_id, reader=reader, now=now, part="emergency")
        return EmergencyPage(page, until)


def _open(signal: Signal, reason: str, *, reader: Reader, now: datetime) -> datetime:
    row = EmergencyReading(signal=signal, municipality_id=signal.municipality_id, membership_id=reader.membership, at=now,
                           until=now + LASTS)
    row.seal("reason_sealed", {"reason": reason.strip()[:LONGEST_REASON]}, key=key_of(signal.pk))
    row.save(force_insert=True)
    Message.objects.bulk_create(_notices(signal, now=now))
    history.append(signal.municipality_id, actor=reader.actor, act="emergency.opened", now=now, signal=signal.pk,
                   details={"opening": str(row.pk), "until": row.until.isoformat()})
    return row.until


def _notices(signal: Signal, *, now: datetime) -> list[Message]:
    """The privacy officer; where there is none the functional manager, as a count. And those whose signal it is."""
    day = _day(now)
    of = {"municipality": signal.municipality_id, "now": now}
    officers = Membership.objects.of(signal.municipality_id, "privacy_officer").current(day)
    managers = Membership.objects.of(signal.municipality_id, "functional_manager").current(day)
    watchers = list(officers.values_list("pk", flat=True)) or list(managers.values_list("pk", flat=True))
    choices = choices_in_force(signal.municipality_id, now=now)
    told = duty_messages.told_about(signal, choices=choices, now=now, find=duties.alerted_at_danger)
    owners = [] if told.nobody else told.people
    return [*to_members("emergency_opened", watchers, count=1, **of),
            *to_members("emergency_of_yours", owners, signal=signal, **of)]


def _running(signal: Signal, reader: Reader, *, now: datetime) -> EmergencyReading | None:
    rows = EmergencyReading.objects.of_signal(signal.pk).filter(membership=reader.membership, until__gt=now)
    opened = rows.order_by("-until").first()
    if opened is not None:
        refuse_forged(opened)
    return opened


def _mandated(reader: Reader, *, now: datetime) -> frozenset[UUID]:
    """Municipalities whose mandate names the reader's own as the neighbour that stands in."""
    if reader.organisation_kind != "municipality":
        return frozenset()
    return frozenset(organisation.pk for organisation, _ in mandates_to([reader.organisation], now=now))


def _day(now: datetime):
    return timezone.localtime(now).date()
