"""What could not be sent is kept sealed, for its own person, for a day, and no longer than it takes to send it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from meldroute.services import drafts
from meldroute.services.drafts import DraftTooLarge, FormTokenBroken, FormTokenExpired, NotYourForm
from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Draft
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"narrative": ["Iemand durft niet naar buiten."], "called": ["112", "AVIM"]}


def token(reader, **kwargs) -> str:
    return drafts.open_form(reader.user, "report", now=MONDAY, **kwargs)


def test_what_was_typed_comes_back_whole_to_the_person_of_the_token(cast):
    assert drafts.keep(token(cast.bram), BODY, now=MONDAY)
    found = drafts.draft_of(cast.bram.user, "report", now=MONDAY)
    assert (found.body, found.kept_at) == (BODY, MONDAY)


def test_nobody_else_and_no_other_form_gets_it(cast):
    drafts.keep(token(cast.bram), BODY, now=MONDAY)
    assert drafts.draft_of(cast.anna.user, "report", now=MONDAY) is None
    assert drafts.draft_of(cast.bram.user, "another", now=MONDAY) is None


def test_a_row_that_was_given_to_another_person_opens_for_neither(cast):
    drafts.keep(token(cast.bram), BODY, now=MONDAY)
    drafts.keep(token(cast.anna), {"narrative": ["Van Anna."]}, now=MONDAY)
    bram, anna = Draft.objects.order_by("created_at", "id")
    Draft.objects.filter(pk=bram.pk).update(body_sealed=anna.body_sealed)
    Draft.objects.filter(pk=anna.pk).update(body_sealed=bram.body_sealed)
    for reader in (cast.bram, cast.anna):
        with pytest.raises(drafts.DraftBroken):
            drafts.draft_of(reader.user, "report", now=MONDAY)


def test_it_lies_sealed_and_without_a_name(cast):
    drafts.keep(token(cast.bram), BODY, now=MONDAY)
    row = Draft.objects.get()
    assert b"durft" not in bytes(row.body_sealed)
    assert str(cast.bram.user) not in f"{row.person_tie} {row.submission}"


def test_it_is_gone_after_a_day(cast):
    drafts.keep(token(cast.bram), BODY, now=MONDAY)
    almost = MONDAY + timedelta(hours=23, minutes=59)
    assert drafts.draft_of(cast.bram.user, "report", now=almost)
    assert drafts.draft_of(cast.bram.user, "report", now=MONDAY + timedelta(hours=24)) is None


def test_sending_the_form_destroys_it_in_the_same_transaction(cast):
    form = token(cast.bram)
    drafts.keep(form, BODY, now=MONDAY)
    submission = drafts.submission_of(form, person=cast.bram.user, form="report", now=MONDAY)
    register_signal(NewSignal("Verstuurd."), reader=cast.bram, submission=submission, now=MONDAY)
    assert Draft.objects.count() == 0


def test_what_already_arrived_is_not_kept_beside_the_report(cast):
    form = token(cast.bram)
    submission = drafts.submission_of(form, person=cast.bram.user, form="report", now=MONDAY)
    register_signal(NewSignal("Verstuurd."), reader=cast.bram, submission=submission, now=MONDAY)
    assert drafts.keep(form, BODY, now=MONDAY) is False
    assert Draft.objects.count() == 0


def test_the_same_form_failing_twice_is_one_draft_with_the_last_words(cast):
    form = token(cast.bram)
    drafts.keep(form, BODY, now=MONDAY)
    drafts.keep(form, {"narrative": ["Meer."]}, now=MONDAY + timedelta(minutes=1))
    assert Draft.objects.count() == 1
    assert drafts.draft_of(cast.bram.user, "report", now=MONDAY).body == {"narrative": ["Meer."]}


def test_a_form_shown_again_is_the_same_submission(cast):
    submission = uuid4()
    form = token(cast.bram, submission=submission)
    assert drafts.submission_of(form, person=cast.bram.user, form="report", now=MONDAY) == submission


def test_more_than_any_form_takes_is_refused_and_not_stored(cast):
    with pytest.raises(DraftTooLarge, match="at most 65536"):
        drafts.keep(token(cast.bram), {"narrative": ["x" * 70_000]}, now=MONDAY)
    assert Draft.objects.count() == 0


def test_a_token_of_another_or_of_yesterday_or_of_nobody_is_refused(cast):
    form = token(cast.bram)
    with pytest.raises(NotYourForm):
        drafts.submission_of(form, person=cast.anna.user, form="report", now=MONDAY)
    with pytest.raises(NotYourForm):
        drafts.submission_of(form, person=cast.bram.user, form="another", now=MONDAY)
    with pytest.raises(FormTokenExpired):
        drafts.submission_of(form, person=cast.bram.user, form="report", now=MONDAY + timedelta(hours=25))
    with pytest.raises(NotYourForm):  # expired or not: it stays another's
        drafts.submission_of(form, person=cast.anna.user, form="report", now=MONDAY + timedelta(hours=25))
    for attempt in ("", "kapot", form[:-2]):
        with pytest.raises(FormTokenBroken):
            drafts.keep(attempt, BODY, now=MONDAY)
