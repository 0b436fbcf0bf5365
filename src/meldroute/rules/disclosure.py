"""Decide what may leave the building: which fields, to whom, on which ground, and what to warn about.

Everything starts minimal. Advice goes out without names or addresses; a field travels only when the pack has a
confirmed legal basis, valid today, for this partner and this kind of data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .disclosure_fields import SENSITIVITY, Field, Material
from .disclosure_tells import tells
from .policy import LegalBasis, Policy
from .route import is_excluded, on_route

AGREEMENTS = ("yes", "no", "unknown")  # does the person know, and agree?


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why more than the minimum may go. Ground and reason are the focal point's words and are kept sealed."""

    agreement: str = ""  # one of AGREEMENTS, where Way.asks_agreement
    identifying_ground: str = ""
    identifying_reason: str = ""
    reporter_ground: str = ""
    reporter_reason: str = ""
    override: bool = False  # emergency: no confirmed basis, and somebody may be in danger
    override_reason: str = ""


NO_GROUNDS = Grounds()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why this may not go like this. `id` is translated by the screen; the words are for everybody else."""

    id: str
    place: str
    cause: str
    way_out: str


@dataclass(frozen=True, slots=True)
class FieldDecision:
    field: Field
    chosen: bool
    default: bool
    allowed: bool
    basis: LegalBasis | None  # on which it would go; when not allowed: the unconfirmed one, if there is one


@dataclass(frozen=True, slots=True)
class Preview:
    fields: tuple[FieldDecision, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    overridden: bool  # something goes without a confirmed basis
    bases: tuple[LegalBasis, ...] = field(default=())  # on which the chosen fields go, the most sensitive kind first

    @property
    def chosen(self) -> tuple[Field, ...]:
        return tuple(d.field for d in self.fields if d.chosen)

    @property
    def stays(self) -> tuple[Field, ...]:
        return tuple(d.field for d in self.fields if not d.chosen)


class DisclosureRefused(Exception):
    """This may not leave the building like this. Carries every problem, each with place, cause and way out."""

    def __init__(self, problems: tuple[Problem, ...]):
        super().__init__(" ".join(f"{p.place}: {p.cause}. {p.way_out}" for p in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Way:
    """To whom, for what and when: what decides which legal bases hold."""

    partner: str
    purpose: str  # a key of PURPOSES
    day: date
    policy: Policy
    danger: bool = False
    agreed: bool = False

    @property
    def to_care(self) -> bool:
        return on_route(self.partner, self.policy) == self.policy.care_partner

    @property
    def asks_agreement(self) -> bool:
        """The care coordinator, and whoever may be told something only because the person consents."""
        carrying = [b for b in self._bases(agreed=True) if b.confirmed]
        return self.to_care or (bool(carrying) and all(b.rests_on == "consent" for b in carrying))

    def bases(self) -> tuple[LegalBasis, ...]:
        """The legal bases of the pack that hold for this today, confirmed or not."""
        return self._bases(agreed=self.agreed)

    def _bases(self, *, agreed: bool) -> tuple[LegalBasis, ...]:
        names = {self.partner, on_route(self.partner, self.policy)}
        return tuple(b for b in self.policy.legal_bases if b.partners & names and b.valid_on(self.day)
                     and b.holds(self.purpose, danger=self.danger, agreed=agreed))

    def basis(self, kind: str, *, preferred: str = "") -> LegalBasis | None:
        """The confirmed basis on which data of this kind may go: the preferred one, else the first."""
        fitting = [b for b in self.bases() if b.confirmed and kind in b.kinds]
        return next((b for b in fitting if b.id == preferred), fitting[0] if fitting else None)

    def unconfirmed(self, kind: str) -> LegalBasis | None:
        """The basis that would carry this kind once somebody confirms it."""
        return next((b for b in self.bases() if kind in b.kinds and not b.confirmed), None)


def minimal(way: Way, *, material: Material) -> frozenset[str]:
    """The fields that are ticked to begin with: the minimum for this purpose, as far as there is a basis for it.

    Without agreement the care coordinator is first consulted as one asks advice: nobody can be recognised. Where
    the reporter's own words may not go, the description tells what was seen.
    """
    limited = way.purpose == "advice" or (way.to_care and not way.agreed)
    wanted = "advice" if limited else way.purpose
    found = {f.id for f in material.offered() if wanted in f.defaults and way.basis(f.kind)}
    told = found & {"narrative", "description"}
    return frozenset(found if told or not way.basis("ordinary") else found | {"description"})


def preview(chosen: Iterable[str], way: Way, *, material: Material, grounds: Grounds = NO_GROUNDS,
            preferred_basis: str = "", typed: str = "") -> Preview:
    """What would go, on which grounds, what keeps it here and what to think of before it goes.

    `typed` goes along beside the fields: the question and the purpose in the focal point's words.
    """
    wanted, default = frozenset(chosen), minimal(way, material=material)
    decisions = tuple(_decide(f, way, wanted=wanted, default=default, preferred=preferred_basis)
                      for f in material.offered())
    going = tuple(d for d in decisions if d.chosen)
    without = tuple(d for d in going if not d.allowed)
    overridden = bool(without) and material.danger and grounds.override
    named = _names_reporter(wanted, material, typed)
    problems = (
        *_about_partner(way, material), *_about_choice(wanted, decisions, material),
        *(() if overridden else _about_bases(without, way)), *_about_override(overridden, grounds),
        *_about_reporter(named, material, grounds), *_about_agreement(going, way, grounds),
    )
    warnings = _warnings(going, material, named=bool(named), overridden=overridden)
    return Preview(decisions, problems, warnings, overridden, _bases_of(going))


def require(decided: Preview) -> Preview:
    """The same decision for those who act: raises `DisclosureRefused` when anything keeps it here."""
    if decided.problems:
        raise DisclosureRefused(decided.problems)
    return decided


def _decide(field: Field, way: Way, *, wanted: frozenset[str], default: frozenset[str],
            preferred: str) -> FieldDecision:
    basis = way.basis(field.kind, preferred=preferred)
    return FieldDecision(field, field.id in wanted, field.id in default, basis is not None,
                         basis or way.unconfirmed(field.kind))


def _bases_of(going: tuple[FieldDecision, ...]) -> tuple[LegalBasis, ...]:
    ranked = sorted(going, key=lambda d: SENSITIVITY.index(d.field.kind), reverse=True)
    return tuple(dict.fromkeys(d.basis for d in ranked if d.allowed and d.basis))


def refuse_excluded(partner: str, excluded: frozenset[str], policy: Policy) -> None:
    """Raises `DisclosureRefused` for a partner with whom this signal may not be shared."""
    if problems := _exclusion(partner, excluded, policy):
        raise DisclosureRefused(problems)


def _about_partner(way: Way, material: Material) -> tuple[Problem, ...]:
    return _exclusion(way.partner, material.excluded, way.policy)


def _exclusion(partner: str, excluded: frozenset[str], policy: Policy) -> tuple[Problem, ...]:
    if not is_excluded(partner, excluded, policy):
        return ()
    return (Problem("excluded", f"partner '{partner}'", "this signal may not be shared with this partner",
                    "Choose another partner, or lift the exclusion first, with a reason."),)


def _about_choice(wanted: frozenset[str], decisions: tuple[FieldDecision, ...],
                  material: Material) -> tuple[Problem, ...]:
    known = {d.field.id for d in decisions}
    strange = sorted(wanted - known)
    if strange:
        return (Problem("unknown_field", f"field '{strange[0]}'", "this signal holds nothing of that name",
                        f"Choose from {', '.join(sorted(known))}."),)
    if not wanted:
        return (Problem("nothing_chosen", "the fields", "nothing was ticked", "Tick what the partner needs."),)
    if "description" in wanted and not material.texts.get("description"):
        return (Problem("description_empty", "field 'description'", "it was ticked but nothing was written",
                        "Describe what was seen without names or addresses, or take the tick away."),)
    return ()


def _about_bases(without: tuple[FieldDecision, ...], way: Way) -> tuple[Problem, ...]:
    found = []
    for decision in without:
        missing = f"the policy has no legal basis today for giving {decision.field.kind} data to '{way.partner}'"
        way_out = "Leave it out, or have the privacy officer confirm a basis."
        if way.danger:
            way_out += " Somebody may be in danger: an emergency override is possible and is logged."
        found.append(Problem("no_basis", f"field '{decision.field.id}'",
                             "its legal basis was not confirmed" if decision.basis else missing, way_out))
    return tuple(found)


def _about_override(overridden: bool, grounds: Grounds) -> tuple[Problem, ...]:
    if not overridden or grounds.override_reason.strip():
        return ()
    return (Problem("override_reason", "the emergency override", "it has no reason", "Write why this cannot wait."),)


def _names_reporter(wanted: frozenset[str], material: Material, typed: str) -> str:
    """The place that names the reporter: their own field, or a text in which their name stands; "" for none."""
    name = " ".join(material.texts.get("reporter_name", "").split()).casefold()
    texts = {**{f"field '{id}'": material.texts.get(id, "") for id in sorted(wanted)}, "the words beside it": typed}
    return next((place for place, text in texts.items() if name and name in " ".join(text.split()).casefold()), "")


def _about_reporter(named: str, material: Material, grounds: Grounds) -> tuple[Problem, ...]:
    if not named or material.name_allowed:
        return ()
    if grounds.reporter_ground.strip() and grounds.reporter_reason.strip():
        return ()
    return (Problem("reporter_against_wish", named, "it names the reporter, and the reporter does not want to be named",
                    "Leave the name out, or write the ground and the reason why it cannot be left out."),)


def _about_agreement(going: tuple[FieldDecision, ...], way: Way, grounds: Grounds) -> tuple[Problem, ...]:
    """Does the person know, and agree? No or unknown: first without identifying data."""
    if not way.asks_agreement:
        return ()
    identifying = [d.field.id for d in going if d.field.identifying]
    if grounds.agreement not in AGREEMENTS and (way.purpose == "referral" or identifying):
        return (Problem("agreement_not_asked", "the person's agreement", "nobody wrote down whether there is agreement",
                        "Choose yes, no or unknown."),)
    grounded = grounds.identifying_ground.strip() and grounds.identifying_reason.strip()
    if grounds.agreement == "yes" or not identifying or grounded:
        return ()
    return (Problem("identifying_without_agreement", f"field '{identifying[0]}'",
                    "the person did not agree, or nobody knows, and this may identify them",
                    "First consult without identifying data, or write the ground and the reason."),)


def _warnings(going: tuple[FieldDecision, ...], material: Material, *, named: bool, overridden: bool) -> tuple[str, ...]:
    """Things to think of, none of which keeps anything here."""
    chosen = frozenset(d.field.id for d in going)
    naming = ("reporter_named" if material.name_allowed else "reporter_against_wish",)
    return (*tells({id: material.texts.get(id, "") for id in sorted(chosen - {"reporter_name"})}),
            *(naming if named else ()), *(("override",) if overridden else ()))


Line = tuple[str, str]


def exact_text(lines: Iterable[Line]) -> str:
    """The text as it goes out: shown before, frozen after, in these very words."""
    return "\n\n".join(f"{label}: {words}" for label, words in lines)
