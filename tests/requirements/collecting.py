"""Ask pytest itself which tests carry which marker: no second reading of the test files."""

import contextlib
import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.requirements.statements import ROOT

NO_PROOF = ("skip", "xfail")  # a test that never has to pass asserts nothing


class CollectionFailed(Exception):
    """The suite cannot be read, so nothing can be said about what it covers."""

    def __init__(self, output: str) -> None:
        errors = output[max(0, output.find("= ERRORS =")) :]  # without the list of what could be collected
        super().__init__(f"pytest could not collect the suite; repair it and ask again.\n{errors.strip()}")


class Markers:
    """A pytest plugin that notes, per statement id, the tests that name it."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        for id, test in named_by(item):
            tests = self.tests.setdefault(id, [])
            if test not in tests:
                tests.append(test)


def named_by(item: pytest.Item) -> Iterable[tuple[str, str]]:
    """Each (statement id, test) of one collected test; the cases of a table are one test."""
    if any(item.get_closest_marker(name) for name in NO_PROOF):
        return
    test = item.nodeid.partition("[")[0]
    for marker in item.iter_markers("requirement"):
        for id in marker.args:
            yield id, test


def collect(suite: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Statement id -> the tests that name it, sorted."""
    markers, output = Markers(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main(["--collect-only", "-q", str(suite)], plugins=[markers])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CollectionFailed(output.getvalue())
    return {id: sorted(tests) for id, tests in sorted(markers.tests.items())}
