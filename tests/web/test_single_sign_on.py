"""Signing in through an organisation's own provider, a real one over HTTP: matched on issuer and subject alone."""

import time

import jwt
import pytest
import requests
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.channels import identity_provider
from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.storage import second_factors
from meldroute.storage.models import Membership, SignOn, User
from tests.identity_provider import HELMOND, MFA, known_as, running_provider
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = "anna-at-helmond"


@pytest.fixture(scope="module")
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture(autouse=True)
def at_helmond(provider, settings, transactional_db):
    cache.clear()
    settings.MELDROUTE_SSO = (known_as(provider, second_factor_acr=frozenset({MFA})),)
    settings.MELDROUTE_BASE_URL = "http://testserver"
    provider.knows(ANNA, email="anna@voorbeeld.example")
    return settings


def bound(reader, provider, subject=ANNA) -> None:
    SignOn.objects.create(user_id=reader.user, issuer=provider.issuer, subject=subject, bound_at=timezone.now())


def leave(client: Client, **query: str) -> str:
    answer = client.get(reverse("account_sso", args=[HELMOND]), query)
    assert answer.status_code == 302
    return answer.url


def come_back(client: Client, brought: dict[str, str], provider_id: str = HELMOND):
    return client.get(reverse("account_sso_back", args=[provider_id]), brought)


def through(client: Client, provider, subject=ANNA, **query: str):
    return come_back(client, provider.authorize(leave(client, **query), subject))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_linked_person_comes_in_and_our_own_second_factor_is_still_asked(cast, provider):
    bound(cast.anna, provider)
    secret = second_factors.give_codes(cast.anna.user)
    client = Client()
    answer = through(client, provider, next=reverse("work_list"))
    assert answer.url == reverse("mfa_authenticate")
    client.post(answer.url, {"code": code_of(secret, counter_at(timezone.now()))})
    assert client.get(reverse("work_list")).status_code == 200


def test_one_without_our_factor_is_led_to_getting_one(cast, provider):
    bound(cast.anna, provider)
    client = Client()
    through(client, provider)
    assert client.get(reverse("work_list")).url.startswith(reverse("mfa_index"))


@pytest.mark.parametrize(("acr", "counts"), [(MFA, True), ("urn:example:password", False), (None, False), ([MFA], False)])
def test_the_provider_s_second_factor_counts_only_as_it_was_arranged(cast, provider, acr, counts):
    provider.knows(ANNA, acr=acr)
    bound(cast.anna, provider)
    client = Client()
    through(client, provider)
    assert is_in(client)
    assert (client.get(reverse("work_list")).status_code == 200) == counts


def test_where_nothing_was_arranged_it_never_counts(cast, provider, at_helmond):
    at_helmond.MELDROUTE_SSO = (known_as(provider),)
    provider.knows(ANNA, acr=MFA, amr=["mfa"])
    bound(cast.anna, provider)
    client = Client()
    through(client, provider)
    assert client.get(reverse("work_list")).status_code == 302


def test_the_same_mail_address_under_another_subject_is_a_stranger(cast, provider):
    bound(cast.anna, provider)
    provider.knows("mallory", email="anna@voorbeeld.example", email_verified=True)
    client = Client()
    assert through(client, provider, "mallory").status_code == 403
    assert not is_in(client)


def test_the_same_subject_at_another_issuer_is_a_stranger(cast, provider, at_helmond):
    bound(cast.anna, provider)
    with running_provider() as elsewhere:
        at_helmond.MELDROUTE_SSO = (known_as(elsewhere),)
        client = Client()
        assert through(client, elsewhere).status_code == 403
        assert not is_in(client)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(cast, provider, at_helmond):
    from dataclasses import replace

    known, secret = known_as(provider)
    at_helmond.MELDROUTE_SSO = ((replace(known, issuer=provider.issuer.replace("localhost", "127.0.0.1")), secret),)
    bound(cast.anna, provider)
    answer = Client().get(reverse("account_sso", args=[HELMOND]))
    assert answer.status_code in (302, 502)
    if answer.status_code == 302:  # this one answers to any name it is called by
        client = Client()
        assert through(client, provider).status_code == 403
        assert not is_in(client)


def test_an_answer_is_good_once(cast, provider):
    bound(cast.anna, provider)
    client = Client()
    brought = provider.authorize(leave(client), ANNA)
    come_back(client, brought)
    client.post(reverse("account_logout"))
    assert come_back(client, brought).status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize("change", ["state", "other browser", "other provider", "no state"])
def test_an_answer_to_somebody_else_s_question_is_refused(cast, provider, change):
    bound(cast.anna, provider)
    client, other = Client(), Client()
    brought = provider.authorize(leave(client), ANNA)
    if change == "other browser":
        client = other
    if change == "state":
        brought["state"] = "x" * 43
    if change == "no state":
        del brought["state"]
    assert come_back(client, brought, "elders" if change == "other provider" else HELMOND).status_code == 400
    assert not is_in(client)


def test_a_code_of_another_question_fails_on_its_nonce(cast, provider):
    """A code that was caught elsewhere, slipped into one's own visit."""
    bound(cast.anna, provider)
    caught = provider.authorize(leave(Client()), ANNA)
    client = Client()
    own = provider.authorize(leave(client), "mallory")
    assert come_back(client, own | {"code": caught["code"]}).status_code == 403
    assert not is_in(client)


def test_a_code_twice_or_an_invented_one_gives_nothing(cast, provider):
    bound(cast.anna, provider)
    client = Client()
    brought = provider.authorize(leave(client), ANNA)
    assert come_back(client, brought | {"code": "verzonnen"}).status_code == 502
    assert not is_in(client)


def test_what_is_asked_has_pkce_state_and_nonce_and_no_personal_data(provider):
    address = leave(Client())
    for part in ("code_challenge_method=S256", "code_challenge=", "state=", "nonce=", "scope=openid&"):
        assert part in address
    assert "email" not in address


def test_roles_come_from_here_and_never_from_a_claim(cast, provider):
    provider.knows(ANNA, roles=["focal_point"], groups=["functional_manager"], acr=MFA)
    bound(cast.bram, provider)
    before = list(Membership.objects.values_list("user", "role").order_by("pk"))
    client = Client()
    through(client, provider)
    assert client.get(reverse("work_list")).status_code == 404
    assert list(Membership.objects.values_list("user", "role").order_by("pk")) == before


def test_a_closed_account_stays_closed(cast, provider):
    bound(cast.anna, provider)
    anna = User.objects.get(pk=cast.anna.user)
    anna.is_active = False
    anna.save()
    client = Client()
    through(client, provider)
    assert not is_in(client)


def test_showing_again_that_it_is_still_them_must_be_the_same_person_and_fresh(cast, provider):
    """Without a password or factor of ours, the provider is asked to sign them in anew."""
    bound(cast.frits, provider)
    User.objects.filter(pk=cast.frits.user).update(password="!")
    late = signed_in(cast.frits, confirmed=False)
    asked = late.get(reverse("people_appoint"))
    assert asked.url.startswith(reverse("account_sso", args=[HELMOND]))
    address = late.get(asked.url).url
    assert "prompt=login" in address
    provider.knows(ANNA, auth_time=int(time.time()) - 3600)
    assert come_back(late, provider.authorize(address, ANNA)).status_code == 403, "signed in there an hour ago"
    provider.knows("mallory", auth_time=int(time.time()))
    assert come_back(late, provider.authorize(late.get(asked.url).url, "mallory")).status_code == 403
    provider.knows(ANNA, auth_time=int(time.time()))
    assert come_back(late, provider.authorize(late.get(asked.url).url, ANNA)).url == reverse("people_appoint")
    assert late.get(reverse("people_appoint")).status_code == 200


def test_a_provider_that_is_away_is_said_and_a_password_still_works(cast, at_helmond):
    with running_provider() as gone:
        at_helmond.MELDROUTE_SSO = (known_as(gone),)
    answer = Client().get(reverse("account_sso", args=[HELMOND]))
    assert answer.status_code == 502
    assert reverse("account_login") in answer.content.decode()


@pytest.mark.parametrize("forged", ["other key", "none", "our secret"])
def test_a_token_with_a_signature_of_somebody_else_is_refused(provider, forged):
    from cryptography.hazmat.primitives.asymmetric import rsa

    places = identity_provider.discover(provider.issuer)
    kid = requests.get(places.keys, timeout=5).json()["keys"][0]["kid"]
    claims = {"iss": provider.issuer, "sub": ANNA, "aud": "meldroute"}
    key, alg = {"other key": (rsa.generate_private_key(65537, 2048), "RS256"), "none": (None, "none"),
                "our secret": ("a secret of the test" * 3, "HS256")}[forged]
    token = jwt.encode(claims, key, algorithm=alg, headers={"kid": kid})
    with pytest.raises(identity_provider.ProviderAway, match="not signed"):
        identity_provider.verified_claims(provider.issuer, places, token)
