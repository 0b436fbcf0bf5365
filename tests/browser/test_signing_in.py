"""Signing in as people do: with a passkey, with an app, through one's own organisation; getting each for the first time."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.storage.models import SignOn
from tests.cast import PASSWORD
from tests.identity_provider import MFA, known_as, running_provider

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = "anna@voorbeeld.example"


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


@pytest.fixture
def by_name(visitor, site, settings):
    """Passkeys belong to a name; the machine's own is one that a browser trusts."""
    assert "localhost" in site
    return visitor


def with_password(page) -> None:
    page.goto(reverse("account_login"))
    page.locator("input[name=login]").fill(ANNA)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_load_state()


def sign_out(page) -> None:
    page.goto(reverse("account_logout"))
    page.locator("main").get_by_role("button", name="Uitloggen").click()
    page.wait_for_load_state()


def key_in(page, *, verified: bool = True):
    """A passkey of this machine that says yes, as Chromium plays one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verified, "automaticPresenceSimulation": True}})
    return session


def test_a_passkey_is_made_and_then_signs_in_alone(by_name, look, cast):
    page = by_name()
    key_in(page)
    with_password(page)
    page.get_by_role("heading", name="Tweede stap bij het inloggen").wait_for()
    look(page, "second-step-none")
    page.get_by_role("link", name="Voeg een passkey toe").click()
    look(page, "passkey-add")
    page.get_by_role("button", name="Maak de passkey").click()
    page.get_by_role("heading", name="Herstelcodes").wait_for()
    look(page, "recovery-codes")
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    page.wait_for_url(re.compile(reverse("work_list")))
    assert Authenticator.objects.filter(user=cast.anna.user, type="webauthn").count() == 1
    page.goto(reverse("mfa_index"))
    look(page, "second-step-passkey")
    sign_out(page)
    page.goto(reverse("account_login"))
    look(page, "sign-in-with-passkey")
    page.get_by_role("link", name="Log in met een passkey").click()
    look(page, "passkey-sign-in")
    page.get_by_role("button", name="Gebruik uw passkey").click()
    page.wait_for_url(re.compile(reverse("work_list")))


def test_a_passkey_is_the_second_step_after_a_password_too(by_name, look, cast):
    page = by_name()
    key_in(page)
    with_password(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Maak de passkey").click()
    page.get_by_role("heading", name="Herstelcodes").wait_for()
    sign_out(page)
    with_password(page)
    page.get_by_role("heading", name="Tweede stap").wait_for()
    look(page, "second-step-asked")
    page.get_by_role("button", name="Gebruik uw passkey").click()
    page.wait_for_url(re.compile(reverse("work_list")))


def test_a_passkey_whose_owner_is_not_there_makes_nothing(by_name, cast):
    page = by_name()
    key_in(page, verified=False)
    with_password(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Maak de passkey").click()
    page.get_by_text("Dat lukte niet, of het is gestopt").wait_for()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_app_is_switched_on_and_then_asked(visitor, look, cast, javascript):
    page = visitor(width=320, javascript=javascript)
    with_password(page)
    page.get_by_role("link", name="Gebruik een app").click()
    if javascript:
        look(page, "app-switch-on")
    secret = re.sub(r"\s", "", page.locator("#secret").inner_text())
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Zet aan").click()
    page.get_by_text("Deze code klopt niet").first.wait_for()
    if javascript:
        look(page, "app-wrong-code")
    page.locator("input[name=code]").fill(code_of(secret, counter_at(timezone.now()) - 1))
    page.get_by_role("button", name="Zet aan").click()
    page.get_by_role("heading", name="Herstelcodes").wait_for()
    sign_out(page)
    with_password(page)
    page.locator("input[name=code]").fill(code_of(secret, counter_at(timezone.now())))
    page.locator("form:has(input[name=code]) button[type=submit]").click()
    page.wait_for_url(re.compile(reverse("work_list")))
    page.goto(reverse("account_sessions"))
    if javascript:
        look(page, "sessions")


@pytest.mark.parametrize("javascript", [True, False])
def test_through_one_s_own_organisation(visitor, look, cast, settings, javascript):
    with running_provider() as running:
        settings.MELDROUTE_SSO = (known_as(running, second_factor_acr=frozenset({MFA})),)
        running.knows("anna-1", acr=MFA)
        SignOn.objects.create(user_id=cast.anna.user, issuer=running.issuer, subject="anna-1", bound_at=timezone.now())
        visitor.known += [running.issuer, "https://cdn.jsdelivr.net"]  # the provider's page names a style sheet there
        page = visitor(javascript=javascript)
        page.route("https://cdn.jsdelivr.net/**", lambda route: route.abort())
        page.goto(reverse("account_login"))
        if javascript:
            look(page, "sign-in-organisation")
        page.get_by_role("link", name="Log in via Gemeente Helmond").click()
        page.locator("input[name=sub]").fill("anna-1")
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url(re.compile(reverse("work_list")))
        sign_out(page)
        page.get_by_role("link", name="Log in via Gemeente Helmond").click()
        page.locator("input[name=sub]").fill("een vreemde")
        page.get_by_role("button", name="Authorize").click()
        page.get_by_role("heading", name="U bent niet ingelogd").wait_for()
        if javascript:
            look(page, "sign-in-unknown")


def test_the_pages_of_who_watches_over_access(visitor, sign_in, look, cast):
    page = visitor()
    sign_in(page, "frits@voorbeeld.example", PASSWORD)
    page.goto(reverse("access_review"))
    look(page, "access-review")
    page.goto(reverse("people"))
    look(page, "people-with-lost-telephone")
    page.goto(reverse("people_start_over", args=[cast.anna.membership]))
    look(page, "start-over")
    page.goto(reverse("mfa_reauthenticate"))
    look(page, "show-again")
