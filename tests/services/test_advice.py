"""A vague signal: experts are asked, and say what it is."""

import pytest

from meldroute.rules.disclosure import DisclosureRefused
from meldroute.rules.lifecycle import StepRefused
from meldroute.services.advice import (
    AdviceRequest,
    Asked,
    NobodyAsked,
    NoQuestion,
    NotAnExpert,
    advice_page,
    ask_advice,
)
from meldroute.services.assessment import exclude_partner
from meldroute.services.desk import EditConflict, NoSuchSignal, key_of
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.referral import AlreadyAsked
from meldroute.storage.models import Clock, Disclosure, Message, Referral
from tests.cast import MONDAY
from tests.services.acting_cases import MINIMUM, advised, ask, call, enriched, signal, taken_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S-B1-05", "S-B2-31", "S-3.4-09")
def test_one_or_more_experts_are_asked_in_one_act(cast):
    reference = enriched(cast)
    ask(cast, reference, "AVIM", "TFRIEC", "ZOCO")
    rows = Referral.objects.filter(signal=signal(reference))
    assert {(r.partner, r.purpose) for r in rows} == {("AVIM", "advice"), ("TFRIEC", "advice"), ("ZOCO_HELMOND", "advice")}
    assert signal(reference).state == "advies"
    assert Disclosure.objects.count() == 3
    assert Clock.objects.filter(referral__isnull=False, stopped_at=None).count() == 3


def test_what_an_expert_is_told_holds_no_name_and_no_address_by_default(cast):
    reference = enriched(cast, narrative="Jan Verzonnen slaapt in de Bedachtestraat.", where="Bedachtestraat 1")
    ticked = {f.id for f in advice_page(reference, act="ask_advice", reader=cast.anna, now=MONDAY).fields if f.ticked}
    assert ticked == MINIMUM
    ask(cast, reference, "AVIM")
    row = Disclosure.objects.get()
    text = row.unseal("content_sealed", key=key_of(row.signal_id))["text"]
    assert "Verzonnen" not in text
    assert "Bedachtestraat" not in text
    assert "Wat mag de gemeente intussen doen" in text


def test_an_expert_with_an_account_is_told_that_something_waits(cast):
    reference = enriched(cast)
    Message.objects.all().delete()
    ask(cast, reference, "ISZW", channel="account")
    assert [(m.kind, m.membership_id) for m in Message.objects.all()] == [("disclosure_received", cast.nel.membership)]


def test_the_text_that_goes_is_the_text_that_was_shown(cast):
    reference = enriched(cast)
    shown = preview_disclosure(reference, partner="AVIM", reader=cast.anna, now=MONDAY, purpose="advice",
                               fields=MINIMUM, description="Iemand werkt veel.", question="Wat is dit?")
    ask_advice(reference, AdviceRequest((Asked("AVIM", "phone", shown=shown.fingerprint),), "Wat is dit?", MINIMUM,
                                        "Iemand werkt veel."), reader=cast.anna, now=MONDAY)
    row = Disclosure.objects.get()
    assert row.unseal("content_sealed", key=key_of(row.signal_id))["text"] == shown.text


def test_all_requests_go_or_none(cast):
    reference = enriched(cast)
    exclude_partner(reference, "TFRIEC", reason="Kent de familie.", reader=cast.anna, now=MONDAY)
    with pytest.raises(DisclosureRefused):
        ask(cast, reference, "AVIM", "TFRIEC")
    assert (Referral.objects.count(), signal(reference).state) == (0, "verrijken")


def test_advice_waits_for_the_required_items(cast):
    with pytest.raises(StepRefused) as refused:
        ask(cast, taken_up(cast), "AVIM")
    assert refused.value.refusal.guard == "enriched"


def test_in_danger_avim_is_called_before_anybody_advises(cast):
    reference = enriched(cast, danger=True)
    with pytest.raises(StepRefused) as refused:
        ask(cast, reference, "TFRIEC")
    assert refused.value.refusal.guard == "contacted_if_danger"
    call(cast, reference)
    ask(cast, reference, "TFRIEC")


@pytest.mark.parametrize(("partners", "question", "error"), [
    ((), "Wat is dit?", NobodyAsked), (("AVIM",), " ", NoQuestion), (("MMA",), "Wat is dit?", NotAnExpert),
    (("ZOCO_LUMENS",), "Wat is dit?", NotAnExpert),
])
def test_who_and_what_must_be_known(cast, partners, question, error):
    reference = enriched(cast)
    with pytest.raises(error):
        ask_advice(reference, AdviceRequest(tuple(Asked(p, "phone") for p in partners), question, MINIMUM, "Iets."),
                   reader=cast.anna, now=MONDAY)
    assert signal(reference).state == "verrijken"


def test_another_expert_can_be_asked_and_one_who_was_asked_not_twice(cast):
    reference = enriched(cast)
    ask(cast, reference, "AVIM")
    with pytest.raises(AlreadyAsked):
        ask(cast, reference, "AVIM", act="ask_more_advice")
    ask(cast, reference, "TFRIEC", act="ask_more_advice")
    assert {r.partner for r in Referral.objects.all()} == {"AVIM", "TFRIEC"}
    advised(cast, reference, "AVIM")
    ask(cast, reference, "AVIM", act="ask_more_advice")  # a new question after an answer
    assert Referral.objects.get(partner="AVIM").status == "received"


def test_the_page_knows_who_was_asked_who_has_an_account_and_who_is_kept_out(cast):
    reference = enriched(cast)
    ask(cast, reference, "AVIM")
    exclude_partner(reference, "TFRIEC", reason="Kent de familie.", reader=cast.anna, now=MONDAY)
    cards = {e.partner.id: e for e in advice_page(reference, act="ask_more_advice", reader=cast.anna, now=MONDAY).experts}
    assert cards["AVIM"].asked == "received"
    assert (cards["ISZW"].has_account, cards["KMAR"].has_account) == (True, False)
    assert cards["TFRIEC"].excluded
    assert "ZOCO_HELMOND" in cards
    assert "ZOCO_LUMENS" not in cards


def test_two_editors_and_strangers(cast):
    reference = enriched(cast)
    seen = signal(reference).version
    request = AdviceRequest((Asked("AVIM", "phone"),), "Wat is dit?", MINIMUM, "Iemand werkt veel.")
    ask_advice(reference, request, reader=cast.anna, now=MONDAY, version=seen)
    with pytest.raises(EditConflict):
        ask_advice(reference, request, reader=cast.bo, now=MONDAY, version=seen, act="ask_more_advice")
    for stranger in (cast.noor, cast.dina, cast.nel):
        with pytest.raises(NoSuchSignal):
            ask_advice(reference, request, reader=stranger, now=MONDAY)
        with pytest.raises(NoSuchSignal):
            advice_page(reference, act="ask_advice", reader=stranger, now=MONDAY)
