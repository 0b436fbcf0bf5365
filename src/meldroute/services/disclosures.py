"""What a partner may read: the frozen disclosures made to its own organisation, and nothing else of the signal."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from meldroute.rules.actors import Actor, Reader
from meldroute.rules.disclosure import Line
from meldroute.rules.referral import answers_now
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Answer, Clock, Disclosure, Referral
from meldroute.storage.vouching import genuine, refuse_forged

from . import boundaries
from .desk import NoSuchSignal, key_of
from .partner_links import OpenLink
from .running_policy import pack_now

PAGE = 50

Cursor = tuple[datetime, UUID]


class NoSuchDisclosure(NoSuchSignal):
    """It does not exist, was taken back, or was made to somebody else. The three look the same."""


@dataclass(frozen=True, slots=True)
class DisclosedRow:
    """One request on the list: who asks, since when, and by when an answer is hoped for. Never what it says."""

    referral: UUID
    municipality: str
    purpose: str
    status: str
    opened_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisclosedList:
    rows: tuple[DisclosedRow, ...]
    older: Cursor | None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    kind: str
    text: str
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DisclosedCard:
    """What was given, frozen, and what can be answered now."""

    referral: UUID
    municipality: str
    phone: tuple[str, ...]  # of the focal point's desk
    purpose: str
    status: str
    copies: tuple[tuple[datetime, tuple[Line, ...]], ...]
    answers: tuple[GivenAnswer, ...]  # of this partner itself
    possible: tuple[str, ...]
    due_at: datetime | None


def disclosed(*, reader: Reader, now: datetime, after: Cursor | None = None) -> DisclosedList:
    """The newest first, a page at a time. The read log gets one row per municipality with the ids."""
    found = _standing(reader)
    if after:
        found = found.filter(Q(opened_at__lt=after[0]) | Q(opened_at=after[0], id__lt=after[1]))
    rows = list(found.select_related("municipality").order_by("-opened_at", "-id")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    rows = list(genuine(rows[:PAGE]))
    due = _due(rows)
    cards = tuple(DisclosedRow(r.pk, r.municipality.name, r.purpose, r.status, r.opened_at, due.get(r.pk))
                  for r in rows)
    _log_list(rows, reader.actor, now=now)
    return DisclosedList(cards, (last.opened_at, last.pk) if last else None)


def disclosure_card(referral: UUID, *, reader: Reader, now: datetime) -> DisclosedCard:
    """One request in full. Raises `NoSuchDisclosure`. The reading is logged where the signal belongs."""
    return card_of(disclosed_referral(referral, reader=reader), actor=reader.actor, now=now)


def disclosed_referral(referral: UUID, *, reader: Reader) -> Referral:
    row = _standing(reader).select_related("municipality").filter(pk=referral).first()
    if row is None:
        raise NoSuchDisclosure(str(referral))
    refuse_forged(row)
    return row


def linked_card(link: OpenLink, *, now: datetime) -> DisclosedCard:
    """The same for a partner who came by link and code. Raises `NoSuchDisclosure` when it was taken back."""
    with boundaries.at(link.municipality):
        standing = Disclosure.objects.filter(referral=link.referral, withdrawn_at=None)
        row = Referral.objects.filter(Exists(standing), pk=link.referral).select_related("municipality").first()
        if row is None:
            raise NoSuchDisclosure(str(link.referral))
        return card_of(row, actor=link.actor, now=now)


def card_of(row: Referral, *, actor: Actor, now: datetime) -> DisclosedCard:
    """Raises `NotVouchedFor` when the request, or what was given or answered with it, was put there by hand."""
    key = key_of(row.signal_id)
    copies = list(Disclosure.objects.filter(referral=row, withdrawn_at=None).order_by("at"))
    answers = list(Answer.objects.filter(referral=row).order_by("at"))
    refuse_forged(row, *copies, *answers)
    card = DisclosedCard(
        referral=row.pk, municipality=row.municipality.name, phone=_phone(row, now=now), purpose=row.purpose,
        status=row.status, copies=tuple((c.at, _lines(c, key)) for c in copies),
        answers=tuple(_given(a, key) for a in answers),
        possible=answers_now(row.status), due_at=_due([row]).get(row.pk),
    )
    with transaction.atomic():
        history.append(row.municipality_id, actor=actor, act="signal.read", now=now, signal=row.signal_id,
                       details={"part": "disclosure", "referral": str(row.pk)})
    return card


def _standing(reader: Reader) -> QuerySet[Referral]:
    """Requests of which at least one copy was not taken back."""
    return Referral.objects.disclosed_to(reader).filter(
        Exists(Disclosure.objects.filter(referral=OuterRef("pk"), withdrawn_at=None)))


def _lines(row: Disclosure, key: bytes) -> tuple[Line, ...]:
    return tuple((label, words) for label, words in row.unseal("content_sealed", key=key)["lines"])


def _given(row: Answer, key: bytes) -> GivenAnswer:
    """What the focal point wrote down of a phone call stays with the focal point."""
    own = row.via != "phone"
    return GivenAnswer(row.kind, row.unseal("content_sealed", key=key).get("text", "") if own else "", row.via, row.at)


def _due(rows: Sequence[Referral]) -> dict[UUID, datetime]:
    clocks = Clock.objects.filter(referral__in=[r.pk for r in rows], stopped_at=None)
    return dict(clocks.values_list("referral_id", "due_at"))


def _phone(row: Referral, *, now: datetime) -> tuple[str, ...]:
    choices = choices_in_force(row.municipality_id, now=now)
    desks = [p.id for p in pack_now(now=now).policy.partners if p.own_desk]
    numbers = [c.value for desk in desks for c in choices.local_channels.get(desk, ()) if c.kind == "tel"]
    return tuple(dict.fromkeys([*numbers, *([choices.reach.phone] if choices.reach.phone else [])]))


def _log_list(rows: Sequence[Referral], actor: Actor, *, now: datetime) -> None:
    chains: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        chains[row.municipality_id].append(row.signal_id)
    if not chains:
        return
    with transaction.atomic():
        for municipality in sorted(chains, key=str):
            history.append(municipality, actor=actor, act="list.read", now=now, subjects=tuple(chains[municipality]),
                           details={"list": "disclosures"})
