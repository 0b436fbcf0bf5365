"""Somebody with an account who means harm: what they try, and what stops it or makes it seen."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.disclosure import DisclosureRefused, Grounds
from meldroute.services import appointing, duties, leaving, partner_links, passing_on
from meldroute.services.assessment import exclude_partner
from meldroute.services.disclosure import PreviewChanged, preview_disclosure
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.passing_on_pages import sent_page
from meldroute.services.people import AppointmentRefused
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Disclosure, HistoryEntry, Membership, Message, PartnerLink, Referral, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in
from tests.web.passing_on_help import token_of_last_mail

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = MONDAY.date()


# The functional manager


def test_another_role_of_the_focal_point_is_no_way_around_telling_that_their_address_changed(cast):
    """The address is the person's, not the role's: whoever holds it gets the next password."""
    beside = appointing.appoint(appointing.Appointment("x", "anna@voorbeeld.example", "reporter", TODAY),
                                reader=cast.frits, now=MONDAY)
    appointing.correct_address(beside.membership, email="frits2@voorbeeld.example", reader=cast.frits, now=MONDAY)
    told = {m.membership_id for m in Message.objects.filter(kind="address_changed")}
    assert {cast.bo.membership, cast.pia.membership} <= told


def test_an_address_of_whoever_reads_alone_is_seen_from_outside_the_municipality(cast):
    Membership.objects.filter(pk__in=[cast.bo.membership, cast.pia.membership]).update(valid_to=TODAY - timedelta(days=1))
    appointing.correct_address(cast.anna.membership, email="frits2@voorbeeld.example", reader=cast.frits, now=MONDAY)
    told = {m.membership_id for m in Message.objects.filter(kind="address_changed")}
    assert told == {cast.anna.membership, cast.karel.membership}


def test_the_manager_cannot_read_along_and_whoever_is_appointed_is_seen(cast):
    for role in ("focal_point", "buddy", "designated"):
        with pytest.raises(AppointmentRefused):
            appointing.appoint(appointing.Appointment("F", "FRITS@voorbeeld.example", role, TODAY), reader=cast.frits,
                               now=MONDAY)
    appointing.appoint(appointing.Appointment("Stroman", "stroman@voorbeeld.example", "focal_point", TODAY),
                       reader=cast.frits, now=MONDAY)
    told = {m.membership_id for m in Message.objects.filter(kind="role_given")}
    assert {cast.anna.membership, cast.bo.membership, cast.pia.membership} <= told
    assert HistoryEntry.objects.filter(act="membership.started", actor=str(cast.frits.membership)).exists()


def test_an_absence_of_the_designated_person_closes_no_way_for_signals_about_colleagues(cast):
    """The manager writes absences down, and the signal may be about the manager."""
    leaving.record_absence(cast.dina.membership, from_day=TODAY, to_day=TODAY + timedelta(days=300), reader=cast.frits,
                           now=MONDAY)
    register_signal(NewSignal("over de beheerder", about_colleague=True), reader=cast.bram, submission=uuid4(), now=MONDAY)
    assert Message.objects.get(kind="signal_received").membership_id == cast.dina.membership
    choices = choices_in_force(cast.helmond.pk, now=MONDAY)
    assert duties.on_duty(cast.helmond.pk, lane="confidential", choices=choices, now=MONDAY).people == (
        cast.dina.membership,)


# Memberships in a living session


def test_a_membership_that_ends_or_an_account_that_is_closed_stops_within_the_session(cast):
    reference = reported(cast)
    anna = signed_in(cast.anna)
    address = reverse("signal", args=[reference])
    assert anna.get(address).status_code == 200
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert anna.get(address).status_code == 404
    assert anna.post(reverse("take_up", args=[reference]), {"version": 1}).status_code == 404
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=None)
    assert anna.get(address).status_code == 200
    get_user_model().objects.filter(pk=cast.anna.user).update(is_active=False)
    assert anna.get(address).status_code == 302


def test_nobody_chooses_a_membership_that_is_not_theirs_and_the_try_is_written_down(cast):
    bram = signed_in(cast.bram)
    before = HistoryEntry.objects.filter(act="refused").count()
    for other in (cast.anna.membership, cast.helmond.pk, cast.deurne.pk, uuid4()):
        assert bram.post(reverse("choose_membership"), {"membership": str(other)}).status_code == 404
    assert bram.get(reverse("work_list")).status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == before + 5
    session = bram.session
    session["membership"] = str(cast.anna.membership)  # even written into the session it gives nothing
    session.save()
    assert bram.get(reverse("work_list")).status_code == 404


# A focal point who skips what stands between


def test_nothing_goes_without_the_text_having_stood_on_the_screen(cast):
    reference = passing(cast)
    for shown in ("", "0" * 64):
        blind = passing_on.PassOn(channel="account", fields=frozenset({"narrative", "about"}), shown=shown)
        with pytest.raises(PreviewChanged):
            passing_on.pass_on(reference, partner="ISZW", wanted=blind, reader=cast.anna, now=MONDAY)
    assert not Disclosure.objects.exists()
    assert not Message.objects.filter(kind="disclosure_received").exists()


@pytest.mark.parametrize("field", ["narrative", "where", "when"])
def test_the_reporter_s_name_inside_another_text_needs_ground_and_reason_too(cast, field):
    said = {field: "Ik heet bram BALIE en zag dit zelf."}
    reference = passing(cast, **said)
    for grounds, problems in ((Grounds(), {"reporter_against_wish"}),
                              (Grounds(reporter_ground="art. 1", reporter_reason="kan niet anders"), set())):
        card = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY, fields=["about", field],
                                  grounds=grounds)
        assert {p.id for p in card.problems} == problems
        assert "reporter_against_wish" in card.warnings
    allowed = passing(cast, name_allowed=True, **said)
    assert not preview_disclosure(allowed, partner="ISZW", reader=cast.anna, now=MONDAY, fields=["about", field]).problems


def test_the_reporter_s_name_in_a_question_or_purpose_needs_them_too(cast):
    reference = passing(cast)
    for typed in ({"question": "Wilt u Bram Balie bellen?"}, {"purpose_text": "Op verzoek van Bram Balie"}):
        card = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY, fields=["about"], **typed)
        assert {p.id for p in card.problems} == {"reporter_against_wish"}


def test_an_excluded_partner_gets_no_new_way_to_what_was_given_earlier(cast):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW", channel="link", to="nla@partner.example")
    exclude_partner(reference, "ISZW", reason="een betrokkene werkt daar", reader=cast.anna, now=MONDAY)
    with pytest.raises(DisclosureRefused):
        partner_links.new_link(reference, referral=sent.referral, to="nla@partner.example", reader=cast.anna, now=MONDAY)
    assert PartnerLink.objects.count() == 1


@pytest.mark.parametrize(("excluded", "asked"), [("ZOCO", "ZOCO_HELMOND"), ("ZOCO_HELMOND", "ZOCO"), ("ZOCO", "ZOCO")])
def test_an_exclusion_holds_under_every_name_of_the_same_body(cast, excluded, asked):
    reference = passing(cast, "AU")
    exclude_partner(reference, excluded, reason="betrokken", reader=cast.anna, now=MONDAY)
    card = preview_disclosure(reference, partner=asked, reader=cast.anna, now=MONDAY, grounds=Grounds(agreement="yes"))
    assert "excluded" in {p.id for p in card.problems}


@pytest.mark.parametrize("name", ["conclude", "settle", "close", "complete_referrals", "give_feedback",
                                  "withhold_feedback", "unbundle", "follow_lead", "ask_more_advice"])
def test_an_act_out_of_its_order_changes_nothing(cast, name):
    reference = reported(cast)
    before = Signal.objects.values().get()
    anna = signed_in(cast.anna)
    answer = anna.post(reverse(name, args=[reference]), {
        "version": before["version"], "conclusion": "none", "reason": "handled", "text": "klaar", "send": "1",
        "state": "afgesloten", "kind": "end", "lane": "confidential", "municipality": str(cast.deurne.pk)})
    assert answer.status_code in (200, 400, 404, 409), answer.status_code
    assert Signal.objects.values().get() == before


def test_columns_that_no_form_asks_for_cannot_be_sent_along(cast):
    anna = signed_in(cast.anna)
    reference = reported(cast)
    page = anna.get(reverse("take_up", args=[reference]))
    anna.post(reverse("take_up", args=[reference]), {
        "version": page.context["form"]["version"].value(), "lane": "confidential", "municipality": str(cast.deurne.pk),
        "reporter_tie": "1:x", "danger": "on", "state": "afgesloten"})
    kept = Signal.objects.get()
    assert (kept.lane, kept.municipality_id, kept.danger, kept.kind) == ("regular", cast.helmond.pk, False, "enrich")


# A partner and whoever holds a link


@pytest.fixture
def link(cast):
    now = timezone.now()
    reference = passing(cast, now=now)
    sent = pass_on(cast, reference, "ISZW", channel="link", to="nla@partner.example", now=now)
    code = sent_page(reference, referral=sent.referral, reader=cast.anna, now=now).code
    return token_of_last_mail(), code


def test_who_holds_a_link_but_no_code_cannot_tell_an_open_link_from_a_used_one(link):
    token, code = link
    nobody = Client()

    def asked(token):
        return [nobody.post(f"/antwoord/{token}/", {"access": access, "answer": "taken_up"}).status_code
                for access in ("", "onzin", page.context["access"][:-2] + "AA")]

    page = nobody.post(f"/antwoord/{token}/", {"code": code})
    while_open = asked(token)
    assert nobody.post(f"/antwoord/{token}/", {"access": page.context["access"], "answer": "taken_up"}).status_code == 200
    assert asked(token) == while_open == asked("nooit-gemaakt")


def test_the_proof_that_a_code_was_typed_opens_no_other_link_and_nothing_after_the_answer(cast, link):
    token, code = link
    now = timezone.now()
    opened = partner_links.open_with_code(token, code, now=now)
    other_reference = passing(cast, now=now)
    pass_on(cast, other_reference, "ISZW", channel="link", to="nla@partner.example", now=now)
    other = next(partner_links.mail_of(m).token for m in Message.objects.filter(kind="partner_link")
                 if partner_links.mail_of(m).token != token)
    for another in (other, "nooit-gemaakt"):
        with pytest.raises(partner_links.AccessExpired):
            partner_links.with_access(another, opened.access, now=now)
    with pytest.raises(partner_links.AccessExpired):
        partner_links.with_access(token, opened.access, now=now + partner_links.ACCESS + timedelta(seconds=1))


def test_wrong_codes_all_at_once_are_all_counted_and_the_desk_is_told_once(link):
    token, code = link
    wrong = "00000000" if code != "00000000" else "11111111"

    def guess():
        try:
            partner_links.open_with_code(token, wrong, now=timezone.now())
        except partner_links.LinkClosed:
            pass
        finally:
            connection.close()

    guesses = [Thread(target=guess) for _ in range(9)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    row = PartnerLink.objects.get()
    assert (row.wrong_codes, row.blocked_at is not None) == (partner_links.WRONG_CODES, True)
    assert Message.objects.filter(kind="link_blocked").count() == 1
    with pytest.raises(partner_links.LinkClosed):
        partner_links.open_with_code(token, code, now=timezone.now())


def test_a_partner_that_was_passed_over_after_all_reads_nothing_any_more(cast):
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW")
    passing_on.set_aside(reference, referral=sent.referral, how="failed", reason="niemand las het", reader=cast.anna,
                         now=MONDAY)
    passing_on.skip_partner(reference, partner="ISZW", reason="toch niet", reader=cast.anna, now=MONDAY)
    assert signed_in(cast.nel).get(reverse("disclosure", args=[sent.referral])).status_code == 404


def test_a_request_that_was_set_aside_can_no_longer_be_read(cast):
    """It never arrived, says the focal point: then whoever opens it later is somebody else's reader."""
    reference = passing(cast)
    sent = pass_on(cast, reference, "ISZW", channel="link", to="verkeerd@partner.example")
    token = token_of_last_mail()
    code = sent_page(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code
    passing_on.set_aside(reference, referral=sent.referral, how="failed", reason="verkeerd adres", reader=cast.anna,
                         now=MONDAY)
    with pytest.raises(partner_links.LinkClosed):
        partner_links.open_with_code(token, code, now=MONDAY)
    assert Referral.objects.get().status == "failed"
