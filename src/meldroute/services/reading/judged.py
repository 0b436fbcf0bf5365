"""What was judged about a signal: why it is clear, what the experts concluded and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from meldroute.rules.policy import Policy, Text


@dataclass(frozen=True, slots=True)
class ConclusionCard:
    """One conclusion of the experts, in their words, with what comes of it."""

    label: Text
    whose: tuple[str, ...]
    text: str
    phenomenon: Text | None
    goes_to: str
    review_on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class JudgedCard:
    why_clear: str
    sub_forms: tuple[Text, ...]
    conclusions: tuple[ConclusionCard, ...]  # newest first
    danger_because: str
    minor_because: str

    @property
    def empty(self) -> bool:
        return not (self.why_clear or self.conclusions or self.danger_because or self.minor_because)


def judged(assessment: Mapping[str, object], policy: Policy) -> JudgedCard:
    """From what is sealed about the assessment. An older signal may lack any part of it."""
    names = {p.id: p.known_as for p in policy.partners}
    kinds = {f"{f.id}.{s.id}": s.label for f in policy.forms for s in f.sub_forms}
    return JudgedCard(
        why_clear=assessment.get("judgement", {}).get("why", ""),
        sub_forms=tuple(kinds[id] for id in assessment.get("sub_forms", ()) if id in kinds),
        conclusions=tuple(_conclusion(c, policy, names) for c in reversed(assessment.get("conclusions", ()))),
        danger_because=assessment.get("danger_because", ""), minor_because=assessment.get("minor_because", ""),
    )


def _conclusion(told: Mapping[str, object], policy: Policy, names: Mapping[str, str]) -> ConclusionCard:
    phenomena = {p.id: p.label for p in policy.phenomena}
    return ConclusionCard(
        label=next(s.label for s in policy.steps if s.conclusion == told["kind"]),
        whose=tuple(names.get(id, id) for id in told["whose"]), text=told["text"],
        phenomenon=phenomena.get(told["phenomenon"]), goes_to=told["goes_to"],
        review_on=date.fromisoformat(told["review_on"]) if told["review_on"] else None,
        at=datetime.fromisoformat(told["at"]),
    )
