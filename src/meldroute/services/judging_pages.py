"""What stands on the pages of judging: the forms with their routes and reasons, and what the experts said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from meldroute.rules.actors import Reader
from meldroute.rules.lifecycle import Allowed, Refused
from meldroute.rules.policy import Advice, Conflict, Form, Phenomenon, Policy, State, Text
from meldroute.rules.route import route_signal
from meldroute.rules.working_time import local_date
from meldroute.storage.models import Answer, Referral

from .judging import review_limit, who_answered
from .opening import ActCard, Opened, opened
from .referral import resolved
from .running_policy import pack_now


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One partner on the route that would follow: in which place, and why."""

    rank: int
    partner: str
    required: bool
    because: tuple[Text, ...]
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class FormChoice:
    form: Form
    route: tuple[RouteStep, ...]  # of this form alone
    note: Text | None


@dataclass(frozen=True, slots=True)
class JudgingPage:
    act: ActCard
    forms: tuple[FormChoice, ...]
    chosen: tuple[str, ...]
    route: tuple[RouteStep, ...]  # of all chosen forms together: the strictest order wins
    conflicts: tuple[Conflict, ...]
    minor_lines: tuple[Advice, ...]
    summary: str


def judging_page(reference: str, *, reader: Reader, now: datetime, forms: Iterable[str] = (),
                 language: str = "nl") -> JudgingPage:
    """The forms, and for the chosen ones the route that would follow, before anything is decided."""
    with opened(reference, reader=reader, now=now, part="judging", language=language) as found:
        chosen = _known(forms, found.policy)
        facts = found.desk.facts.with_(forms=frozenset(chosen or [f.id for f in found.policy.forms]))
        return JudgingPage(
            act=found.card(found.answer("judge_clear", facts=facts)), forms=_forms(found), chosen=chosen,
            route=route_of(found, chosen), conflicts=found.policy.conflicts if chosen else (),
            minor_lines=found.minor_lines(), summary=found.unseal(found.signal, "assessment_sealed").get("summary", ""),
        )


def _known(forms: Iterable[str], policy: Policy) -> tuple[str, ...]:
    known = [f.id for f in policy.forms]
    return tuple(sorted(set(forms) & set(known), key=known.index))


def _forms(found: Opened) -> tuple[FormChoice, ...]:
    notes = {r.form: r.note for r in found.policy.routes}
    return tuple(FormChoice(f, route_of(found, (f.id,)), notes.get(f.id)) for f in found.policy.forms)


def route_of(found: Opened, forms: Iterable[str]) -> tuple[RouteStep, ...]:
    """The route of these forms, with the names of this year and of this municipality."""
    facts = found.desk.facts.with_(forms=frozenset(forms))
    names = {p.id: p.known_as for p in (*found.policy.partners, *pack_now(now=found.desk.now).policy.partners)}
    because = {f.id: f.label for f in found.policy.forms} | {e.id: e.because for e in found.policy.extras}
    return tuple(
        RouteStep(r.rank, names[resolved(found.desk, r.partner)], r.required, tuple(because[b] for b in r.because),
                  r.source, r.status)
        for r in route_signal(facts, found.policy).recipients
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExpertAdvice:
    partner: str
    name: str
    status: str
    question: str
    answers: tuple[tuple[str, str, datetime], ...]  # kind, words (outcome, steps, options), when


@dataclass(frozen=True, slots=True)
class ConclusionChoice:
    conclusion: str
    label: Text
    to: State
    answer: Allowed | Refused

    @property
    def allowed(self) -> bool:
        return isinstance(self.answer, Allowed)


@dataclass(frozen=True, slots=True)
class ConcludingPage:
    act: ActCard
    choices: tuple[ConclusionChoice, ...]
    advice: tuple[ExpertAdvice, ...]
    answered: tuple[tuple[str, str], ...]  # whose conclusion it can be: id, name
    phenomena: tuple[Phenomenon, ...]
    forms: tuple[FormChoice, ...]
    review_first: date
    review_last: date
    rounds: int
    most_rounds: int
    lines: tuple[Advice, ...]
    route: tuple[RouteStep, ...]


def concluding_page(reference: str, *, reader: Reader, now: datetime, forms: Iterable[str] = (),
                    language: str = "nl") -> ConcludingPage:
    with opened(reference, reader=reader, now=now, part="conclusion", language=language) as found:
        names = {p.id: p.known_as for p in pack_now(now=now).policy.partners}
        choices = _choices(found)
        return ConcludingPage(
            act=found.card(_any(choices, found)), choices=choices, advice=_advice(found, names),
            answered=tuple((id, names.get(id, id)) for id in who_answered(found.desk)),
            phenomena=found.policy.phenomena, forms=_forms(found), review_first=local_date(now),
            review_last=local_date(review_limit(found.desk)), rounds=found.signal.round,
            most_rounds=found.policy.max_loops, lines=found.lines("conclude"),
            route=route_of(found, _known(forms, found.policy)),
        )


def _choices(found: Opened) -> tuple[ConclusionChoice, ...]:
    """Per conclusion the step that can be taken, else why not. Forms are chosen here, so they hold none back."""
    facts = found.desk.facts.with_(forms=frozenset(f.id for f in found.policy.forms))
    kinds = dict.fromkeys(s.conclusion for s in found.policy.steps_for("conclude", found.signal.state))
    answers = {kind: found.answer("conclude", conclusion=kind, facts=facts) for kind in kinds}
    return tuple(ConclusionChoice(c, a.step.label, found.policy.state(a.step.to), a) for c, a in answers.items())


def _any(choices: tuple[ConclusionChoice, ...], found: Opened) -> Allowed | Refused:
    """One conclusion that can be drawn opens the page."""
    allowed = (c.answer for c in choices if c.allowed)
    return next(allowed, choices[0].answer if choices else found.answer("conclude"))


def _advice(found: Opened, names: dict[str, str]) -> tuple[ExpertAdvice, ...]:
    requests = Referral.objects.of_signal(found.signal.pk).filter(purpose="advice", round=found.signal.round)
    said: dict[object, list[tuple[str, str, datetime]]] = {}
    for row in Answer.objects.of_signal(found.signal.pk).filter(referral__purpose="advice").order_by("at"):
        said.setdefault(row.referral_id, []).append((row.kind, _words(found.unseal(row)), row.at))
    return tuple(
        ExpertAdvice(r.partner, names.get(r.partner, r.partner), r.status, found.unseal(r).get("question", ""),
                     tuple(said.get(r.pk, ())))
        for r in requests.order_by("opened_at")
    )  # fmt: skip


def _words(content: dict) -> str:
    return "\n".join(content[part] for part in ("text", "steps", "options") if content.get(part))
