"""The five cases stand in the words of this policy: their indicators, forms and partners are known to it."""

from datetime import date

import pytest

from meldroute.policies import cases, load_pack
from meldroute.rules.facts import SignalFacts
from meldroute.rules.route import route_signal

DAY = date(2026, 11, 23)
FIVE = cases("oost-brabant", on=DAY)


@pytest.mark.parametrize("case", FIVE, ids=lambda c: c.id)
def test_the_policy_knows_everything_a_case_names(case):
    policy = load_pack("oost-brabant", on=DAY).policy
    assert [policy.indicator(id).id for id in case.indicators] == list(case.indicators)
    assert [policy.form(id).id for id in case.forms] == list(case.forms)
    assert case.lessons


@pytest.mark.parametrize("case", FIVE, ids=lambda c: c.id)
def test_the_route_of_the_flowchart_is_the_route_the_case_expects(case):
    policy = load_pack("oost-brabant", on=DAY).policy
    routing = route_signal(SignalFacts(state="melden", forms=frozenset(case.forms)), policy)
    ranks: dict[int, set[str]] = {}
    for recipient in routing.recipients:
        if recipient.required:
            ranks.setdefault(recipient.rank, set()).add(recipient.partner)
    assert [ranks[rank] for rank in sorted(ranks)] == [set(group) for group in case.expected]


def test_there_are_five():
    assert [case.id for case in FIVE] == [f"CASE-{n}" for n in range(1, 6)]
