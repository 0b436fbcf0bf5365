"""A password alone shows no personal data, at any address. The addresses come from the URL resolver."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.one_time_codes import code_of, counter_at
from meldroute.storage import second_factors
from meldroute.storage.models import HistoryEntry
from tests.hostile.scenes import ADDRESSES, ENTERS, OF_A_SIGNAL, STORY, ask
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

# Filing a report, what became of it, danger, and what is nobody's data.
WITHOUT = {"home", "choose_membership", "danger", "outside", "set_language", "partner_link", "report", "discard_draft", "receipt",
           "my_reports", "my_report", "proof_of_report"}
# The way in and out, and to a second factor; with one, the last five ask for it too.
ENTRANCE = {"account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
            "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
            "account_reset_password_from_key_done", "account_sso", "account_sso_back", "account_invitation",
            "account_invitation_link", "mfa_authenticate", "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn", "mfa_login_webauthn"}
ENROLMENT = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password", "account_sessions"}
# The library's other pages; every page of our own that is not named above needs one. Its row stands in access_table.py.
LIBRARY = {"account_set_password", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
           "mfa_remove_webauthn"}
WITH = ((set(ENTERS) | set(OF_A_SIGNAL)) - WITHOUT) | LIBRARY


def test_every_address_says_whether_it_needs_one():
    named = WITHOUT | ENTRANCE | ENROLMENT | WITH
    assert {name for name in ADDRESSES if name} ^ named == set(), "a new address, or one that is gone: say what it asks"


@pytest.mark.parametrize("enrolled", [False, True])
@pytest.mark.parametrize("who", ["anna", "frits", "pia", "nel", "karel"])
def test_with_a_password_alone_every_such_address_leads_to_the_second_factor(cast, scene, who, enrolled):
    reader = getattr(cast, who)
    if enrolled:
        second_factors.give_codes(reader.user)
    client = signed_in(reader, factor=False)
    way = reverse("mfa_reauthenticate") if enrolled else reverse("mfa_index")
    before = HistoryEntry.objects.count()
    wrong = []
    for name in sorted(WITH | (ENROLMENT if enrolled else set())):
        for method in ("GET", "POST"):
            parts = {"pk": 1} if name == "mfa_remove_webauthn" else None
            answer = (client.generic(method, reverse(name, kwargs=parts)) if parts
                      else ask(client, name, method, scene, scene["regular"]))
            if answer.status_code != 302 or not answer.url.startswith(way) or STORY in answer.content.decode():
                wrong.append((name, method, answer.status_code, answer.headers.get("Location")))
    assert wrong == []
    assert HistoryEntry.objects.count() == before, "nothing was done, and nothing was read"


@pytest.mark.parametrize("who", ["anna", "bram"])
def test_reporting_and_what_became_of_it_ask_for_none(cast, scene, who):
    client = signed_in(getattr(cast, who), factor=False)
    for name in ("report", "my_reports", "danger"):
        assert client.get(reverse(name)).status_code == 200, name
    if who == "bram":
        for name in ("receipt", "my_report", "proof_of_report"):
            assert ask(client, name, "GET", scene, scene["regular"]).status_code == 200, name


def test_a_reporter_s_notices_and_the_policy_ask_for_none_but_all_else_does(cast, scene):
    bram = signed_in(cast.bram, factor=False)
    for name in ("notifications", "municipalities", "forms", "focal_point"):
        assert bram.get(reverse(name)).status_code == 200, name
    assert bram.get(reverse("partners")).url.startswith(reverse("mfa_index"))


def test_whoever_can_change_to_a_role_that_needs_one_is_asked_in_every_role(cast):
    from meldroute.storage.models import Membership

    Membership.objects.create(user_id=cast.anna.user, organisation=cast.deurne, role="reporter",
                              valid_from=timezone.localdate().replace(year=2022))
    anna = signed_in(cast.anna, factor=False)
    own = next(m for m in Membership.objects.filter(user=cast.anna.user) if m.role == "reporter")
    anna.post(reverse("choose_membership"), {"membership": str(own.pk)})
    assert anna.get(reverse("notifications")).url.startswith(reverse("mfa_index"))


def test_the_factor_of_one_person_does_not_count_for_the_next_in_the_same_browser(cast):
    client = signed_in(cast.anna, factor=False)
    session = client.session
    session["second_factor"] = {"who": str(cast.frits.user), "at": timezone.now().timestamp()}
    session.save()
    assert client.get(reverse("work_list")).url.startswith(reverse("mfa_index"))


def test_using_it_in_a_session_that_had_none_opens_the_way(cast):
    secret = second_factors.give_codes(cast.anna.user)
    anna = signed_in(cast.anna, factor=False)
    asked = anna.get(reverse("work_list"))
    code = code_of(secret, counter_at(timezone.now()))
    assert anna.post(asked.url, {"code": code, "next": reverse("work_list")}).url == reverse("work_list")
    assert anna.get(reverse("work_list")).status_code == 200


def test_nobody_signed_in_is_asked_to_sign_in_first(cast):
    assert Client().get(reverse("work_list")).url.startswith(reverse("account_login"))
