"""The functional manager's pages: what is to do, checked before it is saved, and never a signal."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from meldroute.rules.choices import CAUSES as SETTING_CAUSES
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.people import CAUSES as PEOPLE_CAUSES
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Absence, HistoryEntry, Membership, User
from meldroute.web.pages import people as people_page
from meldroute.web.pages import settings_forms
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("", "normen/", "werktijden/", "vervanging/", "bereikbaar/", "bewaartermijnen/", "contact/WIJKAGENT/", "visitekaartje/", "mensen/",
         "mensen/nieuw/")


@pytest.fixture
def frits(cast):
    return signed_in(cast.frits)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def typed(client, page) -> dict:
    """Everything that stands in the form, as a browser would send it."""
    form = client.get(f"/instellingen/{page}").context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: _sent(form, name, value) for name, value in values.items() if value not in (None, "", False)}


def _sent(form, name, value):
    widget = form.fields[name].widget
    return widget.format_value(value) if hasattr(widget, "format_value") and not isinstance(value, list | bool) else value


def now_choices(cast):
    return choices_in_force(cast.helmond.pk, now=timezone.now())


@pytest.mark.parametrize("page", PAGES)
def test_only_the_functional_manager_of_this_municipality_finds_these_pages(cast, page):
    assert signed_in(cast.frits).get(f"/instellingen/{page}").status_code == 200
    for who in ("anna", "bo", "dina", "bram", "pia", "karel", "noor", "nel", "zora"):
        assert signed_in(getattr(cast, who)).get(f"/instellingen/{page}").status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 9


def test_no_page_says_anything_of_a_signal(cast, frits):
    receipt = register_signal(NewSignal("De buurman van nummer 7."), reader=cast.bram, submission=uuid4(),
                              now=timezone.now())
    for page in PAGES:
        shown = text(frits.get(f"/instellingen/{page}"))
        assert receipt.reference not in shown
        assert "nummer 7" not in shown


@pytest.mark.requirement("S-B2-02", "S-B2-04", "S-B2-05")
def test_the_list_of_tasks_says_what_is_done_and_what_is_to_do(cast, frits):
    shown = text(frits.get("/instellingen/"))
    assert re.search(r"At least one focal point Advice: have the college appoint the focal point.{0,60}done", shown)
    assert "A buddy in the other domain, or a second focal point" in shown
    assert re.search(r"Contact: Community police officer to do|Contact: .*? to do", shown)


# The parts


@pytest.mark.parametrize("page", ["normen/", "werktijden/", "vervanging/", "bereikbaar/", "contact/WIJKAGENT/"])
def test_saving_what_stands_there_changes_nothing_but_that_it_was_decided(cast, frits, page):
    before = now_choices(cast)
    answer = frits.post(f"/instellingen/{page}", typed(frits, page))
    assert (answer.status_code, getattr(answer, "url", "")) == (302, "/instellingen/"), text(answer)
    assert now_choices(cast) == before


def test_own_norms_are_saved_and_named_as_not_from_the_policy(cast, frits):
    page = frits.get("/instellingen/normen/")
    assert "own norm, not from the policy" in text(page)
    assert "Then tell the chain director" in text(page)
    answer = frits.post("/instellingen/normen/", typed(frits, "normen/") | {"amount:lezen": "2"})
    assert answer.status_code == 302
    assert {id: n.amount for id, n in now_choices(cast).norms.items()} == {"lezen": 2}


def test_a_broken_norm_is_refused_at_its_place_with_what_was_typed_and_the_valid_one_stays(cast, frits):
    answer = frits.post("/instellingen/normen/", typed(frits, "normen/") | {"amount:lezen": "0", "amount:melden": "7"})
    assert answer.status_code == 400
    assert 'value="7"' in answer.content.decode()
    assert 'href="#id_amount:lezen"' in answer.content.decode()
    assert now_choices(cast).norms == {}


def test_hours_that_cannot_hold_the_norms_are_refused_by_the_check_before_saving(cast, frits):
    frits.post("/instellingen/normen/", typed(frits, "normen/") | {"amount:lezen": "1000"})
    data = {k: v for k, v in typed(frits, "werktijden/").items() if not re.match(r"(from|to)[1-6]", k)}
    answer = frits.post("/instellingen/werktijden/", data | {"from0": "09:00", "to0": "10:00"})
    assert answer.status_code == 409
    assert "These working hours are too short for this norm." in text(answer)
    assert now_choices(cast).hours.days[4] is not None


@pytest.mark.parametrize(("change", "said"), [
    ({"to0": ""}, "Give both times"), ({"to0": "08:00"}, "This day ends before it starts"),
    ({"closed_on": "kerst"}, "Write each day as year-month-day"),
])
def test_hours_nobody_can_work_are_said_at_their_day(frits, change, said):
    answer = frits.post("/instellingen/werktijden/", typed(frits, "werktijden/") | change)
    assert answer.status_code == 400
    assert said in text(answer)


def test_days_off_and_hours_come_back_as_they_were_typed(cast, frits):
    data = typed(frits, "werktijden/") | {"from5": "10:00", "to5": "12:30", "closed_on": "2026-12-24\n2027-05-14"}
    assert frits.post("/instellingen/werktijden/", data).status_code == 302
    again = typed(frits, "werktijden/")
    assert (again["from5"], again["to5"], again["closed_on"]) == ("10:00", "12:30", "2026-12-24\n2027-05-14")


def test_a_local_contact_comes_back_with_its_hours(cast, frits):
    data = {"phone": "14 0492, optie 2", "days": ["0", "3"], "opens": "09:00", "closes": "12:00", "email": "wijk@helmond.example",
            "note": "Vraag naar het wijkteam.", "confirmed": "on", "seen": typed(frits, "contact/WIJKAGENT/").get("seen", "")}
    assert frits.post("/instellingen/contact/WIJKAGENT/", data).status_code == 302
    again = typed(frits, "contact/WIJKAGENT/")
    assert (again["phone"], again["days"], again["email"]) == ("14 0492, optie 2", [0, 3], "wijk@helmond.example")
    tel, mail = now_choices(cast).local_channels["WIJKAGENT"]
    assert (tel.confirmed, tel.opening[0].weekdays, mail.value) == (True, frozenset({0, 3}), "wijk@helmond.example")


@pytest.mark.parametrize(("change", "said"), [
    ({"phone": "bel maar"}, "This is not a number that can be dialled"), ({"email": "wijk@"}, "This is not a mail address"),
    ({"url": "javascript:alert(1)"}, "https://"), ({"phone": "0492-123456", "days": ["1"]}, "Give days and both times"),
])
def test_a_contact_nobody_can_use_is_refused(frits, change, said):
    seen = typed(frits, "contact/WIJKAGENT/").get("seen", "")
    answer = frits.post("/instellingen/contact/WIJKAGENT/", {"seen": seen} | change)
    assert answer.status_code in (400, 409)
    assert said in text(answer)


@pytest.mark.parametrize("partner", ["AVIM", "AF", "BESTAATNIET"])
def test_a_partner_of_the_region_has_no_page_here(frits, partner):
    assert frits.get(f"/instellingen/contact/{partner}/").status_code == 404


def test_a_change_by_somebody_else_meanwhile_is_shown_and_what_was_typed_stays(cast, frits):
    data = typed(frits, "normen/")
    frits.post("/instellingen/normen/", data | {"amount:lezen": "2"})
    answer = frits.post("/instellingen/normen/", data | {"amount:lezen": "3"})
    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile" in text(answer)
    assert 'value="3"' in answer.content.decode()
    assert now_choices(cast).norms["lezen"].amount == 2
    seen = re.search(r'name="seen" value="([^"]+)"', answer.content.decode()).group(1)
    assert frits.post("/instellingen/normen/", data | {"amount:lezen": "3", "seen": seen}).status_code == 302


def test_a_planned_change_stands_on_the_list(cast, frits):
    later = timezone.localtime(timezone.now()).date() + timedelta(days=40)
    frits.post("/instellingen/normen/", typed(frits, "normen/") | {"amount:lezen": "2", "starts": later.isoformat()})
    assert re.search(r"Planned changes .*: norms", text(frits.get("/instellingen/")))
    assert now_choices(cast).norms == {}


@pytest.mark.requirement("S-B2-16", "S-B2-38", "S-B2-39", "S-B2-40")
def test_route_structures_and_ways_in_are_asked_with_their_source_and_become_the_text_for_intranet(cast, frits):
    page = text(frits.get("/instellingen/bereikbaar/"))
    for asked in ("Mail address for signals", "Municipal reporting point", "How do signals come in here?",
                  "Which existing meetings and teams does this join?", "S-B2-38, S-B2-39, S-B2-40"):
        assert asked in page
    frits.post("/instellingen/bereikbaar/", {
        "phone": "0492-123456", "email": "af@helmond.example", "reporting_point": "Meldpunt ondermijning",
        "route": "De balie belt de AF.", "structures": "Weegteam", "seen": typed(frits, "bereikbaar/").get("seen", "")})
    card = text(frits.get("/instellingen/visitekaartje/"))
    for said in ("Anna Aandacht", "Bo Buddy", "0492-123456", "af@helmond.example", "Meldpunt ondermijning",
                 "De balie belt de AF.", "Weegteam", "S-B2-16"):
        assert said in card


def test_every_refusal_has_its_words():
    assert set(SETTING_CAUSES) <= set(settings_forms.CAUSES)
    assert set(PEOPLE_CAUSES) == set(people_page.CAUSES)


# People


def appointment(**fields) -> dict:
    today = timezone.localtime(timezone.now()).date().isoformat()
    return {"name": "Nina Nieuw", "email": "nina@helmond.example", "role": "focal_point", "domain": "care",
            "appointed_by": "Collegebesluit 2026-17", "appointed_on": today, "starts": today} | fields


@pytest.mark.requirement("S-B2-01", "S-B2-03", "S-B2-05")
def test_a_focal_point_is_appointed_and_chooses_the_password_by_mail(cast, frits, client, mailoutbox):
    frits.post("/instellingen/mensen/nieuw/", appointment())
    assert not User.objects.get(email="nina@helmond.example").has_usable_password()
    listed = text(frits.get("/instellingen/mensen/"))
    client.post("/account/password/reset/", {"email": "nina@helmond.example"})
    [link] = re.findall(r"https?://[^/]+(/account/password/reset/key/\S+)", mailoutbox[0].body)
    form = client.get(link, follow=True)
    chosen = {"password1": "een heel eigen wachtwoord", "password2": "een heel eigen wachtwoord"}
    client.post(form.redirect_chain[-1][0], chosen)
    assert User.objects.get(email="nina@helmond.example").check_password("een heel eigen wachtwoord")
    assert "Nina Nieuw , focal point current" in listed
    assert "care, Collegebesluit 2026-17" in listed


def test_a_reporter_is_found_by_name_and_the_name_stands_in_no_address(cast, frits):
    page = frits.post("/instellingen/mensen/", {"search": "bram"})
    assert "Bram Balie" in text(page)
    assert 'method="get"' not in page.content.decode()
    assert "Nobody was found." in text(frits.post("/instellingen/mensen/", {"search": "niemand"}))


def test_an_appointment_that_is_refused_keeps_what_was_typed(cast, frits):
    answer = frits.post("/instellingen/mensen/nieuw/", appointment(email="frits@voorbeeld.example"))
    assert answer.status_code == 400
    assert "You cannot give yourself a role that reads signals" in text(answer)
    assert "Collegebesluit 2026-17" in answer.content.decode()


@pytest.mark.requirement("S-B2-02")
def test_the_last_focal_point_cannot_leave_signals_with_nobody(cast, frits):
    register_signal(NewSignal("Niet pluis."), reader=cast.bram, submission=uuid4(), now=timezone.now())
    frits.post("/instellingen/vervanging/", {"neighbour": "", "seen": typed(frits, "vervanging/").get("seen", "")})
    today = timezone.localtime(timezone.now()).date().isoformat()
    assert frits.post(f"/instellingen/mensen/{cast.bo.membership}/einde/", {"last_day": today}).status_code == 302
    answer = frits.post(f"/instellingen/mensen/{cast.anna.membership}/einde/", {"last_day": today})
    assert answer.status_code == 400
    assert "Open signals would be left with nobody" in text(answer)
    assert Membership.objects.get(pk=cast.anna.membership).valid_to is None


def test_an_absence_is_recorded_shown_and_withdrawn(cast, frits):
    day = timezone.localtime(timezone.now()).date()
    frits.post(f"/instellingen/mensen/{cast.anna.membership}/afwezig/",
               {"from_day": day.isoformat(), "to_day": (day + timedelta(days=2)).isoformat()})
    assert "Anna Aandacht , focal point away" in text(frits.get("/instellingen/mensen/"))
    frits.post(f"/instellingen/afwezig/{Absence.objects.get().pk}/intrekken/")
    assert not Absence.objects.exists()


def test_people_of_another_municipality_are_absent_and_nothing_happens_to_them(cast, frits):
    for page in ("einde", "afwezig", "adres"):
        address = f"/instellingen/mensen/{cast.noor.membership}/{page}/"
        assert frits.get(address).status_code == 404
        assert frits.post(address, {"last_day": "2030-01-01", "email": "x@voorbeeld.example"}).status_code == 404
    absence = Absence.objects.create(membership_id=cast.noor.membership, from_day=date(2030, 1, 1), to_day=date(2030, 1, 2))
    assert frits.post(f"/instellingen/afwezig/{absence.pk}/intrekken/").status_code == 404
    assert Absence.objects.count() == 1


def test_a_corrected_address_is_the_one_to_sign_in_with(cast, frits):
    frits.post(f"/instellingen/mensen/{cast.anna.membership}/adres/", {"email": "anna.aandacht@helmond.example"})
    assert User.objects.get(pk=cast.anna.user).email == "anna.aandacht@helmond.example"


def test_reading_these_pages_changes_nothing(cast, frits):
    before = Membership.objects.count(), HistoryEntry.objects.count()
    for page in (*PAGES, f"mensen/{cast.anna.membership}/einde/", f"mensen/{cast.anna.membership}/afwezig/"):
        frits.get(f"/instellingen/{page}")
    assert (Membership.objects.count(), HistoryEntry.objects.count()) == before
