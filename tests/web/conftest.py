"""The clock of the doors, a reporter at a browser, and the page for citizens when it stands open."""

import pytest


@pytest.fixture
def at(monkeypatch):
    """Set the clock that the doors read."""
    from tests.cast import MONDAY

    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def bram(cast, at):
    from tests.web.report_help import signed_in

    return signed_in(cast.bram)


@pytest.fixture
def opened(cast):
    """The cast, in a municipality whose page for citizens is open."""
    from django.utils import timezone

    from tests.outside_help import open_page

    open_page(cast, now=timezone.now())
    return cast
