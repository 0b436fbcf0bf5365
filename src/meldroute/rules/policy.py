"""One region's policy as typed data: what it says, since when, and where that was read.

`parse_policy` in `policy_parse.py` makes a `Policy` from TOML tables and refuses a wrong one with place, cause
and way out. What its tables hold stands in `policy_entries.py`.
"""

from dataclasses import dataclass
from datetime import date

from .policy_entries import (
    Advice,
    ChecklistItem,
    ClosingReason,
    Conflict,
    Entry,
    Extra,
    FeedbackText,
    Form,
    GuardText,
    Indicator,
    LegalBasis,
    Municipality,
    NormRow,
    Order,
    Partner,
    Phenomenon,
    Route,
    State,
    Step,
    Text,
)


@dataclass(frozen=True, slots=True)
class Policy:
    id: str
    name: Text
    valid_from: date
    valid_to: date | None
    source: str
    max_loops: int
    urgent_partner: str  # spoken to first when it is acute; one step away in every open state
    care_partner: str  # the id that stands for "the care coordinator of this municipality"
    entries: tuple[Entry, ...]
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    forms: tuple[Form, ...]
    routes: tuple[Route, ...]
    orders: tuple[Order, ...]
    extras: tuple[Extra, ...]
    partners: tuple[Partner, ...]
    municipalities: tuple[Municipality, ...]
    enrichment: tuple[ChecklistItem, ...]
    indicators: tuple[Indicator, ...]
    legal_bases: tuple[LegalBasis, ...]
    closing_reasons: tuple[ClosingReason, ...]
    phenomena: tuple[Phenomenon, ...]
    feedback_texts: tuple[FeedbackText, ...]
    advice: tuple[Advice, ...]
    conflicts: tuple[Conflict, ...]
    norms: tuple[NormRow, ...]
    guard_texts: tuple[GuardText, ...]
    abbreviations: tuple[Advice, ...] = ()  # what the region's short names stand for
    indicator_rules: tuple[Advice, ...] = ()  # how indicators may and may not be used
    status: str = "policy"

    def state(self, id: str) -> State:
        return self._find("state", id, self.states)

    def step(self, id: str) -> Step:
        return self._find("step", id, self.steps)

    def partner(self, id: str) -> Partner:
        return self._find("partner", id, self.partners)

    def form(self, id: str) -> Form:
        return self._find("form", id, self.forms)

    def norm(self, id: str) -> NormRow:
        return _first("norm", id, self.norms, key=lambda n: n.norm.id)

    def norm_for_role(self, role: str) -> NormRow:
        """The norm that the pack gives this part; the parser saw to it that there is one."""
        return _first("norm for", role, tuple(n for n in self.norms if n.role), key=lambda n: n.role)

    def guard_text(self, id: str) -> GuardText:
        return self._find("guard text", id, self.guard_texts)

    def municipality(self, code: str) -> Municipality:
        return _first("municipality", code, self.municipalities, key=lambda m: m.code)

    def legal_basis(self, id: str) -> LegalBasis:
        return self._find("legal basis", id, self.legal_bases)

    def indicator(self, id: str) -> Indicator:
        return self._find("indicator", id, self.indicators)

    def closing_reason(self, id: str) -> ClosingReason:
        return self._find("closing reason", id, self.closing_reasons)

    def advice_for(self, moment: str) -> tuple[Advice, ...]:
        """What the pack wants said at this moment (acts.ADVICE_MOMENTS), in the pack's own order."""
        return tuple(line for line in self.advice if moment in line.moments)

    def entry_state(self, about: str) -> str:
        """The state in which a signal about a person, a place or both starts."""
        for entry in self.entries:
            if about in entry.about:
                return entry.state
        raise UnknownInPolicy("entry", about, sorted(a for e in self.entries for a in e.about))

    def steps_for(self, act: str, state: str) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.act == act and state in s.from_states)

    def _find(self, what: str, id: str, rows: tuple) -> object:
        return _first(what, id, rows, key=lambda r: r.id)


class ThisPolicy:
    """A key for remembered answers: this very policy object. Comparing two policies entry by entry costs more
    than the answers do."""

    __slots__ = ("policy",)

    def __init__(self, policy: Policy):
        self.policy = policy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ThisPolicy) and self.policy is other.policy

    def __hash__(self) -> int:
        return id(self.policy)


class UnknownInPolicy(KeyError):
    """Something asked for an id that this pack does not have."""

    def __init__(self, what: str, id: str, known: list[str]):
        super().__init__(f"unknown {what} '{id}'. This pack has: {', '.join(known)}")


def _first(what: str, id: str, rows: tuple, *, key) -> object:
    for row in rows:
        if key(row) == id:
            return row
    raise UnknownInPolicy(what, id, sorted(key(r) for r in rows))
