"""A pack is read completely, or refused with place, cause and way out, whatever stands in it."""

from datetime import date, time, timedelta

import pytest

from meldroute.rules.acts import NORM_ROLES
from meldroute.rules.policy import Text
from meldroute.rules.policy_parse import PolicyErrors, parse_policy
from tests.rules.breaking import PLACE, again, broken
from tests.rules.smallest_pack import smallest_tables


def spots(value, path=()):
    """The place of every value in the tables, from the outside in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from spots(below, (*path, key))


@pytest.mark.parametrize("junk", [None, 0, -1, 1.5, True, "", "x", [], [1], [[]], [{}], {}, {"nl": 3}], ids=repr)
def test_whatever_stands_anywhere_the_pack_is_read_or_refused(junk):
    """Never another exception, whose message would say nothing to the region."""
    for path in spots(smallest_tables()):
        tables = smallest_tables()
        broken(*path, junk)(tables)
        try:
            parse_policy(tables, where="klein")
        except PolicyErrors as refused:
            assert all(error.place and error.cause and error.way_out for error in refused.errors)  # noqa: PT017


def test_a_finding_carries_its_three_parts():
    tables = smallest_tables()
    del tables["forms"][0]["source"]
    with pytest.raises(PolicyErrors) as refused:
        parse_policy(tables, where="klein")
    [error] = refused.value.errors
    assert (error.place, error.cause, error.way_out) == (f"{PLACE}, form 'SU'", "misses source", "Add source.")


def test_nothing_at_all_is_refused_too():
    with pytest.raises(PolicyErrors) as refused:
        parse_policy({}, where="leeg")
    assert "policy 'leeg': misses pack. Add pack." in str(refused.value)


class TestASmallPack:
    policy = parse_policy(smallest_tables(), where="klein")

    def test_knows_when_it_holds(self):
        assert (self.policy.valid_from, self.policy.valid_to) == (date(2025, 1, 1), None)

    def test_falls_back_to_dutch(self):
        assert self.policy.name.say("en") == "Small test region"
        assert self.policy.form("SU").label == Text("Seksuele uitbuiting")
        assert self.policy.form("SU").label.say("en") == "Seksuele uitbuiting"

    def test_has_a_step_that_stays_and_one_that_moves(self):
        assert self.policy.step("koppel-terug").to is None
        assert self.policy.step("sluit").to == "klaar"

    def test_keeps_the_groups_of_a_route(self):
        [route] = self.policy.routes
        assert route.order == (("POLITIE",), ("ZORG",))

    def test_reads_opening_hours_from_text_and_from_times(self):
        [window] = self.policy.partner("POLITIE").channels[0].opening
        assert window == (frozenset({0, 4}), time(8), time(16, 30))

    def test_has_a_shorter_norm_in_danger(self):
        row = self.policy.norm("lezen")
        assert (row.norm_for(danger=False).unit, row.norm_for(danger=True).unit) == ("working_hours", "hours")

    def test_gives_each_role_one_norm_and_each_moment_its_lines(self):
        assert {role: self.policy.norm_for_role(role).norm.id for role in NORM_ROLES} == {
            "acknowledge": "ontvangst", "decide": "besluit", "report_back": "uitkomst", "call_again": "bellen",
            "review": "nakijken"}  # fmt: skip
        assert [line.id for line in self.policy.advice_for("minor")] == ["kind"]
        assert self.policy.advice_for("conclude") == ()

    def test_knows_on_which_days_a_municipality_exists(self):
        old, new = self.policy.municipality("GM9001"), self.policy.municipality("GM9002")
        change = date(2026, 1, 1)
        assert (old.exists_on(change - timedelta(days=1)), old.exists_on(change)) == (True, False)
        assert (new.exists_on(change - timedelta(days=1)), new.exists_on(change)) == (False, True)

    def test_asks_the_reporter_in_plain_words(self):
        assert self.policy.indicator("MOE").plain == Text("Iemand ziet er moe uit")

    def test_a_municipality_may_change_and_keep_its_code(self):
        tables = smallest_tables()
        tables["municipalities"][1]["valid_to"] = date(2026, 5, 31)
        again("municipalities", 1, valid_from=date(2026, 6, 1), valid_to=None)(tables)
        del tables["municipalities"][2]["valid_to"]
        assert len(parse_policy(tables, where="klein").municipalities) == 3

    def test_an_order_of_a_region_has_the_day_of_a_stored_pack(self):
        """A stored pack keeps days as text; both readings are one policy."""
        tables = smallest_tables()
        tables["pack"]["valid_from"] = "2025-01-01"
        tables["municipalities"][0]["valid_to"] = "2025-12-31"
        assert parse_policy(tables, where="klein") == self.policy
