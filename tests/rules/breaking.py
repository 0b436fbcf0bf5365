"""Break the smallest pack in one place, and read what it is refused with."""

import pytest

from meldroute.rules.policy_parse import PolicyErrors, parse_policy
from tests.rules.smallest_pack import smallest_tables

PLACE = "policy 'klein'"


def broken(*path_and_value):
    """Set a value deep in the tables: broken("steps", 0, "act", "fly")."""
    *path, last, value = path_and_value

    def change(tables):
        spot = tables
        for key in path:
            spot = spot[key]
        spot[last] = value

    return change


def without(*path):
    def change(tables):
        spot = tables
        for key in path[:-1]:
            spot = spot[key]
        del spot[path[-1]]

    return change


def again(key, number, **changes):
    """One entry a second time, with changes."""

    def change(tables):
        tables[key].append(tables[key][number] | changes)

    return change


def findings(*changes):
    tables = smallest_tables()
    for change in changes:
        change(tables)
    with pytest.raises(PolicyErrors) as refused:
        parse_policy(tables, where="klein")
    return [str(error) for error in refused.value.errors]
