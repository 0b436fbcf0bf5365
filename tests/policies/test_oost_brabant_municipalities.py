"""The municipalities of the region, through the reclassifications of 1 January 2022."""

import tomllib
from datetime import date
from importlib.resources import files

import pytest

ROWS = tomllib.loads((files("meldroute.policies") / "oost-brabant/2021-01-01/municipalities.toml").read_text("utf-8"))[
    "municipalities"
]


def on(day):
    return {m["code"]: m for m in ROWS if m.get("valid_from", day) <= day <= m.get("valid_to", day)}


@pytest.mark.parametrize(("day", "number"), [
    (date(2021, 1, 1), 37),
    (date(2021, 12, 31), 37),  # the last day counts
    (date(2022, 1, 1), 32),
    (date(2026, 1, 1), 32),
])  # fmt: skip
def test_so_many_municipalities_stand_on_this_day(day, number):
    assert len(on(day)) == number


def test_each_municipality_that_ended_has_a_successor_from_the_next_day():
    ended = [m for m in ROWS if "valid_to" in m]
    assert len(ended) == 7
    for municipality in ended:
        assert municipality["successor"] in on(date(2022, 1, 1)), municipality["name"]
        assert municipality["successor"] not in on(date(2021, 12, 31)), municipality["name"]


@pytest.mark.parametrize(
    ("name", "successor"),
    [
        ("Grave", "Land van Cuijk"),
        ("Sint Anthonis", "Land van Cuijk"),
        ("Uden", "Maashorst"),
        ("Landerd", "Maashorst"),
    ],
)
def test_a_former_municipality_went_on_as(name, successor):
    [former] = [m for m in ROWS if m["name"] == name]
    assert on(date(2022, 1, 1))[former["successor"]]["name"] == successor


def test_each_has_one_care_coordinator_and_says_that_this_is_inferred():
    assert {m["care_coordinator"] for m in ROWS} == {"ZOCO_HELMOND", "ZOCO_LUMENS", "ZOCO_DENBOSCH"}
    assert {m["care_coordinator_status"] for m in ROWS} == {"inferred"}
    assert on(date(2022, 1, 1))["GM0794"]["care_coordinator"] == "ZOCO_HELMOND"
    served = [m for m in on(date(2022, 1, 1)).values() if m["care_coordinator"] == "ZOCO_LUMENS"]
    assert len(served) == 15  # Eindhoven and fourteen around it
