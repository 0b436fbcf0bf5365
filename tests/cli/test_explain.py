"""`meldroute explain`: who hears, in which order and why, as a policy officer would ask it."""

import json
from pathlib import Path

import pytest

from meldroute.cli.main import main

PACKS = str(Path(__file__).parent.parent / "packs")


def told(capsys, *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.requirement("S-B1-12")
def test_sexual_exploitation_goes_to_avim_first_and_the_answer_says_why(capsys):
    out = told(capsys, "SU")
    assert out.index("1.        AVIM, because: Seksuele uitbuiting") < out.index("2.        ZoCo")
    assert "waits for: AVIM" in out
    assert "AVIM → ZoCo: De politie heeft 24-uursdienst" in out
    assert "(S-B1-12; policy)" in out


def test_after_the_call_nobody_waits(capsys):
    assert "waits for" not in told(capsys, "su", "spoken:AVIM")
    assert "waits for" not in told(capsys, "SU", "tried:AVIM")


@pytest.mark.requirement("S-B3-49")
def test_danger_comes_before_all_else(capsys):
    lines = told(capsys, "SU", "danger").splitlines()
    assert lines[1].startswith("FIRST     112. Bel AVIM")
    assert "FIRST" not in told(capsys, "SU", "danger", "spoken:AVIM")


def test_what_does_not_apply_and_what_contradicts_is_told_too(capsys):
    out = told(capsys, "AU", "--language", "en")
    assert "not asked Sexual exploitation" in out
    assert "conflict  F1.K1: The step plan" in out
    assert "The flowchart leads." in out
    assert "offered   AVIM" not in out
    assert "offered   AVIM" in told(capsys, "AU", "danger")


def test_without_a_form_nobody_hears_yet_and_experts_are_named(capsys):
    out = told(capsys)
    assert "nobody hears yet" in out
    assert "AVIM" in out


@pytest.mark.parametrize(("word", "line"), [("minor-unknown", "Niemand weet nog of iemand jonger is dan 18."), ("adult", "")])
def test_age_is_a_question_of_its_own(capsys, word, line):
    out = told(capsys, "SU", word)
    assert line in out
    assert ("age  " in out) is bool(line)


def test_another_region_answers_with_its_own_partners(capsys):
    out = told(capsys, "place", "WERK", "--pack", "noorderkust", "--folder", PACKS, "--on", "2025-06-01")
    assert "starts in: Plek gezien" in out
    assert out.index("1.        Werkwacht") < out.index("2.        steunpunt")


def test_the_answer_can_be_read_by_a_program(capsys):
    answer = json.loads(told(capsys, "CU", "--json"))
    assert [(h["partner"], h["rank"]) for h in answer["hearings"]] == [("AVIM", 1), ("ZOCO", 2)]
    assert answer["policy"] == "oost-brabant 2021-01-01"
    assert len(answer["hash"]) == 64


def test_the_flowchart_is_drawn_into_a_file(capsys, tmp_path):
    told(capsys, "--svg", str(tmp_path / "flow.svg"))
    svg = (tmp_path / "flow.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg ")
    assert "Wacht op advies" in svg


@pytest.mark.parametrize(("words", "answer"), [
    (["XY"], "condition 'XY': unknown in policy oost-brabant 2021-01-01. Use a form (SU, AU, CU, OV), person"),
    (["spoken:NOBODY"], "condition 'spoken:NOBODY': unknown"),
    (["--pack", "atlantis"], "policy 'atlantis': no version is valid on"),
])  # fmt: skip
def test_a_wrong_word_is_answered_with_the_right_ones(capsys, words, answer):
    assert main(["explain", *words]) == 2
    assert answer in capsys.readouterr().err
