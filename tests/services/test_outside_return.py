"""Coming back with a receipt: questions, answers, state and feedback, the same whatever is done with the report."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from meldroute.rules.receipt_numbers import BadReceipt, make_receipt
from meldroute.services import asking_reporter, feedback, holding, outside_return
from meldroute.services.asking_reporter import NotFromOutside, TellsTooMuch
from meldroute.services.assessment import assessment_of, set_danger
from meldroute.services.desk import key_of, look_at
from meldroute.services.disclosure_material import material_of
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.outside import PageUsed, TooMany
from meldroute.services.outside_limits import LIMITS, limits
from meldroute.services.outside_return import NoMoreNow, NothingWritten, UnknownReceipt
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.services.taking_up import take_up
from meldroute.services.ticking import tick
from meldroute.storage.models import Absence, Clock, HistoryEntry, Message, OutsideWord, Signal
from tests.cast import MONDAY
from tests.outside_help import come_back, page, report, stored
from tests.services import acting_cases, passing_on_help

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
HOUR = timedelta(hours=1)
QUESTION = "Hoeveel mensen zag u daar?"


def answer(card, text="Vier mensen.", now=MONDAY + HOUR, address="192.0.2.1", **more):
    return outside_return.write(page(now), text, token=card.token, address=address, now=now, language="nl", **more)


def ask(cast, signal, text=QUESTION, **more):
    asking_reporter.ask_reporter(signal.reference, text=text, reader=cast.anna, now=MONDAY, **more)


def test_a_question_is_read_with_the_receipt_and_answered(opened):
    receipt = report().receipt
    signal = stored(receipt)
    ask(opened, signal)
    card = come_back(receipt)
    assert [(w.question, w.text) for w in card.words] == [(True, QUESTION)]
    after = answer(card)
    assert [(w.question, w.text) for w in after.words] == [(True, QUESTION), (False, "Vier mensen.")]
    assert Message.objects.filter(kind="reporter_wrote", membership=opened.anna.membership, signal=signal).exists()
    shown = open_signal(signal.reference, reader=opened.anna, now=MONDAY + HOUR)
    assert [(w.question, w.text, w.by) for w in shown.words] == [(True, QUESTION, "Anna Aandacht"), (False, "Vier mensen.", "")]


def test_every_act_and_every_look_is_in_the_history_without_a_name(opened):
    receipt = report().receipt
    signal = stored(receipt)
    ask(opened, signal)
    answer(come_back(receipt))
    acts = HistoryEntry.objects.filter(signal=signal.pk).order_by("id").values_list("act", "actor_kind", "details")
    assert [(act, kind) for act, kind, _ in acts] == [
        ("signal.received", "reporter"), ("reporter.asked", "membership"), ("signal.read", "reporter"),
        ("reporter.wrote", "reporter"), ("signal.read", "reporter")]
    assert "mensen" not in str(list(acts)).lower()


def test_what_is_written_is_sealed_and_never_loses_its_direction(opened):
    receipt = report().receipt
    signal = stored(receipt)
    ask(opened, signal)
    answer(come_back(receipt))
    for row in OutsideWord.objects.filter(signal=signal):
        assert b"mensen" not in bytes(row.content_sealed)
        row.kind = "answer" if row.kind == "question" else "question"
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_page_is_good_for_one_text_and_shows_nothing_when_it_is_sent_again(opened):
    receipt = report().receipt
    card = come_back(receipt)
    answer(card)
    with pytest.raises(PageUsed):
        answer(card)
    assert OutsideWord.objects.count() == 1
    token = outside_return.ask_receipt(page(), now=MONDAY)
    look = {"token": token, "address": "192.0.2.1", "now": MONDAY, "language": "nl"}
    outside_return.open_report(page(), receipt, **look)
    with pytest.raises(PageUsed):
        outside_return.open_report(page(), receipt, **look)


def test_feedback_stands_with_the_receipt_and_no_mail_leaves(opened, mail_server):
    receipt = report(name="Piotr Wymyślony", contact="piotr@voorbeeld.example").receipt
    signal = stored(receipt)
    take_up(signal.reference, reader=opened.anna, now=MONDAY)
    feedback.give_feedback(signal.reference, text="Uw melding ligt niet stil.", reader=opened.anna, now=MONDAY)
    assert [f.text for f in come_back(receipt).feedback] == ["Uw melding ligt niet stil."]
    assert not Message.objects.filter(recipient_kind="reporter").exists()
    tick(now=MONDAY + HOUR)
    assert {m["To"] for m in mail_server.messages} <= {f"{n}@voorbeeld.example" for n in ("anna", "bo")}


def test_the_page_is_the_same_whatever_is_done_with_the_report(opened):
    """Nothing done, set aside, put aside, shared with a partner, spoken with AVIM: the same page, token aside."""
    receipts = [report(work=n != 1, address=f"192.0.2.{n}").receipt for n in range(5)]
    quiet, held, passed, called, advised = map(stored, receipts)
    for signal in (quiet, passed, called, advised):
        take_up(signal.reference, reader=opened.anna, now=MONDAY)
    from meldroute.services import judging

    for signal in (passed, called):
        judging.judge_clear(signal.reference, forms=("AU",), why="gezien", reader=opened.anna, now=MONDAY)
    passing_on_help.pass_on(opened, passed.reference, "ISZW")
    acting_cases.call(opened, called.reference, acting_cases.tried())
    cards = {r: come_back(r, address=f"198.51.100.{n}") for n, r in enumerate(receipts)}
    faces = {re.sub(r"(reference|token)='[^']+'", "", repr(card)) for r, card in cards.items() if stored(r) != held}
    assert len(faces) == 1
    spam_before = repr(come_back(receipts[1], address="198.51.100.9").state)
    holding.mark_spam(held.reference, reason="Reclame.", reader=opened.anna, now=MONDAY)
    assert repr(come_back(receipts[1], address="198.51.100.9").state) == spam_before


def test_an_unknown_receipt_and_a_slip_open_nothing(opened):
    report()
    with pytest.raises(UnknownReceipt):
        come_back(make_receipt(b"x" * 32))
    with pytest.raises(BadReceipt):
        come_back("1" * 30)


def test_the_receipt_is_read_with_dashes_and_in_other_digits(opened):
    receipt = report().receipt
    assert come_back(" - ".join(receipt[n:n + 6] for n in range(0, 30, 6))).reference
    eastern = receipt.translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})
    assert come_back(f"\u202b{eastern}\u202c").reference


def test_trying_receipts_is_limited_per_address(opened):
    receipt = report().receipt
    for _ in range(LIMITS["receipt"]):
        with pytest.raises(UnknownReceipt):
            come_back(make_receipt(b"y" * 32), address="203.0.113.5")
    with pytest.raises(TooMany):
        come_back(receipt, address="203.0.113.5")
    assert come_back(receipt).reference  # nobody else is locked out


def test_known_and_unknown_cost_the_same_slow_hash(opened, monkeypatch):
    receipt, asked = report().receipt, []
    monkeypatch.setattr("meldroute.services.outside_return.receipt_ties",
                        lambda typed, ties=outside_return.receipt_ties: asked.append(typed) or ties(typed))
    come_back(receipt)
    with pytest.raises(UnknownReceipt):
        come_back(make_receipt(b"z" * 32))
    assert len(asked) == 2


def test_a_receipt_never_opens_what_a_colleague_reported(opened):
    own = register_signal(NewSignal("x"), reader=opened.bram, submission=stored(report().receipt).pk, now=MONDAY)
    signal = Signal.objects.get(reference=own.reference)
    with pytest.raises(NotFromOutside):
        ask(opened, signal)
    assert signal.channel == "form"


def test_a_question_that_tells_too_much_is_looked_at_twice(opened):
    signal = stored(report().receipt)
    with pytest.raises(TellsTooMuch):
        ask(opened, signal, "De politie wil weten hoe laat het was.")
    ask(opened, signal, "De politie wil weten hoe laat het was.", knowingly=True)
    assert OutsideWord.objects.count() == 1


def test_many_unanswered_texts_wait_for_the_desk(opened):
    card = come_back(report().receipt)
    with pytest.raises(NothingWritten):
        answer(card, " ")
    for n in range(outside_return.MOST_UNANSWERED):
        card = answer(card, f"Tekst {n}.")
    assert not card.may_write
    with pytest.raises(NoMoreNow):
        answer(card, "Nog een.")


def test_set_aside_stands_in_a_group_of_its_own_and_is_let_in_with_one_step(opened):
    signal = stored(report(work=False).receipt)
    anna = {"reader": opened.anna, "now": MONDAY}
    listed = work_list(**anna)
    assert ([r.reference for r in listed.rows], listed.counts["held"], listed.counts["new"]) == ([], 1, 0)
    assert [r.reference for r in work_list(group="held", **anna).rows] == [signal.reference]
    holding.release(signal.reference, **anna)
    assert [r.reference for r in work_list(**anna).rows] == [signal.reference]
    with pytest.raises(holding.NotHeld):
        holding.release(signal.reference, **anna)


def test_put_aside_keeps_the_text_and_the_reason_and_can_come_back(opened):
    signal = stored(report(work=False).receipt)
    anna = {"reader": opened.anna, "now": MONDAY}
    holding.mark_spam(signal.reference, reason="Reclame voor een winkel.", **anna)
    shown = open_signal(signal.reference, **anna)
    assert (shown.lane, shown.spam_because, shown.report.narrative[:9]) == ("spam", "Reclame voor een winkel.", "Verzonnen")
    assert not Clock.objects.filter(signal=signal, stopped_at=None).exists()
    assert work_list(**anna).counts["late"] == 0
    holding.release(signal.reference, **anna)
    assert Clock.objects.filter(signal=signal, stopped_at=None).count() == 1
    assert HistoryEntry.objects.filter(signal=signal.pk, act__startswith="held.").count() == 2


def test_working_on_what_was_set_aside_lets_it_in(opened):
    signal = stored(report(work=False).receipt)
    take_up(signal.reference, reader=opened.anna, now=MONDAY)
    signal.refresh_from_db()
    assert signal.lane == "regular"


def test_what_is_set_aside_reminds_like_any_other(opened):
    signal = stored(report(work=False).receipt)
    due = Clock.objects.get(signal=signal).due_at
    tick(now=due + timedelta(minutes=1))
    assert Message.objects.filter(signal=signal, kind="late").count() == 2  # focal point and buddy


@pytest.mark.parametrize(("name", "allowed"), [("", False), ("Piotr Wymyślony", False), ("Piotr Wymyślony", True)])
def test_what_a_partner_could_be_given_knows_the_name_and_the_wish(opened, name, allowed):
    signal = stored(report(name=name, name_allowed=allowed).receipt)
    material = material_of(look_at(signal.reference, reader=opened.anna, now=MONDAY), description="Iemand werkt veel.")
    assert (material.texts["reporter_name"], material.name_allowed) == (name, allowed)


def test_words_added_to_what_was_set_aside_are_told_and_to_what_was_put_away_as_spam_are_not(opened):
    held, spam = report(work=False).receipt, report(work=False).receipt
    holding.mark_spam(stored(spam).reference, reason="Reclame.", reader=opened.anna, now=MONDAY)
    Message.objects.all().delete()
    answer(come_back(held), "Hij komt vanavond terug.")
    answer(come_back(spam), "Koop nu.")
    assert {m.signal_id for m in Message.objects.filter(kind="reporter_wrote")} == {stored(held).pk}


@pytest.mark.parametrize("before", ["quiet", "danger", "held", "spam"])
def test_danger_said_afterwards_alerts_the_desk_at_once_whatever_the_report_was_before(opened, before):
    receipt = report(work=before in ("quiet", "danger"), danger=before == "danger").receipt
    signal, anna = stored(receipt), {"reader": opened.anna, "now": MONDAY}
    if before == "spam":
        holding.mark_spam(signal.reference, reason="Reclame.", **anna)
    Message.objects.all().delete()
    answer(come_back(receipt), "Hij slaat haar nu.", danger=True)
    signal.refresh_from_db()
    assert (signal.danger, signal.lane) == (True, "regular")
    told = Message.objects.filter(signal=signal).values_list("kind", "membership")
    assert set(told) == {("danger_received", opened.anna.membership), ("danger_received", opened.bo.membership)}
    assert Clock.objects.filter(signal=signal, stopped_at=None).count() == 2, "a term in danger, and the call to AVIM"
    shown = open_signal(signal.reference, reader=opened.anna, now=MONDAY + HOUR)
    assert (shown.danger, [w.text for w in shown.words]) == (True, ["Hij slaat haar nu."])
    assert [r.reference for r in work_list(reader=opened.anna, now=MONDAY + HOUR).rows] == [signal.reference]


def test_danger_said_while_nobody_is_there_reaches_who_can_repair_that(opened):
    receipt = report().receipt
    for reader in (opened.anna, opened.bo, opened.noor):
        Absence.objects.create(membership_id=reader.membership, from_day=MONDAY.date(), to_day=MONDAY.date())
    Message.objects.all().delete()
    answer(come_back(receipt), "Hij slaat haar nu.", danger=True)
    told = set(Message.objects.values_list("kind", "membership", "signal", "count"))
    assert told == {("nobody_on_duty", opened.frits.membership, None, 1), ("nobody_on_duty", opened.karel.membership, None, 1)}


def test_what_the_desk_wrote_about_a_danger_stays_when_the_reporter_says_it_again(opened):
    receipt = report().receipt
    set_danger(stored(receipt).reference, True, reason="Zijn broer belde.", reader=opened.anna, now=MONDAY)
    answer(come_back(receipt), "Hij slaat haar nu.", danger=True)
    signal = stored(receipt)
    assert assessment_of(signal, key_of(signal.pk))["danger_because"] == "Zijn broer belde."


def test_no_limit_holds_up_a_danger(opened):
    card = come_back(report().receipt)
    while limits.allows("words", "192.0.2.1", now=MONDAY + HOUR):
        pass
    with pytest.raises(TooMany):
        answer(card)
    assert answer(card, danger=True).words
