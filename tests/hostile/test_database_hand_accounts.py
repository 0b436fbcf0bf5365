"""The same hand at accounts: passwords, addresses, invitations, second factors. None of it opens somebody else's account."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.rules.single_sign_on import Identity
from meldroute.services import appointing, audit_verify, invitations, sign_ons
from meldroute.services.appointing import Appointment
from meldroute.services.closing_accounts import close_left, start_over
from meldroute.services.delivery import deliver_due
from meldroute.services.key_rotation import bring_along, rotate
from meldroute.storage import second_factors
from meldroute.storage.keyed_hashes import invitation_hash
from meldroute.storage.models import Invitation, Membership, Message, SignOn, User
from meldroute.storage.vouching import NotVouchedFor
from tests.cast import MONDAY, PASSWORD
from tests.services.keeping_help import own_keyring
from tests.signing_in import signed_in
from tests.web.test_second_factor_pages import with_password

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = MONDAY.date()


# The way in


def signs_in(email: str, password: str) -> Client:
    client = Client(raise_request_exception=False)
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("my_reports")).status_code == 200


@pytest.mark.parametrize("written", ["password", "email"])
def test_a_password_or_an_address_that_was_written_by_hand_opens_no_account(cast, written):
    assert is_in(signs_in("bram@voorbeeld.example", PASSWORD)), "else this would prove nothing"
    mine = "een eigen lang wachtwoord"
    by_hand = {"password": make_password(mine), "email": "mijn@voorbeeld.example"}
    User.objects.filter(pk=cast.bram.user).update(**{written: by_hand[written]})
    email = "mijn@voorbeeld.example" if written == "email" else "bram@voorbeeld.example"
    assert not is_in(signs_in(email, mine if written == "password" else PASSWORD))


def test_a_forgotten_password_helps_nobody_who_wrote_their_own_address_there(cast, mail_server):
    User.objects.filter(pk=cast.bram.user).update(email="mijn@voorbeeld.example")
    client = Client(raise_request_exception=False)
    client.post(reverse("account_reset_password"), {"email": "mijn@voorbeeld.example"})
    row = User.objects.get(pk=cast.bram.user)
    row.set_password("een eigen lang wachtwoord")
    with pytest.raises(NotVouchedFor):  # what the page behind the link does
        row.save()


def test_the_manager_puts_an_account_right_by_its_address_and_only_then_by_an_invitation(cast):
    User.objects.filter(pk=cast.bram.user).update(email="mijn@voorbeeld.example", password=make_password("iets van mij"))
    with pytest.raises(NotVouchedFor):  # the invitation would go to the wrong mailbox
        start_over(cast.bram.membership, reader=cast.frits, now=MONDAY)
    appointing.correct_address(cast.bram.membership, email="bram@voorbeeld.example", reader=cast.frits, now=MONDAY)
    assert audit_verify.verify().is_sound
    assert not is_in(signs_in("bram@voorbeeld.example", "iets van mij"))
    start_over(cast.bram.membership, reader=cast.frits, now=MONDAY)
    assert Message.objects.filter(kind="invitation", membership=cast.bram.membership).exists()


def test_a_role_goes_to_no_account_that_took_somebody_s_address(cast):
    User.objects.filter(pk=cast.bram.user).update(email="nieuw@voorbeeld.example")
    with pytest.raises(NotVouchedFor):
        appointing.appoint(Appointment("Nieuw", "nieuw@voorbeeld.example", "buddy", TODAY), reader=cast.frits, now=MONDAY)
    assert not Membership.objects.filter(user=cast.bram.user, role="buddy").exists()


def test_the_mail_with_an_invitation_goes_to_whom_it_was_made_for(cast, mail_server):
    made = appointing.appoint(Appointment("Nieuw", "nieuw@voorbeeld.example", "buddy", TODAY), reader=cast.frits, now=MONDAY)
    assert made.new
    Message.objects.filter(kind="invitation").update(membership=cast.bram.membership)
    deliver_due(now=MONDAY)
    assert not [m for m in mail_server.messages if "uitnodiging" in m.get_content()]
    assert Message.objects.get(kind="invitation").sent_at is None


def test_an_invitation_and_a_tie_to_a_provider_stay_with_whom_they_were_made_for(cast):
    token = "een-verzonnen-teken"
    Invitation.objects.create(user_id=cast.bram.user, token_hash=invitation_hash(token), created_at=MONDAY,
                              expires_at=MONDAY + timedelta(days=1))
    Invitation.objects.update(user=cast.anna.user)
    with pytest.raises(NotVouchedFor):
        invitations.invited(token, now=MONDAY)
    who = Identity("https://ergens.example", "bram", second_factor=False)
    sign_ons.bind(cast.bram.user, who, now=MONDAY)
    SignOn.objects.update(user=cast.anna.user)
    with pytest.raises(NotVouchedFor):
        sign_ons.person_of(who)


# Second factors


def takes(client, secret: str, *, later: int = 0):
    return client.post(reverse("mfa_authenticate"), {"code": code_of(secret, counter_at(timezone.now()) + later)})


@pytest.mark.parametrize("seems", ["to have none", "to be new"])
def test_whoever_had_a_factor_does_not_seem_to_be_new(cast, seems):
    """The password was guessed or replaced, and the rows of the factor are gone: a new one is still refused."""
    second_factors.give_codes(cast.anna.user)
    Authenticator.objects.all().delete()
    if seems == "to be new":
        User.objects.filter(pk=cast.anna.user).update(factors_voucher=None)
    client = signed_in(cast.anna, factor=False)
    client.raise_request_exception = False
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = page.split('id="secret">')[1].split("<")[0].replace(" ", "")
    made = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, counter_at(timezone.now()) - 1)})
    assert made.status_code == 500
    assert client.get(reverse("work_list")).status_code == 302
    later = with_password()
    later.raise_request_exception = False
    assert takes(later, secret).status_code == 500
    assert later.get(reverse("work_list")).status_code == 302


def test_a_passkey_that_was_put_in_by_hand_closes_the_door_for_all_its_factors(cast):
    secret = second_factors.give_codes(cast.anna.user)
    Authenticator.objects.create(user_id=cast.anna.user, type="webauthn", data={"name": "x", "credential": {"id": "y"}})
    client = with_password()
    client.raise_request_exception = False
    assert takes(client, secret).status_code == 500
    assert client.get(reverse("work_list")).status_code == 302
    second_factors.remove_all(cast.anna.user)  # the manager lets the account start over
    fresh = second_factors.give_codes(cast.anna.user)
    assert takes(with_password(), fresh).status_code == 302


def test_new_recovery_codes_do_not_vouch_for_a_passkey_that_came_meanwhile(cast):
    second_factors.give_codes(cast.anna.user)
    anna = signed_in(cast.anna)
    Authenticator.objects.create(user_id=cast.anna.user, type="webauthn", data={"name": "x", "credential": {"id": "y"}})
    anna.raise_request_exception = False
    anna.post(reverse("mfa_generate_recovery_codes"))
    assert Authenticator.objects.filter(user=cast.anna.user, type="recovery_codes").exists()
    with pytest.raises(NotVouchedFor):
        second_factors.refuse_forged(cast.anna.user)


@pytest.fixture
def own_keys(settings, tmp_path):
    """Before `cast`: the keys are turned, and other tests use theirs."""
    return own_keyring(settings, tmp_path)


def test_one_forged_factor_stops_no_rotation_and_stays_forged(own_keys, cast):
    for reader in (cast.anna, cast.bo, cast.frits):
        second_factors.give_codes(reader.user)
    Authenticator.objects.filter(user=cast.bo.user).delete()
    rotate(now=MONDAY)
    bring_along(now=MONDAY)
    assert {found.place for found in audit_verify.verify().findings} == {f"second factors of {cast.bo.user}"}
    old = User.objects.filter(factors_voucher__startswith="1:").values_list("pk", flat=True)
    assert list(old) == [cast.bo.user]


def test_a_forged_account_whose_roles_ended_stops_no_clock_and_is_not_made_good_by_closing(cast):
    row = Membership.objects.get(pk=cast.bram.membership)
    row.valid_to = TODAY - timedelta(days=1)
    row.save()
    other = Membership.objects.get(pk=cast.bo.membership)
    other.valid_to = TODAY - timedelta(days=1)
    other.save()
    User.objects.filter(pk=cast.bram.user).update(email="mijn@voorbeeld.example")
    assert close_left(now=MONDAY) == 1
    assert set(User.objects.filter(is_active=False).values_list("pk", flat=True)) == {cast.bo.user}
    assert f"user {cast.bram.user}" in {found.place for found in audit_verify.verify().findings}
