"""The list of indicators keeps the rules it sets itself."""

import re
import tomllib
from importlib.resources import files

from tests.requirements import statements

LIST = tomllib.loads((files("meldroute.policies") / "oost-brabant/2021-01-01/indicators.toml").read_text("utf-8"))
INDICATORS = LIST["indicators"]
OFFERED = [i for i in INDICATORS if i["offered_to_reporter"]]
# A reporter describes what was seen: no label, no proof, no trait of a person, no trade.
NOT_FOR_REPORTERS = re.compile(
    r"uitbuit|mensenhandel|slachtoffer|dader|bewijs|prostitu|seks|nationaliteit|buitenland|migrant|land van herkomst"
    r"|vrouw|meisje|jongen\b|\bman\b|geloof|exploit|traffick|victim|offender|proof|prostitut|\bsex|foreign|migrant|\bgirl|\bwoman",
    re.IGNORECASE,
)
LONGEST_SENTENCE = 14  # words; a reporter reads at B1 level, on a phone


def test_the_list_is_whole_and_each_indicator_stands_in_it_once():
    ids = [i["id"] for i in INDICATORS]
    assert len(ids) == len(set(ids)) == 142
    assert sum(i["set"] == "ILO_DELPHI_LABOUR" for i in INDICATORS) == 67


def test_a_source_that_names_a_statement_names_one_that_exists():
    known = {s.id for s in statements.load().statements}
    for entry in [*INDICATORS, *LIST["rules"].values()]:
        named = set(re.findall(r"S-[\w.]+-\d\d", entry["source"]))
        assert named <= known, entry
        assert named or entry["status"] not in ("policy", "inferred"), entry  # what is the policy's says where


def test_no_strength_is_presented_as_official():
    assert {i["strength_status"] for i in INDICATORS} == {"proposal", "to be checked"}


def test_a_counter_indicator_has_no_strength_to_subtract():
    counters = [i for i in INDICATORS if i["dimension"] == "counter"]
    assert {i["id"] for i in counters} == {"COUNTER-HAS-PASSPORT", "COUNTER-CONSENT"}
    assert all(i["strength_adult"] == i["strength_child"] == "counter" for i in counters)
    assert not any(i["offered_to_reporter"] for i in counters)


def test_a_reporter_is_offered_a_short_list_in_plain_words():
    assert 20 <= len(OFFERED) <= 25
    for indicator in OFFERED:
        for text in (indicator["plain_nl"], indicator["plain_en"]):
            assert not NOT_FOR_REPORTERS.search(text), text
            assert len(text.split()) <= LONGEST_SENTENCE, text


def test_what_is_not_offered_has_no_words_for_reporters():
    assert not any("plain_nl" in i for i in INDICATORS if not i["offered_to_reporter"])
