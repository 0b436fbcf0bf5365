"""My reports on the screen: neutral words, the same page whatever happens, and a proof that tells nothing."""

import re
import zlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.closing import close
from meldroute.services.feedback import give_feedback
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.ticking import tick
from meldroute.storage.models import HistoryEntry, Referral, Signal
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing
from tests.services.test_my_reports import finished
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(days=60)
STORY = "In de loods aan de Verzonnenweg slaapt iemand."


@pytest.fixture
def at(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(MONDAY)
    return set_to


@pytest.fixture
def bram(cast, at) -> Client:
    return signed_in(cast.bram, "nl")


def reported(cast, **said) -> str:
    return register_signal(NewSignal(STORY, **said), reader=cast.bram, submission=uuid4(), now=MONDAY).reference


def plain(page, reference: str) -> str:
    """A page without what differs from signal to signal and from request to request."""
    text = page.content.decode().replace(reference, "MR")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_reference_date_and_state_and_not_the_own_text(bram, cast):
    reference = reported(cast)
    for address in ("/mijn-meldingen/", f"/mijn-meldingen/{reference}/"):
        page = bram.get(address).content.decode()
        assert reference in page
        assert "Ontvangen" in page
        assert "vandaag 10:00" in page
        assert "Verzonnenweg" not in page
        assert "Uw eigen tekst staat hier niet" in page


def test_nothing_reported_yet_teaches_what_will_stand_here(bram):
    assert "U hebt nog niets gemeld" in bram.get("/mijn-meldingen/").content.decode()


@pytest.mark.requirement("S-B2-37")
@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pages_of_an_investigation_of_nothing_and_of_silence_are_the_same_byte_for_byte(cast, at, language):
    signals = [passing(cast, "AU") for _ in range(4)]
    for reference in signals:
        pass_on(cast, reference, "ISZW")
    said(cast, signals[0], "received", "taken_up")
    said(cast, signals[1], "not_for_us")
    said(cast, signals[2], "received", "no_feedback")
    tick(now=LATER)
    at(LATER)
    bram = signed_in(cast.bram, language)
    for address in ("/mijn-meldingen/{}/", "/melden/ontvangen/{}/"):
        pages = {plain(bram.get(address.format(reference)), reference) for reference in signals}
        assert len(pages) == 1, address
    cards = re.findall(r'<article.*?</article>', bram.get("/mijn-meldingen/").content.decode(), re.DOTALL)
    assert len({re.sub(r"MR-[0-9A-Z]{8}-[0-9A-Z]", "MR", card) for card in cards}) == 1


def said(cast, reference, *answers) -> None:
    referral = Referral.objects.get(signal__reference=reference, partner="ISZW")
    for kind in answers:
        new = NewAnswer(kind, text="" if kind == "no_feedback" else "Er loopt een strafrechtelijk onderzoek.")
        answer_by_phone(reference, referral=referral.pk, new=new, reader=cast.anna, now=MONDAY + timedelta(hours=1))


@pytest.mark.requirement("S-B2-35")
def test_feedback_stands_there_and_the_words_of_the_desk_never_do(bram, cast, at):
    reference = finished(cast)
    give_feedback(reference, text="Uw melding is gelezen en besproken.", reader=cast.anna, now=MONDAY)
    close(reference, reason="overgedragen", reader=cast.anna, now=MONDAY)
    page = bram.get(f"/mijn-meldingen/{reference}/").content.decode()
    assert "Uw melding is gelezen en besproken." in page
    assert "Afgerond" in page
    for telling in ("vaag", "mensenhandel", "uitbuiting", "overgedragen", "Arbeidsinspectie", "NLA"):
        assert telling.lower() not in page.lower()


def test_somebody_elses_report_is_absent_and_the_attempt_is_recorded(cast, at):
    reference = reported(cast)
    frits = signed_in(cast.frits, "nl")
    for address in (f"/mijn-meldingen/{reference}/", f"/mijn-meldingen/{reference}/bewijs/"):
        assert frits.get(address).status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 2
    assert frits.get("/mijn-meldingen/onzin/").status_code == 404


def test_a_reference_may_be_typed_as_people_type(bram, cast):
    reference = reported(cast)
    assert bram.get(f"/mijn-meldingen/{reference.lower()}/").status_code == 200


def test_older_reports_stand_on_a_next_page(bram, cast):
    for _ in range(21):
        reported(cast)
    first = bram.get("/mijn-meldingen/")
    assert len(first.context["reports"]) == 20
    second = bram.get(first.context["older"])
    assert len(second.context["reports"]) == 1
    assert second.context["older"] == ""
    for damaged in ("x", "2026-11-23_x", f"2026-11-23T09:00:00_{uuid4()}"):
        assert len(bram.get("/mijn-meldingen/", {"na": damaged}).context["reports"]) == 20


# The proof


def strings_of(pdf: bytes) -> str:
    """Everything in the file that can be read, unpacked."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    return b"\n".join(parts).decode("latin-1")


def test_the_proof_is_an_accessible_file_with_a_name_and_title_that_say_nothing(bram, cast):
    reference = reported(cast, where="Verzonnenweg 12")
    answer = bram.get(f"/mijn-meldingen/{reference}/bewijs/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{reference}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    content = strings_of(answer.content)
    assert "pdfuaid" in content
    assert f"/Title ({reference})" in content or reference in content
    assert "/Author" not in content
    assert not re.search(r"<dc:title>.*(melding|mensenhandel|Meldroute).*</dc:title>", content, re.DOTALL | re.IGNORECASE)


def test_the_proof_says_that_when_and_where_and_never_what(bram, cast, monkeypatch):
    given = {}

    def compiled(template, **how):
        given.update(how["sys_inputs"])
        return b"%PDF"

    monkeypatch.setattr("meldroute.web.proof.typst.compile", compiled)
    reference = reported(cast, where="Verzonnenweg 12", danger=True, minor=True)
    bram.get(f"/mijn-meldingen/{reference}/bewijs/")
    assert (given["reference"], given["at"], given["where"]) == (
        reference, "maandag 23 november 2026 10:00", "Gemeente Helmond")
    assert not {"Verzonnenweg", "Bram"} & set(re.findall(r"\w+", " ".join(given.values())))
    assert Signal.objects.get().reporter_tie not in given.values()
