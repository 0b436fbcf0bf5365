"""A new colleague's way in: one link by mail, once, for a week; and the way out when a role ends."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.services.closing_accounts import close_left
from meldroute.services.delivery import deliver_due
from meldroute.storage import second_factors
from meldroute.storage.models import BrowserSession, HistoryEntry, Invitation, Membership, Message, SignOn, User
from tests.cast import PASSWORD
from tests.identity_provider import HELMOND, known_as, running_provider
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NINA = "nina@helmond.example"
FRESH = "een heel eigen en lang wachtwoord"


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def appoint(cast, email=NINA, role="focal_point") -> None:
    Message.objects.all().delete()
    answer = signed_in(cast.frits).post(reverse("people_appoint"), {
        "name": "Nina Nieuw", "email": email, "role": role, "domain": "care", "starts": timezone.localdate().isoformat()})
    assert answer.status_code == 200, answer.content.decode()


def link_in(mail_server) -> str:
    [mail] = [m for m in mail_server.messages if "uitnodiging" in m.get_content()]
    for telling in ("mensenhandel", "signaal", "melding", "aandachtsfunctionaris", "Helmond", "Nina", "focal"):
        assert telling not in str(mail["Subject"]) + mail.get_content()
    return re.search(r"https?://[^/]+(/account/uitnodiging/\S+)", mail.get_content())[1]


@pytest.fixture
def link(cast, mail_server) -> str:
    appoint(cast)
    deliver_due(now=timezone.now())
    return link_in(mail_server)


def test_the_link_leads_to_a_password_of_ones_own_and_then_to_a_second_factor(cast, link):
    nina = Client()
    page = nina.get(link, follow=True)
    assert link not in page.request["PATH_INFO"]
    assert NINA in page.content.decode()
    nina.post(reverse("account_invitation"), {"new_password1": FRESH, "new_password2": FRESH})
    assert User.objects.get(email=NINA).check_password(FRESH)
    assert nina.get(reverse("work_list")).url.startswith(reverse("mfa_index"))
    assert nina.get(reverse("report")).status_code == 200


def test_it_works_once_and_for_a_week(cast, link, monkeypatch):
    nina = Client()
    nina.get(link)
    nina.post(reverse("account_invitation"), {"new_password1": FRESH, "new_password2": FRESH})
    assert Client().get(link, follow=True).status_code == 410
    Invitation.objects.update(used_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link, follow=True).status_code == 410


@pytest.mark.parametrize("weak", ["kort", "wachtwoord123", "123456789012", "nina@helmond.example"])
def test_a_weak_password_is_refused_and_the_link_stays_good(cast, link, weak):
    nina = Client()
    nina.get(link)
    assert nina.post(reverse("account_invitation"), {"new_password1": weak, "new_password2": weak}).status_code == 400
    assert Invitation.objects.get().used_at is None


def test_the_token_stands_nowhere_in_the_database_in_clear(cast, link):
    token = link.strip("/").rpartition("/")[2]
    assert token not in str(list(Invitation.objects.values())) + str(list(Message.objects.values()))
    assert Client().get(f"/account/uitnodiging/{Invitation.objects.get().token_hash}/", follow=True).status_code == 410


def test_an_invitation_is_never_handed_on_to_whoever_has_the_duty_now(cast, mail_server):
    appoint(cast)
    row = Membership.objects.get(user__email=NINA)
    row.valid_from = row.valid_to = timezone.localdate() - timedelta(days=1)
    row.save()
    deliver_due(now=timezone.now())
    assert not [m for m in mail_server.messages if "uitnodiging" in m.get_content()]


def test_by_single_sign_on_it_binds_issuer_and_subject(cast, link, settings):
    with running_provider() as running:
        settings.MELDROUTE_SSO, settings.MELDROUTE_BASE_URL = (known_as(running),), "http://testserver"
        nina = Client()
        nina.get(link)
        address = nina.get(reverse("account_sso", args=[HELMOND])).url
        nina.get(reverse("account_sso_back", args=[HELMOND]), running.authorize(address, "nina-1"))
        row = SignOn.objects.get()
        assert (row.user.email, row.issuer, row.subject) == (NINA, running.issuer, "nina-1")
        assert not row.user.has_usable_password()
        again = Client()
        address = again.get(reverse("account_sso", args=[HELMOND])).url
        again.get(reverse("account_sso_back", args=[HELMOND]), running.authorize(address, "nina-1"))
        assert again.session["_auth_user_id"] == str(row.user.pk)


def test_somebody_who_is_bound_already_cannot_take_another_s_invitation(cast, link, settings):
    with running_provider() as running:
        settings.MELDROUTE_SSO, settings.MELDROUTE_BASE_URL = (known_as(running),), "http://testserver"
        SignOn.objects.create(user_id=cast.frits.user, issuer=running.issuer, subject="frits", bound_at=timezone.now())
        client = Client()
        client.get(link)
        address = client.get(reverse("account_sso", args=[HELMOND])).url
        client.get(reverse("account_sso_back", args=[HELMOND]), running.authorize(address, "frits"))
        assert client.session["_auth_user_id"] == str(cast.frits.user), "signed in as who they are, and no more"
        assert SignOn.objects.count() == 1
        assert Invitation.objects.get().used_at is None


# The way out


def test_with_the_last_role_the_account_closes_everywhere_at_once(cast):
    second_factors.give_codes(cast.bo.user)
    bo = signed_in(cast.bo)
    signed_in(cast.frits).post(reverse("people_end", args=[cast.bo.membership]),
                               {"last_day": (timezone.localdate() - timedelta(days=1)).isoformat()})
    assert bo.get(reverse("report")).status_code == 302
    assert not User.objects.get(pk=cast.bo.user).is_active
    assert not BrowserSession.objects.filter(user=cast.bo.user).exists()
    assert second_factors.with_factor([cast.bo.user]) == set()
    assert HistoryEntry.objects.filter(act="account.closed", chain=str(cast.helmond.pk)).count() == 1
    client = Client()
    client.post(reverse("account_login"), {"login": "bo@voorbeeld.example", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_the_clock_closes_what_ended_by_its_day_and_leaves_who_has_another_role(cast):
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk__in=[cast.bo.membership, cast.anna.membership]).update(valid_to=yesterday)
    Membership.objects.create(user_id=cast.anna.user, organisation=cast.deurne, role="reporter",
                              valid_from=timezone.localdate() + timedelta(days=3))
    assert close_left(now=timezone.now()) == 1
    assert close_left(now=timezone.now()) == 0
    assert set(User.objects.filter(is_active=False)) == {User.objects.get(pk=cast.bo.user)}


def test_a_closed_account_comes_back_by_a_new_invitation_only(cast, mail_server):
    Membership.objects.filter(pk=cast.bo.membership).update(valid_to=timezone.localdate() - timedelta(days=1))
    close_left(now=timezone.now())
    appoint(cast, email="bo@voorbeeld.example", role="buddy")
    assert not User.objects.get(pk=cast.bo.user).has_usable_password()
    deliver_due(now=timezone.now())
    assert link_in(mail_server)


def test_a_lost_telephone_ends_all_ways_in_but_a_new_invitation(cast, mail_server):
    second_factors.give_codes(cast.anna.user)
    anna, frits = signed_in(cast.anna), signed_in(cast.frits)
    address = reverse("people_start_over", args=[cast.anna.membership])
    assert frits.post(address, {}).status_code != 302, "not without having spoken to them"
    assert frits.post(address, {"sure": "on"}).status_code == 302
    assert anna.get(reverse("report")).status_code == 302
    assert second_factors.with_factor([cast.anna.user]) == set()
    told = set(Message.objects.filter(kind="privileges_changed").values_list("membership", flat=True))
    assert told == {cast.pia.membership}
    deliver_due(now=timezone.now())
    assert link_in(mail_server)


def test_nobody_starts_their_own_account_over_nor_one_of_another_organisation(cast):
    frits = signed_in(cast.frits)
    assert frits.post(reverse("people_start_over", args=[cast.frits.membership]), {"sure": "on"}).status_code == 400
    assert frits.post(reverse("people_start_over", args=[cast.noor.membership]), {"sure": "on"}).status_code == 404
