"""Who hears about which form, in which order: the table of flowchart 1, and what holds for any route."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meldroute.policies import load_pack
from meldroute.rules.route import on_route, route_signal
from tests.rules.oost_brabant import policy, signal

NOORDERKUST = load_pack("noorderkust", on=date(2025, 6, 1), folder=Path(__file__).parent.parent / "packs").policy


def ranks(forms: str, **facts: object) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for r in route_signal(signal("melden", forms=forms, **facts), policy()).recipients:
        if r.required:
            found.setdefault(r.rank, set()).add(r.partner)
    return found


def offered(forms: str, **facts: object) -> set[str]:
    return {r.partner for r in route_signal(signal("melden", forms=forms, **facts), policy()).recipients if not r.required}


@pytest.mark.requirement("S-B1-11", "S-B1-12")
@pytest.mark.parametrize(("forms", "expected"), [
    ("SU", {1: {"AVIM"}, 2: {"ZOCO"}}),
    ("AU", {1: {"ISZW", "ZOCO"}}),                       # no order between the two
    ("CU", {1: {"AVIM"}, 2: {"ZOCO"}}),
    ("OV", {1: {"AVIM"}, 2: {"ZOCO"}}),
    ("SU AU", {1: {"AVIM", "ISZW"}, 2: {"ZOCO"}}),       # the union; the strictest order wins
    ("SU CU OV", {1: {"AVIM"}, 2: {"ZOCO"}}),
    ("SU AU CU OV", {1: {"AVIM", "ISZW"}, 2: {"ZOCO"}}),
    ("", {}),                                            # nobody judged yet: nobody hears
])  # fmt: skip
def test_who_hears_and_in_which_order(forms, expected):
    assert ranks(forms) == expected


@pytest.mark.requirement("S-2.2-01")
def test_there_are_four_forms_and_each_has_a_route():
    assert [form.id for form in policy().forms] == ["SU", "AU", "CU", "OV"]
    assert all(ranks(form.id) for form in policy().forms)


@pytest.mark.requirement("S-B2-30")
@pytest.mark.parametrize(("forms", "danger", "expected"), [
    ("AU", False, {"TFRIEC"}),
    ("AU", True, {"TFRIEC", "AVIM"}),   # the step plan sends every clear signal to AVIM; here it is offered
    ("SU", True, set()),                # AVIM is on this route already
    ("AU SU", True, {"TFRIEC"}),
])  # fmt: skip
def test_who_is_offered_beside_the_route(forms, danger, expected):
    assert offered(forms, danger=danger) == expected
    assert "F1.K1" in {conflict.id for conflict in policy().conflicts}


@pytest.mark.requirement("S-2.2-04")
@pytest.mark.parametrize("minor", [None, False, True])
@pytest.mark.parametrize("about", ["person", "place", "both"])
def test_nobody_is_left_out_for_who_they_are(minor, about):
    """Age changes no route, and the rules know no sex, nationality or residence status."""
    assert ranks("SU", minor=minor, about=about) == ranks("SU")
    assert not {"sex", "nationality", "residence"} & set(type(signal("melden")).__slots__)


def test_every_recipient_says_which_form_asks_and_where_that_was_read():
    routing = route_signal(signal("melden", forms="SU AU"), policy())
    zoco = next(r for r in routing.recipients if r.partner == "ZOCO")
    assert zoco.because == ("SU", "AU")
    assert ("S-B1-11" in zoco.source, zoco.status) == (True, "policy")
    assert routing.skipped == ("CU", "OV")


@pytest.mark.parametrize("coordinator", sorted({m.care_coordinator for m in policy().municipalities}))
def test_each_care_coordinator_is_the_care_coordinator_of_the_route(coordinator):
    assert on_route(coordinator, policy()) == "ZOCO"
    assert on_route("AVIM", policy()) == "AVIM"


def test_an_order_of_three_is_kept_through_to_the_end():
    facts = signal("overdragen", forms="SEKS")
    routing = route_signal(facts, NOORDERKUST)
    assert [(r.partner, r.rank) for r in routing.recipients] == [("KUSTPOLITIE", 1), ("STEUNPUNT", 2), ("HAVENTAFEL", 3)]
    assert routing.before("HAVENTAFEL") == {"KUSTPOLITIE", "STEUNPUNT"}
    both = route_signal(facts.with_(forms=frozenset({"SEKS", "WERK"})), NOORDERKUST)
    assert both.before("STEUNPUNT") == {"KUSTPOLITIE", "WERKWACHT"}


@given(forms=st.frozensets(st.sampled_from(["SU", "AU", "CU", "OV"]), min_size=1), danger=st.booleans())
def test_for_any_forms_ranks_and_orders_agree(forms, danger):
    """Whoever must be told before somebody has a lower rank, and everybody of each route is there."""
    routing = route_signal(signal("melden").with_(forms=forms, danger=danger), policy())
    rank = {r.partner: r.rank for r in routing.recipients if r.required}
    for partner in rank:
        assert all(rank[first] < rank[partner] for first in routing.before(partner))
    for route in policy().routes:
        if route.form in forms:
            assert {p for group in route.order for p in group} <= set(rank)


def test_two_versions_of_a_policy_never_answer_for_each_other():
    """Answers are remembered per policy object: a changed one gets answers of its own."""
    facts = signal("melden", forms="AU")
    other = replace(policy(), routes=tuple(replace(r, order=(("ZOCO",),)) for r in policy().routes))
    assert set(route_signal(facts, policy()).required) == {"ISZW", "ZOCO"}
    assert set(route_signal(facts, other).required) == {"ZOCO"}
