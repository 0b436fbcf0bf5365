"""What a reporter sees of their own reports: reference, date, state in neutral words, and feedback. Never more.

Found by the reporter's keyed hash. What is shown is the same whether an investigation runs, nothing happened or a
partner is silent: only the state's own neutral words and the feedback reach a card, never a clock or a partner.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.keyed_hashes import reporter_tie, reporter_ties
from meldroute.storage.models import NoLongerKept, ReporterFeedback, Signal, User
from meldroute.storage.signal_keys import has_key, key_beside
from meldroute.storage.vouching import genuine, refuse_forged

from . import boundaries
from .desk import NoSuchSignal
from .running_policy import policy_of

PAGE = 20

Cursor = tuple[datetime, UUID]


class NotYourReport(NoSuchSignal):
    """It does not exist, or somebody else reported it. The two look the same."""


@dataclass(frozen=True, slots=True)
class FeedbackCard:
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportCard:
    reference: str
    municipality: str
    received_at: datetime
    state: str  # the policy's neutral words
    feedback: tuple[FeedbackCard, ...]
    destroyed: bool = False  # what was said is gone for good; that it was said, and when, is still known


@dataclass(frozen=True, slots=True)
class GoneCard:
    """A report whose term ended: that it was made, and that it is kept no longer. Nothing else is left to tell."""

    reference: str
    municipality: str


@dataclass(frozen=True, slots=True)
class ReportList:
    reports: tuple[ReportCard, ...]
    older: Cursor | None  # where the next page begins; None: there is none
    since: datetime | None = None  # what was reported before is not shown: mail for this account went elsewhere then
    gone: tuple[GoneCard, ...] = ()  # below the oldest


@dataclass(frozen=True, slots=True)
class ProofCard:
    """What a proof of report says: that, when and where; never what."""

    reference: str
    municipality: str
    received_at: datetime


def my_reports(user: UUID, *, now: datetime, language: str, after: Cursor | None = None) -> ReportList:
    """The newest reports first, a page at a time. Five queries at most, then the read log."""
    since = _since(user)
    found = _own(user, since)
    if after:
        found = found.filter(Q(received_at__lt=after[0]) | Q(received_at=after[0], id__lt=after[1]))
    with boundaries.everywhere():  # found by a hash of one's own, also after another municipality became one's employer
        rows = list(found.order_by("-received_at", "-id")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    rows = list(genuine(rows[:PAGE]))
    with _where(rows):
        told = feedback_told(rows)
        cards = tuple(_card(row, told[row.pk], now=now, language=language) for row in rows)
        log_reads(rows, user=user, now=now, part="my_reports")
    older = (last.received_at, last.pk) if last else None
    return ReportList(cards, older, since, () if older or since else _gone(user))


def my_report(user: UUID, reference: str, *, now: datetime, language: str) -> ReportCard:
    """One of this person's own reports. Raises `NotYourReport`."""
    row = own_report(user, reference)
    with _where([row]):
        card = _card(row, feedback_told([row])[row.pk], now=now, language=language)
        log_reads([row], user=user, now=now, part="my_report")
    return card


def proof(user: UUID, reference: str, *, now: datetime) -> ProofCard:
    """Raises `NotYourReport`."""
    row = own_report(user, reference)
    with _where([row]):
        log_reads([row], user=user, now=now, part="proof")
    return ProofCard(row.reference, row.municipality.name, row.received_at)


def own_report(user: UUID, reference: str) -> Signal:
    with boundaries.everywhere():
        row = _own(user, _since(user)).filter(reference=reference).first()
    if row is None:
        raise NotYourReport(reference)
    refuse_forged(row)
    return row


def log_reads(rows: Sequence[Signal], *, user: UUID, now: datetime, part: str) -> None:
    """One row for each municipality, in ascending order, as the reporter whom only the keyed hash names."""
    log_reads_by(rows, tie=reporter_tie(user), now=now, part=part)


def log_reads_by(rows: Sequence[Signal], *, tie: str, now: datetime, part: str) -> None:
    """The same for whoever is known by this keyed hash."""
    chains = defaultdict(list)
    for row in rows:
        chains[row.municipality_id].append(row.pk)
    if not chains:
        return
    actor = Actor("reporter", tie, "reporter")
    with transaction.atomic():
        for municipality in sorted(chains, key=str):
            ids = chains[municipality]
            history.append(municipality, actor=actor, act="signal.read" if len(ids) == 1 else "list.read", now=now,
                           signal=ids[0] if len(ids) == 1 else None, subjects=ids if len(ids) > 1 else (),
                           details={"part": part})


def _since(user: UUID) -> datetime | None:
    return User.objects.filter(pk=user).values_list("reports_since", flat=True).first()


def _own(user: UUID, since: datetime | None):
    own = Signal.objects.reported_by(*reporter_ties(user)).select_related("municipality", "key")
    return own.filter(received_at__gte=since) if since else own


def _where(rows: Sequence[Signal]):
    return boundaries.at(*{row.municipality_id for row in rows})


def _gone(user: UUID) -> tuple[GoneCard, ...]:
    rows = NoLongerKept.objects.filter(reporter_tie__in=reporter_ties(user)).order_by("-forget_on", "reference")
    with boundaries.everywhere():  # by a hash of one's own
        return tuple(GoneCard(*row) for row in rows.values_list("reference", "municipality__name")[:PAGE])


def feedback_told(rows: Sequence[Signal]) -> dict[UUID, tuple[FeedbackCard, ...]]:
    """What was told about each, oldest first. Why nothing could be told is not for the reporter."""
    keys = {row.pk: key_beside(row) for row in rows if has_key(row)}
    told: dict[UUID, tuple[FeedbackCard, ...]] = {row.pk: () for row in rows}
    for said in ReporterFeedback.objects.of_signal(*keys).filter(kind="given").order_by("at", "id"):
        text = said.unseal("content_sealed", key=keys[said.signal_id])["text"]
        told[said.signal_id] += (FeedbackCard(text, said.at),)
    return told


def _card(row: Signal, feedback: tuple[FeedbackCard, ...], *, now: datetime, language: str) -> ReportCard:
    state = policy_of(row.pack_id, now=now).state(row.state)
    return ReportCard(row.reference, row.municipality.name, row.received_at, state.reporter_sees.say(language), feedback,
                      destroyed=not has_key(row))
