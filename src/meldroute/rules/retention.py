"""How long a closed signal may be kept, and what is to be done about it today.

A term starts on the day a signal is closed. Before it ends its owner is warned; at its end it may be put on a list,
and nothing is destroyed before two different persons agreed. A hold, a signal that still leads others, and a term
that nobody knows each stop that, and say so.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .policy_entries import ClosingReason, Text

UNITS = ("days", "months", "years")
# What became of a closed signal, as far as keeping it goes.
OUTCOMES = ("acted", "not_taken_up", "too_little", "no_trafficking", "other_phenomenon")
# Why something may not be destroyed yet, in words that say nothing about a person.
HOLD_REASONS = ("procedure", "request", "complaint", "again", "other")
STANDINGS = ("open", "unknown", "held", "leads", "runs", "warn", "waits", "ripe")


@dataclass(frozen=True, slots=True)
class Period:
    amount: int
    unit: str  # UNITS

    def after(self, day: date) -> date:
        """The same day so much later; where that month is shorter, its last day."""
        if self.unit == "days":
            return day + timedelta(days=self.amount)
        months = day.month - 1 + self.amount * (12 if self.unit == "years" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))

    def shorter_than(self, other: "Period") -> bool:
        """Counted from a day that makes every month and year as long as it can be."""
        start = date(2023, 3, 1)
        return self.after(start) < other.after(start)


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the schedule. No period and not `keep`: nobody knows, so nothing goes by itself."""

    code: str  # in the selection list; "" where it has no entry
    outcome: str  # one of OUTCOMES; "" for what is not a signal of this program
    object: Text
    result: str
    period: Period | None
    keep: bool  # kept for good
    review: bool  # somebody looks again at the end, and may keep it once for as long again
    source: str
    status: str  # acts.STATUSES


@dataclass(frozen=True, slots=True)
class ProductTerm:
    """What this program does by its own rule."""

    period: Period
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Schedule:
    source: str
    since: date
    terms: tuple[Term, ...]
    warning: ProductTerm
    reminder: ProductTerm
    no_longer_kept: ProductTerm

    def of(self, outcome: str) -> Term:
        return next(term for term in self.terms if term.outcome == outcome)


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A municipality's own, shorter term: on whose advice, and since when that is written down."""

    period: Period
    advised_by: str
    advised_on: date


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What the rules may know about a closed signal that is kept."""

    outcome: str
    closed_on: date | None  # None: still open
    held: bool = False
    leads: bool = False  # signals that follow it are still kept
    extended: bool = False
    warned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is to be done today, and why."""

    standing: str  # STANDINGS
    ends_on: date | None
    look_on: date | None  # when there is something to do again; None: never by itself
    because: str  # one of STANDINGS's reasons, for the screen: the same word as `standing`
    term: Term | None
    own: OwnTerm | None
    source: str
    status: str
    may_extend: bool = False


def outcome_of(reason: ClosingReason, *, conclusion: str) -> str:
    """Which term a closed signal gets, from why it was closed and what the experts said last."""
    if reason.needs.startswith("conclusion:"):
        return {"none": "no_trafficking"}.get(reason.needs.removeprefix("conclusion:"), "other_phenomenon")
    if reason.needs == "taken_up":
        return "acted"
    return "too_little" if conclusion == "more_information" else "not_taken_up"


def may_be_matched(outcome: str | None) -> bool:
    """May it still be compared with other signals? Not once the experts said that it is no trafficking."""
    return outcome != "no_trafficking"


def keeping(facts: KeptFacts, schedule: Schedule, *, own: OwnTerm | None = None, today: date) -> Keeping:
    """Where this signal stands today. Destroying is never the answer: "ripe" may be put on a list."""
    if facts.closed_on is None:
        return Keeping("open", None, None, "open", None, None, "", "policy")
    term = schedule.of(facts.outcome)
    source, status = ("own term", "own norm") if own else (term.source, term.status)
    ends = ends_on(facts, term, own)

    def standing(word: str, look: date | None) -> Keeping:
        extend = term.review and not facts.extended and ends is not None
        return Keeping(word, ends, look, word, term, own, source, status, may_extend=extend)

    tomorrow = today + timedelta(days=1)
    if ends is None:
        return standing("unknown", None)
    if facts.held:
        return standing("held", None)
    if facts.leads and today >= ends:
        return standing("leads", tomorrow)
    warn = ends - _days(schedule.warning)
    if facts.warned_on is None or facts.warned_on < warn:  # one for an end that has moved since does not count
        return standing("warn", tomorrow) if today >= warn else standing("runs", warn)
    ripe = max(ends, facts.warned_on + _days(schedule.warning))
    return standing("ripe", None) if today >= ripe else standing("waits", ripe)


def ends_on(facts: KeptFacts, term: Term, own: OwnTerm | None) -> date | None:
    """The day on which the term ends; None where nobody knows, or where it is kept for good."""
    period = own.period if own else term.period
    if period is None or facts.closed_on is None:
        return None
    first = period.after(facts.closed_on)
    return period.after(first) if term.review and facts.extended else first


def _days(term: ProductTerm) -> timedelta:
    return timedelta(days=term.period.amount)


# A municipality's own terms

def own_term_causes(terms: dict[str, OwnTerm], schedule: Schedule, *, today: date) -> list[tuple[str, str]]:
    """(outcome, cause) for each own term that may not count."""
    return [(outcome, cause) for outcome, own in sorted(terms.items())
            if (cause := _own_cause(outcome, own, schedule, today))]


def _own_cause(outcome: str, own: OwnTerm, schedule: Schedule, today: date) -> str:
    if outcome not in OUTCOMES:
        return "unknown_outcome"
    listed = schedule.of(outcome).period
    if listed and not own.period.shorter_than(listed):
        return "not_shorter"
    if not own.advised_by.strip():
        return "no_advice"
    return "advice_later" if own.advised_on > today else ""


# Two persons


@dataclass(frozen=True, slots=True)
class Signature:
    """Who agreed: a person, whichever of their roles they used."""

    person: str
    role: str


def may_destroy(proposed: Signature | None, approved: Signature | None) -> bool:
    """Only what one person proposed and another approved."""
    return proposed is not None and approved is not None and proposed.person != approved.person
