"""What the policy says stands on a named screen, with its source."""

import re

import pytest

from meldroute.storage.models import User

FACTS = {
    "S-B3-01": "aanspreekpunt", "S-B3-02": "bestuur", "S-B3-03": "signalen", "S-B3-04": "thema", "S-B3-05": "ketenpartners",
    "S-B3-06": "collega", "S-B3-07": "regie", "S-B3-08": "zorg", "S-B3-09": "signaleren", "S-B3-10": "barrière",
    "S-B3-11": "aandachtsfunctionaris", "S-B3-12": "vergunning", "S-B3-13": "sancti", "S-B3-14": "fraude",
    "S-B3-15": "opsporing", "S-B3-16": "verblijfsregeling", "S-B3-17": "088-0430430", "S-B3-18": "arbeidsuitbuiting",
    "S-B3-19": "strafrechtelijk", "S-B3-20": "0800-5151", "S-B3-21": "070-3334180", "S-B3-22": "keten",
    "S-B3-23": "regionale", "S-B3-24": "gemeenten", "S-B3-25": "regio", "S-B3-26": "landelijke", "S-B3-27": "grens",
    "S-B3-28": "signalen", "S-B3-29": "slachtoffers", "S-B3-30": "0800-1814", "S-B3-31": "gemeente", "S-B3-32": "opsporing",
    "S-B3-33": "vervolg", "S-B3-34": "acuut", "S-B3-35": "strafrechtelijk", "S-B3-36": "prostitutie",
    "S-B3-37": "088-9630320", "S-B3-38": "0900-8844", "S-B3-39": "mensenhandel.avim.oost-brabant@politie.nl",
    "S-B3-40": "gemeente", "S-B3-41": "ondermijning", "S-B3-42": "samenwerk", "S-B3-43": "weerbaar", "S-B3-44": "belangen",
    "S-B3-45": "hulp", "S-B3-46": "14 0492", "S-B3-47": "040-2193388", "S-B3-48": "073-6139225", "S-B3-49": "doorlaat",
    "S-B3-50": "belastingdienst.nl",
}


@pytest.fixture
def page_of(client, cast):
    def read(address, who="anna"):
        client.force_login(User.objects.get(pk=getattr(cast, who).user))
        answer = client.get(address)
        assert answer.status_code == 200, address
        return re.sub(r"\s+", " ", answer.content.decode())

    return read


def sourced(page: str) -> list[tuple[str, str]]:
    """Each fact of a page with the line of provenance right under it: (words, source)."""
    parts = page.split('<p class="mr-provenance')
    return [(before.split("</p>", 1)[-1] if n else before, after.split("</p>")[0])
            for n, (before, after) in enumerate(zip(parts, parts[1:], strict=False))]


def says(page: str, source: str, words: str) -> bool:
    return any(re.search(rf"{source}\b", line) and words.lower() in fact.lower() for fact, line in sourced(page))


@pytest.mark.requirement(*FACTS)
def test_the_partner_page_shows_every_task_and_number_of_annex_3_with_its_source(page_of):
    page = page_of("/partners/")
    missing = {source: words for source, words in FACTS.items() if not says(page, source, words)}
    assert missing == {}


FORMS = {
    "S-2.2-02": "seksuele diensten", "S-2.2-04": "iedereen kan slachtoffer zijn", "S-2.2-05": "massagesalons",
    "S-2.2-06": "loverboy", "S-2.2-07": "reële keuze", "S-2.2-08": "webcam", "S-2.2-09": "ernstige inbreuk",
    "S-2.2-10": "huisvesting", "S-2.2-11": "instemt", "S-2.2-12": "horeca", "S-2.2-13": "verstandelijke beperking",
    "S-2.2-14": "strafbaar", "S-2.2-15": "bedel", "S-2.2-16": "organ",
}


@pytest.mark.requirement(*FORMS)
def test_the_page_of_forms_shows_what_chapter_2_2_says_with_its_source(page_of):
    page = page_of("/vormen/")
    missing = {source: words for source, words in FORMS.items() if not says(page, source, words)}
    assert missing == {}


@pytest.mark.requirement("S-2.2-01", "S-B1-13")
def test_the_four_forms_stand_there_under_their_short_names(page_of):
    page = page_of("/vormen/")
    for short, name in {"SU": "Seksuele uitbuiting", "AU": "Arbeidsuitbuiting", "CU": "Criminele uitbuiting",
                        "OV": "orgaan"}.items():
        assert re.search(rf"{short}: [^<]*{name}", page, re.IGNORECASE), short


TASK = {
    "S-B2-01": "contactpersoon", "S-B2-02": "minstens één", "S-B2-03": "veiligheid", "S-B2-04": "buddy", "S-B2-05": "college",
    "S-B2-06": "gemeente", "S-B2-26": "experts", "S-B2-27": "aanspreekpunt", "S-B2-36": "motive", "S-B2-38": "vooraf",
    "S-B2-39": "aan te sluiten",
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
