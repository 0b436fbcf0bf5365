"""Getting a second factor and using it: an app, recovery codes; good once, guessed a few times at most, sealed."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.storage import second_factors
from meldroute.storage.sealing import SealBroken
from tests.cast import PASSWORD
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = "anna@voorbeeld.example"


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def code_now(secret: str, later: int = 0) -> str:
    return code_of(secret, counter_at(timezone.now()) + later)


def with_password(client=None) -> Client:
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": ANNA, "password": PASSWORD})
    assert answer.url == reverse("mfa_authenticate")
    return client


def types(client: Client, code: str):
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.fixture
def enrolled(cast):
    """Anna with an app; returns its secret and her recovery codes."""
    anna = signed_in(cast.anna, factor=False)
    page = anna.get(reverse("mfa_activate_totp"))
    secret = re.sub(r"\s", "", re.search(r'id="secret">([^<]+)<', page.content.decode())[1])
    done = anna.post(reverse("mfa_activate_totp"), {"code": code_now(secret, -1)})
    assert done.url == reverse("mfa_view_recovery_codes")
    page = anna.get(done.url).content.decode()
    codes = re.findall(r'class="mr-code">(\d{4}) (\d{4})<', page)
    return secret, ["".join(code) for code in codes]


def test_enrolling_an_app_opens_the_way_and_is_asked_at_the_next_sign_in(cast, enrolled):
    secret, codes = enrolled
    assert len(codes) == 10
    client = with_password()
    assert client.get(reverse("work_list")).url.startswith(reverse("account_login")), "half way is not in"
    assert types(client, code_now(secret)).status_code == 302
    assert client.get(reverse("work_list")).status_code == 200


def test_the_code_that_enrolled_it_does_not_open_the_door_too(cast, enrolled):
    secret, _ = enrolled
    assert types(with_password(), code_now(secret, -1)).status_code == 200


def test_a_code_opens_the_door_once(cast, enrolled):
    secret, codes = enrolled
    for code in (code_now(secret), codes[0]):
        assert types(with_password(), code).status_code == 302
        refused = with_password()
        assert types(refused, code).status_code == 200
        assert refused.get(reverse("work_list")).status_code == 302


def test_after_five_wrong_codes_the_right_one_no_longer_helps_and_a_new_password_forgives(cast, enrolled, django_user_model):
    secret, codes = enrolled
    client = with_password()
    for _ in range(5):
        assert types(client, "000000").status_code == 200
    for right in (code_now(secret), codes[0]):
        assert types(client, right).status_code == 200
    again = signed_in(cast.anna)
    fresh = "een ander lang verzonnen wachtwoord"
    again.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    client = Client()
    client.post(reverse("account_login"), {"login": ANNA, "password": fresh})
    assert types(client, code_now(secret)).status_code == 302


def test_what_is_secret_is_sealed_and_bound_to_its_person(cast, enrolled):
    secret, codes = enrolled
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(text in stored for text in (secret, *codes))
    row = Authenticator.objects.get(user=cast.anna.user, type="totp")
    second_factors.give_codes(cast.frits.user)
    Authenticator.objects.filter(user=cast.frits.user).update(data=row.data)
    with pytest.raises(SealBroken):
        second_factors.secret_of(cast.frits.user)


def test_the_last_one_stays_while_a_role_needs_it(cast, enrolled):
    anna = signed_in(cast.anna)
    page = anna.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert second_factors.with_factor([cast.anna.user]) == {cast.anna.user}


def test_a_reporter_may_take_it_away_again(cast):
    second_factors.give_codes(cast.bram.user)
    assert signed_in(cast.bram).post(reverse("mfa_deactivate_totp")).status_code == 302
    assert second_factors.with_factor([cast.bram.user]) == set()


def test_a_change_long_after_signing_in_asks_who_it_is(cast, enrolled):
    late = signed_in(cast.anna, confirmed=False)
    for name in ("mfa_view_recovery_codes", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        assert reverse("account_reauthenticate") in late.get(reverse(name)).url, name


def test_the_square_is_drawn_without_a_style_of_its_own(cast):
    page = signed_in(cast.anna, factor=False).get(reverse("mfa_activate_totp")).content.decode()
    drawn = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert "style" not in drawn
    assert "data:" not in page


@pytest.mark.parametrize("sent", ["", "{", "[]", "null", '{"id": "x"}', '{"response": {"userHandle": 5}}'])
@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_add_webauthn"])
def test_an_answer_that_no_browser_gave_is_refused_calmly(cast, name, sent):
    client = Client() if name == "mfa_login_webauthn" else signed_in(cast.anna)
    if name == "mfa_login_webauthn":
        assert client.get(reverse(name)).status_code == 200
    assert client.post(reverse(name), {"credential": sent}).status_code in (200, 302)
    assert not Authenticator.objects.filter(type="webauthn").exists()
