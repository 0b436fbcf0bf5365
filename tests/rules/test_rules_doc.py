"""The page for policy officers says what the program does: lists and promises are compared with it."""

from pathlib import Path

import pytest

from meldroute.rules.acts import ACTS, STATE_KINDS, STATUSES
from meldroute.rules.check import OF_ENTRIES, OF_PATHS
from meldroute.rules.guards import GUARDS
from meldroute.rules.policy_parse import LISTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted({*ACTS, *STATE_KINDS, *GUARDS, *LISTS} - {"guards"}))
def test_every_word_of_a_pack_is_explained(name):
    assert f"`{name}`" in PAGE


def test_every_status_and_every_promise_is_named():
    assert all(status in PAGE for status in STATUSES)
    promises = [line.removeprefix("- ") for line in PAGE.splitlines() if line.startswith("- ")]
    for holds in (*OF_ENTRIES, *OF_PATHS):
        assert holds.__doc__.splitlines()[0] in promises


def test_the_step_that_is_shown_stands_in_the_pack():
    [step] = [block for block in (b.split("```")[0] for b in PAGE.split("```toml\n")) if block.startswith("[[steps]]")]
    assert step in (ROOT / "src/meldroute/policies/oost-brabant/2021-01-01/flow.toml").read_text(encoding="utf-8")
