"""What the services write reads back as what the rules say an act does: `check-policy` explores the latter."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from meldroute.rules import acts
from meldroute.rules.effects import Choice, admitting, after, excluding, with_choice
from meldroute.rules.facts import OPEN_REFERRAL, SignalFacts
from meldroute.rules.lifecycle import Allowed, may_take_step
from meldroute.rules.policy import Step
from meldroute.rules.referral import answers_now
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.assessment import admit_partner, exclude_partner, set_danger
from meldroute.services.bundling import bundle, follow_lead, unbundle
from meldroute.services.closing import close, closing_page
from meldroute.services.desk import look_at
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.feedback import give_feedback, withhold_feedback
from meldroute.services.judging import Conclusion, conclude, judge_clear, who_answered
from meldroute.services.passing_on import complete_referrals, settle, skip_partner
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Referral
from tests.cast import MONDAY
from tests.services.acting_cases import advised, ask, call, called, clear, enriched, facts, reported, signal, tried
from tests.services.passing_on_help import pass_on
from tests.services.watched_acts import same

pytestmark = pytest.mark.django_db(transaction=True)
PARTNERS = ("AVIM", "ISZW", "ZOCO_HELMOND", "TFRIEC")
EXPERTS = ("AVIM", "ISZW", "ZOCO_HELMOND")
ITEMS = ("adres", "sancties", "anders")


class Walk:
    """One signal in the hands of one focal point, one act after another."""

    def __init__(self, cast, data, *, begin):
        self.cast, self.data = cast, data
        self.now = MONDAY
        self.lead = reported(cast)
        self.reference = begin(cast)

    def desk(self):
        return look_at(self.reference, reader=self.cast.anna, now=self.now)

    def draw(self, *values):
        return self.data.draw(st.sampled_from(values))

    def act(self) -> bool:
        """One act that the policy allows now; False when nothing of ours is left to do."""
        desk = self.desk()
        before, policy = desk.facts, desk.policy
        choices = [(s, c) for s in policy.steps if before.state in s.from_states and s.act in ACTS
                   for c in [ACTS[s.act][0](self, s, before)] if c is not None and self._allowed(before, s, c, policy)]
        if not choices:
            return False
        step, choice = self.data.draw(st.sampled_from(choices))
        self.now += timedelta(minutes=1)
        ACTS[step.act][1](self, step, choice)
        assert same(facts(self.reference)) == same(after(before, step, policy=policy, choice=choice)), step.id
        return True

    def _allowed(self, facts, step, choice, policy) -> bool:
        answer = may_take_step(with_choice(facts, step, choice), step, policy, role="focal_point", partner=choice.partner)
        return isinstance(answer, Allowed)

    def danger_turns_out(self) -> None:
        """Or is over. Raised after a talk with the urgent partner it asks for another one."""
        now = signal(self.reference)
        if now.kind != "end" and self.data.draw(st.integers(0, 3)) == 0:
            set_danger(self.reference, not now.danger, reason="Dat bleek nu.", reader=self.cast.anna, now=self.now)

    def somebody_is_involved(self) -> None:
        """A partner is excluded, or admitted again: that is no step of the policy either."""
        if signal(self.reference).kind == "end" or self.data.draw(st.integers(0, 3)):
            return
        before, partner = facts(self.reference), self.draw(*PARTNERS)
        policy, desk = self.desk().policy, {"reason": "Iemand daar is betrokken.", "reader": self.cast.anna, "now": self.now}
        if partner in before.excluded:
            admit_partner(self.reference, partner, **desk)
            assert facts(self.reference) == admitting(before, partner, policy).with_(referrals=facts(self.reference).referrals)
        else:
            exclude_partner(self.reference, partner, **desk)
            assert facts(self.reference) == excluding(before, partner)

    def somebody_answers(self) -> None:
        """Between acts an expert may judge or a partner report back: that is no step of the signal."""
        now = signal(self.reference)
        waiting = Referral.objects.filter(signal=now, status__in=OPEN_REFERRAL, round__in={0, now.round}).order_by("partner", "purpose")
        for row in waiting:
            if self.data.draw(st.booleans()):
                kind = "result" if row.purpose == "advice" else self.draw(*answers_now(row.status))
                said = NewAnswer(kind, "" if kind == "no_feedback" else "Dit zegt de partner.")
                answer_by_phone(self.reference, referral=row.pk, new=said, reader=self.cast.anna, now=self.now)


def partner(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return Choice(partner=walk.draw(*PARTNERS), reached=walk.draw(True, False))


def forms(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return Choice(forms=frozenset(walk.data.draw(st.sets(st.sampled_from(("SU", "AU", "CU", "OV")), min_size=1))))


def experts(walk: Walk, step: Step, facts: SignalFacts) -> Choice | None:
    free = [e for e in EXPERTS if e not in facts.excluded
            and not any(r.partner == e and r.is_open for r in facts.advice)]
    return Choice(partners=tuple(walk.data.draw(st.sets(st.sampled_from(free), min_size=1)))) if free else None


def conclusion(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return forms(walk, step, facts) if step.conclusion == "trafficking" else Choice()


def do_conclude(walk: Walk, step: Step, choice: Choice) -> None:
    desk = walk.desk()
    said = Conclusion(step.conclusion, who_answered(desk), "Zo zien zij het.", forms=tuple(choice.forms),
                      phenomenon="fraude", goes_to="Belastingdienst", review_on=walk.now.date())
    conclude(walk.reference, said, reader=walk.cast.anna, now=walk.now)


def do_contact(walk: Walk, step: Step, choice: Choice) -> None:
    told = {"told": None} if choice.partner in facts(walk.reference).excluded else {}
    said = called(choice.partner, at=walk.now, **told) if choice.reached else tried(choice.partner, at=walk.now)
    call(walk.cast, walk.reference, said, now=walk.now)


def do_refer(walk: Walk, step: Step, choice: Choice) -> None:
    pass_on(walk.cast, walk.reference, choice.partner, channel="link", to="post@partner.example", agreement="unknown",
            now=walk.now)


def some_partner(walk: Walk, step: Step, facts: SignalFacts) -> Choice | None:
    """One whom no written request waits for: a second one is refused, whatever the policy allows."""
    free = [p for p in PARTNERS if not any(r.partner == p and r.is_open for r in facts.passed_on)
            and (step.act == "skip_referral" or p not in facts.excluded)]
    return Choice(partner=walk.draw(*free)) if free else None


def do_close(walk: Walk, step: Step, choice: Choice) -> None:
    page = closing_page(walk.reference, reader=walk.cast.anna, now=walk.now)
    reason = next(r.id for r in page.reasons if r.fits)
    close(walk.reference, reason=reason, reader=walk.cast.anna, now=walk.now)


def plain(service, **words):
    return lambda walk, step, choice: service(walk.reference, reader=walk.cast.anna, now=walk.now, **words)


def nothing(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return Choice()


# Per act: what is drawn to choose along with it, and the service that does it.
ACTS = {
    "take_up": (nothing, plain(take_up)),
    "enrich": (lambda walk, step, facts: Choice(items=frozenset({walk.draw(*ITEMS)})),
               lambda walk, step, choice: add_fact(walk.reference, NewFact(
                   next(iter(choice.items)), "nothing", "", "BRP", "verrijken-taak"), reader=walk.cast.anna, now=walk.now)),
    "record_contact": (partner, do_contact),
    "ask_advice": (experts, lambda walk, step, choice: ask(walk.cast, walk.reference, *choice.partners, now=walk.now)),
    "ask_more_advice": (experts, lambda walk, step, choice: ask(walk.cast, walk.reference, *choice.partners,
                                                                act="ask_more_advice", now=walk.now)),
    "conclude": (conclusion, do_conclude),
    "judge_clear": (forms, lambda walk, step, choice: judge_clear(
        walk.reference, forms=choice.forms, why="Duidelijk.", reader=walk.cast.anna, now=walk.now)),
    "refer": (some_partner, do_refer),
    "skip_referral": (some_partner, lambda walk, step, choice: skip_partner(
        walk.reference, partner=choice.partner, reason="Dit kan hier niet.", reader=walk.cast.anna, now=walk.now)),
    "complete_referrals": (nothing, plain(complete_referrals)),
    "settle": (nothing, plain(settle)),
    "give_feedback": (nothing, plain(give_feedback, text="Dank u. Uw signaal is besproken.")),
    "withhold_feedback": (nothing, plain(withhold_feedback, reason="De melder is niet bereikbaar.")),
    "close": (nothing, do_close),
    "bundle": (nothing, lambda walk, step, choice: bundle(walk.reference, walk.lead, reader=walk.cast.anna, now=walk.now)),
    "unbundle": (nothing, plain(unbundle)),
    "follow_lead": (nothing, plain(follow_lead)),
}


def waiting_for_partners(cast) -> str:
    reference = clear(cast, "AU")
    for partner in ("ISZW", "ZOCO_HELMOND"):
        pass_on(cast, reference, partner, channel="link", to="post@partner.example", agreement="unknown")
    return reference


def reporting_back(cast) -> str:
    """Called, answered and settled: only the reporter still has to hear."""
    reference = clear(cast, "AU")
    for partner in ("ISZW", "ZOCO_HELMOND"):
        call(cast, reference, called(partner))
    complete_referrals(reference, reader=cast.anna, now=MONDAY)
    for row in Referral.objects.filter(signal=signal(reference)):
        answer_by_phone(reference, referral=row.pk, new=NewAnswer("feedback", "Opgepakt."), reader=cast.anna, now=MONDAY)
    settle(reference, reader=cast.anna, now=MONDAY)
    return reference


def asked(cast) -> str:
    reference = enriched(cast)
    ask(cast, reference, "TFRIEC")
    advised(cast, reference, "TFRIEC")
    return reference


# A walk begins at random, but also far along: a random walk seldom gets there by itself.
BEGINNINGS = (reported, partial(reported, danger=True), enriched, asked, asked, lambda cast: clear(cast, "SU", "AU"),
              waiting_for_partners, reporting_back)


def test_a_walk_knows_every_act_of_the_policy():
    assert set(ACTS) == acts.ACTS


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), begin=st.sampled_from(BEGINNINGS))
def test_after_every_act_the_rows_say_what_the_rules_say(cast, data, begin):
    walk = Walk(cast, data, begin=begin)
    for _ in range(10):
        if not walk.act():
            return
        walk.somebody_answers()
        walk.danger_turns_out()
        walk.somebody_is_involved()
