"""What the services write reads back as what the rules say an act does: `check-policy` explores the latter."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from meldroute.rules.effects import Choice, after, with_choice
from meldroute.rules.facts import OPEN_REFERRAL, ReferralFacts, SignalFacts
from meldroute.rules.lifecycle import Allowed, may_take_step
from meldroute.rules.policy import Step
from meldroute.services.bundling import bundle, follow_lead, unbundle
from meldroute.services.desk import look_at
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.judging import Conclusion, conclude, judge_clear, who_answered
from meldroute.services.passing_on import complete_referrals, settle
from meldroute.services.taking_up import take_up
from meldroute.storage.facts import facts_of
from meldroute.storage.models import Referral
from tests.cast import MONDAY
from tests.services.acting_cases import advised, ask, call, called, clear, enriched, reported, signal, tried

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
        facts, policy = desk.facts, desk.policy
        choices = [(s, c) for s in policy.steps if facts.state in s.from_states and s.act in ACTS
                   for c in [ACTS[s.act][0](self, s, facts)] if c is not None and self._allowed(facts, s, c, policy)]
        if not choices:
            return False
        step, choice = self.data.draw(st.sampled_from(choices))
        self.now += timedelta(minutes=1)
        ACTS[step.act][1](self, step, choice)
        assert same(facts_of(signal(self.reference))) == same(after(facts, step, policy=policy, choice=choice)), step.id
        return True

    def _allowed(self, facts, step, choice, policy) -> bool:
        answer = may_take_step(with_choice(facts, step, choice), step, policy, role="focal_point", partner=choice.partner)
        return isinstance(answer, Allowed)

    def somebody_answers(self) -> None:
        """Between acts an expert may judge: that is no step of the signal."""
        waiting = Referral.objects.filter(signal=signal(self.reference), purpose="advice", status__in=OPEN_REFERRAL,
                                          round=signal(self.reference).round)
        if waiting and self.data.draw(st.booleans()):
            advised(self.cast, self.reference, waiting[0].partner)


def same(facts: SignalFacts) -> SignalFacts:
    """An expert who was asked by phone has heard the question: the same open request as one asked in writing."""
    referrals = {ReferralFacts(r.partner, r.purpose, "open" if r.purpose == "advice" and r.is_open else r.status)
                 for r in facts.referrals}
    return facts.with_(referrals=tuple(sorted(referrals, key=str)))


def partner(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return Choice(partner=walk.draw(*PARTNERS), reached=walk.draw(True, False))


def forms(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return Choice(forms=frozenset(walk.data.draw(st.sets(st.sampled_from(("SU", "AU", "CU", "OV")), min_size=1))))


def experts(walk: Walk, step: Step, facts: SignalFacts) -> Choice | None:
    free = [e for e in EXPERTS if not any(r.partner == e and r.is_open for r in facts.advice)]
    return Choice(partners=tuple(walk.data.draw(st.sets(st.sampled_from(free), min_size=1)))) if free else None


def conclusion(walk: Walk, step: Step, facts: SignalFacts) -> Choice:
    return forms(walk, step, facts) if step.conclusion == "trafficking" else Choice()


def do_conclude(walk: Walk, step: Step, choice: Choice) -> None:
    desk = walk.desk()
    said = Conclusion(step.conclusion, who_answered(desk), "Zo zien zij het.", forms=tuple(choice.forms),
                      phenomenon="fraude", goes_to="Belastingdienst", review_on=walk.now.date())
    conclude(walk.reference, said, reader=walk.cast.anna, now=walk.now)


def do_contact(walk: Walk, step: Step, choice: Choice) -> None:
    said = called(choice.partner, at=walk.now) if choice.reached else tried(choice.partner, at=walk.now)
    call(walk.cast, walk.reference, said, now=walk.now)


def plain(service):
    return lambda walk, step, choice: service(walk.reference, reader=walk.cast.anna, now=walk.now)


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
    "complete_referrals": (nothing, plain(complete_referrals)),
    "settle": (nothing, plain(settle)),
    "bundle": (nothing, lambda walk, step, choice: bundle(walk.reference, walk.lead, reader=walk.cast.anna, now=walk.now)),
    "unbundle": (nothing, plain(unbundle)),
    "follow_lead": (nothing, plain(follow_lead)),
}


def asked(cast) -> str:
    reference = enriched(cast)
    ask(cast, reference, "TFRIEC")
    advised(cast, reference, "TFRIEC")
    return reference


# A walk begins at random, but also far along: a random walk seldom gets there by itself.
BEGINNINGS = (reported, partial(reported, danger=True), enriched, asked, asked, lambda cast: clear(cast, "SU", "AU"))


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), begin=st.sampled_from(BEGINNINGS))
def test_after_every_act_the_rows_say_what_the_rules_say(cast, data, begin):
    walk = Walk(cast, data, begin=begin)
    for _ in range(10):
        if not walk.act():
            return
        walk.somebody_answers()
