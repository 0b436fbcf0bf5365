"""Which page an act has, and how the reader is told about steps. One place, keyed by the acts of `rules.acts`."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language

from meldroute.rules.lifecycle import Allowed, Refused

# An act about one partner of the route has its button in that partner's row on the signal's page.
IN_THE_ROUTE = frozenset({"refer", "skip_referral"})
PAGES = {
    "take_up": "take_up",
    "enrich": "enrich",
    "record_contact": "record_contact",
    "ask_advice": "ask_advice",
    "ask_more_advice": "ask_more_advice",
    "conclude": "conclude",
    "judge_clear": "judge_clear",
    "complete_referrals": "complete_referrals",
    "settle": "settle",
    "give_feedback": "give_feedback",
    "withhold_feedback": "withhold_feedback",
    "close": "close",
    "bundle": "bundle",
    "unbundle": "unbundle",
    "follow_lead": "follow_lead",
}
# What moves the signal on stands first, in this order; the first allowed one is the page's main button.
ORDER = ("take_up", "judge_clear", "ask_advice", "conclude", "refer", "complete_referrals", "settle", "give_feedback",
         "close", "record_contact", "enrich", "ask_more_advice", "skip_referral", "withhold_feedback", "bundle",
         "unbundle", "follow_lead")


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step as the step list draws it."""

    label: str
    allowed: bool
    url: str = ""
    hint: str = ""
    primary: bool = False
    because: str = ""
    opens_with: str = ""
    source: str = ""


def step_links(steps: tuple[Allowed | Refused, ...], *, reference: str, danger_first: bool) -> list[StepLink]:
    """Allowed steps as buttons, the others with why not. In danger that nobody called about, calling comes first."""
    allowed = sorted((s for s in steps if isinstance(s, Allowed)), key=lambda s: _rank(s, danger_first=danger_first))
    choosing = [Allowed(s.step, s.step.to or "") for s in steps if _chosen_there(s)]
    links = [_allowed(s, reference, primary=n == 0) for n, s in enumerate(_once_per_page([*allowed, *choosing]))]
    return links + [_refused(s) for s in steps if isinstance(s, Refused) and s.guard != "role" and not _chosen_there(s)]


def _chosen_there(answer: Allowed | Refused) -> bool:
    """Held back by nothing but the forms, which are chosen on the page of the act itself."""
    return isinstance(answer, Refused) and answer.guard == "forms_chosen" and answer.step.act in PAGES


def _rank(answer: Allowed, *, danger_first: bool) -> int:
    if danger_first and answer.step.act == "record_contact":
        return -1
    return ORDER.index(answer.step.act)


def _once_per_page(steps: list[Allowed]) -> list[Allowed]:
    """Several conclusions share one page: one button for them."""
    seen: dict[str, Allowed] = {}
    for step in steps:
        seen.setdefault(PAGES.get(step.step.act, "route"), step)
    return list(seen.values())


def _allowed(answer: Allowed, reference: str, *, primary: bool) -> StepLink:
    step = answer.step
    at_route = step.act in IN_THE_ROUTE
    url = "#route" if at_route else reverse(PAGES[step.act], kwargs={"reference": reference})
    return StepLink(step.label.say(get_language() or "nl"), True, primary=primary, url=url)


def _refused(answer: Refused) -> StepLink:
    return StepLink(answer.step.label.say(get_language() or "nl"), False, because=answer.because,
                    opens_with=answer.opens_with, source=answer.source)
