"""From rows to the parts of a signal's page. Opens what is sealed; raises `SealBroken` rather than leave a gap."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules.deadlines import standing
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.rules.policy import Indicator, Policy, Text
from meldroute.services.reporters import reporter_name
from meldroute.storage.models import (
    Answer,
    Clock,
    Contact,
    Disclosure,
    Enrichment,
    HistoryEntry,
    Membership,
    OutsideWord,
    Referral,
    ReporterFeedback,
    Signal,
)
from meldroute.storage.prepared import Prepared

from .signal_cards import (
    AnswerCard,
    ContactCard,
    DisclosureCard,
    FactCard,
    FeedbackCard,
    ItemCard,
    ReferralCard,
    ReportCard,
    TimelineEntry,
    WordCard,
)

LONGEST_TIMELINE = 200
READS = ("signal.read", "list.read", "refused", "log.read")


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one signal, each kind read once. A bundled signal shows its lead's contacts and referrals too."""

    enrichment: list[Enrichment]
    contacts: list[Contact]
    referrals: list[Referral]
    disclosures: list[Disclosure]
    answers: list[Answer]
    feedback: list[ReporterFeedback]
    words: list[OutsideWord]
    clocks: list[Clock]
    history: list[HistoryEntry]
    names: dict[str, str]  # membership id to the person's name
    lead: str | None
    bundled: tuple[str, ...]


_HISTORY = Prepared(
    lambda signal: HistoryEntry.objects.filter(signal=signal).exclude(act__in=READS).order_by("at", "id")
    .only("at", "act", "actor_kind", "actor", "details")[:LONGEST_TIMELINE], signal=UUID)
_ENRICHMENT = Prepared(lambda signal: Enrichment.objects.of_signal(signal).order_by("at"), signal=UUID)
_CONTACTS = Prepared(lambda signal, lead: Contact.objects.of_signal(signal, lead).order_by("at"), signal=UUID, lead=UUID)
_REFERRALS = Prepared(lambda signal, lead: Referral.objects.of_signal(signal, lead).order_by("opened_at"),
                      signal=UUID, lead=UUID)
_DISCLOSURES = Prepared(lambda signal: Disclosure.objects.of_signal(signal).order_by("at"), signal=UUID)
_ANSWERS = Prepared(lambda signal: Answer.objects.of_signal(signal).order_by("at"), signal=UUID)
_FEEDBACK = Prepared(lambda signal: ReporterFeedback.objects.of_signal(signal).order_by("at"), signal=UUID)
_CLOCKS = Prepared(lambda signal: Clock.objects.filter(signal=signal, stopped_at=None), signal=UUID)
_FOLLOWERS = Prepared(lambda signal: Signal.objects.filter(lead=signal).values_list("reference", flat=True), signal=UUID)


def rows_of(signal: Signal) -> Rows:
    own = {"signal": signal.pk}
    shared = own | {"lead": signal.lead_id or signal.pk}
    history, enrichment = _HISTORY(**own), _ENRICHMENT(**own)
    contacts, referrals = _CONTACTS(**shared), _REFERRALS(**shared)
    # Only a request was ever given something or answered.
    disclosures = _DISCLOSURES(**own) if referrals else []
    answers = _ANSWERS(**own) if referrals else []
    feedback = _FEEDBACK(**own)
    outside = signal.channel == "public"  # nobody else writes, so nobody else's page asks
    said = list(OutsideWord.objects.of_signal(signal.pk).order_by("at", "id")) if outside else []
    return Rows(
        enrichment=enrichment, contacts=contacts, referrals=referrals, disclosures=disclosures, answers=answers,
        feedback=feedback, words=said, clocks=_CLOCKS(**own), history=history,
        names=_names({str(row.by_id) for row in (*enrichment, *contacts, *disclosures, *feedback, *said) if row.by_id}
                     | {h.actor for h in history if h.actor_kind == "membership"}),
        lead=Signal.objects.values_list("reference", flat=True).get(pk=signal.lead_id) if signal.lead_id else None,
        # Sorted here: asked in order, SQLite walks every reference there is instead of the few that follow.
        bundled=tuple(sorted(_FOLLOWERS(**own))),
    )


def _names(memberships: set[str]) -> dict[str, str]:
    """Of those who did something here; a municipality can have thousands of others."""
    if not memberships:
        return {}
    return {str(id): name for id, name in Membership.objects.filter(pk__in=memberships).values_list("id", "user__name")}


def report(signal: Signal, _rows: Rows, key: bytes, policy: Policy) -> ReportCard:
    content = signal.unseal("content_sealed", key=key)
    reporter = signal.unseal("reporter_sealed", key=key)
    return ReportCard(
        narrative=content["narrative"], about=signal.about, where=content["where"], when=content["when"],
        called=tuple(content["called"]), name_allowed=content["name_allowed"], care_provider=content["care_provider"],
        on_behalf_of=content["on_behalf_of"], reporter=reporter_name(reporter), contact=reporter.get("contact", ""),
        language=reporter.get("language", ""), channel=signal.channel,
        received_at=signal.received_at, noticed=indicators(content["noticed"], policy),
    )


def indicators(ids: list[str], policy: Policy) -> tuple[Indicator, ...]:
    return tuple(policy.indicator(id) for id in ids)


def checklist(rows: Rows, key: bytes, policy: Policy) -> tuple[ItemCard, ...]:
    facts: dict[str, list[FactCard]] = defaultdict(list)
    for row in rows.enrichment:
        content = row.unseal("content_sealed", key=key)
        facts[row.item].append(FactCard(
            text=content.get("text", ""), source=content.get("source", ""), outcome=row.outcome,
            legal_basis=policy.legal_basis(row.legal_basis).label if row.legal_basis else Text(""), at=row.at,
            by=rows.names.get(str(row.by_id), ""),
        ))
    return tuple(ItemCard(item, tuple(facts[item.id])) for item in policy.enrichment)


def _own(row: Contact | Referral, rows: Rows) -> bool:
    """Rows of the lead are sealed under the lead's key; a member's page names them without opening them."""
    return rows.lead is None or row.signal_id not in _lead_ids(rows)


def _lead_ids(rows: Rows) -> set[UUID]:
    own = {d.signal_id for d in (*rows.clocks, *rows.enrichment)}
    return {r.signal_id for r in (*rows.contacts, *rows.referrals)} - own


def contacts(rows: Rows, key: bytes, policy: Policy) -> tuple[ContactCard, ...]:
    return tuple(
        ContactCard(
            partner=policy.partner(c.partner).known_as, at=c.at, channel=c.channel, reached=c.reached,
            details={k: v for k, v in c.unseal("content_sealed", key=key).items() if v} if _own(c, rows) else {},
            by=rows.names.get(str(c.by_id), ""),
        )
        for c in rows.contacts
    )


def answers_by_referral(rows: Rows, key: bytes) -> dict[UUID, list[AnswerCard]]:
    found: dict[UUID, list[AnswerCard]] = defaultdict(list)
    for row in rows.answers:
        said = row.unseal("content_sealed", key=key)
        found[row.referral_id].append(AnswerCard(
            kind=row.kind, via=row.via, text=said.get("text", ""), steps=said.get("steps", ""),
            options=said.get("options", ""), at=row.at))
    return found


def referrals(rows: Rows, key: bytes, policy: Policy, answers: dict[UUID, list[AnswerCard]], *,
              now: datetime) -> tuple[ReferralCard, ...]:
    given: dict[UUID, list[DisclosureCard]] = defaultdict(list)
    for row in rows.disclosures:
        given[row.referral_id].append(_disclosure(row, rows, key))
    clocks = {c.referral_id: c for c in sorted(rows.clocks, key=lambda c: c.due_at, reverse=True) if c.referral_id}
    return tuple(
        _referral(r, policy, clocks.get(r.pk), tuple(given[r.pk]), tuple(answers[r.pk]), now=now)
        for r in rows.referrals
    )


def _referral(row: Referral, policy: Policy, clock: Clock | None, given: tuple[DisclosureCard, ...],
              answers: tuple[AnswerCard, ...], *, now: datetime) -> ReferralCard:
    return ReferralCard(
        id=str(row.pk), partner=policy.partner(row.partner).known_as, partner_id=row.partner, purpose=row.purpose,
        status=row.status, channel=row.channel, opened_at=row.opened_at, due_at=clock.due_at if clock else None,
        standing=standing(clock.due_at, now=now, started_at=clock.started_at) if clock else None,
        disclosures=given, answers=answers, open=row.status in OPEN_REFERRAL,
    )


def _disclosure(row: Disclosure, rows: Rows, key: bytes) -> DisclosureCard:
    content = row.unseal("content_sealed", key=key)
    basis = Text(content["basis"]) if "basis" in content else Text(row.legal_basis)
    return DisclosureCard(
        id=str(row.pk), text=content["text"], purpose=content.get("purpose", ""), legal_basis=basis, fields=tuple(row.fields),
        override=row.override, channel=row.channel, at=row.at, by=rows.names.get(str(row.by_id), ""),
        withdrawn_at=row.withdrawn_at,
    )


def feedback(rows: Rows, key: bytes) -> tuple[FeedbackCard, ...]:
    return tuple(
        FeedbackCard(kind=f.kind, text=f.unseal("content_sealed", key=key).get("text", ""), at=f.at,
                     by=rows.names.get(str(f.by_id), ""))
        for f in rows.feedback
    )


def words(rows: Rows, key: bytes) -> tuple[WordCard, ...]:
    return tuple(WordCard(question=w.kind == "question", text=w.unseal("content_sealed", key=key)["text"], at=w.at,
                          by=rows.names.get(str(w.by_id), "")) for w in rows.words)


def timeline(rows: Rows, policy: Policy) -> tuple[TimelineEntry, ...]:
    labels = {s.id: s.label for s in policy.steps}
    return tuple(
        TimelineEntry(at=h.at, act=h.act, step=labels.get(h.details.get("step", "")), by=rows.names.get(h.actor, ""))
        for h in rows.history
    )


def meanwhile(rows: Rows, key: bytes) -> tuple[str, str]:
    """What the municipality may do meanwhile: "nothing", "something" or "not_asked".

    Of each partner its last word counts. One that still says "nothing" outweighs all others: a partner that allows
    something cannot know what another one is doing.
    """
    partners = {r.pk: r.partner for r in rows.referrals}
    said = [(c.at, c.partner, c.unseal("content_sealed", key=key)) for c in rows.contacts if _own(c, rows)]
    said += [(a.at, partners[a.referral_id], a.unseal("content_sealed", key=key)) for a in rows.answers]
    last: dict[str, dict] = {}
    for _, partner, content in sorted(said, key=lambda one: one[0]):
        if content.get("meanwhile") in ("nothing", "something"):
            last.pop(partner, None)  # so that the newest stands last
            last[partner] = content
    words = list(last.values())
    nothing = [content for content in words if content["meanwhile"] == "nothing"]
    heard = (nothing or words)[-1:]
    return (heard[0]["meanwhile"], heard[0].get("meanwhile_text", "")) if heard else ("not_asked", "")
