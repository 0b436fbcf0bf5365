"""What the policy says stands on a named screen, with its source."""

import re
from itertools import pairwise

import pytest

from tests.signing_in import sign_in

FACTS = {
    "S-B3-01": "Aanspreekpunt binnen de gemeente", "S-B3-02": "Adviserend richting bestuur",
    "S-B3-03": "Signalen intern opwerken", "S-B3-04": "Thema onderhouden door de gehele gemeente",
    "S-B3-05": "Kent de ketenpartners", "S-B3-06": "collega&#x27;s trainen",
    "S-B3-07": "Regierol op de aanpak van mensenhandel", "S-B3-08": "Zorg voor slachtoffers van mensenhandel",
    "S-B3-09": "Mensenhandel signaleren", "S-B3-10": "Barrières opwerpen",
    "S-B3-11": "Rol van aandachtsfunctionaris vervullen", "S-B3-12": "Vergunningen controleren",
    "S-B3-13": "Toepassen van sanctiemaatregelen", "S-B3-14": "Misdaad of fraude melden per thema",
    "S-B3-15": "Signalen mensenhandel doorzetten naar opsporingsinstanties",
    "S-B3-16": "uitvoering van de Verblijfsregeling Mensenhandel", "S-B3-17": "088-0430430",
    "S-B3-18": "Opsporing van arbeidsuitbuiting en slecht werkgeverschap",
    "S-B3-19": "Strafrechtelijk onderzoek naar arbeidsuitbuiting", "S-B3-20": "0800-5151", "S-B3-21": "070-3334180",
    "S-B3-22": "Regie houden op de keten", "S-B3-23": "Regionale activiteiten en initiatieven ontplooien",
    "S-B3-24": "Gemeenten ondersteunen in de bestuurlijke aanpak",
    "S-B3-25": "Verbinding houden met andere regio&#x27;s en landelijke partners",
    "S-B3-26": "Landelijke ontwikkelingen vertalen naar de regio",
    "S-B3-27": "grenspolitie voor grensoverschrijdende mensenhandel",
    "S-B3-28": "Signalen onderzoeken en opvolgen (aanhouding)", "S-B3-29": "Slachtoffers doorverwijzen",
    "S-B3-30": "0800-1814", "S-B3-31": "In te vullen per gemeente", "S-B3-32": "(Pre)opsporing",
    "S-B3-33": "Vervolging van daders", "S-B3-34": "Direct optreden bij een acuut vermoeden",
    "S-B3-35": "onderzoek naar mensenhandel en andere vormen van migratiecriminaliteit",
    "S-B3-36": "prostitutiebranche op illegaliteit, minderjarigheid en dwang", "S-B3-37": "088-9630320",
    "S-B3-38": "0900-8844", "S-B3-39": "mensenhandel.avim.oost-brabant@politie.nl",
    "S-B3-40": "In te vullen per gemeente", "S-B3-41": "aanpak van georganiseerde criminaliteit en ondermijning",
    "S-B3-42": "Samenwerking stimuleren", "S-B3-43": "Overheid en maatschappij weerbaarder maken",
    "S-B3-44": "Belangen behartigen van slachtoffers", "S-B3-45": "samenhangend hulp- en ondersteuningsaanbod",
    "S-B3-46": "14 0492, optie 2", "S-B3-47": "040-2193388", "S-B3-48": "073-6139225", "S-B3-49": "doorlaatverbod",
    "S-B3-50": "www.belastingdienst.nl",
}
# What stands beside a number: hours, a region, another way to reach the same body.
BESIDE = (
    ("S-B3-20", "regio Oost-Brabant. Het beleid noemt dit een anonieme lijn"), ("S-B3-21", "Team Spoedeisende inzet"),
    ("S-B3-30", "of regionaal via de Ketenregisseur"), ("S-B3-37", "maandag tot en met vrijdag 08:00-16:30"),
    ("S-B3-38", "buiten kantooruren"), ("S-B3-31", "Lokale zorg- en welzijnsinstanties"), ("S-B3-40", "wijkagent"),
    ("S-B3-46", "GO-Team"), ("S-B3-46", "meldpuntmensenhandel@helmond.nl"), ("S-B3-47", "Lumens"),
    ("S-B3-47", "zorgcoördinatie-mp@lumenswerkt.nl"), ("S-B3-48", "Maatschappelijke Opvang (MO) Den Bosch"),
    ("S-B3-48", "info@modenbosch.nl"), ("S-B3-17", "landelijk"),
)


@pytest.fixture
def page_of(client, cast):
    def read(address, who="anna"):
        sign_in(client, getattr(cast, who).user)
        answer = client.get(address)
        assert answer.status_code == 200, address
        return re.sub(r"\s+", " ", answer.content.decode())

    return read


def sourced(page: str) -> list[tuple[str, str]]:
    """Each fact of a page with the line of provenance right under it: (words, source)."""
    parts = page.split('<p class="mr-provenance')
    return [(before.split("</p>", 1)[-1] if n else before, after.split("</p>")[0])
            for n, (before, after) in enumerate(pairwise(parts))]


def says(page: str, source: str, words: str) -> bool:
    return any(re.search(rf"{source}\b", line) and words.lower() in fact.lower() for fact, line in sourced(page))


@pytest.mark.requirement(*FACTS)
def test_the_partner_page_shows_every_task_and_number_of_annex_3_with_its_source(page_of):
    page = page_of("/partners/")
    assert [(source, words) for source, words in (*FACTS.items(), *BESIDE) if not says(page, source, words)] == []


def test_a_number_without_hours_in_the_source_promises_no_answer(page_of):
    for fact, source in sourced(page_of("/partners/")):
        if "mr-call__number" in fact and re.search(r"S-B3-(17|20|21|30|46|47|48)\b", source):
            assert "openingstijden onbekend" in fact, source
            assert "altijd open" not in fact, source


FORMS = {
    "S-2.2-02": "gedwongen om seksuele diensten te verlenen", "S-2.2-04": "Iedereen kan slachtoffer zijn: man of vrouw, volwassene of kind, met of zonder verblijfsrecht", "S-2.2-05": "woningen, bars, hotels, kuuroorden, massagesalons en de amusementssector",
    "S-2.2-06": "Uitbuiting door een loverboy", "S-2.2-07": "geen reële keuze, dan is het seksuele uitbuiting", "S-2.2-08": "webcam, zonder lichamelijk contact", "S-2.2-09": "ernstige inbreuk op lichaam, geest of vrijheid",
    "S-2.2-10": "te weinig loon, lange dagen, weinig rust, slechte omstandigheden) en slechte huisvesting", "S-2.2-11": "Dat iemand instemt, maakt niet meer uit", "S-2.2-12": "landbouw, bouw, horeca, slachterijen en schoonmaak", "S-2.2-13": "verstandelijke beperking, migranten en vluchtelingen",
    "S-2.2-14": "gedwongen tot werk of diensten die strafbaar zijn", "S-2.2-15": "Gedwongen bedelen", "S-2.2-16": "onder dwang organen moet afstaan",
}


EXAMPLES_OF_CRIMES = ("zakkenrollen", "diefstal", "drugssmokkel", "hennep knippen", "bedelen")


@pytest.mark.requirement(*FORMS)
def test_the_page_of_forms_shows_what_chapter_2_2_says_with_its_source(page_of):
    page = page_of("/vormen/")
    missing = {source: words for source, words in FORMS.items() if not says(page, source, words)}
    assert missing == {}
    assert [crime for crime in EXAMPLES_OF_CRIMES if not says(page, "S-2.2-15", f"Gedwongen {crime}")] == []


@pytest.mark.requirement("S-2.2-01")
def test_the_four_forms_stand_there_under_their_short_names(page_of):
    page = page_of("/vormen/")
    for short, name in {"SU": "Seksuele uitbuiting", "AU": "Arbeidsuitbuiting", "CU": "Criminele uitbuiting",
                        "OV": "orgaan"}.items():
        assert re.search(rf"{short}: [^<]*{name}", page, re.IGNORECASE), short


TASK = {
    "S-B2-01": "contactpersoon mensenhandel, binnen de gemeente en voor partners", "S-B2-02": "Iedere gemeente heeft minstens één", "S-B2-03": "bij veiligheid of bij zorg", "S-B2-04": "één met een buddy bij de andere afdeling", "S-B2-05": "het college de aandachtsfunctionaris aanwijst",
    "S-B2-06": "dat kiest iedere gemeente zelf", "S-B2-26": "netwerk van experts, de zorgcoördinator voorop", "S-B2-27": "aanspreekpunt", "S-B2-36": "motiveert collega&#x27;s om te blijven melden", "S-B2-38": "bepaalt vooraf hoe signalen bij de aandachtsfunctionaris komen",
    "S-B2-39": "aan te sluiten bij wat er in de gemeente al is",
}


@pytest.mark.requirement(*TASK)
def test_the_page_of_the_focal_point_shows_its_task_with_its_source(page_of):
    page = page_of("/aandachtsfunctionaris/")
    missing = {source: words for source, words in TASK.items() if not says(page, source, words)}
    assert missing == {}


def test_care_coordinators_are_shown_as_inferred_and_merged_municipalities_with_their_successor(page_of):
    page = page_of("/gemeenten/")
    assert "32 gemeenten" in page or "32 municipalities" in page
    assert re.search(r"Grave: (nu|now) Land van Cuijk", page)
    assert page.count("mr-provenance--inferred") == 32
