"""People who look at what is theirs, and infer what is not: pages, mails, counts and logs before and after."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meldroute.services import passing_on_pages
from meldroute.services.chain_monitor import SMALL, chain
from meldroute.services.leaving import record_absence
from meldroute.services.ticking import tick
from meldroute.storage import history
from meldroute.storage.models import Absence, HistoryEntry, Membership, Message, Signal
from tests.cast import MONDAY
from tests.hostile.scenes import ENTERS, OF_A_SIGNAL, STORY, ask
from tests.services.passing_on_help import reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
OWN_PAGES = ("work_list", "notifications", "disclosures", "chain", "settings", "people", "flow", "partners")


def seen(cast, who) -> dict[str, str]:
    client = signed_in(getattr(cast, who))
    pages = {name: client.get(reverse(name)) for name in OWN_PAGES if who in ENTERS[name]}
    assert {p.status_code for p in pages.values()} == {200}
    moments = re.compile(r'<time.*?</time>|value="[^"]{20,}"|\d{1,2}:\d\d', re.DOTALL)  # they pass while this looks
    return {name: moments.sub("", page.content.decode()) for name, page in pages.items()}


@pytest.mark.parametrize("away", [(), ("dina",), ("anna", "bo", "noor")])
def test_a_signal_about_a_colleague_changes_no_page_and_no_mail_of_anybody_else(cast, mail_server, away):
    """Not in danger, not late for days, not with the designated person or everybody else away."""
    others = ("anna", "bo", "frits", "pia", "noor", "nel", "karel")
    for who in away:
        Absence.objects.create(membership_id=getattr(cast, who).membership, from_day=MONDAY.date(),
                               to_day=MONDAY.date() + timedelta(days=60))
    tick(now=MONDAY)
    _first, before = [{who: seen(cast, who) for who in others} for _ in range(2)]  # "since you were last here" is set
    mails = len(mail_server.messages)
    reported(cast, narrative=STORY, about_colleague=True, danger=True)
    for day in (0, 1, 4):
        tick(now=MONDAY + timedelta(days=day, hours=1))
    after = {who: seen(cast, who) for who in others}
    differs = [(who, name) for who in others for name in before[who] if before[who][name] != after[who][name]]
    assert differs == []
    told = {m["To"] for m in mail_server.messages[mails:]}
    assert told == {"dina@voorbeeld.example"}
    about = Message.objects.filter(signal__isnull=False)
    assert {m.membership_id for m in about} == {cast.dina.membership}


def test_who_stands_in_reads_no_signal_about_a_colleague_there(cast):
    day = timezone.localdate()
    now = timezone.now()
    colleague, regular = reported(cast, about_colleague=True), reported(cast)
    for who in (cast.anna, cast.bo, cast.dina):
        record_absence(who.membership, from_day=day, to_day=day, reader=cast.frits, now=now)
    noor = signed_in(cast.noor)
    noor.post(reverse("choose_membership"), {"membership": str(cast.helmond.pk)})
    assert noor.get(reverse("signal", args=[regular])).status_code == 200
    assert noor.get(reverse("signal", args=[colleague])).status_code == 404
    assert colleague not in noor.get(reverse("work_list")).content.decode()


def test_an_absence_that_somebody_else_writes_down_is_told_to_the_person(cast):
    """It can open the municipality's signals to the neighbour's desk: whoever is made absent must know."""
    record_absence(cast.anna.membership, from_day=MONDAY.date(), to_day=MONDAY.date(), reader=cast.frits, now=MONDAY)
    assert cast.anna.membership in {m.membership_id for m in Message.objects.all()}


def test_no_page_of_a_signal_is_shown_when_the_reading_cannot_be_written_down(cast, scene, monkeypatch):
    client = signed_in(cast.anna)
    client.raise_request_exception = False

    def broken(*_args, **_more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr(history, "append", broken)
    for name in OF_A_SIGNAL:
        for method in ("GET", "POST"):
            answer = ask(client, name, method, scene, scene["regular"])
            assert answer.status_code in (302, 404, 405, 500), (name, method)
            assert STORY not in answer.content.decode(), (name, method)
            assert "Bram Balie" not in answer.content.decode(), (name, method)


def test_every_page_of_a_signal_leaves_an_entry_and_changes_nothing_else(cast, scene):
    client, signal = signed_in(cast.anna), Signal.objects.get(reference=scene["regular"])
    before = (Signal.objects.values().get(pk=signal.pk), Message.objects.count())
    for name in OF_A_SIGNAL:
        entries = HistoryEntry.objects.filter(signal=signal.pk, actor=str(cast.anna.membership)).count()
        answer = ask(client, name, "GET", scene, scene["regular"])
        assert answer.status_code < 500
        if answer.status_code == 200:
            now = HistoryEntry.objects.filter(signal=signal.pk, actor=str(cast.anna.membership)).count()
            assert now > entries, name
            title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL).group(1)
            assert not [w for w in ("Kees", "Nepstraat", "Bram", "Balie") if w in title], name
        elif answer.status_code == 302:
            assert not [w for w in ("Kees", "Nepstraat", "Bram", "agreement") if w in answer.url], name
    assert before == (Signal.objects.values().get(pk=signal.pk), Message.objects.count())


def test_a_small_number_cannot_be_found_by_subtracting_the_others(cast):
    for _ in range(SMALL + 2):
        reported(cast)
    kept = Signal.objects.first()
    Signal.objects.filter(pk=kept.pk).update(municipality_id=cast.deurne.pk)
    card = chain(reader=cast.karel, now=MONDAY)
    municipalities = [m.open for m in card.municipalities]
    steps = [s.open for s in card.steps]
    total = sum(s for s in steps if s is not None)
    if None in municipalities and total:
        rest = total - sum(m for m in municipalities if m is not None)
        assert rest == 0 or rest >= SMALL


def test_the_page_that_says_the_code_is_for_the_desk_of_that_signal_only(cast, scene):
    from meldroute.services.desk import NoSuchSignal

    for who in ("dina", "noor", "frits", "pia", "nel", "karel"):
        with pytest.raises(NoSuchSignal):
            passing_on_pages.sent_page(scene["regular"], referral=scene["referral"], reader=getattr(cast, who), now=MONDAY)


def test_the_entry_of_a_reader_names_the_membership_that_was_used(cast):
    reference = reported(cast)
    second = Membership.objects.create(user_id=cast.anna.user, organisation=cast.helmond, role="privacy_officer",
                                       valid_from=MONDAY.date() - timedelta(days=900))
    client = signed_in(cast.anna)
    client.post(reverse("choose_membership"), {"membership": str(second.pk)})
    assert client.get(reverse("signal", args=[reference])).status_code == 404
    assert HistoryEntry.objects.filter(act="refused", actor=str(second.pk)).exists()
