"""The partners of Oost-Brabant: how they are reached, what they do, and who of them gives advice."""

import re
from datetime import UTC, datetime

import pytest

from meldroute.rules.contacts import whom_to_call


@pytest.mark.parametrize(
    ("partner", "kind", "value", "source"),
    [
        ("IND", "tel", "088-0430430", "S-B3-17"),
        ("ISZW", "tel", "0800-5151", "S-B3-20"),
        ("ISZW", "tel", "070-3334180", "S-B3-21"),
        ("KMAR", "tel", "0800-1814", "S-B3-30"),
        ("AVIM", "tel", "088-9630320", "S-B3-37"),
        ("AVIM", "tel", "0900-8844", "S-B3-38"),
        ("AVIM", "email", "mensenhandel.avim.oost-brabant@politie.nl", "S-B3-39"),
        ("ZOCO_HELMOND", "tel", "14 0492, optie 2", "S-B3-46"),
        ("ZOCO_HELMOND", "email", "meldpuntmensenhandel@helmond.nl", "S-B3-46"),
        ("ZOCO_LUMENS", "tel", "040-2193388", "S-B3-47"),
        ("ZOCO_LUMENS", "email", "zorgcoördinatie-mp@lumenswerkt.nl", "S-B3-47"),  # printed with ö
        ("ZOCO_DENBOSCH", "tel", "073-6139225", "S-B3-48"),
        ("ZOCO_DENBOSCH", "email", "info@modenbosch.nl", "S-B3-48"),
    ],
)
def test_how_to_reach_a_partner_is_what_annex_3_prints(policy, partner, kind, value, source):
    [channel] = [c for c in policy.partner(partner).channels if c.value == value]
    assert channel.kind == kind
    assert source in channel.source


def test_every_task_of_annex_3_stands_with_one_partner(policy):
    tasks = {*range(1, 17), 18, 19, *range(22, 30), *range(31, 37), *range(40, 50)}
    named = [int(n) for p in policy.partners for t in p.tasks for n in re.findall(r"S-B3-(\d+)", t.source)]
    assert sorted(named) == sorted(tasks)


@pytest.mark.parametrize(
    ("when", "number"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "088-9630320"),  # Monday 10:00: front office
        (datetime(2026, 11, 23, 15, 29, tzinfo=UTC), "088-9630320"),  # 16:29, still open
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), "0900-8844"),  # 16:30: police
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), "0900-8844"),  # 03:00 at night
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "0900-8844"),  # Sunday
        (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), "0900-8844"),  # Christmas on a Friday
        (datetime(2027, 4, 27, 10, 0, tzinfo=UTC), "0900-8844"),  # King's Day on a Tuesday
    ],
)
def test_whom_to_call_for_avim_this_very_hour(policy, when, number):
    assert whom_to_call(policy.partner("AVIM").channels, now=when).first.channel.value == number


def test_numbers_that_one_source_gives_say_that_nobody_confirmed_them(policy):
    unconfirmed = {c.value for p in policy.partners for c in p.channels if c.kind == "tel" and not c.confirmed}
    assert unconfirmed == {
        "088-9630320", "0800-1814", "070-3334180", "088-0430430", "14 0492, optie 2", "033-448 11 86",
    }  # fmt: skip


def test_the_inspectorate_goes_by_its_name_of_today(policy):
    assert policy.partner("ISZW").known_as == "NLA"
    assert "ISZW" in policy.partner("ISZW").name.nl


def test_police_partners_are_called_not_linked(policy):
    assert {p.id for p in policy.partners if p.police} == {"AVIM", "KMAR", "WIJKAGENT", "112"}


@pytest.mark.requirement("S-B1-05")
def test_a_vague_signal_can_go_to_avim_the_care_coordinator_tf_riec_and_others(policy):
    experts = {p.id for p in policy.partners if p.expert}
    assert {"AVIM", "ZOCO", "TFRIEC"} < experts


def test_every_partner_on_a_route_can_be_reached(policy):
    """The care coordinator is reached through the one that serves the municipality."""
    on_route = {p for r in policy.routes for group in r.order for p in group}
    for partner in on_route - {policy.care_partner} | {m.care_coordinator for m in policy.municipalities}:
        assert policy.partner(partner).channels, partner
