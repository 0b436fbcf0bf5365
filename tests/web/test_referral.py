"""Three short steps: to whom and why this order, what they get in the exact words, sent."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.desk import key_of
from meldroute.storage.models import Clock, Disclosure, Referral, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import STORY, pass_on, passing, spoken
from tests.signing_in import signed_in
from tests.web.passing_on_help import hidden, token_of_last_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def step_two(client, reference, partner="ISZW", **chosen):
    query = {"channel": "account", **chosen}
    return client.get(f"/signalen/{reference}/melden/{partner}/wat/", query)


def typed(page, **changes):
    form = page.context["form"]
    return {**hidden(page), "fields_given": form["fields_given"].value(), "description": form["description"].value(),
            "question": "", **changes}


@pytest.mark.requirement("S-B1-12")
def test_the_first_step_says_to_whom_and_why_in_this_order(cast, anna):
    reference = passing(cast, "SU")
    page = anna.get(f"/signalen/{reference}/melden/ZOCO/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "AVIM" in text
    assert "een partner die eerder komt" in text or "comes first" in text
    assert 'name="channel"' not in text, "no form while somebody else comes first"

    police = anna.get(f"/signalen/{reference}/melden/AVIM/").content.decode()
    assert "088-9630320" in police
    call = f"/signalen/{reference}/contact/?met=AVIM"
    assert call in police
    assert anna.get(call).context["page"].chosen == "AVIM", "the page of the call knows whom it is about"


def test_the_care_step_asks_whether_the_person_knows_and_agrees(cast, anna):
    reference = passing(cast, "SU")
    spoken(cast, reference)
    url = f"/signalen/{reference}/melden/ZOCO/"
    assert "Does the person know, and agree?" in anna.get(url).content.decode()
    assert anna.get(url, {"next": "1", "channel": "account"}).status_code == 400
    on = anna.get(url, {"next": "1", "channel": "account", "agreement": "unknown"})
    assert on.status_code == 302
    page = anna.get(on.url)
    assert set(page.context["form"]["fields_given"].value()) == {"description", "about", "danger", "minor"}
    assert "Write below what was seen" in page.content.decode()
    assert STORY not in page.context["card"].text


def test_the_second_step_shows_the_exact_text_and_sends_exactly_that(cast, anna):
    reference = passing(cast)
    page = step_two(anna, reference)
    shown = page.context["card"].text
    assert STORY in shown
    assert "Bram Balie" not in shown
    assert [row.id for row in page.context["rows"] if row.blocked] == []
    sent = anna.post(page.wsgi_request.path, typed(page, send="1"))
    assert sent.status_code == 302
    row = Disclosure.objects.get()
    assert anna.get(sent.url).status_code == 200
    assert row.unseal("content_sealed", key=key_of(row.signal_id))["text"] == shown


def test_a_changed_tick_is_shown_before_it_goes(cast, anna):
    reference = passing(cast)
    page = step_two(anna, reference)
    first = typed(page, send="1", fields_given=["about"])
    again = anna.post(page.wsgi_request.path, first)
    assert again.status_code == 409
    assert not Disclosure.objects.exists()
    assert STORY not in again.context["card"].text
    sent = anna.post(page.wsgi_request.path, typed(again, send="1"))
    assert sent.status_code == 302
    assert Disclosure.objects.get().fields == ["about"]


def test_the_reporters_name_against_the_wish_stays_until_ground_and_reason_are_given(cast, anna):
    reference = passing(cast)
    page = step_two(anna, reference)
    names = [*page.context["form"]["fields_given"].value(), "reporter_name"]
    look = anna.post(page.wsgi_request.path, typed(page, look="1", fields_given=names))
    assert "does not want to be named" in look.content.decode()
    refused = anna.post(page.wsgi_request.path, typed(look, send="1", fields_given=names))
    assert refused.status_code == 409
    grounds = {"reporter_ground": "wet", "reporter_reason": "anders kan het niet"}
    look = anna.post(page.wsgi_request.path, typed(look, look="1", fields_given=names, **grounds))
    assert "against their wish" in look.content.decode()
    assert anna.post(page.wsgi_request.path, typed(look, send="1", fields_given=names, **grounds)).status_code == 302


def test_by_link_the_third_step_shows_the_code_to_read_aloud(cast, anna):
    reference = passing(cast)
    page = step_two(anna, reference, channel="link")
    assert anna.post(page.wsgi_request.path, typed(page, send="1", to="")).status_code == 400
    sent = anna.post(page.wsgi_request.path, typed(page, send="1", to="nla@partner.example"))
    third = anna.get(sent.url)
    code = third.context["code"].replace(" ", "")
    assert len(code) == 8
    assert code.isdigit()
    assert Clock.objects.filter(referral=Referral.objects.get(), stopped_at=None).count() == 1


def test_two_people_at_once_the_second_sees_that_it_changed_and_keeps_what_was_typed(cast, anna):
    reference = passing(cast)
    page = step_two(anna, reference)
    pass_on(cast, reference, "TFRIEC")
    stale = anna.post(page.wsgi_request.path, typed(page, send="1", question="Mijn vraag?"))
    assert stale.status_code == 409
    assert "Mijn vraag?" in stale.content.decode()
    assert not Referral.objects.filter(partner="ISZW").exists()


@pytest.mark.parametrize("path", ["melden/ISZW/", "melden/ISZW/wat/?channel=account", "overslaan/ISZW/", "alles-gemeld/",
                                  "partners-klaar/", "terugkoppelen/", "niet-terugkoppelen/", "sluiten/"])
def test_for_everybody_else_these_pages_are_not_there(cast, path):
    reference = passing(cast)
    for reader in (cast.noor, cast.dina, cast.nel, cast.karel, cast.bram, cast.frits):
        assert signed_in(reader).get(f"/signalen/{reference}/{path}").status_code == 404
        assert signed_in(reader).post(f"/signalen/{reference}/{path}", {}).status_code in (404, 405)


def test_a_partner_that_the_policy_does_not_have_is_not_there(cast, anna):
    reference = passing(cast)
    assert anna.get(f"/signalen/{reference}/melden/VERZONNEN/").status_code == 404


def test_skip_everybody_knows_and_all_answered_are_pages_of_their_own(cast, anna):
    reference = passing(cast)
    skip = anna.get(f"/signalen/{reference}/overslaan/ZOCO/")
    assert anna.post(skip.wsgi_request.path, {**hidden(skip), "reason": ""}).status_code == 400
    assert anna.post(skip.wsgi_request.path, {**hidden(skip), "reason": "uit beeld"}).status_code == 302
    early = anna.get(f"/signalen/{reference}/alles-gemeld/")
    assert early.status_code == 200
    assert anna.post(early.wsgi_request.path, hidden(early)).status_code == 409

    sent = pass_on(cast, reference, "ISZW")
    all_know = anna.get(f"/signalen/{reference}/alles-gemeld/")
    assert anna.post(all_know.wsgi_request.path, hidden(all_know)).status_code == 302
    phone = anna.get(f"/signalen/{reference}/antwoord/{sent.referral}/")
    kept = anna.post(phone.wsgi_request.path, {**hidden(phone), "answer": "no_feedback"})
    assert any("Every partner has answered" in str(m) for m in get_messages(kept.wsgi_request))
    done = anna.get(f"/signalen/{reference}/partners-klaar/")
    assert anna.post(done.wsgi_request.path, hidden(done)).status_code == 302
    assert Signal.objects.get().kind == "report_back"


def test_an_address_that_never_worked_and_a_disclosure_sent_by_mistake(cast, anna):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW")
    page = anna.get(f"/signalen/{reference}/niet-aangekomen/{sent.referral}/")
    assert anna.post(page.wsgi_request.path, {**hidden(page), "reason": "bestaat niet"}).status_code == 302
    assert anna.post(page.wsgi_request.path, {**hidden(anna.get(page.wsgi_request.path)), "reason": "nog eens"}
                     ).status_code == 409
    pass_on(cast, reference, "ISZW", now=MONDAY)
    newest = Disclosure.objects.order_by("-at", "id").last()
    page = anna.get(f"/signalen/{reference}/intrekken/{newest.pk}/")
    assert anna.post(page.wsgi_request.path, {**hidden(page), "reason": "verkeerd"}).status_code == 302
    assert Disclosure.objects.get(pk=newest.pk).withdrawn_at


def test_the_signals_page_shows_what_was_given_what_came_back_and_what_can_be_done(cast, anna):
    """The route names "the care coordinator"; what was sent to the body of this municipality stands in that row."""
    reference = passing(cast)
    sent = pass_on(cast, reference, "ZOCO", agreement="unknown")
    new = NewAnswer("need_more", "Is er een adres?", steps="Eerst bellen", options="Een gesprek")
    answer_by_phone(reference, referral=sent.referral, new=new, reader=cast.anna, now=MONDAY)
    page = anna.get(f"/signalen/{reference}/")
    rows = {row.rank: row for row in page.context["route"] if row.referral}
    assert [row.referral.partner_id for row in rows.values()] == ["ZOCO_HELMOND"]
    assert page.context["others"] == []
    text = page.content.decode()
    for word in ("Is er een adres?", "Eerst bellen", "Een gesprek", f"/intrekken/{Disclosure.objects.get().pk}/",
                 f"/niet-aangekomen/{sent.referral}/"):
        assert word in text


def test_a_call_can_be_confirmed_in_writing_with_the_same_frozen_copy(cast, anna):
    reference = passing(cast, "SU")
    spoken(cast, reference)
    called = Referral.objects.get()
    assert f"/nieuwe-link/{called.pk}/" in anna.get(f"/signalen/{reference}/").content.decode()
    page = anna.get(f"/signalen/{reference}/nieuwe-link/{called.pk}/")
    sent = anna.post(page.wsgi_request.path, {**hidden(page), "to": "avim@partner.example"})
    code = anna.get(sent.url).context["code"]
    partner = Client().post(f"/antwoord/{token_of_last_mail()}/", {"code": code})
    assert STORY in partner.content.decode()
    assert Disclosure.objects.count() == 1


def test_somebody_beside_the_route_can_hear_too_when_there_is_a_basis_for_it(cast, anna):
    reference = passing(cast, "CU")
    page = anna.get(f"/signalen/{reference}/melden/")
    standing = {p.id: p.standing for p in page.context["page"].partners}
    assert standing["TFRIEC"] == "todo"
    assert standing["BD"] == "no_basis"
    assert not {"AVIM", "ZOCO", "ZOCO_HELMOND", "ZOCO_LUMENS"} & standing.keys(), "those are on the route, or elsewhere"
    assert f"/signalen/{reference}/melden/TFRIEC/" in page.content.decode()
    assert f'/signalen/{reference}/melden/"' in anna.get(f"/signalen/{reference}/").content.decode()


def test_in_danger_the_page_offers_an_emergency_that_needs_a_reason_and_is_written_down(cast, anna):
    reference = passing(cast, danger=True)
    spoken(cast, reference, "AVIM", fields=("about",))
    page = step_two(anna, reference, "ZOCO", agreement="yes")
    given = ["narrative", "about"]
    refused = anna.post(page.wsgi_request.path, typed(page, send="1", fields_given=given))
    assert refused.status_code == 409
    assert "no confirmed legal basis" in refused.content.decode()
    look = anna.post(page.wsgi_request.path, typed(refused, look="1", fields_given=given, override="on"))
    assert "why can it not wait" in look.content.decode()
    reasoned = {"fields_given": given, "override": "on", "override_reason": "zij moet nu weg"}
    look = anna.post(page.wsgi_request.path, typed(look, look="1", **reasoned))
    sent = anna.post(page.wsgi_request.path, typed(look, send="1", **reasoned))
    assert sent.status_code == 302
    assert Disclosure.objects.get(partner="ZOCO_HELMOND").override
    assert "without a confirmed legal basis" in anna.get(f"/signalen/{reference}/").content.decode()


def test_without_danger_there_is_no_emergency_to_choose(cast, anna):
    page = step_two(anna, passing(cast), "ISZW")
    assert 'name="override"' not in page.content.decode()
