"""A signal that was destroyed has a page that says so, for whoever might have opened it, and is absent for the others."""

from datetime import UTC, datetime

import pytest

from tests.services.keeping_help import STORY, destroy, report
from tests.signing_in import signed_in

NOW = datetime.now(UTC)


@pytest.fixture
def gone(cast):
    signal = report(cast, now=NOW)
    destroy(signal, now=NOW)
    return signal


@pytest.mark.parametrize("path", ["", "verrijken/", "oppakken/"])
def test_who_may_open_it_reads_that_it_is_gone(cast, gone, path):
    page = signed_in(cast.anna, "nl").get(f"/signalen/{gone.reference}/{path}")
    assert page.status_code in (404, 410)
    if page.status_code == 410:
        assert "vernietigd" in page.content.decode()
        assert STORY not in page.content.decode()


def test_the_signal_page_itself_is_gone_and_not_an_error(cast, gone):
    assert signed_in(cast.anna, "nl").get(f"/signalen/{gone.reference}/").status_code == 410


def test_for_everybody_else_it_is_absent_as_before(cast, gone):
    for other in (cast.noor, cast.pia, cast.karel, cast.nel):
        assert signed_in(other, "nl").get(f"/signalen/{gone.reference}/").status_code == 404


def test_the_work_list_and_the_reporters_list_go_on(cast, gone):
    assert signed_in(cast.anna, "nl").get("/werklijst/").status_code == 200
    page = signed_in(cast.bram, "nl").get("/mijn-meldingen/")
    assert page.status_code == 200
    assert gone.reference in page.content.decode()
    assert "vernietigd" in page.content.decode()
    assert signed_in(cast.bram, "nl").get(f"/mijn-meldingen/{gone.reference}/").status_code == 200
