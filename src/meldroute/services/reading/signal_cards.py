"""The parts of a signal's page. Each is what a focal point may see of it, and nothing a template could ask further."""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.lifecycle import Allowed, Refused
from meldroute.rules.policy import Advice, ChecklistItem, Conflict, Form, Indicator, Policy, State, Text
from meldroute.rules.route import Routing
from meldroute.services.calling import CallCard
from meldroute.services.safe_contact_cards import SafeContactCard

from .judged import JudgedCard


@dataclass(frozen=True, slots=True)
class ReportCard:
    """What the reporter said, and who that was: the focal point sees the name (the report form says so)."""

    narrative: str
    about: str
    where: str
    when: str
    called: tuple[str, ...]
    name_allowed: bool
    care_provider: bool
    on_behalf_of: str
    reporter: str  # "" when somebody from outside gave no name
    contact: str  # how somebody from outside can be reached, in their words
    language: str  # in which they read and write; "" for a colleague
    channel: str
    received_at: datetime
    noticed: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class FactCard:
    text: str
    source: str
    outcome: str  # "found", "nothing" or "impossible"
    legal_basis: Text
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One item of the checklist with what was found."""

    item: ChecklistItem
    facts: tuple[FactCard, ...]

    @property
    def done(self) -> bool:
        return bool(self.facts)


@dataclass(frozen=True, slots=True)
class ContactCard:
    partner: str
    at: datetime
    channel: str
    reached: bool
    details: dict[str, str]  # whom, reference, agreements, or outcome and reason
    by: str


@dataclass(frozen=True, slots=True)
class DisclosureCard:
    id: str
    text: str
    purpose: str
    legal_basis: Text
    fields: tuple[str, ...]
    override: bool
    channel: str
    at: datetime
    by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerCard:
    kind: str
    via: str
    text: str
    steps: str
    options: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReferralCard:
    id: str
    partner: str
    partner_id: str
    purpose: str
    status: str
    channel: str
    opened_at: datetime
    due_at: datetime | None
    standing: str | None
    disclosures: tuple[DisclosureCard, ...]
    answers: tuple[AnswerCard, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: datetime
    act: str
    step: Text | None
    by: str


@dataclass(frozen=True, slots=True)
class FeedbackCard:
    kind: str
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WordCard:
    """What the desk asked somebody from outside, or what they wrote."""

    question: bool
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SignalPage:
    reference: str
    version: int
    lane: str
    danger: bool
    contacted: bool  # the urgent partner was spoken to
    urgent_excluded: bool  # the signal is not shared with the urgent partner
    urgent: str  # their name this year
    minor: bool | None
    state: State
    due_at: datetime
    standing: str
    norm: Text | None  # of the running clock; the screen says whose norm it is
    norm_source: str
    forms: tuple[Form, ...]
    conclusion: str
    closing_reason: str
    report: ReportCard
    summary: str
    indicators: tuple[Indicator, ...]
    excluded: tuple[str, ...]  # partners that may not be told
    judged: JudgedCard
    checklist: tuple[ItemCard, ...]
    contacts: tuple[ContactCard, ...]
    referrals: tuple[ReferralCard, ...]
    feedback: tuple[FeedbackCard, ...]
    words: tuple[WordCard, ...]  # exchanged with somebody from outside
    spam_because: str  # why it was put aside
    timeline: tuple[TimelineEntry, ...]
    steps: tuple[Allowed | Refused, ...]
    calls: tuple[CallCard, ...]
    routing: Routing
    conflicts: tuple[Conflict, ...]
    meanwhile: str  # "nothing", "something", "not_asked"
    meanwhile_text: str
    minor_advice: tuple[Advice, ...]
    lead: str | None
    bundled: tuple[str, ...]
    shielded: bool  # narrowed to named people
    policy: Policy
    safe_contact: tuple[SafeContactCard, ...] = ()
    held: int = 0  # notices to the reporter that wait for a person
