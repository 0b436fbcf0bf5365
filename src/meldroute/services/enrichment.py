"""What the focal point looked up: desk research in allowed sources, each fact with its source and legal basis.

A fact is never changed or taken back; a later fact corrects it, and both stay to be read.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.policy import Advice, ChecklistItem, LegalBasis, Policy
from meldroute.storage.models import Enrichment

from .desk import Desk, at_desk
from .opening import ActCard, Opened, opened

OUTCOMES = ("found", "nothing", "impossible")
SUBJECTS = ("", "person", "place", "company", "vehicle")


@dataclass(frozen=True, slots=True)
class NewFact:
    """One outcome for one item of the checklist. `impossible`: it was not looked up, and `text` says why."""

    item: str
    outcome: str  # OUTCOMES
    text: str = ""
    source: str = ""
    legal_basis: str = ""  # id in the policy; empty only when nothing was looked up
    subject: str = ""  # SUBJECTS: what the fact is about

    @property
    def missing(self) -> tuple[str, ...]:
        """What still has to be filled in for this outcome."""
        needed = {"found": ("text", "source", "legal_basis"), "nothing": ("source", "legal_basis"),
                  "impossible": ("text",)}  # fmt: skip
        return tuple(name for name in needed[self.outcome] if not getattr(self, name).strip())


class FactIncomplete(ValueError):
    """A fact without its source or legal basis is not kept."""

    def __init__(self, item: str, missing: tuple[str, ...]):
        super().__init__(f"fact for '{item}': {', '.join(missing)} missing. Fill in what was found, where and on what "
                         "legal basis; say why when it was not looked up.")  # fmt: skip
        self.item, self.missing = item, missing


class NotOnChecklist(ValueError):
    def __init__(self, what: str, value: str, known: tuple[str, ...]):
        super().__init__(f"fact: unknown {what} '{value}'. Use one of {', '.join(known)}.")
        self.what = what


class BasisNotOffered(ValueError):
    """This legal basis is not one that the policy offers for this kind of fact today."""

    def __init__(self, item: str, basis: str, offered: tuple[str, ...]):
        super().__init__(f"fact for '{item}': legal basis '{basis}' is not offered today. "
                         f"Use {', '.join(offered) or 'none: record that it was not looked up'}.")  # fmt: skip
        self.item, self.basis = item, basis


def add_fact(reference: str, fact: NewFact, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Keep one fact. Raises `FactIncomplete`, `NotOnChecklist`, `BasisNotOffered` and what the desk raises."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        allowed = desk.step("enrich")
        _check(fact, desk)
        _fact_row(fact, desk).save(force_insert=True)
        desk.note("step.enrich", step=allowed.step.id, state=allowed.to, item=fact.item, outcome=fact.outcome)


def _check(fact: NewFact, desk: Desk) -> None:
    for what, value, known in (("item", fact.item, tuple(i.id for i in desk.policy.enrichment)),
                               ("outcome", fact.outcome, OUTCOMES), ("subject", fact.subject, SUBJECTS)):  # fmt: skip
        if value not in known:
            raise NotOnChecklist(what, value, known)
    if fact.missing:
        raise FactIncomplete(fact.item, fact.missing)
    item = next(i for i in desk.policy.enrichment if i.id == fact.item)
    offered = tuple(b.id for b in bases_for(item, desk.policy, now=desk.now))
    if fact.outcome != "impossible" and fact.legal_basis not in offered:
        raise BasisNotOffered(fact.item, fact.legal_basis, offered)


def _fact_row(fact: NewFact, desk: Desk) -> Enrichment:
    row = Enrichment(signal=desk.signal, municipality_id=desk.signal.municipality_id, item=fact.item,
                     outcome=fact.outcome, legal_basis="" if fact.outcome == "impossible" else fact.legal_basis,
                     at=desk.now, by_id=desk.reader.membership)  # fmt: skip
    content = {"text": fact.text.strip(), "source": fact.source.strip(), "subject": fact.subject}
    row.seal("content_sealed", content, key=desk.key)
    return row


def bases_for(item: ChecklistItem, policy: Policy, *, now: datetime) -> tuple[LegalBasis, ...]:
    """The legal bases the policy offers for a fact of this kind, as far as they hold today."""
    day = timezone.localtime(now).date()
    return tuple(b for b in policy.legal_bases if b.id in item.legal_bases and b.valid_on(day))


# The page


@dataclass(frozen=True, slots=True)
class KnownFact:
    outcome: str
    text: str
    source: str
    subject: str
    legal_basis: LegalBasis | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemPage:
    item: ChecklistItem
    bases: tuple[LegalBasis, ...]
    facts: tuple[KnownFact, ...]


@dataclass(frozen=True, slots=True)
class EnrichmentPage:
    act: ActCard
    items: tuple[ItemPage, ...]
    limits: tuple[Advice, ...]  # what enrichment is, and is not
    minor_lines: tuple[Advice, ...]


def enrichment_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> EnrichmentPage:
    with opened(reference, reader=reader, now=now, part="enrichment", language=language) as found:
        facts = _known_facts(found)
        items = tuple(ItemPage(item, bases_for(item, found.policy, now=now), tuple(facts.get(item.id, ())))
                      for item in found.policy.enrichment)  # fmt: skip
        return EnrichmentPage(act=found.card(found.answer("enrich")), items=items,
                              limits=found.lines("enrich"),
                              minor_lines=found.minor_lines())  # fmt: skip


def _known_facts(found: Opened) -> dict[str, list[KnownFact]]:
    bases = {b.id: b for b in found.policy.legal_bases}
    known: dict[str, list[KnownFact]] = {}
    for row in Enrichment.objects.of_signal(found.signal.pk).order_by("at", "id"):
        content = found.unseal(row)
        known.setdefault(row.item, []).append(KnownFact(
            outcome=row.outcome, text=content["text"], source=content["source"], subject=content["subject"],
            legal_basis=bases.get(row.legal_basis), at=row.at))  # fmt: skip
    return known

