"""The retention pages: who finds them, what they say, and that destroying is done by two persons in two browsers."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meldroute.services import keeping
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Destruction, KeptSignal, RetentionHold, Signal
from tests.services.retention_help import closed
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def ended(cast):
    """A closed signal whose term has ended today; its list waits for the desk."""
    reference = closed(cast)
    today = timezone.localdate()
    KeptSignal.objects.update(closed_on=today - timedelta(days=400), warned_on=today - timedelta(days=40),
                              next_look_at=timezone.now())
    keeping.keep_terms(now=timezone.now())
    return reference, reverse("destruction", kwargs={"id": Destruction.objects.get().pk})


def press(client, url, act):
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url).content.decode())
    return client.post(url, {"act": act, "seen": seen.group(1) if seen else ""}, follow=True)


def test_who_finds_the_calendar(cast):
    for who in ("anna", "bo", "dina", "noor", "pia"):
        assert signed_in(getattr(cast, who)).get("/bewaren/").status_code == 200
    for who in ("bram", "frits", "nel", "zora", "karel", "rick"):
        assert signed_in(getattr(cast, who)).get("/bewaren/").status_code == 404


def test_two_persons_in_two_browsers(cast, ended):
    reference, url = ended
    anna, pia = signed_in(cast.anna), signed_in(cast.pia)
    assert "your turn" in text(anna.get("/bewaren/"))
    assert reference in text(anna.get(url))
    assert "Destroy what is on this list" not in text(anna.get(url))
    assert "Proposed." in text(press(anna, url, "propose"))
    assert press(anna, url, "approve").status_code == 409
    assert "1 signal was destroyed." in text(press(pia, url, "approve"))
    assert Signal.objects.count() == 0
    assert anna.get(reverse("signal", args=[reference])).status_code == 404
    page = text(pia.get(url))
    assert "Anna Aandacht" in page
    assert "Pia Privacy" in page
    assert "pending" in page
    assert reference not in page


def test_a_stale_page_destroys_nothing(cast, ended):
    _reference, url = ended
    anna = signed_in(cast.anna)
    answer = anna.post(url, {"act": "propose", "seen": "x"})
    assert answer.status_code == 409
    assert "The list changed" in text(answer)
    assert Destruction.objects.get().state == "listed"


def test_the_certificate_is_a_pdf_that_exists_only_afterwards(cast, ended):
    reference, url = ended
    anna, pia = signed_in(cast.anna), signed_in(cast.pia)
    assert pia.get(f"{url}verklaring/").status_code == 404
    press(anna, url, "propose")
    press(pia, url, "approve")
    answer = pia.get(f"{url}verklaring/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert reference.encode() not in answer.content + str(answer.headers).encode()
    assert signed_in(cast.frits).get(f"{url}verklaring/").status_code == 404


def test_a_hold_from_the_page_of_the_signal(cast, ended):
    reference, url = ended
    anna = signed_in(cast.anna)
    page = reverse("keeping", args=[reference])
    assert page in anna.get(reverse("signal", args=[reference])).content.decode()
    assert "term has ended" in text(anna.get(page))
    bad = anna.post(page, {"act": "hold", "reason": "procedure"})
    assert bad.status_code == 400
    late = anna.post(page, {"act": "hold", "reason": "procedure", "until": "2020-01-01", "explanation": "x"})
    assert late.status_code == 409
    assert "Choose a day to come" in text(late)
    until = timezone.localdate() + timedelta(days=90)
    done = anna.post(page, {"act": "hold", "reason": "procedure", "until": until.isoformat(), "explanation": "zaak 5"},
                     follow=True)
    assert "zaak 5" in text(done)
    pia = text(signed_in(cast.pia).get("/bewaren/"))
    assert "A procedure runs" in pia
    assert "Anna Aandacht" in pia
    assert "zaak 5" not in pia
    assert text(anna.post(page, {"act": "lift"}, follow=True)).count("The hold is lifted.") == 1
    assert RetentionHold.objects.get().lifted_by_id == cast.anna.membership
    assert anna.post(page, {"act": "nonsense"}).status_code == 400
    assert url


def test_an_open_signal_says_that_it_is_kept(cast):
    from tests.services.acting_cases import enriched

    page = text(signed_in(cast.anna).get(reverse("keeping", args=[enriched(cast)])))
    assert "An open signal is always kept" in page


def test_the_reporter_reads_that_it_is_no_longer_kept_and_nothing_more(cast, ended):
    reference, url = ended
    press(signed_in(cast.anna), url, "propose")
    press(signed_in(cast.pia), url, "approve")
    bram = signed_in(cast.bram)
    page = text(bram.get("/mijn-meldingen/"))
    assert "No longer kept" in page
    assert reference in page
    assert "no trafficking" not in page
    for part in ("", "bewijs/"):
        assert bram.get(f"/mijn-meldingen/{reference}/{part}").status_code == 404
    assert bram.get(reverse("receipt", args=[reference])).status_code == 404


def test_a_municipality_s_own_term_is_checked_before_it_counts(cast):
    frits = signed_in(cast.frits)
    page = "/instellingen/bewaartermijnen/"
    seen = re.search(r'name="seen" value="([\w-]+)"', frits.get(page).content.decode()).group(1)
    typed = {"amount:acted": "9", "unit:acted": "years", "by:acted": "Pia Privacy", "on:acted": "2026-01-05", "seen": seen}
    assert frits.post(page, typed).status_code == 409
    assert "shorter than the one of the list" in text(frits.post(page, typed))
    assert frits.post(page, typed | {"amount:acted": "2", "on:acted": ""}).status_code == 400
    assert frits.post(page, typed | {"amount:acted": "2"}).status_code == 302
    own = choices_in_force(cast.helmond.pk, now=timezone.now()).retention["acted"]
    assert (own.period.amount, own.period.unit, own.advised_by, own.advised_on) == (
        2, "years", "Pia Privacy", date(2026, 1, 5))


def test_the_chain_director_sees_totals_without_small_numbers(cast):
    for _ in range(6):
        closed(cast)
    page = text(signed_in(cast.karel).get("/keten/afgehandeld/"))
    assert "2026: 5" in page, "rounded to fives, as on the other page of the chain"
    assert "Gemeente Deurne &lt; 5" in page
    assert signed_in(cast.pia).get("/keten/afgehandeld/").status_code == 404
