"""What the pack of Oost-Brabant says, as sentences a policy officer can check against the policy."""

import json
import re
from datetime import date

import pytest

from meldroute.policies import statements
from meldroute.rules.facts import SignalFacts
from meldroute.rules.route import route_signal

STATEMENT = re.compile(r"S-[0-9A-Z][0-9A-Za-z.]*-\d+")


@pytest.fixture(scope="module")
def entries(oost_brabant):
    """Every table anywhere in the pack that has a source."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            found.extend([value] if "source" in value else [])
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            walk(inner)

    walk(json.loads(oost_brabant.canonical))
    return found


# --- where things were read -----------------------------------------------------------------------


def test_every_statement_that_is_named_exists(entries):
    known = statements(on=date(2026, 11, 23)).keys()
    named = {id for entry in entries for id in STATEMENT.findall(entry["source"])}
    assert len(named) > 100
    assert not named - known


def test_what_the_policy_says_names_the_place_in_the_policy(entries):
    for entry in entries:
        if entry.get("status") == "policy":
            assert re.search(r"S-|F1\.|bijlage|hoofdstuk|beleid|Beleidsplan", entry["source"]), entry


def test_what_the_policy_does_not_say_never_claims_to_be_policy(policy):
    """The policy gives no time limit for any step."""
    for row in policy.norms:
        assert row.status == "proposal", row.norm.id
        assert "eigen norm, niet uit het beleid" in row.label.nl
        assert "own norm, not from the policy" in row.label.en


# --- routes ---------------------------------------------------------------------------------------


@pytest.mark.requirement("S-B1-11", "S-B1-12")
@pytest.mark.parametrize(
    ("forms", "danger", "route"),
    [
        ({"SU"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"CU"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"OV"}, False, [(1, "AVIM"), (2, "ZOCO")]),
        ({"AU"}, False, [(1, "ISZW"), (1, "ZOCO")]),  # no order between these two
        ({"SU", "AU"}, False, [(1, "AVIM"), (1, "ISZW"), (2, "ZOCO")]),  # the union, and the strictest order
        (set(), False, []),  # nobody judged a form yet
    ],
)
def test_who_must_hear_about_a_form_and_in_which_order(policy, forms, danger, route):
    routing = route_signal(SignalFacts(state="melden", forms=frozenset(forms), danger=danger), policy)
    assert [(r.rank, r.partner) for r in routing.recipients if r.required] == route


@pytest.mark.parametrize(
    ("forms", "danger", "extras"),
    [
        ({"AU"}, False, {"TFRIEC"}),
        ({"AU"}, True, {"AVIM", "TFRIEC"}),  # F1.K1: in danger AVIM as well
        ({"SU"}, True, set()),  # AVIM is on the route already
        ({"SU", "AU"}, True, {"TFRIEC"}),
    ],
)
def test_who_may_hear_beside_the_route(policy, forms, danger, extras):
    routing = route_signal(SignalFacts(state="melden", forms=frozenset(forms), danger=danger), policy)
    assert {r.partner for r in routing.recipients if not r.required} == extras


def test_police_first_is_a_promise_that_no_route_may_break(policy):
    [order] = policy.orders
    assert (order.first, order.then, order.forms) == ("AVIM", "ZOCO", frozenset({"SU", "CU", "OV"}))
    for route in (r for r in policy.routes if r.form in order.forms):
        assert ("AVIM", "ZOCO") in route_signal(
            SignalFacts(state="melden", forms=frozenset({route.form})), policy
        ).earlier


def test_the_four_contradictions_of_the_policy_are_told(policy):
    assert [c.id for c in policy.conflicts] == ["F1.K1", "F1.K2", "F1.K3", "F1.K4"]
    for conflict in policy.conflicts:
        assert conflict.text.nl != conflict.choice.nl


# --- forms ----------------------------------------------------------------------------------------


def test_every_form_has_a_route_and_a_definition_in_two_languages(policy):
    assert [f.id for f in policy.forms] == ["SU", "AU", "CU", "OV"]
    assert {r.form for r in policy.routes} == {f.id for f in policy.forms}
    for form in policy.forms:
        assert form.definition.nl
        assert form.definition.en


@pytest.mark.parametrize(
    ("form", "statement"),
    [
        ("SU", "S-2.2-02"), ("SU", "S-2.2-04"), ("SU", "S-2.2-05"), ("SU", "S-2.2-06"), ("SU", "S-2.2-07"),
        ("SU", "S-2.2-08"), ("AU", "S-2.2-09"), ("AU", "S-2.2-10"), ("AU", "S-2.2-11"), ("AU", "S-2.2-12"),
        ("AU", "S-2.2-13"), ("CU", "S-2.2-14"), ("CU", "S-2.2-15"), ("OV", "S-2.2-16"),
    ],
)  # fmt: skip
def test_what_the_policy_says_about_a_form_stands_with_it(policy, form, statement):
    found = policy.form(form)
    assert statement in " ".join([found.source, *(n.source for n in found.notes), *(s.source for s in found.sub_forms)])


# --- enrichment and closing -----------------------------------------------------------------------


def test_the_checklist_follows_step_2_of_the_policy(policy):
    assert [item.id for item in policy.enrichment] == ["adres", "sancties", "vergunningen", "registraties", "anders"]
    assert [item.id for item in policy.enrichment if item.required] == ["adres", "sancties"]
    for item in policy.enrichment:
        assert item.legal_bases, item.id


def test_a_signal_closes_only_with_something_recorded(policy):
    assert {r.needs for r in policy.closing_reasons} == {
        "conclusion:none", "conclusion:other_phenomenon", "taken_up", "consulted",
    }  # fmt: skip


def test_every_other_phenomenon_says_where_it_goes(policy):
    for phenomenon in policy.phenomena:
        assert phenomenon.goes_to.nl
        assert phenomenon.goes_to.en
