"""The reporter hears in neutral words, or it is on record why not; nothing is closed without one of the two."""

import pytest

from meldroute.rules.lifecycle import StepRefused
from meldroute.services import closing, feedback, passing_on
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.closing import ReasonDoesNotFit, close, closing_page
from meldroute.services.desk import NoSuchSignal, NoSuchStep, key_of
from meldroute.services.feedback import FeedbackEmpty, FeedbackTooLong, give_feedback, withhold_feedback
from meldroute.services.my_reports import my_report
from meldroute.services.referral import ReasonMissing
from meldroute.services.running_policy import pack_now
from meldroute.storage.models import HistoryEntry, Message, ReporterFeedback, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing, reported

pytestmark = pytest.mark.django_db(transaction=True)


def reporting_back(cast, *, iszw="taken_up", zoco="no_feedback") -> str:
    """A signal whose partners all answered."""
    reference = passing(cast)
    requests = {"ISZW": pass_on(cast, reference, "ISZW"), "ZOCO": pass_on(cast, reference, "ZOCO", agreement="unknown")}
    passing_on.complete_referrals(reference, reader=cast.anna, now=MONDAY)
    for partner, said in (("ISZW", iszw), ("ISZW", "no_feedback" if iszw == "taken_up" else ""), ("ZOCO", zoco)):
        if said:
            answer_by_phone(reference, referral=requests[partner].referral, new=NewAnswer(said), reader=cast.anna,
                            now=MONDAY)
    passing_on.settle(reference, reader=cast.anna, now=MONDAY)
    return reference


@pytest.mark.requirement("S-B2-35", "S-B1-03")
def test_the_focal_point_tells_the_reporter_what_was_done(cast):
    reference = reporting_back(cast)
    text = pack_now(now=MONDAY).policy.feedback_texts[0].text.nl
    give_feedback(reference, text=text, reader=cast.anna, now=MONDAY)
    assert my_report(cast.bram.user, reference, now=MONDAY, language="nl").feedback[0].text == text
    message = Message.objects.get(recipient_kind="reporter")
    assert (message.membership_id, message.content_sealed) == (None, None)
    row = ReporterFeedback.objects.get()
    assert text.encode() not in bytes(row.content_sealed)


@pytest.mark.requirement("S-B2-36")
def test_the_page_says_what_feedback_is_for_and_offers_neutral_words(cast):
    page = feedback.feedback_page(reporting_back(cast), reader=cast.anna, now=MONDAY)
    assert "motiveert" in page.why.nl
    assert page.texts
    for ready in page.texts:
        assert feedback.telling_words(ready.text.nl) == ()
        assert feedback.telling_words(ready.text.en) == ()


def test_words_that_tell_too_much_are_pointed_at():
    assert feedback.telling_words("De politie doet onderzoek. Het was vaag.") == ("politie", "onderzoek", "vaag")


@pytest.mark.requirement("S-B2-37")
def test_why_nothing_can_be_told_is_kept_here_and_the_reporter_sees_no_difference(cast):
    reference, other = reporting_back(cast), reporting_back(cast)
    withhold_feedback(reference, reason="er loopt een strafrechtelijk onderzoek", reader=cast.anna, now=MONDAY)
    withheld, silent = (my_report(cast.bram.user, r, now=MONDAY, language="nl") for r in (reference, other))
    assert (withheld.state, withheld.feedback) == (silent.state, silent.feedback)
    assert not Message.objects.filter(recipient_kind="reporter").exists()
    assert Signal.objects.get(reference=reference).feedback == "reasoned"
    row = ReporterFeedback.objects.get()
    assert "onderzoek" in row.unseal("content_sealed", key=key_of(row.signal_id))["text"]


def test_feedback_on_the_way_says_that_work_goes_on_and_settles_nothing(cast):
    reference = passing(cast)
    give_feedback(reference, text="Ik ben ermee bezig.", reader=cast.anna, now=MONDAY)
    assert my_report(cast.bram.user, reference, now=MONDAY, language="nl").feedback
    assert Signal.objects.get().feedback == "none"
    with pytest.raises(NoSuchStep):
        withhold_feedback(reference, reason="te vroeg", reader=cast.anna, now=MONDAY)


def test_feedback_needs_words_and_a_reason_needs_one_too(cast):
    reference = reporting_back(cast)
    with pytest.raises(FeedbackEmpty):
        give_feedback(reference, text="  ", reader=cast.anna, now=MONDAY)
    with pytest.raises(FeedbackTooLong):
        give_feedback(reference, text="x" * 4001, reader=cast.anna, now=MONDAY)
    with pytest.raises(ReasonMissing):
        withhold_feedback(reference, reason=" ", reader=cast.anna, now=MONDAY)
    assert not ReporterFeedback.objects.exists()


@pytest.mark.requirement("S-B2-32", "S-B2-35")
def test_nothing_is_closed_before_the_reporter_heard(cast):
    reference = reporting_back(cast)
    with pytest.raises(StepRefused) as refused:
        close(reference, reason="overgedragen", reader=cast.anna, now=MONDAY)
    assert refused.value.refusal.guard == "feedback_settled"
    give_feedback(reference, text="Dank u wel.", reader=cast.anna, now=MONDAY)
    close(reference, reason="overgedragen", reader=cast.anna, now=MONDAY)
    signal = Signal.objects.get()
    assert (signal.kind, signal.closing_reason, signal.closed_at) == ("end", "overgedragen", MONDAY)
    assert HistoryEntry.objects.get(act="signal.closed").details == {"reason": "overgedragen"}


def test_a_signal_that_only_came_in_is_not_closed(cast):
    reference = reported(cast)
    with pytest.raises(NoSuchStep):
        close(reference, reason="besproken", reader=cast.anna, now=MONDAY)
    assert Signal.objects.get().kind == "entry"


def test_a_reason_must_fit_what_was_recorded(cast):
    reference = reporting_back(cast, iszw="not_for_us", zoco="not_for_us")
    give_feedback(reference, text="Dank u wel.", reader=cast.anna, now=MONDAY)
    card = closing_page(reference, reader=cast.anna, now=MONDAY)
    assert {r.id: r.fits for r in card.reasons} == {
        "geen-mensenhandel": False, "ander-fenomeen": False, "overgedragen": False, "besproken": True}
    for reason in ("overgedragen", "geen-mensenhandel"):
        with pytest.raises(ReasonDoesNotFit):
            close(reference, reason=reason, reader=cast.anna, now=MONDAY)
    close(reference, reason="besproken", reader=cast.anna, now=MONDAY)


def test_who_may_not_see_a_signal_can_neither_tell_nor_close(cast):
    reference = reporting_back(cast)
    for reader in (cast.noor, cast.dina, cast.bram, cast.nel, cast.frits):
        for act in (lambda r=reader: give_feedback(reference, text="x", reader=r, now=MONDAY),
                    lambda r=reader: withhold_feedback(reference, reason="x", reader=r, now=MONDAY),
                    lambda r=reader: close(reference, reason="besproken", reader=r, now=MONDAY),
                    lambda r=reader: closing.closing_page(reference, reader=r, now=MONDAY)):
            with pytest.raises(NoSuchSignal):
                act()
