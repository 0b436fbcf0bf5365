"""Who may ever see what: each role, in each capacity. A sentence per row; widening one fails here."""

from uuid import uuid4

import pytest

from meldroute.rules.access import (
    NOTHING,
    boundary,
    disclosure_scope,
    emergency_scope,
    may_be_named,
    may_enter,
    names_again,
    signal_scope,
)
from meldroute.rules.actors import Reader
from meldroute.rules.acts import ROLES
from meldroute.rules.unusual_reading import FLOOR, unusual

HERE, NEAR = uuid4(), uuid4()
EVERY_ROLE = sorted(ROLES - {"tick"} | {"unheard_of"})


def reader(role: str, kind: str = "municipality", organisation=HERE) -> Reader:
    return Reader(uuid4(), uuid4(), role, organisation, kind, "GM0794")


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("kind", ["municipality", "partner", "region"])
def test_only_the_desk_of_a_municipality_opens_signals(role, kind):
    desk = {"regular", "held", "spam"}  # what came without proof of work, and what was put aside, are theirs to look at
    lanes = {"focal_point": desk, "buddy": desk, "designated": {"confidential"}}.get(role, set())
    scope = signal_scope(reader(role, kind))
    assert (scope.municipality, set(scope.lanes)) == ((HERE, lanes) if lanes and kind == "municipality" else (None, set()))
    assert scope == NOTHING or not scope.empty


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("kind", ["municipality", "partner", "region"])
def test_who_may_ever_read_in_an_emergency(role, kind):
    """The designated person of the municipality itself, and the desk of the neighbour by mandate. No other, ever."""
    alone, mandated = emergency_scope(reader(role, kind)), emergency_scope(reader(role, kind), mandated=frozenset({NEAR}))
    own = {HERE} if (role, kind) == ("designated", "municipality") else set()
    near = {NEAR} if role in ("focal_point", "buddy") and kind == "municipality" else set()
    assert alone.municipalities == own
    assert mandated.municipalities == own | near
    assert alone.abandoned == mandated.abandoned == own
    assert alone.lanes == mandated.lanes == {"regular"}, "a signal about a colleague is for the designated person, or for nobody"


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_only_whose_desk_it_is_can_be_named_for_a_shielded_signal(role):
    assert may_be_named(role, lane="regular") == (role in ("focal_point", "buddy"))
    assert may_be_named(role, lane="confidential") == (role == "designated")


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_the_second_wall_gives_a_reader_their_own_organisation_and_a_partner_what_disclosed_to_it(role):
    there = frozenset({NEAR})
    assert boundary(reader(role), disclosed_by=there).municipalities == {HERE}, "a municipality never reaches another one"
    wall = boundary(reader(role, "partner"), disclosed_by=there)
    assert wall.municipalities == ({HERE, NEAR} if disclosure_scope(reader(role, "partner")) else {HERE})
    assert not wall.everywhere


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("kind", ["municipality", "partner", "region"])
def test_only_the_designated_person_names_people_again(role, kind):
    assert names_again(reader(role, kind)) == (HERE if (role, kind) == ("designated", "municipality") else None)


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_who_enters_oversight_and_the_emergency_page(role):
    assert may_enter(reader(role), "oversight") == (role == "privacy_officer")
    assert may_enter(reader(role), "emergency") == (role in ("focal_point", "buddy", "designated"))


@pytest.mark.parametrize(("opened", "before", "alarm"), [
    (FLOOR, [], False),                # a morning after a holiday
    (FLOOR + 1, [], True),             # a new account that opens everything
    (FLOOR + 1, [2, 2, 3], True),      # a village: three times two is under the floor
    (40, [20, 18, 25], False),         # a busy city: that is their work
    (61, [20, 18, 25], True),          # beyond three times their own usual day
    (61, [1, 20, 200], True),          # one day of much reading makes no new norm
])
def test_when_reading_is_unusual(opened, before, alarm):
    assert (unusual(opened, before=before) is not None) == alarm
