"""Signing in by password, no account of one's own making, the first page of each role, and the choice between roles."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Absence, HistoryEntry, Membership, User
from tests.cast import MONDAY, PASSWORD
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db):
    cache.clear()


def signed_in(reader) -> Client:
    client = Client()
    sign_in(client, reader.user)
    return client


def post_password(client, email="bram@voorbeeld.example", password=PASSWORD, **more):
    return client.post("/account/login/", {"login": email, "password": password} | more)


def test_a_reporter_signs_in_with_a_password_alone_and_begins_at_the_form(client, cast):
    assert client.get("/").url == "/account/login/?next=/"
    assert post_password(client).url == "/"
    assert client.get("/").url == "/melden/"
    assert client.get("/melden/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(client, cast):
    wrong, unknown = post_password(client, password="iets heel anders"), post_password(client, email="niemand@voorbeeld.example")
    answers = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (wrong, unknown)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_makes_an_account(client, cast, method):
    before = User.objects.count()
    page = getattr(client, method)("/account/signup/", {"email": "nieuw@voorbeeld.example", "password1": PASSWORD})
    assert "U kunt niet zelf een account maken" in page.content.decode()
    assert User.objects.count() == before


def test_nobody_changes_an_address_by_themselves(client):
    for name in ("account_email", "account_email_verification_sent", "account_confirm_login_code"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_signing_out_takes_a_post(client, cast):
    post_password(client)
    client.get("/account/logout/")
    assert client.get("/melden/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/melden/").status_code == 302


def test_a_forgotten_password_is_replaced_through_mail_that_says_no_more_than_that(client, cast):
    client.post("/account/password/reset/", {"email": "bram@voorbeeld.example"})
    [sent] = mail.outbox
    for telling in ("melding", "signaal", "mensenhandel", "Helmond", "Bram"):
        assert telling not in sent.subject + sent.body
    link = re.search(r"https?://\S+", sent.body)[0]
    page = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    [(address, _)] = page.redirect_chain[-1:]
    fresh = "een ander lang verzonnen wachtwoord"
    assert client.post(address, {"password1": fresh, "password2": fresh}).status_code == 302
    assert post_password(Client(), password=fresh).status_code == 302
    assert post_password(Client()).status_code == 200


def test_an_unknown_address_gets_no_mail_and_the_same_answer(client, cast):
    known = client.post("/account/password/reset/", {"email": "bram@voorbeeld.example"})
    unknown = client.post("/account/password/reset/", {"email": "niemand@voorbeeld.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_a_changed_password_ends_every_other_session(cast):
    here, there = Client(), Client()
    for client in (here, there):
        post_password(client)
    fresh = "een ander lang verzonnen wachtwoord"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert there.get("/melden/").status_code == 302


def test_the_pages_of_the_sign_in_library_know_who_is_signed_in(cast):
    page = signed_in(cast.bram).get("/account/password/change/").content.decode()
    assert "Bram Balie" in page
    assert "Mijn meldingen" in page
    assert "Bram" not in Client().get("/account/login/").content.decode()


# The first page, and another role


BEGINS = {"bram": "report", "anna": "work_list", "bo": "work_list", "dina": "work_list", "frits": "settings",
          "pia": "audit", "nel": "disclosures", "zora": "disclosures", "karel": "chain"}


@pytest.mark.parametrize("first", sorted(BEGINS))
def test_each_role_begins_where_its_work_is(cast, first):
    assert signed_in(getattr(cast, first)).get("/").url == reverse(BEGINS[first])


def test_without_a_role_today_the_page_says_whom_to_ask(cast):
    Membership.objects.filter(pk=cast.bram.membership).update(valid_to=MONDAY.date().replace(year=2025))
    page = signed_in(cast.bram).get("/")
    assert page.status_code == 403
    assert "functioneel beheerder" in page.content.decode()
    assert signed_in(cast.bram).get("/melden/").status_code == 404


def test_somebody_with_two_roles_chooses_and_keeps_the_choice(cast):
    both = Membership.objects.create(user_id=cast.anna.user, organisation=cast.deurne, role="reporter",
                                     valid_from=MONDAY.date().replace(year=2022))
    anna = signed_in(cast.anna)
    assert anna.get("/").url == reverse("work_list")
    assert "melder Gemeente Deurne" in anna.get("/melden/").content.decode()
    assert anna.post("/rol/", {"membership": str(both.pk)}).url == "/"
    assert anna.get("/").url == "/melden/"
    assert anna.get(reverse("work_list")).status_code == 404


def test_the_role_of_another_cannot_be_chosen(cast):
    bram = signed_in(cast.bram)
    for other in (str(cast.anna.membership), "geen", ""):
        assert bram.post("/rol/", {"membership": other}).status_code == 404
    assert bram.get("/").url == "/melden/"
    assert bram.get("/rol/").status_code == 405


def test_a_role_that_ended_is_no_longer_used_although_it_was_chosen(cast):
    bram = signed_in(cast.bram)
    bram.post("/rol/", {"membership": str(cast.bram.membership)})
    Membership.objects.filter(pk=cast.bram.membership).update(valid_to=MONDAY.date().replace(year=2025))
    assert bram.get("/melden/").status_code == 404


# A neighbour that stands in


def everybody_of_helmond_is_away(cast):
    today = timezone.localdate()
    for reader in (cast.anna, cast.bo):
        Absence.objects.create(membership_id=reader.membership, from_day=today, to_day=today)


def reported(cast, **said) -> str:
    new = NewSignal("Iemand durft niet naar buiten.", danger=True, **said)
    return register_signal(new, reader=cast.bram, submission=uuid4(), now=timezone.now()).reference


def test_with_nobody_there_the_mandated_neighbour_opens_the_signal_in_their_place(cast):
    everybody_of_helmond_is_away(cast)
    reference = reported(cast)
    noor = signed_in(cast.noor)
    assert noor.get(f"/signalen/{reference}/").status_code == 404, "not in her own role"
    assert "Gemeente Helmond heeft vandaag niemand zelf aanwezig" in noor.get("/", follow=True).content.decode()
    assert noor.post("/rol/", {"membership": str(cast.helmond.pk)}).status_code == 302
    assert reference in noor.get(reverse("work_list")).content.decode()
    assert noor.get(f"/signalen/{reference}/").status_code == 200
    read = HistoryEntry.objects.filter(act="signal.read").last()
    assert (read.actor, read.chain) == (str(cast.noor.membership), str(cast.helmond.pk))


def test_it_ends_by_itself_when_somebody_is_back(cast):
    everybody_of_helmond_is_away(cast)
    reference = reported(cast)
    noor = signed_in(cast.noor)
    noor.post("/rol/", {"membership": str(cast.helmond.pk)})
    Absence.objects.filter(membership_id=cast.bo.membership).delete()
    assert noor.get(f"/signalen/{reference}/").status_code == 404
    assert noor.post("/rol/", {"membership": str(cast.helmond.pk)}).status_code == 404


def test_nobody_else_stands_in_and_never_for_a_signal_about_a_colleague(cast):
    everybody_of_helmond_is_away(cast)
    secret = reported(cast, about_colleague=True)
    noor = signed_in(cast.noor)
    noor.post("/rol/", {"membership": str(cast.helmond.pk)})
    assert noor.get(f"/signalen/{secret}/").status_code == 404
    for reader in (cast.bram, cast.frits, cast.karel, cast.nel):
        assert signed_in(reader).post("/rol/", {"membership": str(cast.helmond.pk)}).status_code == 404
