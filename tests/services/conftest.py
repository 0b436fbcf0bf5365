"""What tests of several services share."""

import pytest


@pytest.fixture
def opened(cast):
    """The cast, in a municipality whose page for citizens is open."""
    from tests.outside_help import open_page

    open_page(cast)
    return cast
