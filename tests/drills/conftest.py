"""Rehearsed disasters: small in `make test`, in full with MELDROUTE_DRILL=full (`make drill`)."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

FULL = os.environ.get("MELDROUTE_DRILL") == "full"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.drill)


def size(small: int, full: int) -> int:
    return full if FULL else small


@pytest.fixture
def child(mail_server):
    """The environment of a process of our own on this test's database, keys and mail server."""
    from django.conf import settings
    from django.db import connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        database = f"sqlite://{name}"
    else:
        parts = urlsplit(os.environ["MELDROUTE_DATABASE"])
        database = parts._replace(path=f"/{name}").geturl()
    return {
        "PATH": os.environ["PATH"], "HOME": str(settings.MELDROUTE_DATA), "MELDROUTE_DATABASE": database,
        "MELDROUTE_KEYRING": str(settings.MELDROUTE_KEYRING),
        "MELDROUTE_DATA": str(settings.MELDROUTE_DATA), "MELDROUTE_SECRET_KEY": settings.SECRET_KEY,
        "MELDROUTE_SMTP_HOST": "127.0.0.1", "MELDROUTE_SMTP_PORT": str(mail_server.port),
    }


@pytest.fixture
def site(tmp_path, mail_server):
    """`meldroute run` in a data folder of its own."""
    from tests.drills.killed_site import running_site

    with running_site(tmp_path, mail_server.port) as running:
        yield running
