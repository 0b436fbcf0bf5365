"""The page behind a link: opening changes nothing, the code opens, one answer spends it."""

import logging
import re

import pytest
from django.test import Client
from django.utils import timezone

from meldroute.project.logs import NoPaths
from meldroute.services.passing_on_pages import sent_page
from meldroute.storage.models import Answer, HistoryEntry, PartnerLink, Signal
from tests.services.passing_on_help import STORY, pass_on, passing
from tests.signing_in import signed_in
from tests.web.passing_on_help import token_of_last_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(cast):
    """A request by link: its address and its code, made just now as the pages' clock has it."""
    now = timezone.now()
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW", channel="link", to="nla@partner.example", now=now)
    code = sent_page(reference, referral=sent.referral, reader=cast.anna, now=now).code
    return f"/antwoord/{token_of_last_mail()}/", code


@pytest.fixture
def nobody():
    return Client(headers={"accept-language": "en"})


def test_opening_the_address_changes_nothing_and_looks_the_same_without_a_link(link, nobody):
    def everything():
        return (list(PartnerLink.objects.values()), Signal.objects.values().get(), HistoryEntry.objects.count())

    before = everything()
    pages = [nobody.get(link[0]), nobody.get(link[0]), nobody.head(link[0]), nobody.get("/antwoord/nooit-gemaakt/")]
    assert everything() == before
    assert {p.status_code for p in pages} == {200}
    bodies = {_without_csrf(p.content.decode()) for p in pages if p.content}
    assert len(bodies) == 1
    for telling in (STORY, "Helmond", "signal", "trafficking", "MR-"):
        assert telling not in min(bodies).split("<main")[1].split("</main>")[0]


def _without_csrf(body: str) -> str:
    body = re.sub(r'name="next" value="[^"]*"', "", body)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", body)


def test_the_code_opens_what_was_given_and_one_answer_spends_it(link, nobody):
    address, code = link
    page = nobody.post(address, {"code": f"{code[:4]} {code[4:]}"})
    assert STORY in page.content.decode()
    assert page.context["first"][0].kind == "taken_up"
    assert "sessionid" not in nobody.cookies
    assert "meldroute-session" not in nobody.cookies
    assert page.headers["Cache-Control"].count("no-store")

    done = nobody.post(address, {"access": page.context["access"], "answer": "taken_up", "text": ""})
    assert "your answer has arrived" in done.content.decode()
    assert Answer.objects.get().via == "link"
    again = nobody.post(address, {"access": page.context["access"], "answer": "not_for_us", "text": ""})
    assert again.status_code == 409
    assert nobody.post(address, {"code": code}).status_code == 400
    assert Answer.objects.count() == 1


def test_opening_it_is_logged_where_the_signal_belongs_as_the_link(link, nobody, cast):
    nobody.post(link[0], {"code": link[1]})
    read = HistoryEntry.objects.last()
    assert (read.chain, read.act, read.actor_kind) == (str(cast.helmond.pk), "signal.read", "link")


def test_a_wrong_code_shows_nothing_and_five_block_it(link, nobody):
    address, code = link
    for _ in range(5):
        page = nobody.post(address, {"code": "00000000" if code != "00000000" else "11111111"})
        assert page.status_code == 400
        assert STORY not in page.content.decode()
    assert nobody.post(address, {"code": code}).status_code == 400
    assert PartnerLink.objects.get().blocked_at


def test_an_answer_that_lacks_words_comes_back_with_what_was_typed(link, nobody):
    address, code = link
    access = nobody.post(address, {"code": code}).context["access"]
    page = nobody.post(address, {"access": access, "answer": "need_more", "text": "", "steps": "Bel ons eerst"})
    assert page.status_code == 409
    assert "Bel ons eerst" in page.content.decode()
    assert nobody.post(address, {"access": access}).status_code == 400
    assert not Answer.objects.exists()
    assert not PartnerLink.objects.get().spent_at


def test_when_the_page_was_open_too_long_what_was_typed_returns_after_the_code(link, nobody):
    address, code = link
    nobody.post(address, {"code": code})
    late = nobody.post(address, {"access": "verlopen", "answer": "taken_up", "text": "Wij komen morgen."})
    assert late.status_code == 400
    assert 'value="Wij komen morgen."' in late.content.decode()
    back = nobody.post(address, {"code": code, "text": "Wij komen morgen."})
    assert "Wij komen morgen." in back.content.decode()


def test_without_the_csrf_token_nothing_opens(link):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link[0], {"code": link[1]}).status_code == 403


def test_no_token_reaches_a_log(link, nobody, caplog):
    caplog.set_level(logging.INFO)
    address, code = link
    token = address.split("/")[2]
    nobody.get(address)
    nobody.post(address, {"code": "1"})
    nobody.put(address)
    quiet = NoPaths()
    for record in caplog.records:
        quiet.filter(record)
        assert token not in record.getMessage()
        assert code not in record.getMessage()


# With an account


def test_a_partner_with_an_account_sees_its_list_opens_and_answers(cast):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW")
    nel = signed_in(cast.nel)
    assert "Gemeente Helmond" in nel.get("/gedeeld/").content.decode()
    address = f"/gedeeld/{sent.referral}/"
    assert STORY in nel.get(address).content.decode()
    assert nel.post(address, {"answer": "need_more", "text": ""}).status_code == 409
    assert nel.post(address, {"answer": "verzonnen"}).status_code == 400
    done = nel.post(address, {"answer": "no_feedback", "text": "het onderzoek loopt"}, follow=True)
    assert "Your answer has arrived" in done.content.decode()
    assert "het onderzoek loopt" not in done.content.decode()
    assert nel.post(address, {"answer": "taken_up"}).status_code == 409
    assert Answer.objects.count() == 1


def test_for_everybody_else_the_disclosure_is_not_there(cast):
    sent = pass_on(cast, passing(cast), "ISZW")
    for reader in (cast.zora, cast.rick, cast.anna, cast.noor, cast.bram, cast.karel, cast.pia):
        client = signed_in(reader)
        assert client.get(f"/gedeeld/{sent.referral}/").status_code == 404
        assert client.post(f"/gedeeld/{sent.referral}/", {"answer": "taken_up"}).status_code == 404
        assert client.post(f"/gedeeld/{sent.referral}/", {}).status_code == 404
    assert not Answer.objects.exists()


def test_an_empty_list_teaches(cast):
    assert "Nothing is shared with you" in signed_in(cast.nel).get("/gedeeld/").content.decode()
    assert signed_in(cast.nel).get("/gedeeld/?na=onzin").status_code == 200
