"""Safe contact travels with the signal, is read first, and is stronger than any message."""

from datetime import timedelta
from uuid import uuid4

import pytest

from meldroute.rules.safe_contact import SafeContact, WrongInterpreter
from meldroute.services.appointing import correct_address
from meldroute.services.delivery import deliver_due
from meldroute.services.desk import NoSuchSignal
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.feedback import give_feedback
from meldroute.services.intake import NewSignal, SentBefore, register_signal
from meldroute.services.opening import act_card
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.safe_contact import NothingHeld, reporter_was_told, safe_contact_page, set_safe_contact
from meldroute.storage.models import HistoryEntry, Message, Signal
from meldroute.storage.sealing import SealBroken
from tests.cast import MONDAY
from tests.services.passing_on_help import passing, reported

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = SafeContact(how=("work_phone",), when="voor drie uur", when_not="nooit thuis bij Verzonnen Vic", no_automatic=True)
VICTIM = SafeContact(when_not="niet bellen als Boze Bert thuis is", language="Roemeens", interpreter="professional")


def agree(cast, reference, about="victim", contact=VICTIM, *, who="anna", version=None):
    set_safe_contact(reference, about, contact, reader=getattr(cast, who), now=MONDAY, version=version)


def waiting() -> Message:
    return Message.objects.get(recipient_kind="reporter")


def test_a_reporter_says_it_while_reporting_and_the_desk_reads_it_before_calling(cast):
    reference = reported(cast, safe_contact=QUIET)
    page = open_signal(reference, reader=cast.anna, now=MONDAY)
    [card] = page.safe_contact
    assert (card.about, card.contact, card.own_words) == ("reporter", QUIET, True)
    assert act_card(reference, "record_contact", reader=cast.bo, now=MONDAY).safe_contact == page.safe_contact
    assert b"Vic" not in bytes(Signal.objects.get().safe_contact_sealed)


def test_the_desk_agrees_it_later_and_nothing_is_overwritten_without_a_trace(cast):
    reference = reported(cast, safe_contact=QUIET)
    agree(cast, reference)
    agree(cast, reference, "reporter", SafeContact(when="altijd"))
    cards = {card.about: card for card in open_signal(reference, reader=cast.bo, now=MONDAY).safe_contact}
    assert cards["victim"].contact == VICTIM
    assert (cards["reporter"].contact.when, cards["reporter"].own_words) == ("altijd", False)
    signal = Signal.objects.get()
    from meldroute.services.desk import key_of

    stored = signal.unseal("safe_contact_sealed", key=key_of(signal.pk))
    assert [(one["about"], one["when_not"]) for one in stored["earlier"]] == [("reporter", QUIET.when_not)]
    entries = HistoryEntry.objects.filter(act="safe_contact.changed").order_by("id")
    assert [e.details for e in entries] == [{"about": "victim"}, {"about": "reporter"}]


def test_a_wrong_interpreter_is_refused_at_every_door(cast):
    with pytest.raises(WrongInterpreter):
        reported(cast, safe_contact=SafeContact(interpreter="known_person"))
    assert not Signal.objects.exists()
    reference = reported(cast)
    with pytest.raises(WrongInterpreter):
        agree(cast, reference, contact=SafeContact(interpreter="professional", interpreter_who="haar werkgever"))
    assert Signal.objects.get().safe_contact_sealed is None


@pytest.mark.parametrize("who", ["bram", "dina", "noor", "nel", "zora", "karel", "frits", "pia"])
def test_it_is_for_the_desk_of_the_signal(cast, who):
    reference, reader = reported(cast, safe_contact=QUIET), getattr(cast, who)
    with pytest.raises(NoSuchSignal):
        agree(cast, reference, who=who)
    with pytest.raises(NoSuchSignal):
        safe_contact_page(reference, "reporter", reader=reader, now=MONDAY)


def test_it_is_bound_to_its_row(cast):
    one, other = reported(cast, safe_contact=QUIET), reported(cast)
    Signal.objects.filter(reference=other).update(safe_contact_sealed=Signal.objects.get(reference=one).safe_contact_sealed)
    with pytest.raises(SealBroken):
        open_signal(other, reader=cast.anna, now=MONDAY)


def test_the_same_report_twice_is_one_and_other_words_about_contact_are_another(cast):
    submission = uuid4()

    def send(contact):
        return register_signal(NewSignal("Zo is het.", safe_contact=contact), reader=cast.bram, submission=submission, now=MONDAY)

    assert send(QUIET).reference == send(QUIET).reference
    with pytest.raises(SentBefore):
        send(None)
    assert Signal.objects.count() == 1


# Passed on


def test_a_partner_reads_it_before_anything_else(cast):
    reference = passing(cast)
    agree(cast, reference)
    card = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY)
    assert "safe_contact" in card.chosen
    first = card.text.strip().splitlines()[0]
    assert "Veilig contact" in first
    assert "NIET: niet bellen als Boze Bert thuis is" in card.text
    without = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY, fields=["narrative"])
    assert "Boze Bert" not in without.text  # a chosen field, like every other


def test_how_to_reach_the_reporter_goes_only_with_their_name(cast):
    reference = passing(cast, safe_contact=QUIET, name_allowed=True)
    plain = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY)
    assert "Verzonnen Vic" not in plain.text
    named = preview_disclosure(reference, partner="ISZW", reader=cast.anna, now=MONDAY, fields=["narrative", "reporter_name"])
    assert "veilig contact: NIET: nooit thuis bij Verzonnen Vic" in named.text


# Stronger than a message


def test_a_notice_is_held_and_the_desk_is_told_to_make_contact_as_agreed(cast, mail_server):
    reference = passing(cast, safe_contact=QUIET)
    give_feedback(reference, text="Wij hebben ernaar gekeken.", reader=cast.anna, now=MONDAY)
    deliver_due(now=MONDAY)
    assert not [m for m in mail_server.messages if "bram@" in str(m["To"])]
    assert (waiting().sent_at, waiting().next_try_at, waiting().failed_at) == (None, None, None)
    told = set(Message.objects.filter(kind="contact_safely").values_list("membership__user__email", flat=True))
    assert told == {"anna@voorbeeld.example", "bo@voorbeeld.example"} or told == {"anna@voorbeeld.example"}
    assert HistoryEntry.objects.filter(act="message.held").count() == 1
    assert open_signal(reference, reader=cast.anna, now=MONDAY).held == 1
    deliver_due(now=MONDAY)
    assert Message.objects.filter(kind="contact_safely").count() == len(told)  # said once

    reporter_was_told(reference, reader=cast.anna, now=MONDAY)
    assert waiting().sent_at == MONDAY
    assert open_signal(reference, reader=cast.anna, now=MONDAY).held == 0
    with pytest.raises(NothingHeld):
        reporter_was_told(reference, reader=cast.anna, now=MONDAY)
    assert not [m for m in mail_server.messages if "bram@" in str(m["To"])]


def test_what_was_held_goes_when_the_agreement_allows_it_again(cast, mail_server):
    reference = passing(cast, safe_contact=QUIET)
    give_feedback(reference, text="Wij hebben ernaar gekeken.", reader=cast.anna, now=MONDAY)
    deliver_due(now=MONDAY)
    agree(cast, reference, "victim")
    deliver_due(now=MONDAY)
    assert waiting().sent_at is None  # what was agreed about somebody else changes nothing
    agree(cast, reference, "reporter", SafeContact(when="altijd"))
    deliver_due(now=MONDAY)
    assert waiting().sent_at is not None
    assert [m for m in mail_server.messages if "bram@" in str(m["To"])]


def test_a_notice_does_not_follow_an_address_that_changed_after_the_report(cast, mail_server):
    """Whoever reads the new address, a manager who changed it for that, must not learn that there was a report."""
    reference = passing(cast)
    correct_address(cast.bram.membership, email="elders@voorbeeld.example", reader=cast.frits, now=MONDAY + timedelta(hours=1))
    give_feedback(reference, text="Wij hebben ernaar gekeken.", reader=cast.anna, now=MONDAY + timedelta(hours=2))
    Message.objects.filter(kind="address_changed").delete()
    deliver_due(now=MONDAY + timedelta(hours=2))
    assert not [m for m in mail_server.messages if "elders@" in str(m["To"])]
    assert open_signal(reference, reader=cast.anna, now=MONDAY + timedelta(hours=2)).held == 1
    assert Message.objects.filter(kind="contact_safely").exists()


def test_without_an_agreement_the_notice_goes_as_ever(cast, mail_server):
    reference = passing(cast)
    give_feedback(reference, text="Wij hebben ernaar gekeken.", reader=cast.anna, now=MONDAY)
    deliver_due(now=MONDAY)
    assert waiting().sent_at is not None


def test_nothing_in_the_clear_says_that_a_reporter_wants_no_mail(cast):
    """Two signals that differ in this alone have equal clear columns."""
    def clear(reference):
        row = Signal.objects.filter(reference=reference).values().get()
        of_the_row = ("id", "reference", "submission", "voucher")
        return {k: v for k, v in row.items() if k not in of_the_row and not k.endswith("_sealed")}

    assert clear(reported(cast, safe_contact=QUIET)) == clear(reported(cast, safe_contact=SafeContact(when="altijd")))
