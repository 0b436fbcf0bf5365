"""Tell the reporter in words that were read first, or record why not, and close."""

import pytest

from meldroute.services import feedback
from meldroute.storage.models import ReporterFeedback, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import passing
from tests.services.test_feedback import reporting_back
from tests.signing_in import signed_in
from tests.web.passing_on_help import hidden

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


@pytest.mark.requirement("S-B2-35", "S-B2-36")
def test_a_ready_text_goes_with_one_button_and_the_signal_can_be_closed(cast, anna):
    reference = reporting_back(cast)
    page = anna.get(f"/signalen/{reference}/terugkoppelen/?tekst=gedaan")
    assert "motivates" in page.content.decode()
    text = page.context["text"]
    assert text.startswith("Thank you")
    sent = anna.post(page.wsgi_request.path, {**hidden(page), "text": text, "send": "1"})
    assert sent.status_code == 302
    assert ReporterFeedback.objects.get().kind == "given"
    closing = anna.get(f"/signalen/{reference}/sluiten/")
    assert anna.post(closing.wsgi_request.path, {**hidden(closing), "reason": "geen-mensenhandel"}).status_code == 400
    assert anna.post(closing.wsgi_request.path, {**hidden(closing), "reason": "overgedragen"}).status_code == 302
    assert Signal.objects.get().kind == "end"


def test_words_that_nobody_read_as_the_reporter_will_are_shown_first(cast, anna):
    reference = reporting_back(cast)
    page = anna.get(f"/signalen/{reference}/terugkoppelen/")
    typed = {**hidden(page), "text": "De politie doet onderzoek.", "send": "1"}
    shown = anna.post(page.wsgi_request.path, typed)
    assert shown.status_code == 200
    assert "politie, onderzoek" in shown.content.decode()
    assert not ReporterFeedback.objects.exists()
    assert anna.post(page.wsgi_request.path, {**typed, **hidden(shown)}).status_code == 302


def test_empty_words_come_back(cast, anna):
    reference = reporting_back(cast)
    page = anna.get(f"/signalen/{reference}/terugkoppelen/")
    assert anna.post(page.wsgi_request.path, {**hidden(page), "text": "", "send": "1"}).status_code == 400


@pytest.mark.requirement("S-B2-37")
def test_a_reason_why_nothing_can_be_told_is_recorded_once_partners_answered(cast, anna):
    early = passing(cast)
    page = anna.get(f"/signalen/{early}/niet-terugkoppelen/")
    assert "<textarea" not in page.content.decode(), "too early: no form"
    reference = reporting_back(cast)
    page = anna.get(f"/signalen/{reference}/niet-terugkoppelen/")
    assert anna.post(page.wsgi_request.path, {**hidden(page), "reason": "strafrechtelijk onderzoek"}).status_code == 302
    assert Signal.objects.get(reference=reference).feedback == "reasoned"


@pytest.mark.requirement("S-B2-32")
def test_the_page_says_why_it_cannot_be_closed_yet(cast, anna):
    reference = reporting_back(cast)
    page = anna.get(f"/signalen/{reference}/sluiten/")
    assert "the reporter has had no feedback" in page.content.decode()
    assert 'name="reason"' not in page.content.decode()
    feedback.give_feedback(reference, text="Dank u wel.", reader=cast.anna, now=MONDAY)
    assert 'name="reason"' in anna.get(f"/signalen/{reference}/sluiten/").content.decode()
