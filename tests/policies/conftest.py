from datetime import date
from importlib.resources import files

import pytest

from meldroute.policies import load_pack


@pytest.fixture(scope="session")
def oost_brabant():
    return load_pack("oost-brabant", on=date(2026, 11, 23))


@pytest.fixture(scope="session")
def policy(oost_brabant):
    return oost_brabant.policy


@pytest.fixture(scope="session")
def oost_brabant_folder():
    return files("meldroute.policies") / "oost-brabant" / "2021-01-01"
