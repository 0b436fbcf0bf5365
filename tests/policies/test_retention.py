"""The schedule of terms: whole, each line with its source and status, and a broken one refused aloud."""

import pytest

from meldroute.policies.retention import FILE, read_schedule, retention_schedule
from meldroute.rules.acts import STATUSES
from meldroute.rules.policy_parse import PolicyErrors
from meldroute.rules.retention import OUTCOMES

TEXT = FILE.read_text()


def test_every_outcome_has_one_term_and_every_line_a_source_and_a_status():
    schedule = retention_schedule()
    assert sorted(term.outcome for term in schedule.terms if term.outcome) == sorted(OUTCOMES)
    assert {term.status for term in schedule.terms} <= set(STATUSES)
    for term in schedule.terms:
        assert "VNG Selectielijst" in term.source
        assert term.object.nl
        assert term.object.en


def test_no_term_for_a_signal_is_said_to_be_the_list_s_own():
    """The list has no entry for trafficking signals: each choice is a proposal, or still to be checked."""
    assert {term.status for term in retention_schedule().terms if term.outcome} <= {"proposal", "to be checked"}


def test_a_certificate_of_destruction_is_kept_for_good():
    [certificate] = [term for term in retention_schedule().terms if term.code == "19.1.18"]
    assert certificate.keep
    assert certificate.period is None


@pytest.mark.parametrize(("old", "new", "said"), [
    ('for = "acted"', 'for = "not_taken_up"', "has not exactly one term for 'acted'"),
    ('unit = "months"', 'unit = "moons"', "unknown unit moons"),
    ('status = "stored source"', 'status = "sure"', "unknown status sure"),
    ("keep = true", "keep = true\namount = 3\nunit = 'years'", "is kept for good and has a term too"),
    ("amount = 42", "amount = 0", "amount is no whole number of at least 1"),
])
def test_a_broken_schedule_is_refused_with_place_cause_and_way_out(tmp_path, old, new, said):
    file = tmp_path / "retention.toml"
    file.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(PolicyErrors, match=said):
        read_schedule(file)
