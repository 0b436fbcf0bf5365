"""A municipality's own choices on top of the region's policy: checked before they count.

Norms, hours and people are the municipality's; states, steps and routes never are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from .contacts import Channel
from .deadlines import Norm, due_at
from .policy import NormRow, Policy, Text
from .retention import OwnTerm
from .working_time import OFFICE_HOURS, NoWorkingTime, WorkingHours

# How long focal point and buddy have, once told that a term has passed, before the chain director hears that
# something is late. The policy gives no such time and no pack has to name it: it is the product's proposal.
ESCALATION = NormRow(
    Norm("escaleren", 1, "working_days"),
    Text("Daarna de ketenregisseur inlichten", "Then tell the chain director"),
    source="eigen norm; S-B2-32 noemt geen termijn",
    status="proposal",
    danger=Norm("escaleren", 1, "hours"),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How colleagues find their focal point, and how signals come in here (S-B2-16, S-B2-38 to S-B2-40)."""

    phone: str = ""
    email: str = ""
    reporting_point: str = ""  # a municipal reporting point that takes signals too, where there is one
    route: str = ""  # in the municipality's own words
    structures: str = ""  # existing meetings and teams that this joins


@dataclass(frozen=True, slots=True)
class Outside:
    """The page for citizens and professionals outside. Closed until the municipality opens it."""

    open: bool = False
    phone: str = ""  # whom to call with a question: stands on that page
    email: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What one municipality chose. Everything has a default, so that a new municipality can start.

    Who is focal point, buddy or takes signals about a colleague are memberships, not choices.
    """

    norms: Mapping[str, Norm] = field(default_factory=dict)
    hours: WorkingHours = OFFICE_HOURS
    local_channels: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)
    neighbour: UUID | None = None  # organisation whose focal point stands in, by mandate
    reach: Reach = Reach()
    outside: Outside = Outside()
    retention: Mapping[str, OwnTerm] = field(default_factory=dict)  # by outcome: shorter terms, on the officer's advice

    def norm(self, id: str, policy: Policy) -> NormRow:
        """The norm in force: the municipality's own, else the pack's proposal. Never the policy's: it has none."""
        return self._own(policy.norm(id))

    def escalation(self) -> NormRow:
        return self._own(ESCALATION)

    def all_norms(self, policy: Policy) -> tuple[NormRow, ...]:
        """Every norm a municipality can set, as it stands now."""
        return tuple(self._own(row) for row in (*policy.norms, ESCALATION))

    def _own(self, row: NormRow) -> NormRow:
        own = self.norms.get(row.norm.id)
        return replace(row, norm=own, source="own norm") if own else row


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that keeps choices from being saved. `cause` is one of CAUSES; a screen has the words."""

    place: str  # "norm:lezen", "contact:WIJKAGENT", "hours"
    cause: str


CAUSES = (
    "unknown_norm",  # this policy has no such norm
    "no_working_time",  # the hours hold too little working time for a norm
    "unknown_partner",  # this policy has no such partner
    "regional_partner",  # the region keeps this partner's numbers, not a municipality
)


def findings(choices: Choices, policy: Policy, *, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with these choices under this policy; nothing when they can count."""
    return (*_norm_findings(choices, policy, now), *_contact_findings(choices, policy))


def _norm_findings(choices: Choices, policy: Policy, now: datetime) -> Iterator[Finding]:
    known = {row.norm.id for row in (*policy.norms, ESCALATION)}
    yield from (Finding(f"norm:{id}", "unknown_norm") for id in sorted(choices.norms.keys() - known))
    for row in choices.all_norms(policy):
        try:
            due_at(row.norm, start=now, hours=choices.hours, danger=False)
        except NoWorkingTime:
            yield Finding(f"norm:{row.norm.id}", "no_working_time")


def _contact_findings(choices: Choices, policy: Policy) -> Iterator[Finding]:
    local = {p.id: p.per_municipality for p in policy.partners}
    for partner in sorted(choices.local_channels):
        if partner not in local:
            yield Finding(f"contact:{partner}", "unknown_partner")
        elif not local[partner]:
            yield Finding(f"contact:{partner}", "regional_partner")
