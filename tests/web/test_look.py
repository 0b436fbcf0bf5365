"""The layout, the form and the components: what they promise whoever writes a page."""
import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.utils.translation import override

from meldroute.rules.acts import STATUSES
from meldroute.web.templatetags.meldroute import ComponentRefused
from tests.web.style_page import NOW, Emergency, Frame, SignalForm, Step, style_page

WEB = Path(__file__).resolve().parents[2] / "src/meldroute/web"


@pytest.fixture(autouse=True)
def dutch():
    with override("nl"):
        yield


def draw(source: str, **context) -> str:
    html = engines["django"].from_string("{% load meldroute %}" + source).render({"now": NOW} | context)
    return re.sub(r"\s+", " ", html)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


# The layout

def test_nothing_inline_and_nothing_from_elsewhere():
    page = style_page()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_a_title_tells_a_passer_by_nothing():
    assert "<title>Meldroute</title>" in style_page()


def test_danger_and_the_warning_stand_on_every_page():
    text = words(style_page())
    assert "Is iemand NU in gevaar? Bel 112" in text
    assert "Gebruik alleen verzonnen gegevens." in text


def test_the_page_is_said_in_the_reader_s_language():
    assert '<html class="utrecht-root voorbeeld-theme meldroute-theme" lang="en">' in style_page(language="en")
    assert "Use only invented data." in style_page(language="en")


def test_the_first_view_weighs_at_most_150_kb():
    files = [WEB / "static" / name for name in ("vendor/nlds.css", "meldroute.css", "meldroute.js", "meldroute.svg")]
    total = sum(len(gzip.compress(f.read_bytes())) for f in files) + len(gzip.compress(style_page().encode()))
    assert total <= 150_000


def test_the_script_writes_text_and_no_markup():
    script = (WEB / "static/meldroute.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)
    assert not re.search(r"localStorage|sessionStorage|indexedDB|fetch\(", script)


# The form

def field(form: forms.Form, name: str) -> str:
    return str(form[name].as_field_group())


def test_a_control_is_tied_to_its_label_help_and_error():
    form = SignalForm({})
    html = field(form, "narrative")
    assert '<label class="utrecht-form-label" for="id_narrative">Wat viel u op?' in html
    assert 'aria-describedby="id_narrative_helptext id_narrative_error"' in html
    assert 'id="id_narrative_helptext"' in html
    assert 'id="id_narrative_error"' in html
    assert 'aria-invalid="true"' in html


def test_choices_are_one_question_with_a_legend():
    html = field(SignalForm({}), "subject")
    assert html.count("<legend") == 1
    assert 'role="radiogroup" aria-required="true" aria-invalid="true"' in html
    assert 'aria-describedby="id_subject_error"' in html
    assert html.count("utrecht-radio-button--html-input") == 3
    assert "utrecht-checkbox--html-input" in field(SignalForm(), "noticed")


def test_what_may_stay_empty_says_so():
    assert "niet verplicht" in field(SignalForm(), "where")
    assert "niet verplicht" not in field(SignalForm(), "narrative")


def test_errors_stand_at_the_field_and_on_top_with_a_link_that_lands_on_a_control():
    form = SignalForm({"municipality": "helmond"})
    html = str(form)
    summary = html[:html.index("id_narrative_helptext")]
    assert "2 dingen kloppen nog niet" in summary
    for target in re.findall(r'href="#([^"]+)"', summary):
        assert re.search(rf'<(?:input|textarea|select)[^>]* id="{target}"', html), target
    assert "Schrijf in een paar woorden wat u opviel." in html


def test_nothing_typed_is_lost():
    form = SignalForm({"narrative": "", "where": "Kasteellaan <1>"})
    assert 'value="Kasteellaan &lt;1&gt;"' in str(form)


def test_a_form_without_errors_shows_no_summary():
    assert "mr-error-summary" not in str(SignalForm())


# Components

def test_a_clock_says_it_in_words():
    assert words(draw("{% clock due 'soon' %}", due=NOW + timedelta(hours=3))).startswith(
        "nog 3 uur (vandaag 16:30) bijna te laat")
    assert "2 uur te laat" in words(draw("{% clock due %}", due=NOW - timedelta(hours=2)))
    assert 'title="maandag 2 november 2026 16:30"' in draw("{% clock due %}", due=NOW + timedelta(hours=3))
    assert draw("{% clock due %}", due=None).strip() == ""


def test_a_clock_counts_working_time_when_the_rules_did():
    html = draw("{% clock due 'on_time' words='nog 2 werkuren' %}", due=NOW + timedelta(hours=3))
    assert "nog 2 werkuren" in html
    assert "data-clock=" not in html  # a script must not replace what it cannot count


def test_a_number_can_be_tapped_and_says_whether_somebody_answers():
    html = draw("{% call_card 'AVIM' '088-963 03 20' open_now=True closes_at=at %}", at=NOW + timedelta(hours=3))
    assert 'href="tel:0889630320"' in html
    assert "nu open, tot 16:30" in html
    closed = draw("{% call_card 'AVIM' '088-963 03 20' open_now=False opens_at=at %}", at=NOW + timedelta(hours=20))
    assert "nu gesloten, open vanaf morgen 09:30" in closed


def test_an_unconfirmed_number_is_shown_and_says_so():
    html = draw("{% call_card 'Politie' '0900-8844' confirmed=False %}")
    assert "0900-8844" in html
    assert "nog door niemand nagekeken" in html


@pytest.mark.parametrize(("status", "line"), [
    ("policy", "beleid, bijlage 2, stap 4"), ("own norm", "eigen norm, niet uit het beleid, bijlage 2, stap 4"),
    ("to be checked", "nog te controleren, bijlage 2, stap 4"),
])
def test_a_fact_says_where_it_comes_from(status, line):
    assert words(draw("{% provenance status 'bijlage 2, stap 4' %}", status=status)) == line


def test_every_status_a_pack_may_use_has_words():
    for status in STATUSES:
        assert words(draw("{% provenance status %}", status=status))


def test_a_step_that_is_not_possible_says_why_and_what_opens_it():
    html = draw("{% step_list steps %}", steps=[Step("Sluiten", False, because="er is geen overleg",
                                                     opens_with="een overleg", source="bijlage 2")])
    assert "Sluiten nog niet, omdat : er is geen overleg kan na : een overleg bijlage 2" in words(html).replace(
        "omdat:", "omdat :").replace("na:", "na :")
    assert "<details" in html
    assert "open>" in html  # nothing else to do: the reasons are the page


def test_an_unknown_fact_is_said_not_hidden():
    assert "niet bekend" in draw("{% facts about %}", about=[("Voertuig", "")])


def test_a_table_names_each_cell_on_a_phone():
    html = draw("{% table columns rows %}", columns=["Stap", "Aantal"], rows=[["Advies", "< 5"]])
    assert '<th class="utrecht-table__header-cell" scope="row">Advies</th>' in html
    assert '<td class="utrecht-table__cell" data-label="Aantal">&lt; 5</td>' in html


@pytest.mark.parametrize(("source", "says"), [
    ("{% badge 'x' 'purple' %}", "badge: unknown tone 'purple'. Use neutral, info, good, warning, danger."),
    ("{% clock due 'later' %}", "clock: unknown state 'later'. Use on_time, soon, late."),
    ("{% provenance 'sure' %}", "provenance: unknown status 'sure'."),
    ("{% notice 'loud' %}x{% endnotice %}", "notice: unknown kind 'loud'."),
])
def test_a_component_refuses_what_it_cannot_draw(source, says):
    with pytest.raises(ComponentRefused, match=re.escape(says)):
        draw(source, due=NOW)


def test_a_page_that_forgot_the_time_is_told():
    with pytest.raises(ComponentRefused, match="no 'now'"):
        draw("{% moment at %}", at=NOW, now=None)


def test_what_people_wrote_stays_text():
    for source in ("{% badge text %}", "{% notice 'info' title=text %}{% endnotice %}", "{% empty_state text %}{% endempty_state %}",
                   "{% more text %}{% endmore %}", "{% facts pairs %}"):
        assert "<script>" not in draw(source, text="<script>", pairs=[("<script>", "<script>")])


# Errors

@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "403_csrf"])
def test_an_error_page_needs_no_database_and_starts_with_112(name):
    page = render_to_string(f"{name}.html")  # no request, no context, and no database: this test has none
    assert 'href="tel:112"' in page
    assert 'href="tel:09008844"' in page
    assert "<form" not in page


def test_an_error_page_gives_the_numbers_of_this_hour_when_it_has_them():
    page = render_to_string("web/errors/500.html", {"emergency": Emergency(), "now": NOW})
    assert page.index("tel:112") < page.index("tel:0889630320")


# Around the page

def test_the_menu_says_where_you_are():
    html = style_page()
    assert re.search(r'<a class="mr-nav__link" href="#" aria-current="page">Werklijst', html)
    assert Frame().person in html


def test_now_is_never_taken_from_the_clock_of_the_machine():
    sources = [*(WEB / "templatetags").glob("*.py"), WEB / "times.py", WEB / "forms_base.py"]
    assert not [s.name for s in sources if re.search(r"timezone\.now|datetime\.now|\{% now ", s.read_text())]
