"""Ask advice, record what the experts concluded, or judge it clear and see the route first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Disclosure, Referral, Signal
from tests.cast import MONDAY
from tests.signing_in import signed_in
from tests.web.test_reference_pages import says

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


@pytest.fixture
def reference(cast):
    """Taken up and enriched: vague or clear is the question."""
    reference = register_signal(NewSignal("Jan Verzonnen woont aan de Bedachtestraat 1.", where="Bedachtestraat 1"),
                                reader=cast.bram, submission=uuid4(), now=MONDAY).reference
    take_up(reference, reader=cast.anna, now=MONDAY)
    for item in ("adres", "sancties"):
        add_fact(reference, NewFact(item, "nothing", "", "BRP", "verrijken-taak"), reader=cast.anna, now=MONDAY)
    return reference


def version():
    return Signal.objects.get().version


def asking(**typed):
    return {"question": "Is dit mensenhandel?", "description": "Iemand werkt veel en durft niet te praten.",
            "fields_given": ["description", "about", "danger", "minor"], "version": version()} | typed


def asked(cast, anna, reference, partner="AVIM"):
    """Advice asked by phone and answered."""
    address = f"/signalen/{reference}/advies/"
    if Signal.objects.get().state == "advies":
        address = f"/signalen/{reference}/nog-een-expert/"
    look = anna.post(address, asking(**{f"how-{partner}": "phone"}))
    shown = look.context["previews"][0].fingerprint
    sent = anna.post(address, asking(**{f"how-{partner}": "phone", f"shown-{partner}": shown, "send": "1"}))
    assert sent.status_code == 302, sent.content.decode()
    row = Referral.objects.get(partner=partner, round=Signal.objects.get().round)
    answer_by_phone(reference, referral=row.pk, reader=cast.anna, now=MONDAY,
                    new=NewAnswer("result", "Dit lijkt op mensenhandel.", steps="Bel ons bij nieuws.", meanwhile="nothing"))


@pytest.mark.requirement("S-B1-05", "S-B2-31", "S-3.4-09")
def test_the_experts_of_the_policy_stand_on_the_page(anna, reference):
    page = anna.get(f"/signalen/{reference}/advies/").content.decode()
    for expert in ("AVIM", "TF-RIEC", "NLA", "Veilig Thuis"):
        assert f"{expert}" in page
    assert 'name="how-ZOCO_HELMOND"' in page  # the care coordinator of this municipality
    assert "how-ZOCO_LUMENS" not in page
    assert "They help and advise the municipality" in page


def test_an_advice_starts_without_names_and_addresses(anna, reference):
    page = anna.get(f"/signalen/{reference}/advies/")
    assert page.context["form"]["fields_given"].value() == ["description", "about", "danger", "minor"]
    previews = anna.post(f"/signalen/{reference}/advies/", asking(**{"how-AVIM": "phone"})).context["previews"]
    assert "Verzonnen" not in previews[0].text
    assert "Bedachtestraat" not in previews[0].text
    assert "Wat mag de gemeente intussen doen" in previews[0].text


def test_looking_sends_nothing_and_sending_freezes_the_text_that_was_shown(anna, reference):
    look = anna.post(f"/signalen/{reference}/advies/", asking(**{"how-AVIM": "phone", "how-ISZW": "account"}))
    assert look.status_code == 200
    assert (Signal.objects.get().state, Referral.objects.count()) == ("verrijken", 0)

    shown = {f"shown-{p.partner}": p.fingerprint for p in look.context["previews"]}
    sent = anna.post(f"/signalen/{reference}/advies/",
                     asking(**{"how-AVIM": "phone", "how-ISZW": "account", "send": "1"}) | shown)
    assert sent.status_code == 302
    assert Signal.objects.get().state == "advies"
    assert set(Referral.objects.values_list("partner", "channel")) == {("AVIM", "phone"), ("ISZW", "account")}
    assert Disclosure.objects.count() == 2


def test_another_text_than_was_shown_is_shown_again_and_not_sent(anna, reference):
    look = anna.post(f"/signalen/{reference}/advies/", asking(**{"how-AVIM": "phone"}))
    shown = look.context["previews"][0].fingerprint
    back = anna.post(f"/signalen/{reference}/advies/", asking(
        **{"how-AVIM": "phone", "shown-AVIM": shown, "send": "1", "description": "Iets anders."}))
    assert back.status_code == 409
    assert "Read it again below" in back.content.decode()
    assert back.context["previews"][0].fingerprint != shown
    assert Referral.objects.count() == 0


def test_nobody_chosen_is_said_and_the_question_stays(anna, reference):
    back = anna.post(f"/signalen/{reference}/advies/", asking(send="1"))
    assert back.status_code == 400
    assert "Choose at least one expert" in back.content.decode()
    assert "Is dit mensenhandel?" in back.content.decode()


@pytest.mark.requirement("S-3.4-05", "S-B1-10")
def test_the_conclusion_page_shows_what_experts_said_and_asks_whose_conclusion_it_is(cast, anna, reference):
    asked(cast, anna, reference)
    page = anna.get(f"/signalen/{reference}/conclusie/").content.decode()
    assert "Whose conclusion is it?" in page
    assert "Dit lijkt op mensenhandel." in page
    assert "Bel ons bij nieuws." in page  # steps they advise
    nobody = {"conclusion": "none", "text": "Geen mensenhandel.", "version": version()}
    back = anna.post(f"/signalen/{reference}/conclusie/", nobody)
    assert back.status_code == 409
    assert "somebody who gave advice" in back.content.decode()
    assert "Geen mensenhandel." in back.content.decode()
    assert anna.post(f"/signalen/{reference}/conclusie/", nobody | {"whose": ["AVIM"]}).status_code == 302
    assert Signal.objects.get().state == "terugkoppelen"


def test_before_anybody_advised_the_page_says_what_opens_it(anna, reference):
    look = anna.post(f"/signalen/{reference}/advies/", asking(**{"how-AVIM": "phone"}))
    shown = look.context["previews"][0].fingerprint
    anna.post(f"/signalen/{reference}/advies/", asking(**{"how-AVIM": "phone", "shown-AVIM": shown, "send": "1"}))
    page = anna.get(f"/signalen/{reference}/conclusie/").content.decode()
    assert "not yet, because" in page
    assert "<textarea" not in page


@pytest.mark.requirement("S-3.4-06")
def test_another_phenomenon_says_where_it_goes_then(cast, anna, reference):
    asked(cast, anna, reference)
    page = anna.get(f"/signalen/{reference}/conclusie/").content.decode()
    assert "Netherlands Labour Authority (in the policy: ISZW)" in page
    typed = {"conclusion": "other_phenomenon", "whose": ["AVIM"], "text": "Onderbetaling.", "version": version()}
    assert anna.post(f"/signalen/{reference}/conclusie/", typed).status_code == 409  # which one?
    assert anna.post(f"/signalen/{reference}/conclusie/", typed | {"phenomenon": "slecht-werkgeverschap"}).status_code == 302


@pytest.mark.requirement("S-B1-07")
def test_more_information_needs_a_day_to_look_again(cast, anna, reference):
    asked(cast, anna, reference)
    typed = {"conclusion": "more_information", "whose": ["AVIM"], "text": "Wie is de huurder?", "version": version()}
    today = timezone.localtime().date()
    late = anna.post(f"/signalen/{reference}/conclusie/", typed | {"review_on": (today + timedelta(days=90)).isoformat()})
    assert late.status_code == 409
    assert "Choose a day from" in late.content.decode()
    good = typed | {"review_on": (today + timedelta(days=1)).isoformat()}
    assert anna.post(f"/signalen/{reference}/conclusie/", good).status_code == 302
    assert (Signal.objects.get().state, Signal.objects.get().round) == ("verrijken", 1)


@pytest.mark.requirement("S-B1-08", "S-B1-09")
def test_trafficking_asks_the_form_and_shows_the_route_before_it_is_recorded(cast, anna, reference):
    asked(cast, anna, reference)
    typed = {"conclusion": "trafficking", "whose": ["AVIM"], "text": "Uitbuiting.", "version": version()}
    formless = anna.post(f"/signalen/{reference}/conclusie/", typed)
    assert formless.status_code == 409
    assert "er is nog geen vorm van uitbuiting gekozen" in formless.content.decode()  # the pack's words
    look = anna.post(f"/signalen/{reference}/conclusie/", typed | {"forms_chosen": ["SU"]})
    assert look.status_code == 200
    assert [(s.rank, s.partner) for s in look.context["page"].route] == [(1, "AVIM"), (2, look.context["page"].route[1].partner)]
    assert Signal.objects.get().state == "advies"
    again = typed | {"forms_chosen": ["SU"], "seen": "SU", "confirm": "1"}
    assert anna.post(f"/signalen/{reference}/conclusie/", again).status_code == 302
    assert (Signal.objects.get().state, Signal.objects.get().forms) == ("melden", ["SU"])


@pytest.mark.requirement("S-B1-04", "S-B1-09", "S-2.2-01")
def test_clear_shows_the_route_of_all_forms_before_it_is_confirmed(anna, reference):
    address = f"/signalen/{reference}/duidelijk/"
    page = anna.get(address).content.decode()
    for form in ("SU: ", "AU: ", "CU: ", "OV: "):
        assert form in page
    typed = {"forms_chosen": ["SU", "AU"], "why": "Zij vertelde het zelf.", "version": version()}
    look = anna.post(address, typed)
    assert (look.status_code, Signal.objects.get().state) == (200, "verrijken")
    ranks = {s.partner: s.rank for s in look.context["page"].route if s.required}
    assert ranks["AVIM"] == 1
    assert ranks["NLA"] == 1
    assert max(ranks.values()) == 2  # the care coordinator waits for AVIM: the strictest order wins
    assert "the strictest order wins" in look.content.decode()

    other = anna.post(address, typed | {"forms_chosen": ["CU"], "seen": "SU AU", "confirm": "1"})
    assert (other.status_code, Signal.objects.get().state) == (200, "verrijken")  # this route was not seen
    assert anna.post(address, typed | {"seen": "SU AU", "confirm": "1"}).status_code == 302
    assert (Signal.objects.get().state, Signal.objects.get().forms) == ("melden", ["AU", "SU"])


def test_no_form_or_no_reason_is_said_at_the_field(anna, reference):
    back = anna.post(f"/signalen/{reference}/duidelijk/", {"version": version()})
    assert back.status_code == 400
    assert "Choose one or more forms." in back.content.decode()


@pytest.mark.requirement("S-2.2-02", "S-2.2-04", "S-2.2-05", "S-2.2-06", "S-2.2-07", "S-2.2-08", "S-2.2-09", "S-2.2-10",
                         "S-2.2-11", "S-2.2-12", "S-2.2-13", "S-2.2-14", "S-2.2-15", "S-2.2-16")
def test_what_the_policy_says_of_each_form_stands_beside_it_with_its_source(cast, reference):
    page = signed_in(cast.anna, "nl").get(f"/signalen/{reference}/duidelijk/").content.decode()
    said = {
        "S-2.2-02": "gedwongen om seksuele diensten te verlenen", "S-2.2-04": "Iedereen kan slachtoffer zijn",
        "S-2.2-05": "massagesalons", "S-2.2-06": "Uitbuiting door een loverboy", "S-2.2-07": "geen reële keuze",
        "S-2.2-08": "voor een webcam", "S-2.2-09": "misbruik van een kwetsbare positie", "S-2.2-10": "te weinig loon",
        "S-2.2-11": "Dat iemand instemt, maakt niet meer uit.", "S-2.2-12": "slachterijen",
        "S-2.2-13": "verstandelijke beperking", "S-2.2-14": "diensten die strafbaar zijn",
        "S-2.2-15": "Gedwongen bedelen", "S-2.2-16": "onder dwang organen moet afstaan",
    }
    assert [source for source, words in said.items() if not says(page, source, words)] == []


@pytest.mark.parametrize("page", ["advies", "nog-een-expert", "conclusie", "duidelijk"])
def test_whoever_may_not_see_it_finds_nothing(cast, reference, page):
    for reader in (cast.noor, cast.dina, cast.bram, cast.nel, cast.karel, cast.frits, cast.pia):
        client = signed_in(reader)
        assert client.get(f"/signalen/{reference}/{page}/").status_code == 404
        assert client.post(f"/signalen/{reference}/{page}/", {"version": 1}).status_code == 404


@pytest.mark.requirement("S-B1-10", "S-3.4-06")
def test_what_was_concluded_whose_it_is_and_where_it_goes_stand_on_the_signal(cast, anna, reference):
    asked(cast, anna, reference)
    typed = {"conclusion": "other_phenomenon", "whose": ["AVIM"], "text": "Onderbetaling, geen dwang.",
             "phenomenon": "slecht-werkgeverschap", "version": version()}
    assert anna.post(f"/signalen/{reference}/conclusie/", typed).status_code == 302
    page = anna.get(f"/signalen/{reference}/").content.decode()
    assert "Onderbetaling, geen dwang." in page
    assert "concluded by AVIM" in page
    assert "Goes to: Netherlands Labour Authority (in the policy: ISZW)" in page


def test_why_it_is_clear_stands_on_the_signal(anna, reference):
    typed = {"forms_chosen": ["SU"], "sub_forms": ["SU.loverboy"], "why": "Zij vertelde het zelf.", "seen": "SU",
             "confirm": "1", "version": version()}
    assert anna.post(f"/signalen/{reference}/duidelijk/", typed).status_code == 302
    page = anna.get(f"/signalen/{reference}/").content.decode()
    assert "Zij vertelde het zelf." in page
    assert "loverboy" in page
