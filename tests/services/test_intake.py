"""What a reporter sends is kept whole, once, sealed, with a clock, a message and its history."""

from uuid import uuid4

import pytest

from meldroute.services.intake import NewSignal, register_signal
from meldroute.storage.models import Clock, HistoryEntry, Message, Signal
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S-3.4-01", "S-3.4-02", "S-B2-28", "S-B1-01")
def test_an_uneasy_feeling_without_label_or_proof_is_a_signal(cast):
    receipt = register_signal(NewSignal("Het voelde niet pluis."), reader=cast.bram, submission=uuid4(), now=MONDAY)

    signal = Signal.objects.get(reference=receipt.reference)
    assert (signal.state, signal.forms, signal.municipality) == ("ontvangen", [], cast.helmond)
    assert Clock.objects.get(signal=signal, stopped_at=None).due_at > MONDAY
    assert [m.membership_id for m in Message.objects.all()] == [cast.anna.membership]
    assert HistoryEntry.objects.get(signal=signal.pk).act == "signal.received"


def test_a_form_sent_twice_is_one_report(cast):
    submission = uuid4()
    first, second = (
        register_signal(NewSignal("Twee keer geklikt."), reader=cast.bram, submission=submission, now=MONDAY)
        for _ in range(2)
    )
    assert (first.reference, first.first, second.first) == (second.reference, True, False)
    assert Signal.objects.count() == 1


def test_danger_alerts_focal_point_and_buddy_at_once(cast):
    register_signal(NewSignal("Nu.", danger=True), reader=cast.bram, submission=uuid4(), now=MONDAY)
    assert {m.membership_id for m in Message.objects.all()} == {cast.anna.membership, cast.bo.membership}


def test_a_signal_about_a_colleague_is_for_the_designated_person_alone(cast):
    receipt = register_signal(NewSignal("Een collega.", about_colleague=True), reader=cast.bram, submission=uuid4(),
                              now=MONDAY)
    assert [m.membership_id for m in Message.objects.all()] == [cast.dina.membership]
    sees = {name for name in ("anna", "bo", "dina", "noor", "karel", "frits", "pia", "bram")
            if Signal.objects.visible_to(getattr(cast, name)).filter(reference=receipt.reference).exists()}
    assert sees == {"dina"}
