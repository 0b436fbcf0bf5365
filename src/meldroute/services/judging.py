"""Vague or clear, and what the experts concluded. With trafficking comes a form, and with the form a route.

On a vague signal the conclusion is the experts', never the focal point's alone and never the program's (S-3.4-05):
it is recorded with whose it is, among those who were asked and answered.
Sealed in `assessment_sealed`: `judgement` (why it is clear, sub-forms) and `conclusions`, one per round.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from meldroute.rules.actors import Reader
from meldroute.rules.facts import JUDGED_REFERRAL
from meldroute.rules.working_time import is_working_day, local_date, local_moment, working_span
from meldroute.storage.models import Clock, Referral

from . import clocks
from .assessment import UnknownChoice, assessment_of, keep
from .closing import bring_members_along
from .desk import Desk, at_desk
from .referral import ReasonMissing
from .urgent_calls import keep_calling


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the experts said, whose words it is, and what comes of it."""

    kind: str  # acts.CONCLUSIONS
    whose: tuple[str, ...]  # partners who were asked and answered
    text: str  # their advice: outcome, steps and options (S-B1-10)
    forms: tuple[str, ...] = ()  # with "trafficking"
    sub_forms: tuple[str, ...] = ()
    phenomenon: str = ""  # with "other_phenomenon"
    goes_to: str = ""
    review_on: date | None = None  # with "more_information"


class NotTheirConclusion(ValueError):
    """Only somebody who was asked and answered can have concluded."""

    def __init__(self, whose: tuple[str, ...], answered: tuple[str, ...]):
        super().__init__(f"conclusion: {', '.join(whose) or 'nobody'} did not give advice in this round. "
                         f"Choose from {', '.join(answered) or 'nobody yet: record an answer first'}.")  # fmt: skip
        self.whose, self.answered = whose, answered


class ConclusionIncomplete(ValueError):
    def __init__(self, missing: str):
        super().__init__(f"conclusion: {missing} missing. Fill it in: the next step depends on it.")
        self.missing = missing


class ReviewOutOfReach(ValueError):
    """The review date is not between now and the norm."""

    def __init__(self, first: date, last: date):
        super().__init__(f"review date: choose a day from {first} to {last}.")
        self.first, self.last = first, last


def judge_clear(reference: str, *, forms: Iterable[str], why: str, reader: Reader, now: datetime,
                sub_forms: Iterable[str] = (), version: int | None = None) -> None:
    """It is clearly trafficking: one or several forms, so the route of all of them (F1.D3)."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _choose_forms(desk, forms, sub_forms)
        allowed = desk.step("judge_clear")
        if not why.strip():
            raise ReasonMissing("judgement")
        keep(desk, judgement={"why": why.strip(), "by": str(reader.membership), "at": now.isoformat()})
        desk.move(allowed)
        keep_calling(desk)


def conclude(reference: str, conclusion: Conclusion, *, reader: Reader, now: datetime,
             version: int | None = None) -> None:
    """Record what the experts concluded, and take the step that follows from it."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        if conclusion.kind == "trafficking":
            _choose_forms(desk, conclusion.forms, conclusion.sub_forms)
        allowed = desk.step("conclude", conclusion=conclusion.kind)
        _check(conclusion, desk)
        _keep_conclusion(conclusion, desk)
        round_ = desk.signal.round
        desk.signal.conclusion = conclusion.kind
        desk.signal.round += conclusion.kind == "more_information"
        desk.move(allowed)
        desk.note("advice.concluded", whose=list(conclusion.whose), conclusion=conclusion.kind)
        _rest_open_advice(desk, round_)
        _after(conclusion, desk)


def _choose_forms(desk: Desk, forms: Iterable[str], sub_forms: Iterable[str]) -> None:
    known = {f.id: {s.id for s in f.sub_forms} for f in desk.policy.forms}
    chosen = tuple(dict.fromkeys(forms))
    for unknown in (f for f in chosen if f not in known):
        raise UnknownChoice("form", unknown)
    of_these = {f"{form}.{sub}" for form in chosen for sub in known[form]}
    kinds = tuple(dict.fromkeys(sub_forms))
    for unknown in (s for s in kinds if s not in of_these):
        raise UnknownChoice("sub-form", unknown)
    desk.signal.forms = sorted(chosen)
    keep(desk, sub_forms=sorted(kinds))
    desk.refresh_facts()


def _check(conclusion: Conclusion, desk: Desk) -> None:
    answered = who_answered(desk)
    if not conclusion.whose or set(conclusion.whose) - set(answered):
        raise NotTheirConclusion(conclusion.whose, answered)
    if not conclusion.text.strip():
        raise ConclusionIncomplete("text")
    if conclusion.kind == "other_phenomenon":
        _check_phenomenon(conclusion, desk)


def _check_phenomenon(conclusion: Conclusion, desk: Desk) -> None:
    if conclusion.phenomenon not in {p.id for p in desk.policy.phenomena}:
        raise ConclusionIncomplete("phenomenon")
    if not conclusion.goes_to.strip():
        raise ConclusionIncomplete("goes_to")


def who_answered(desk: Desk) -> tuple[str, ...]:
    """Experts whose advice on this signal judged something, in this round."""
    return tuple(
        Referral.objects.of_signal(desk.signal.pk)
        .filter(purpose="advice", round=desk.signal.round, status__in=JUDGED_REFERRAL)
        .order_by("opened_at").values_list("partner", flat=True)
    )  # fmt: skip


def _keep_conclusion(conclusion: Conclusion, desk: Desk) -> None:
    told = {
        "round": desk.signal.round, "kind": conclusion.kind, "whose": list(conclusion.whose),
        "text": conclusion.text.strip(), "phenomenon": conclusion.phenomenon, "goes_to": conclusion.goes_to.strip(),
        "review_on": conclusion.review_on.isoformat() if conclusion.review_on else "", "at": desk.now.isoformat(),
    }  # fmt: skip
    earlier = assessment_of(desk.signal, desk.key).get("conclusions", [])
    keep(desk, conclusions=[*earlier, told])


def _rest_open_advice(desk: Desk, round_: int) -> None:
    """Experts who have not answered are not pressed any more; what they still say is kept."""
    for request in Referral.objects.of_signal(desk.signal.pk).filter(purpose="advice", round=round_):
        clocks.stop_clocks(desk.signal, now=desk.now, referral=request)


def _after(conclusion: Conclusion, desk: Desk) -> None:
    bring_members_along(desk)
    if conclusion.kind == "trafficking":
        keep_calling(desk)
    if conclusion.kind == "more_information" and desk.signal.kind == "enrich":
        _review(conclusion.review_on, desk)


def _review(day: date | None, desk: Desk) -> None:
    """The state's clock now ends on the review date, within the norm: a signal never waits for ever."""
    first, last = local_date(desk.now), local_date(review_limit(desk))
    if day is None or not first <= day <= last:
        raise ReviewOutOfReach(first, last)
    clock = _review_clock(desk)
    clock.due_at = max(desk.now, min(clock.due_at, _end_of(day, desk)))
    clock.next_action_at = desk.now + (clock.due_at - desk.now) * clocks.REMIND_AFTER
    clocks.stop_state_clock(desk.signal, policy=desk.policy, now=desk.now)
    clock.save(force_insert=True)


def review_limit(desk: Desk) -> datetime:
    """The last moment to which a review may be put off."""
    return _review_clock(desk).due_at


def _review_clock(desk: Desk) -> Clock:
    norm = desk.policy.norm_for_role("review").norm.id
    return clocks.new_clock(desk.signal, norm, policy=desk.policy, choices=desk.choices, now=desk.now)


def _end_of(day: date, desk: Desk) -> datetime:
    hours = desk.choices.hours
    return working_span(day, hours)[1] if is_working_day(day, hours) else local_moment(day, time(17))

