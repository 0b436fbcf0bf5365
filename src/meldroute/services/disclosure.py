"""What a partner is given: put together from the signal, shown before, frozen after, and taken back when needed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.rules import disclosure as rules
from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import NO_GROUNDS, Grounds, Line, Preview, Way
from meldroute.rules.disclosure_fields import PURPOSES, Material
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.rules.policy import LegalBasis, Text
from meldroute.storage.models import Disclosure, Referral

from .desk import Desk, NoSuchSignal, at_desk, look_at
from .disclosure_material import material_of
from .reading.log import log_signal_read
from .referral import ReasonMissing, put_aside, resolved
from .running_policy import pack_now

# The copy is Dutch whatever the screen is: it must be the same text for whoever reads it later.
KENMERK, VAN, AAN = Text("Kenmerk", "Reference"), Text("Van", "From"), Text("Aan", "To")
DOEL, GRONDSLAG, VRAAG = Text("Waarvoor", "Purpose"), Text("Grondslag", "Legal basis"), Text("Vraag", "Question")
FEEDBACK = Text("Terugkoppeling", "Feedback")
MEANWHILE = "Wat mag de gemeente intussen doen, en wat juist niet?"
ASKED_BACK = ("Laat ons weten of u dit oppakt en wat er is gedaan. Kunt u nu niets terugmelden? Zeg dan alleen dat; "
              "een reden is niet nodig.")


class PreviewChanged(Exception):
    """The text that would go is another one than stood on the screen. Nothing went; look at the new text."""

    def __init__(self) -> None:
        super().__init__("disclosure: the text changed after it was shown. Read it again, then send.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A disclosure that was not given yet: the decision about it and the exact text."""

    decided: Preview
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return rules.exact_text(self.lines)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FieldCard:
    id: str
    label: Text
    why: Text
    kind: str
    chosen: bool
    allowed: bool
    basis: Text | None
    check: Text | None  # what must be confirmed before this may go


@dataclass(frozen=True, slots=True)
class PreviewCard:
    """What would go to this partner, in the exact words, and everything that speaks for and against it."""

    reference: str
    version: int
    partner: str
    partner_name: str
    purpose: str
    fields: tuple[FieldCard, ...]
    chosen: frozenset[str]
    text: str
    fingerprint: str
    problems: tuple[rules.Problem, ...]
    warnings: tuple[str, ...]
    stays: tuple[Text, ...]
    bases: tuple[tuple[str, Text], ...]
    asks_agreement: bool
    danger: bool
    name_allowed: bool
    description: str


def preview_disclosure(reference: str, *, partner: str, reader: Reader, now: datetime, purpose: str = "referral",
                       fields: Iterable[str] | None = None, description: str | None = None, question: str = "",
                       purpose_text: str = "", legal_basis: str = "", grounds: Grounds = NO_GROUNDS) -> PreviewCard:
    """The exact text before it goes, without sending anything. `fields` None: the minimum. Opening it is logged."""
    desk = look_at(reference, reader=reader, now=now)
    material, description = _begin(desk, description)
    partner = resolved(desk, partner)
    way = _way(desk, partner, purpose, grounds)
    chosen = frozenset(fields) if fields is not None else rules.minimal(way, material=material)
    draft = compose(desk, partner=partner, kind=purpose, chosen_fields=chosen, legal_basis=legal_basis,
                    purpose=purpose_text, grounds=grounds, description=description, question=question)
    card = _card(desk, way, draft, material, description)
    log_signal_read(desk.signal.pk, desk.signal.municipality_id, reader=reader, now=now, part="disclosure")
    return card


def _begin(desk: Desk, description: str | None) -> tuple[Material, str]:
    """The material, and the description: what was typed, else the focal point's own summary."""
    if description is None:
        description = desk.signal.unseal("assessment_sealed", key=desk.key).get("summary", "")
    return material_of(desk, description=description), description


def _way(desk: Desk, partner: str, purpose: str, grounds: Grounds) -> Way:
    """Legal bases and partners are always those of the policy in force today."""
    return Way(partner, purpose, timezone.localtime(desk.now).date(), pack_now(now=desk.now).policy,
               danger=desk.signal.danger, agreed=grounds.agreement == "yes")


def compose(desk: Desk, *, partner: str, kind: str, chosen_fields: Iterable[str], legal_basis: str = "",
            purpose: str = "", grounds: Grounds = NO_GROUNDS, description: str = "", question: str = "") -> Draft:
    """Decide and write out, giving nothing yet. `kind` is the referral's purpose, `purpose` the words for it."""
    material = material_of(desk, description=description)
    way = _way(desk, partner, kind, grounds)
    decided = rules.preview(chosen_fields, way, material=material, grounds=grounds, preferred_basis=legal_basis,
                            typed=f"{purpose} {question}")
    return Draft(decided, _lines(desk, way, decided, material, purpose=purpose, question=question))


def _lines(desk: Desk, way: Way, decided: Preview, material: Material, *, purpose: str,
           question: str) -> tuple[Line, ...]:
    basis = "; ".join(b.label.nl for b in decided.bases) or "noodgeval: er kan iemand in gevaar zijn"
    asked = " ".join(part for part in (question.strip(), MEANWHILE) if part)
    given = [(f.id, (f.label.nl, material.texts[f.id])) for f in decided.chosen if material.texts.get(f.id)]
    return (
        *(line for id, line in given if id == "safe_contact"),  # read first, before anybody is called
        (KENMERK.nl, desk.signal.reference), (VAN.nl, desk.signal.municipality.name),
        (AAN.nl, way.policy.partner(way.partner).name.nl), (DOEL.nl, purpose.strip() or PURPOSES[way.purpose].nl),
        (GRONDSLAG.nl, basis),
        *(line for id, line in given if id != "safe_contact"),
        (VRAAG.nl, asked), (FEEDBACK.nl, ASKED_BACK),
    )


def freeze(desk: Desk, *, referral: Referral, chosen_fields: Iterable[str], legal_basis: str = "", purpose: str = "",
           grounds: Grounds = NO_GROUNDS, description: str = "", question: str = "", shown: str = "") -> Disclosure:
    """Give it: the exact text, for good. `legal_basis` is the one preferred; "" lets the rules find it.

    `shown` is the fingerprint of the text on the screen; another text raises `PreviewChanged`. Raises
    `DisclosureRefused` with every problem. For a phone call the ticked fields are what was told.
    """
    draft = compose(desk, partner=referral.partner, kind=referral.purpose, chosen_fields=chosen_fields,
                    legal_basis=legal_basis, purpose=purpose, grounds=grounds, description=description,
                    question=question)
    decided = rules.require(draft.decided)
    if shown and shown != draft.fingerprint:
        raise PreviewChanged
    row = Disclosure(
        referral=referral, signal=desk.signal, municipality_id=desk.signal.municipality_id, partner=referral.partner,
        fields=sorted(f.id for f in decided.chosen), legal_basis=decided.bases[0].id if decided.bases else "",
        override=decided.overridden, channel=referral.channel, at=desk.now, by_id=_by(desk),
    )
    row.seal("content_sealed", _content(draft, grounds, purpose or PURPOSES[referral.purpose].nl), key=desk.key)
    row.save(force_insert=True)
    _note(desk, row, decided)
    return row


def _by(desk: Desk) -> UUID:
    return UUID(desk.actor.value)


def _content(draft: Draft, grounds: Grounds, purpose: str) -> dict:
    return {
        "text": draft.text, "lines": [list(line) for line in draft.lines], "purpose": purpose,
        "bases": [b.id for b in draft.decided.bases], "basis": dict(draft.lines)[GRONDSLAG.nl],
        "warnings": list(draft.decided.warnings),
        "grounds": {name: getattr(grounds, name) for name in Grounds.__slots__ if getattr(grounds, name)},
    }


def _note(desk: Desk, row: Disclosure, decided: Preview) -> None:
    """The history names fields and bases, never words. Giving something without a basis has a row of its own."""
    desk.note("disclosure.given", disclosure=str(row.pk), referral=str(row.referral_id), partner=row.partner,
              fields=row.fields, bases=[b.id for b in decided.bases])
    if decided.overridden:
        without = sorted(d.field.id for d in decided.fields if d.chosen and not d.allowed)
        desk.note("disclosure.override", disclosure=str(row.pk), partner=row.partner, fields=without)


def _card(desk: Desk, way: Way, draft: Draft, material: Material, description: str) -> PreviewCard:
    decided = draft.decided
    fields = tuple(
        FieldCard(d.field.id, d.field.label, d.field.why, d.field.kind, d.chosen, d.allowed,
                  d.basis.label if d.basis and d.allowed else None, _check(d.basis) if not d.allowed else None)
        for d in decided.fields
    )
    return PreviewCard(
        reference=desk.signal.reference, version=desk.signal.version, partner=way.partner,
        partner_name=way.policy.partner(way.partner).known_as, purpose=way.purpose, fields=fields,
        chosen=frozenset(f.id for f in decided.chosen), text=draft.text, fingerprint=draft.fingerprint,
        problems=decided.problems, warnings=decided.warnings,
        stays=tuple(f.label for f in decided.stays if material.texts.get(f.id)),
        bases=tuple((b.id, b.label) for b in way.bases() if b.confirmed),
        asks_agreement=way.asks_agreement, danger=material.danger, name_allowed=material.name_allowed,
        description=description,
    )


def _check(basis: LegalBasis | None) -> Text | None:
    return basis.check if basis else None


def withdraw(reference: str, *, disclosure: UUID, reason: str, reader: Reader, now: datetime,
             version: int | None = None) -> None:
    """Take a disclosure back: the partner sees nothing more. What was read cannot be unread, so it stays on record."""
    if not reason.strip():
        raise ReasonMissing("withdraw")
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        row = Disclosure.objects.of_signal(desk.signal.pk).filter(pk=disclosure, withdrawn_at=None).first()
        if row is None:
            raise NoSuchSignal(reference)
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        desk.note("disclosure.withdrawn", disclosure=str(row.pk), partner=row.partner)
        left = Disclosure.objects.of_signal(desk.signal.pk).filter(referral=row.referral_id, withdrawn_at=None)
        if row.referral.status in OPEN_REFERRAL and not left.exists():
            put_aside(desk, row.referral, how="withdrawn", reason=reason)
