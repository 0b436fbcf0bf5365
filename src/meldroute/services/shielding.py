"""Narrow a signal to named people: a colleague is involved, or somebody whom a reader knows. All others see nothing of it.

Naming takes rights away and gives none. A bundle is one matter: all its signals are narrowed together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from meldroute.rules.access import DESK
from meldroute.rules.actors import Reader
from meldroute.storage.models import Membership, Message, NamedReader, Signal
from meldroute.storage.vouching import refuse_forged

from .desk import Desk, at_desk, record
from .notices import to_members
from .opening import ActCard, opened
from .referral import ReasonMissing


class NobodyNamed(ValueError):
    """A shielded signal needs somebody who works on it and is there today. Nothing was saved."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: nobody was named who is there today. Name at least one of the desk.")


@dataclass(frozen=True, slots=True)
class Colleague:
    id: UUID
    name: str
    role: str
    named: bool
    away: bool
    yourself: bool


@dataclass(frozen=True, slots=True)
class ShieldPage:
    act: ActCard
    shielded: bool
    colleagues: tuple[Colleague, ...]
    because: str
    others: int  # signals of the same bundle, which are narrowed along


def shield_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> ShieldPage:
    with opened(reference, reader=reader, now=now, part="shield", language=language) as found:
        assessment = found.unseal(found.signal, "assessment_sealed")
        return ShieldPage(
            act=found.card(None), shielded=found.signal.shielded, because=assessment.get("shielded_because", ""),
            colleagues=_colleagues(found.signal, reader, now=now), others=_bundle(found.signal).count(),
        )


def shield(reference: str, *, named: Collection[UUID], reason: str, reader: Reader, now: datetime,
           version: int | None = None) -> None:
    """Narrow it to these people, or to others than before. Whoever does it may leave themselves out.

    Raises `NobodyNamed` and `ReasonMissing`.
    """
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        people = {c.id: c for c in _colleagues(desk.signal, reader, now=now) if c.id in set(named)}
        if not any(not c.away for c in people.values()):
            raise NobodyNamed(reference)
        _keep_reason(desk, reason)
        for signal in (desk.signal, *_locked_bundle(desk)):
            _narrow(signal, people, now=now)
            _save_beside(signal, desk, ("signal.shielded", {"named": sorted(map(str, people))}))
        desk.messages += to_members("named_reader", [id for id in people if id != reader.membership], now=now,
                                    municipality=desk.signal.municipality_id, signal=desk.signal)


def lift(reference: str, *, reason: str, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Open to the whole desk again. Only somebody who is named gets here. Raises `ReasonMissing`."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _keep_reason(desk, reason)
        for signal in (desk.signal, *_locked_bundle(desk)):
            NamedReader.objects.of_signal(signal.pk).delete()
            signal.shielded = False
            _save_beside(signal, desk, ("signal.unshielded", {}))


def _colleagues(signal: Signal, reader: Reader, *, now: datetime) -> tuple[Colleague, ...]:
    day = timezone.localtime(now).date()
    desk = Membership.objects.of(signal.municipality_id, *sorted(DESK[signal.lane])).current(day)
    here = set(desk.present(day).values_list("pk", flat=True))
    named = set(NamedReader.objects.of_signal(signal.pk).values_list("membership_id", flat=True))
    rows = desk.order_by("user__name", "pk").values_list("pk", "user__name", "role")
    return tuple(Colleague(id, name, role, id in named, id not in here, id == reader.membership) for id, name, role in rows)


def _locked_bundle(desk: Desk) -> list[Signal]:
    """The others of its bundle, to be narrowed along. Raises `NotVouchedFor`: none joins a bundle by hand."""
    rows = list(_bundle(desk.signal).select_for_update(of=("self",)).order_by("pk"))
    refuse_forged(*rows)
    return rows


def _bundle(signal: Signal):
    """The other signals of its bundle: the one that leads, and all that follow that one."""
    lead = signal.lead_id or signal.pk
    return Signal.objects.filter(Q(pk=lead) | Q(lead=lead)).exclude(pk=signal.pk)


def _keep_reason(desk: Desk, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("shield")
    content = desk.signal.unseal("assessment_sealed", key=desk.key) | {"shielded_because": reason.strip()}
    desk.signal.seal("assessment_sealed", content, key=desk.key)


def _narrow(signal: Signal, people: Collection[UUID], *, now: datetime) -> None:
    NamedReader.objects.of_signal(signal.pk).delete()
    NamedReader.objects.bulk_create(
        NamedReader(signal=signal, municipality_id=signal.municipality_id, membership_id=id, at=now) for id in people)
    signal.shielded = True
    # What waits for somebody who is not named is not sent any more: a mail alone would say that something goes on.
    waiting = Message.objects.filter(signal=signal, recipient_kind="membership", sent_at=None, next_try_at__isnull=False)
    waiting.exclude(membership__in=list(people)).update(next_try_at=None, error="shielded")


def _save_beside(signal: Signal, desk: Desk, act: tuple[str, dict]) -> None:
    """The signal in hand is saved by its desk; the others of its bundle here."""
    if signal is desk.signal:
        desk.acts.append(act)
        return
    signal.version += 1
    signal.changed_at = desk.now
    signal.save(update_fields=["shielded", "version", "changed_at"])
    record(signal, desk.actor, [act], now=desk.now)
