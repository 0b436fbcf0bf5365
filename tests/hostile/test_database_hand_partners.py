"""The same hand at what partners are given: requests, copies, answers and links lead to nothing but what they were made for."""

import pytest

from meldroute.services import answers, disclosure, disclosures, partner_links
from meldroute.services.passing_on import skip_partner
from meldroute.services.passing_on_pages import sent_page
from meldroute.storage.models import Answer, Disclosure, Message, PartnerLink, Referral, Signal
from meldroute.storage.vouching import NotVouchedFor
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing, reported
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_partner_was_asked_is_not_shown_to_another(cast):
    reference = passing(cast)
    pass_on(cast, reference, "ISZW")
    row = Referral.objects.get(partner="ISZW", purpose="referral")
    Referral.objects.filter(pk=row.pk).update(organisation=cast.rick.organisation)
    with pytest.raises(NotVouchedFor):
        disclosures.disclosure_card(row.pk, reader=cast.rick, now=MONDAY)
    assert disclosures.disclosed(reader=cast.rick, now=MONDAY).rows == ()


def linked(cast, reference: str):
    """A request sent by link: its token from the mail that waits, its code from the focal point's page."""
    sent = pass_on(cast, reference, "ISZW", channel="link", to="meldpunt@partner.example")
    mail = partner_links.mail_of(Message.objects.filter(kind="partner_link").order_by("created_at").last())
    return sent.referral, mail.token, sent_page(reference, referral=sent.referral, reader=cast.anna, now=MONDAY).code


def test_a_link_leads_to_nothing_but_what_it_was_made_for(cast):
    """One's own link and code, the page still open, and another request put under it."""
    mine, token, code = linked(cast, passing(cast))
    other = passing(cast)
    pass_on(cast, other, "ISZW")
    theirs = Referral.objects.get(signal__reference=other, partner="ISZW")
    opened = partner_links.open_with_code(token, code, now=MONDAY)
    PartnerLink.objects.filter(referral=mine).update(referral=theirs)
    with pytest.raises(NotVouchedFor):
        partner_links.with_access(token, opened.access, now=MONDAY)
    with pytest.raises(NotVouchedFor):
        partner_links.open_with_code(token, code, now=MONDAY)


def test_a_code_is_not_tried_for_ever(cast):
    _, token, code = linked(cast, passing(cast))
    for _ in range(5):
        with pytest.raises(partner_links.LinkClosed):
            partner_links.open_with_code(token, f"{(int(code) + 1) % 10**8:08}", now=MONDAY)
    PartnerLink.objects.update(wrong_codes=0, blocked_at=None)
    with pytest.raises(NotVouchedFor):
        partner_links.open_with_code(token, code, now=MONDAY)


def test_a_request_under_a_link_does_not_become_one_about_another_signal(cast):
    mine, token, code = linked(cast, passing(cast))
    other = Signal.objects.get(reference=reported(cast))
    Referral.objects.filter(pk=mine).update(signal=other)
    with pytest.raises(NotVouchedFor):
        partner_links.open_with_code(token, code, now=MONDAY)


def test_a_partner_who_was_passed_over_is_not_asked_by_hand(cast):
    reference = passing(cast)
    pass_on(cast, reference, "ISZW")
    given = Disclosure.objects.get(partner="ISZW")
    skip_partner(reference, partner="TFRIEC", reason="iemand daar is betrokken", reader=cast.anna, now=MONDAY)
    skipped = Referral.objects.get(partner="TFRIEC")
    Referral.objects.filter(pk=skipped.pk).update(status="open", organisation=cast.rick.organisation)
    with unguarded():
        Disclosure.objects.filter(pk=given.pk).update(referral=skipped)
    assert disclosures.disclosed(reader=cast.rick, now=MONDAY).rows == ()
    with pytest.raises(NotVouchedFor):
        disclosures.disclosure_card(skipped.pk, reader=cast.rick, now=MONDAY)


@pytest.mark.parametrize("what", ["withdrawn", "said otherwise", "by phone"])
def test_what_was_taken_back_or_said_by_others_is_not_laid_before_a_partner(cast, what):
    reference = passing(cast)
    pass_on(cast, reference, "ISZW")
    row = Referral.objects.get(partner="ISZW")
    if what == "withdrawn":
        disclosure.withdraw(reference, disclosure=Disclosure.objects.get().pk, reason="verkeerd", reader=cast.anna, now=MONDAY)
        with unguarded():
            Disclosure.objects.update(withdrawn_at=None)
    else:
        answers.answer_by_phone(reference, referral=row.pk, new=answers.NewAnswer("taken_up", text="Intern: wij kennen hem."),
                                reader=cast.anna, now=MONDAY)
        with unguarded():
            Answer.objects.update(**{"via": "account"} if what == "by phone" else {"kind": "result"})
    with pytest.raises(NotVouchedFor):
        disclosures.disclosure_card(row.pk, reader=cast.nel, now=MONDAY)
