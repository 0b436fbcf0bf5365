"""Safe contact on the screens: asked, refused with the reason, and above everything from which somebody is called."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meldroute.rules.safe_contact import SafeContact
from meldroute.services.delivery import deliver_due
from meldroute.services.feedback import give_feedback
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.safe_contact import set_safe_contact
from meldroute.storage.models import Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import passing, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NOT = "Niet bellen als Boze Bert thuis is"


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def post(client, reference, who="slachtoffer", **typed):
    return client.post(reverse("safe_contact", args=[reference, who]), {"version": Signal.objects.get(reference=reference).version, **typed})


def test_the_desk_keeps_it_and_every_page_that_calls_shows_it_first(cast, anna):
    reference = passing(cast)
    assert post(anna, reference, safe_when_not=NOT, safe_how=["private_phone"], safe_interpreter="professional").status_code == 302
    for name, args in (("signal", [reference]), ("record_contact", [reference]), ("give_feedback", [reference]), ("refer", [reference, "ISZW"])):
        page = anna.get(reverse(name, args=args)).content.decode().split('id="main"')[1]
        assert NOT in page, name
        assert "Only with a professional interpreter" in page, name
        if 'href="tel:' in page:
            assert page.index(NOT) < page.index('href="tel:'), f"{name}: a number stands above it"
        if "<textarea" in page:
            assert page.index(NOT) < page.index("<textarea"), name


@pytest.mark.parametrize("typed", [{"safe_interpreter": "known_person"}, {"safe_interpreter": "professional", "safe_interpreter_who": "haar zus tolkt"}])
def test_a_known_person_as_interpreter_is_refused_with_the_reason(cast, anna, typed):
    reference = reported(cast)
    back = post(anna, reference, safe_when="voor drie uur", **typed)
    page = back.content.decode()
    assert back.status_code == 400
    assert "Only a professional interpreter. Never a companion, family, an employer or a colleague" in page
    assert "voor drie uur" in page  # nothing typed is lost
    assert Signal.objects.get().safe_contact_sealed is None


def test_a_reporter_is_asked_and_what_they_say_is_kept(cast):
    bram = signed_in(cast.bram)
    page = bram.get(reverse("report")).content.decode()
    assert "How may we reach you safely?" in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    typed = {"form_token": token, "narrative": "Er klopt iets niet.", "safe_no_automatic": "on", "safe_when_not": NOT}
    assert bram.post(reverse("report"), typed | {"safe_interpreter": "known_person"}).status_code == 400
    assert bram.post(reverse("report"), typed).status_code == 302
    [card] = open_signal(Signal.objects.get().reference, reader=cast.anna, now=MONDAY).safe_contact
    assert (card.contact.no_automatic, card.contact.when_not) == (True, NOT)


def test_a_held_notice_stands_on_the_signal_until_somebody_did_it(cast, anna, mail_server):
    reference = passing(cast, safe_contact=SafeContact(no_automatic=True))
    give_feedback(reference, text="Wij keken ernaar.", reader=cast.anna, now=MONDAY)
    deliver_due(now=MONDAY)
    assert "1 notice was not sent" in anna.get(reverse("signal", args=[reference])).content.decode()
    assert "in the agreed way" in anna.get(reverse("notifications")).content.decode()
    address = reverse("reporter_told", args=[reference])
    assert "not sent any more" in anna.get(address).content.decode()
    assert anna.post(address, {"version": Signal.objects.get().version}).status_code == 302
    assert "was not sent" not in anna.get(reverse("signal", args=[reference])).content.decode()
    assert anna.post(address, {"version": Signal.objects.get().version}).status_code == 302  # a second press does nothing


def test_the_version_on_the_screen_counts(cast, anna):
    reference = reported(cast)
    set_safe_contact(reference, "victim", SafeContact(when="nu"), reader=cast.bo, now=MONDAY)
    back = anna.post(reverse("safe_contact", args=[reference, "slachtoffer"]), {"version": 1, "safe_when": "later"})
    assert back.status_code == 409
    assert "later" in back.content.decode()


def test_somebody_else_is_no_choice_of_whom(cast, anna):
    reference = reported(cast)
    assert anna.get(reverse("safe_contact", args=[reference, "dader"])).status_code == 404


def test_the_signal_page_costs_nothing_more_when_nothing_is_held_back(cast, anna):
    one, other = reported(cast), reported(cast, safe_contact=SafeContact(when="altijd"))

    def costs(reference) -> int:
        with CaptureQueriesContext(connection) as asked:
            anna.get(reverse("signal", args=[reference]))
        return len(asked)

    costs(one)
    assert costs(one) == costs(other)
