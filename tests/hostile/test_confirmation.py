"""Whoever finds a screen open sends nothing to anybody, gives nobody a role and takes nothing along."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from meldroute.rules.confirmation import DESTRUCTION, DISCLOSURE, EXPORT, READING, ROLES, SENSITIVE
from meldroute.storage.models import HistoryEntry, Membership
from tests.cast import PASSWORD
from tests.hostile.scenes import ADDRESSES, ask
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {**dict.fromkeys(DISCLOSURE | DESTRUCTION, "anna"), **dict.fromkeys(ROLES, "frits"), **dict.fromkeys(EXPORT, "frits"),
       **dict.fromkeys(READING, "dina"), "incident": "pia"}


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def test_every_act_on_the_list_is_an_address():
    assert set() == SENSITIVE - set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(SENSITIVE))
def test_long_after_signing_in_it_asks_who_it_is(cast, scene, name):
    late = signed_in(getattr(cast, WHO[name]), confirmed=False)
    before = HistoryEntry.objects.count()
    for method in ("GET", "POST"):
        answer = ask(late, name, method, scene, scene["regular"])
        assert answer.status_code == 302, method
        assert answer.url.startswith(reverse("account_reauthenticate")), method
    assert HistoryEntry.objects.count() == before


@pytest.mark.parametrize("name", sorted(SENSITIVE))
def test_shortly_after_it_does_not(cast, scene, name):
    fresh = signed_in(getattr(cast, WHO[name]))
    answer = ask(fresh, name, "GET", scene, scene["regular"])
    assert "reauth" not in answer.headers.get("Location", "")


def test_what_somebody_was_sending_goes_on_after_the_right_password_and_not_after_a_wrong_one(cast):
    frits = signed_in(cast.frits, confirmed=False)
    sent = {"name": "Nieuw Hier", "email": "nieuw@voorbeeld.example", "role": "reporter", "starts": "2035-01-01"}
    asked = frits.post(reverse("people_appoint"), sent)
    before = Membership.objects.count()
    assert frits.post(asked.url, {"password": "iets anders", "next": reverse("people_appoint")}).status_code == 200
    assert Membership.objects.count() == before
    frits.post(asked.url, {"password": PASSWORD, "next": reverse("people_appoint")})
    assert Membership.objects.count() == before + 1
