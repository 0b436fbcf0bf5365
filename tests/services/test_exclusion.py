"""A partner with whom a signal is not shared: passed over with a recorded reason, and nobody waits for them any more."""

import pytest

from meldroute.rules.disclosure import DisclosureRefused
from meldroute.rules.lifecycle import StepRefused
from meldroute.services.assessment import admit_partner, exclude_partner, set_danger
from meldroute.services.contact import contact_page
from meldroute.services.desk import key_of
from meldroute.services.passing_on import complete_referrals, skip_partner
from meldroute.services.passing_on_pages import refer_page
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.models import Clock, Contact, Disclosure, Referral
from tests.cast import MONDAY
from tests.services.acting_cases import call, called, clear, facts, signal
from tests.services.passing_on_help import pass_on

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Een neef van haar werkt daar."


def kept_out(cast, partner="AVIM", **said):
    reference = clear(cast, "SU", **said)
    exclude_partner(reference, partner, reason=WHY, reader=cast.anna, now=MONDAY)
    return reference


def skip(cast, reference, partner="AVIM"):
    skip_partner(reference, partner=partner, reason=WHY, reader=cast.anna, now=MONDAY)


def to_care(cast, reference):
    pass_on(cast, reference, "ZOCO", channel="link", to="post@zoco.example", agreement="unknown")


def runs(reference):
    return Clock.objects.filter(signal=signal(reference), norm="avim-bellen", stopped_at=None).exists()


@pytest.mark.requirement("S-B1-12")
def test_whom_the_policy_puts_first_is_skipped_only_when_the_signal_is_not_shared_with_them(cast):
    reference = clear(cast, "SU")
    with pytest.raises(StepRefused) as refused:
        skip(cast, reference)
    assert refused.value.refusal.guard == "skippable"
    exclude_partner(reference, "AVIM", reason=WHY, reader=cast.anna, now=MONDAY)
    skip(cast, reference)
    assert facts(reference).skipped == {"AVIM"}


def test_the_exclusion_alone_opens_nothing_the_recorded_skip_opens_what_waited(cast):
    reference = kept_out(cast)
    with pytest.raises(StepRefused) as refused:
        to_care(cast, reference)
    assert refused.value.refusal.guard == "order_kept"
    assert runs(reference)
    skip(cast, reference)
    assert not runs(reference)  # nobody waits for that call any more
    to_care(cast, reference)
    complete_referrals(reference, reader=cast.anna, now=MONDAY)
    assert signal(reference).kind == "await"
    assert not Disclosure.objects.filter(partner="AVIM").exists()
    row = Referral.objects.get(partner="AVIM")
    assert row.unseal("content_sealed", key=key_of(row.signal_id)) == {"reason": WHY}
    assert b"neef" not in bytes(row.content_sealed)


def test_admitted_again_they_come_first_again(cast):
    reference = kept_out(cast)
    skip(cast, reference)
    admit_partner(reference, "AVIM", reason="Die neef werkt er niet meer.", reader=cast.anna, now=MONDAY)
    assert (facts(reference).skipped, facts(reference).excluded) == (frozenset(), frozenset())
    assert runs(reference)
    with pytest.raises(StepRefused) as refused:
        to_care(cast, reference)
    assert refused.value.refusal.guard == "order_kept"
    call(cast, reference)
    to_care(cast, reference)
    assert Referral.objects.get(partner="AVIM").status == "received"


def test_a_skip_that_never_rested_on_the_exclusion_stays(cast):
    reference = kept_out(cast, "ZOCO")
    call(cast, reference)
    skip(cast, reference, "ZOCO")
    admit_partner(reference, "ZOCO_HELMOND", reason="Vergissing.", reader=cast.anna, now=MONDAY)
    assert facts(reference).skipped == {"ZOCO_HELMOND"}


def test_nothing_is_sent_to_them_and_a_call_that_was_made_is_a_contact_only(cast):
    reference = kept_out(cast, "ZOCO")
    call(cast, reference)
    with pytest.raises(DisclosureRefused):
        to_care(cast, reference)
    with pytest.raises(DisclosureRefused):
        call(cast, reference, called("ZOCO"))  # ticked as told: that may not be
    page = contact_page(reference, partner="ZOCO", reader=cast.anna, now=MONDAY)
    assert (page.excluded, page.passes_on, page.told) == (True, False, None)
    call(cast, reference, called("ZOCO", told=None))  # it happened
    assert Contact.objects.filter(partner="ZOCO_HELMOND").exists()
    assert not Referral.objects.filter(partner="ZOCO_HELMOND").exists()


@pytest.mark.requirement("S-B2-30")
def test_in_danger_the_call_still_comes_first_and_the_numbers_of_the_police_stay(cast):
    """Nobody trades danger for an exclusion: the police are called, and nothing is passed on by it."""
    reference = kept_out(cast)
    assert "AVIM" not in {c.partner for c in open_signal(reference, reader=cast.anna, now=MONDAY).calls}
    set_danger(reference, True, reason="Zij wordt bedreigd.", reader=cast.anna, now=MONDAY)
    page = open_signal(reference, reader=cast.anna, now=MONDAY)
    assert (page.urgent_excluded, page.contacted) == (True, False)
    [police] = [c for c in page.calls if c.partner == "AVIM"]
    assert "0900-8844" in {s.channel.value for s in (*police.advice.call, *police.advice.closed)}
    with pytest.raises(StepRefused) as refused:
        skip(cast, reference)
    assert refused.value.refusal.guard == "contacted_if_danger"
    assert runs(reference)
    call(cast, reference)
    assert not Disclosure.objects.exists()
    skip(cast, reference)
    to_care(cast, reference)
    assert [d.partner for d in Disclosure.objects.all()] == ["ZOCO_HELMOND"]


def test_the_page_offers_skipping_and_the_way_back(cast, client):
    reference = kept_out(cast)
    page = refer_page(reference, partner="AVIM", reader=cast.anna, now=MONDAY)
    assert page.excluded
    assert page.skip is None
    assert refer_page(clear(cast, "SU"), partner="AVIM", reader=cast.anna, now=MONDAY).skip.guard == "skippable"


def test_when_care_is_coordinated_by_another_body_telling_it_ends_the_skip_of_the_old_one(cast):
    reference = clear(cast, "SU")
    call(cast, reference)
    skip(cast, reference, "ZOCO")
    skipped = Referral.objects.get(partner="ZOCO_HELMOND")
    skipped.partner = "ZOCO_LUMENS"  # who served here when it was skipped
    skipped.save()
    assert facts(reference).skipped == {"ZOCO_LUMENS"}
    to_care(cast, reference)
    assert facts(reference).skipped == frozenset()
