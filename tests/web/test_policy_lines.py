"""What the policy says about reporting, advice and feedback stands on the page of the focal point, with its source."""

import re

import pytest

from tests.signing_in import sign_in

LINES = {
    "S-3.4-01": "niet-pluis",
    "S-3.4-04": "bij voorkeur aan de aandachtsfunctionaris",
    "S-3.4-06": "een ander ongewenst fenomeen",
    "S-3.4-07": "stroomschema",
    "S-3.4-09": "helpen en adviseren de gemeente",
    "S-6-01": "hoe signalen bij de aandachtsfunctionaris komen",
    "S-6.1-01": "privacygevoelige gegevens",
    "S-6.1-02": "convenant en een privacyprotocol",
    "S-6.1-03": "een werkproces",
    "S-B1-01": "vangt een signaal op",
    "S-B1-10": "laat u weten wat de uitkomst is",
    "S-B2-28": "aan de balie of in het toezicht",
    "S-B2-37": "geen reden te geven",
}
# Said here too; that the program does it is asserted where it does it.
DONE_ELSEWHERE = {
    "S-3.4-03": "veilig",
    "S-3.4-05": "duiden de experts",
    "S-B2-30": "daarna met de zorgcoördinator",
    "S-B2-31": "Blijft het vaag",
    "S-B2-32": "blijft niet liggen",
    "S-B2-34": "Vraag de partner bij de overdracht",
    "S-B2-35": "U hoort van ons",
}
SHORT_NAMES = {
    "AF MH": "Aandachtsfunctionaris Mensenhandel",
    "AVIM": "Afdeling Vreemdelingenpolitie, Identificatie en Mensenhandel",
    "ZoCo": "Zorgcoördinator Mensenhandel",
    "TF-RIEC": "Taskforce RIEC Brabant-Zeeland",
    "SU": "Seksuele uitbuiting",
    "AU": "Arbeidsuitbuiting",
    "CU": "Criminele uitbuiting",
    "OV": "Gedwongen orgaanverwijdering",
}


@pytest.fixture
def items(client, cast):
    """Each item of the page: its words and the line that says where they were read."""
    sign_in(client, cast.anna.user)
    page = re.sub(r"\s+", " ", client.get("/aandachtsfunctionaris/").content.decode())
    return re.findall(r'<li><p class="nl-paragraph">(.*?)</p> ?<p class="mr-provenance[^"]*">(.*?)</p>', page)


def said(items, source, words):
    return any(re.search(rf"{source}\b", provenance) and words.lower() in text.lower() for text, provenance in items)


@pytest.mark.requirement(*LINES)
def test_what_the_policy_says_about_the_reporting_route_stands_there_with_its_source(items):
    expected = LINES | DONE_ELSEWHERE
    assert {source: words for source, words in expected.items() if not said(items, source, words)} == {}


@pytest.mark.requirement("S-B1-13", "S-B1-16")
def test_the_short_names_of_the_flowcharts_are_spelt_out_with_their_source(items):
    missing = {short for short, name in SHORT_NAMES.items() if not said(items, "S-B1-13", f"{short}: {name}")}
    assert missing == set()
    assert said(items, "S-B1-16", "AVO: Ambtelijk Voorbereidend Overleg")
