"""The words of the pack of Oost-Brabant: short, polite, in two languages, and no verdict where a reporter reads."""

import re

import pytest

# What a reporter must never read: a verdict on the signal, or whether somebody investigates.
GIVES_AWAY = re.compile(
    r"\bvaag|geen mensenhandel|wel mensenhandel|onderzoek|opsporing|politie|AVIM|arrest|aangehouden|partner"
    r"|\bvague|trafficking|investigat|police|arrest", re.IGNORECASE)  # fmt: skip


def test_no_feedback_text_gives_away_a_verdict_or_an_investigation(policy):
    assert len(policy.feedback_texts) >= 3
    for text in policy.feedback_texts:
        assert not GIVES_AWAY.search(text.text.nl), text.id
        assert not GIVES_AWAY.search(text.text.en), text.id


def test_no_state_gives_a_reporter_a_verdict(policy):
    for state in policy.states:
        assert not GIVES_AWAY.search(state.reporter_sees.nl), state.id
        assert not GIVES_AWAY.search(state.reporter_sees.en), state.id
    assert {s.reporter_sees.nl for s in policy.states} == {"Ontvangen", "In behandeling", "Afgerond"}


FOR_REPORTERS = (
    "gevaar-112", "niet-pluis", "geen-fotos", "niets-wissen", "beelden-minderjarige", "niet-aanspreken", "naam-zichtbaar",
    "naam-politie", "naam-rechter", "zorgverlener", "over-collega", "veilig-melden", "veilig-melden-wie-leest", "u-hoort-van-ons",
    "minderjarig-veilig-thuis", "minderjarig-meldcode", "meldcode-eigen-plicht",
)  # fmt: skip


@pytest.mark.parametrize("id", FOR_REPORTERS)
def test_a_line_for_reporters_is_short_and_addresses_them_politely(policy, id):
    [text] = [line.text.nl for line in policy.advice if line.id == id]
    sentences = [s for s in re.split(r"[.?!:]\s+|[.?!]$", text) if s]
    assert max(len(s.split()) for s in sentences) <= 20, "B1: no sentence over twenty words"
    assert not re.search(r"\b(je|jij|jouw|jullie)\b", text), "reporters are addressed with u"


@pytest.mark.parametrize("text", ["feedback_texts"])
def test_feedback_is_short_and_polite(policy, text):
    for row in getattr(policy, text):
        sentences = [s for s in re.split(r"[.?!:;]\s+|[.?!]$", row.text.nl) if s]
        assert max(len(s.split()) for s in sentences) <= 20, row.id
        assert not re.search(r"\b(je|jij|jouw|jullie)\b", row.text.nl), row.id


def test_every_line_exists_in_two_languages(policy):
    for row in (*policy.advice, *policy.feedback_texts):
        assert row.text.nl != row.text.en
        assert row.text.en, row.id


def test_lines_that_no_source_supports_say_so(policy):
    for row in policy.advice:
        if "productregel" in row.source:
            assert row.status in ("proposal", "to be checked", "inferred"), row.id


def test_every_short_name_of_the_flowcharts_is_spelt_out(policy):
    words = {row.id: row for row in policy.abbreviations}
    assert {"AF MH", "AVIM", "ZoCo", "TF-RIEC", "SU", "AU", "CU", "OV", "AVO"} <= words.keys()
    assert (words["AVO"].text.nl, words["AVO"].source) == ("Ambtelijk Voorbereidend Overleg", "S-B1-16")
