"""The list of statements, the markers that name them, and the page made from both."""

import json
import re
import subprocess
import sys

import pytest

from tests.requirements import owed, statements, writing
from tests.requirements.__main__ import PAGE
from tests.requirements.coverage import Coverage

LISTED = statements.load()
ROW = re.compile(r"^\| (S-\S+) \| (.*?) \| (.*?) \| (.*?) \| (yes|no) \|", re.MULTILINE)


def ids(chosen):
    return [s.id for s in chosen]


def test_every_statement_is_listed_once():
    listed = ids(LISTED.statements)
    assert len(listed) == len(set(listed)) == 424
    assert sum(s.build for s in LISTED.statements) == 371


def test_each_statement_is_a_sentence_with_its_place():
    for s in LISTED.statements:
        assert re.fullmatch(rf"S-{re.escape(s.chapter)}-\d\d", s.id), s.id
        assert s.nl.endswith((".", "?")) and s.en.endswith((".", "?")), s.id  # noqa: PT018
        assert s.chapter in LISTED.chapters, s.id
        assert s.where, s.id
        assert s.status == "policy", s.id


def test_the_numbers_of_a_chapter_have_no_gap():
    for chapter in LISTED.chapters:
        numbers = [int(s.id[-2:]) for s in LISTED.of_chapter(chapter)]
        assert numbers == list(range(1, len(numbers) + 1)), chapter


def test_no_marker_names_an_unknown_statement(request):
    """Of the tests in this run: in a run of the whole suite that is every marker."""
    named = {id for item in request.session.items for mark in item.iter_markers("requirement") for id in mark.args}
    assert named <= set(ids(LISTED.statements))


def test_what_is_owed_exists_and_is_to_be_built():
    must = LISTED.chosen(owed.OWED, but_not=owed.NOT_YET)
    assert {"S-3.4-01", "S-B1-12", "S-B2-39", "S-B3-51", "S-6-01"} <= set(ids(must))
    assert not {"S-B1-15", "S-B1-17", "S-2.2-20", "S-B2-07"} & set(ids(must))


def test_the_page_holds_the_same_list():
    on_page = [tuple(cell.replace("\\|", "|") for cell in row) for row in ROW.findall(PAGE.read_text("utf-8"))]
    assert on_page == [
        (s.id, s.nl, s.where, s.status, "yes" if s.build else "no")
        for chapter in LISTED.chapters
        for s in LISTED.of_chapter(chapter)
    ], "docs/requirements.md is behind the list; run `python -m tests.requirements --write`"


def test_a_choice_is_made_by_chapter_id_or_range():
    assert ids(LISTED.chosen(["6", "S-B2-01..03"], but_not=["S-B2-02"])) == ["S-6-01", "S-6-02", "S-B2-01", "S-B2-03"]


@pytest.mark.parametrize("word", ["B9", "S-B1-99", "S-B1-16..19", "S-B1-03..01", ""])
def test_a_choice_that_names_nothing_is_refused(word):
    with pytest.raises(statements.UnknownChoice, match=r"names no statement.*Use a chapter"):
        LISTED.chosen([word])


def test_what_no_test_names_is_open_and_what_does_not_exist_is_unknown():
    coverage = Coverage(LISTED, {"S-B1-01": ["tests/a.py::test_a"], "S-B1-99": ["tests/a.py::test_b"]})
    chapter = LISTED.of_chapter("B1")
    assert "S-B1-01" not in ids(coverage.open_among(chapter))
    assert "S-B1-02" in ids(coverage.open_among(chapter))
    assert "S-B1-14" not in ids(coverage.open_among(chapter))  # a saying: nothing to build
    assert coverage.unknown == {"S-B1-99": ["tests/a.py::test_b"]}
    [count] = coverage.per_chapter(chapter)
    assert (count.covered, count.total) == (1, 16)
    told = json.loads(writing.as_json(coverage, statements=chapter))
    assert told["tests"] == {"S-B1-01": ["tests/a.py::test_a"]}
    assert "S-B1-99, named by tests/a.py::test_b" in "".join(writing.unknown_lines(coverage))


SUITE = """
import pytest

@pytest.mark.requirement("S-B1-01", "S-B1-02")
@pytest.mark.parametrize("n", [1, 2])
def test_a_table(n): pass

@pytest.mark.requirement("S-B1-03")
@pytest.mark.skip
def test_that_never_runs(): pass

@pytest.mark.requirement("S-B1-99")
class TestSome:
    def test_inside(self): pass
"""


def collected(suite):
    """In a process of its own: pytest inside pytest would share the database guard of this run."""
    code = (
        "import json, sys; from pathlib import Path; from tests.requirements import collecting;"
        "json.dump(collecting.collect(Path(sys.argv[1])), sys.stdout)"
    )
    (suite / "pytest.ini").write_text("[pytest]\nmarkers =\n    requirement: the statements a test asserts\n")
    return subprocess.run(
        [sys.executable, "-c", code, str(suite)], cwd=statements.ROOT, capture_output=True, text=True, check=False
    )


def test_markers_are_read_by_pytest_itself_and_a_skipped_test_proves_nothing(tmp_path):
    (tmp_path / "test_some.py").write_text(SUITE)
    found = json.loads(collected(tmp_path).stdout)
    assert set(found) == {"S-B1-01", "S-B1-02", "S-B1-99"}
    assert found["S-B1-01"] == ["test_some.py::test_a_table"]
    assert found["S-B1-99"] == ["test_some.py::TestSome::test_inside"]


def test_a_suite_that_cannot_be_read_is_refused_aloud(tmp_path):
    (tmp_path / "test_broken.py").write_text("import no_such_module_here\n")
    answer = collected(tmp_path)
    assert answer.returncode != 0
    assert "pytest could not collect the suite" in answer.stderr
    assert "no_such_module_here" in answer.stderr
