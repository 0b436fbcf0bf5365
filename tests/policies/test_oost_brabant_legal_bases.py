"""The legal bases of Oost-Brabant: which were confirmed, and where something can go on one of them or is blocked."""

from datetime import date

import pytest


def confirmed(policy, partner, kind, request="referral", *, danger=False, agreed=False, day=date(2026, 11, 23)):
    fitting = (b for b in policy.legal_bases if b.confirmed and partner in b.partners and kind in b.kinds)
    return {b.id for b in fitting if b.valid_on(day) and b.holds(request, danger=danger, agreed=agreed)}


def test_a_confirmed_basis_was_read_or_is_the_colleges_own_decision(policy):
    for basis in (b for b in policy.legal_bases if b.confirmed):
        assert basis.status == "stored source" or basis.rests_on == "college", basis.id
        assert basis.check, f"{basis.id} says what is still to be checked"


def test_what_nobody_read_blocks(policy):
    for basis in policy.legal_bases:
        if basis.status == "to be checked":
            assert not basis.confirmed, basis.id


def test_a_college_decides_on_ordinary_data_only(policy):
    for basis in (b for b in policy.legal_bases if b.rests_on == "college"):
        assert basis.kinds == frozenset({"ordinary"}), basis.id


@pytest.mark.parametrize("partner", ["AVIM", "ISZW", "ZOCO_HELMOND", "ZOCO_LUMENS", "ZOCO_DENBOSCH", "ZOCO"])
def test_the_routes_of_the_policy_can_run_on_a_confirmed_basis(policy, partner):
    assert confirmed(policy, partner, "ordinary")


@pytest.mark.parametrize(
    "partner", ["AVIM", "ISZW", "KMAR", "ZOCO_HELMOND", "ZOCO_LUMENS", "ZOCO_DENBOSCH", "TFRIEC", "VT"]
)
def test_every_expert_can_be_asked_for_advice(policy, partner):
    assert policy.partner(partner).expert or partner.startswith("ZOCO_")
    assert confirmed(policy, partner, "ordinary", "advice")


@pytest.mark.parametrize(
    ("partner", "kind", "situation", "runs"),
    [
        ("AVIM", "art10", {}, True),  # a report of an offence
        ("ISZW", "art10", {}, True),
        ("AVIM", "art9", {}, False),  # health to the police: no basis was found
        ("AVIM", "art9", {"danger": True}, True),  # but somebody may be in danger
        ("ISZW", "art9", {"danger": True}, False),
        ("ZOCO_HELMOND", "art9", {}, False),
        ("ZOCO_HELMOND", "art9", {"agreed": True}, True),  # explicit consent
        ("ZOCO_HELMOND", "art10", {"agreed": True}, False),  # nobody consents for a suspect
        ("VT", "ordinary", {}, True),  # right to report
        ("FAIRWORK", "ordinary", {}, False),
        ("FAIRWORK", "ordinary", {"agreed": True}, True),
        ("COMENSHA", "ordinary", {}, False),  # only with written consent
        ("COMENSHA", "ordinary", {"agreed": True}, True),
        ("TFRIEC", "art10", {}, True),  # a case under the act on partnerships
        ("BD", "ordinary", {}, False),
    ],
)
def test_where_something_can_go_and_where_it_is_blocked(policy, partner, kind, situation, runs):
    assert bool(confirmed(policy, partner, kind, **situation)) is runs


def test_a_basis_for_advice_is_none_for_a_referral(policy):
    assert confirmed(policy, "TFRIEC", "ordinary", "advice") == {"college-advies"}
    assert confirmed(policy, "TFRIEC", "ordinary", "referral") == {"wgs-riec"}


@pytest.mark.parametrize(("day", "runs"), [(date(2025, 2, 28), False), (date(2025, 3, 1), True)])
def test_the_act_on_partnerships_holds_from_its_first_day(policy, day, runs):
    assert ("wgs-riec" in confirmed(policy, "TFRIEC", "art10", day=day)) is runs
