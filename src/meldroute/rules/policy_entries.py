"""The entries of a policy pack, one class per table.

Each carries its `source` (statement id such as "S-B2-29", a node such as "F1.N2", or a public source) and its
`status` (one of `acts.STATUSES`).
"""

from dataclasses import dataclass
from datetime import date

from .contacts import Channel
from .deadlines import Norm


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the pack. Dutch always, English where the region wrote it."""

    nl: str
    en: str = ""

    def say(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.nl


@dataclass(frozen=True, slots=True)
class State:
    id: str
    kind: str  # acts.STATE_KINDS
    label: Text
    reporter_sees: Text  # neutral words: never "vague", never "no trafficking", never an investigation
    next: Text  # what happens next and who acts
    owner: str | None  # acts.OWNERS; None only for an end
    clock: str | None  # id of a norm; None only for an end
    source: str
    status: str

    @property
    def is_open(self) -> bool:
        return self.kind != "end"


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    act: str  # acts.ACTS
    from_states: tuple[str, ...]
    to: str | None  # None: the signal stays where it is
    by: frozenset[str]  # acts.ROLES
    label: Text
    source: str
    status: str
    guards: tuple[str, ...] = ()  # guards.GUARDS
    conclusion: str | None = None  # acts.CONCLUSIONS, for act "conclude"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a new signal starts, by what it is about."""

    about: frozenset[str]  # acts.SUBJECTS
    state: str
    source: str = ""
    status: str = "policy"


@dataclass(frozen=True, slots=True)
class GuardText:
    id: str
    because: Text
    opens_with: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Note:
    text: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form of exploitation. The list is the region's and can grow."""

    id: str
    label: Text
    definition: Text
    source: str
    status: str
    sub_forms: tuple["SubForm", ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class SubForm:
    id: str
    label: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who hears about a form. `order`: groups; a later group waits for an earlier one."""

    form: str
    order: tuple[tuple[str, ...], ...]
    source: str
    status: str
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A promise of the policy that no route and no step may break: `first` before `then`."""

    first: str
    then: str
    forms: frozenset[str]
    source: str
    status: str = "policy"
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """A recipient that is offered beside the route."""

    id: str
    partner: str
    forms: frozenset[str]
    when_danger: bool
    because: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    name: Text
    known_as: str  # the name on screens of this year (NLA for ISZW)
    tasks: tuple[Note, ...]
    channels: tuple[Channel, ...]
    scope: Text
    police: bool  # the phone is the default, a link an opt-in
    expert: bool  # may be asked for advice on a vague signal
    per_municipality: bool  # channels are filled in by each municipality
    source: str
    status: str
    own_desk: bool = False  # the municipality itself: its own people and reach say how to find it
    check: Text | None = None  # what still has to be checked


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str  # "GM0794"
    name: str
    safety_region: str
    care_coordinator: str  # partner id
    care_coordinator_status: str
    source: str
    status: str
    valid_from: date | None = None
    valid_to: date | None = None  # inclusive
    successor: str | None = None

    def exists_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    id: str
    label: Text
    help: Text
    required: bool
    legal_bases: tuple[str, ...]  # ids of legal bases offered for a fact of this kind
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    set: str
    forms: tuple[str, ...]
    dimension: str
    strength: str  # acts.STRENGTHS, for adults: words, never a number
    label: Text
    source: str
    status: str
    plain: Text | None = None  # how a reporter is asked; None: not offered to reporters
    strength_child: str = "none"
    strength_status: str = "to be checked"  # whose weighing this is; the indicator itself may be better founded


@dataclass(frozen=True, slots=True)
class LegalBasis:
    id: str
    label: Text
    partners: frozenset[str]  # may be given to these; empty: basis for the municipality's own enrichment
    kinds: frozenset[str]  # "ordinary", "art9", "art10"
    purpose: Text
    confirmed: bool  # False blocks a disclosure
    valid_from: date | None
    valid_to: date | None
    source: str
    status: str
    rests_on: str = "law"  # acts.BASIS_RESTS_ON
    check: Text | None = None  # what a lawyer or the data protection officer still has to confirm
    only_for: frozenset[str] = frozenset()  # acts.REQUESTS; empty: for each of them

    def valid_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def holds(self, request: str, *, danger: bool, agreed: bool) -> bool:
        """Consent holds only if the person gave it; a vital interest only while somebody may be in danger."""
        fits = not self.only_for or request in self.only_for
        return fits and {"consent": agreed, "vital_interest": danger}.get(self.rests_on, True)


@dataclass(frozen=True, slots=True)
class ClosingReason:
    id: str
    label: Text
    needs: str  # "conclusion:none", "conclusion:other_phenomenon", "taken_up", "consulted"
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """Another unwanted phenomenon and where it goes then."""

    id: str
    label: Text
    goes_to: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class FeedbackText:
    """A ready neutral text from focal point to reporter. Says nothing about an investigation."""

    id: str
    text: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A line that a screen shows at a moment: before a report, at a minor, at danger."""

    id: str
    text: Text
    source: str
    status: str
    moments: tuple[str, ...] = ()  # acts.ADVICE_MOMENTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where the policy contradicts itself, and what this pack does about it."""

    id: str
    text: Text
    choice: Text
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class NormRow:
    """A service level. The policy gives none: `status` says whose norm it is."""

    norm: Norm
    label: Text
    source: str
    status: str
    danger: Norm | None = None  # the shorter norm while somebody may be in danger
    role: str = ""  # acts.NORM_ROLES; "" for the clock of a state

    def norm_for(self, *, danger: bool) -> Norm:
        return self.danger if danger and self.danger else self.norm
