"""What stands around a page: a person sees where their role may go, and nothing else."""
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.translation import override

from meldroute.rules.actors import Reader
from meldroute.rules.acts import ROLES as ALL_ROLES
from meldroute.services.accounts import MembershipCard, SignedIn
from meldroute.web.frame import frame_of
from meldroute.web.pages.words import ROLES

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def dutch():
    with override("nl"):
        yield


def request_of(*roles: str, page: str = "work_list"):
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=page)
    request.user = AnonymousUser()
    if roles:
        cards = tuple(MembershipCard(UUID(int=n), role, "Helmond") for n, role in enumerate(roles, start=1))
        reader = Reader(ONE, ONE, roles[0], TWO, "municipality", "GM0794")
        request.signed_in, request.user = SignedIn(reader, cards), SimpleNamespace(name="Anna Aandacht")
    return request


def test_a_focal_point_sees_the_work_list_first_and_no_settings():
    frame = frame_of(request_of("focal_point"))
    assert [link.label for link in frame.links][:2] == ["Werklijst", "Melden"]
    assert [link.label for link in frame.links if link.current] == ["Werklijst"]
    assert "Instellingen" not in [link.label for link in frame.links]
    assert (frame.person, frame.role) == ("Anna Aandacht", "aandachtsfunctionaris Helmond")


def test_a_reporter_sees_reporting_only():
    assert {link.label for link in frame_of(request_of("reporter")).links} <= {"Melden", "Mijn meldingen", "Berichten"}


def test_a_second_role_is_one_press_away():
    [other] = frame_of(request_of("focal_point", "functional_manager")).other_roles
    assert (other.membership, other.label) == (str(TWO), "functioneel beheerder Helmond")


def test_who_is_not_signed_in_is_offered_the_way_in_except_on_it():
    assert frame_of(request_of()).sign_in_url
    assert not frame_of(request_of(page="account_login")).sign_in_url


def test_every_role_of_a_person_has_a_name():
    assert set(ROLES) == ALL_ROLES - {"tick"}
