"""The words of the page for citizens: eight languages with the same numbers, and none names what it may be about."""

import re
import tomllib
from string import Formatter

import pytest
from django.utils.html import escape

from meldroute.web.outside_texts import FOLDER, LANGUAGES, language_of, texts_in
from tests.outside_help import PHONE
from tests.web.outside_visitor import SHOWN, Visitor

pytestmark = pytest.mark.usefixtures("fresh_limits")


def _names(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_every_text_with_the_same_values_and_the_same_numbers(code):
    ours, dutch = (tomllib.loads((FOLDER / f"{c}.toml").read_text())["texts"] for c in (code, "nl"))
    assert ours.keys() == dutch.keys()
    for id, text in dutch.items():
        assert ours[id].strip(), id
        assert _names(ours[id]) == _names(text), id
        for number in re.findall(r"\d{3,4}-\d{4}|112", text):
            assert number in ours[id], (id, number)


def test_there_are_no_other_files_and_the_six_foreign_languages_say_that_nobody_read_them():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)
    assert {code for code in LANGUAGES if not texts_in(code).reviewed} == set(LANGUAGES) - {"nl", "en"}
    for code in set(LANGUAGES) - {"nl", "en"}:
        assert (FOLDER / f"{code}.toml").read_text().startswith("# To be reviewed by a native speaker.")


def test_no_text_names_what_it_may_be_about():
    for code in ("nl", "en"):
        text = " ".join(texts_in(code).words.values()).lower()
        assert not re.search(r"mensenhandel|uitbuiting|slachtoffer|traffick|exploit|victim", text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_every_language_stands_in_its_own_direction(opened, code):
    visitor = Visitor(code).goes("start")
    for step in ("start", "write", "return"):
        visitor.goes(step)
        direction = "rtl" if code == "ar" else "ltr"
        assert f'lang="{code}" dir="{direction}"' in visitor.body
        assert visitor.answer.headers["Content-Language"] == code
        assert (texts_in(code).review_note in visitor.body) == (code not in ("nl", "en"))
        assert 'href="tel:112"' in visitor.body or step == "return"


@pytest.mark.parametrize(("chosen", "accepted", "code"), [
    ("ar", "nl", "ar"), ("", "pl-PL,pl;q=0.9,en;q=0.8", "pl"), ("", "zh,uk;q=0.5", "uk"), ("", "zh", "nl"), ("xx", "", "nl"),
])
def test_the_language_is_the_one_chosen_else_the_browser_s(chosen, accepted, code):
    assert language_of(chosen, accepted) == code


def test_a_number_in_arabic_keeps_its_direction():
    said = texts_in("ar").say("where_call", municipality="Gemeente Helmond", phone=PHONE)
    assert f"\u2068{SHOWN}\u2069" in said
    assert "\u20660900\u20118844\u2069" in texts_in("ar").say("where_police")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_until_the_assessment_is_adopted_every_step_says_in_the_visitors_language_that_it_is_a_trial(opened, lang, monkeypatch):
    said = escape(texts_in(lang).say("trial"))
    assert "112" in said
    visitor = Visitor(lang).goes("start")
    for step in ("start", "write", "return"):
        assert said in visitor.goes(step).body
    monkeypatch.setattr("meldroute.web.pages.outside.only_invented_data", lambda: False)  # what adopting does: tests/services/test_dpia.py
    assert said not in visitor.goes("start").body
