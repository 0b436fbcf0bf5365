"""Every component once, with invented people: what the look is tried on."""
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

NOW = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)  # Monday 13:30 in Amsterdam


@dataclass(frozen=True)
class Link:
    label: str
    url: str = "#"
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Frame:
    person: str = "Noor van Invented"
    role: str = "aandachtsfunctionaris Helmond"
    links: tuple[Link, ...] = (Link("Werklijst", current=True, count=3), Link("Mijn meldingen"), Link("Stroomschema"))
    account_links: tuple[Link, ...] = (Link("Instellingen gemeente"),)
    sign_in_url: str = ""


@dataclass(frozen=True)
class Step:
    label: str
    allowed: bool
    url: str = "#"
    hint: str = ""
    primary: bool = False
    because: str = ""
    opens_with: str = ""
    source: str = ""


@dataclass(frozen=True)
class Entry:
    at: datetime
    what: str
    who: str = ""
    details: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Task:
    label: str
    done: bool
    url: str = "#"
    hint: str = ""
    state: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Count:
    label: str
    number: int
    url: str = "#"
    tone: str = ""


@dataclass(frozen=True)
class Line:
    name: str
    number: str
    open_now: bool | None = True
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True)
class Emergency:
    calls: tuple[Line, ...] = field(default=(
        Line("AVIM", "088-9630320", closes_at=NOW + timedelta(hours=3)),
        Line("Politie", "0900-8844", confirmed=False),
    ))


class SignalForm(forms.Form):
    narrative = forms.CharField(label="Wat viel u op?", help_text="Een niet-pluisgevoel is genoeg.", widget=forms.Textarea,
                                error_messages={"required": "Schrijf in een paar woorden wat u opviel."})
    subject = forms.ChoiceField(label="Waar gaat het om?", widget=forms.RadioSelect,
                                choices=[("person", "iemand"), ("place", "een plek"), ("both", "allebei")],
                                error_messages={"required": "Kies iemand, een plek of allebei."})
    where = forms.CharField(label="Waar was het?", required=False, help_text="Straat, wijk of bedrijf.")
    when = forms.DateField(label="Op welke dag?", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    noticed = forms.MultipleChoiceField(label="Wat zag u?", required=False, widget=forms.CheckboxSelectMultiple,
                                        choices=[("a", "durft niet vrij te praten"), ("b", "heeft geen eigen papieren"),
                                                 ("c", "slaapt op de plek waar het werk is")])
    municipality = forms.ChoiceField(label="In welke gemeente?", choices=[("helmond", "Helmond"), ("deurne", "Deurne")])
    name_may_be_given = forms.BooleanField(label="Een partner mag mijn naam weten", required=False,
                                           help_text="Als u niets aankruist, blijft uw naam bij de aandachtsfunctionaris.")


STEPS = (
    Step("Vermoeden: bel AVIM", True, primary=True, hint="Bellen gaat voor schrijven; daarna legt u vast wat is gezegd."),
    Step("Vaag: vraag advies", True),
    Step("Sluiten", False, because="er is nog geen overleg of conclusie",
         opens_with="een vastgelegd overleg of een conclusie van de experts", source="beleid, bijlage 2, stap 5"),
)
ENTRIES = (
    Entry(NOW - timedelta(minutes=20), "Herinnering gestuurd aan NLA", "Meldroute"),
    Entry(NOW - timedelta(hours=10, minutes=18), "Gevaar gemeld", "melder, baliemedewerker", tone="danger"),
    Entry(NOW - timedelta(days=4), "Signaal ontvangen", "melder", "aan de balie opgenomen"),
)
TASKS = (
    Task("Aandachtsfunctionaris en buddy", True), Task("Eigen normen", False, hint="Hoe snel leest u een signaal?"),
    Task("Lokale contacten", False, problem="Het nummer van de wijkagent is leeg."), Task("Tekst voor intranet", False, state="bezig"),
)
COUNTS = (Count("te laat", 1, tone="danger"), Count("vandaag bellen", 2, tone="warning"), Count("nieuw", 3),
          Count("beantwoord", 0))

PAGE = """{% extends "web/base.html" %}{% load meldroute i18n %}
{% block content %}
<div class="mr-title-row"><h1 class="nl-heading nl-heading--level-1">Werklijst Helmond</h1><p class="mr-quiet">3 wachten op u, 1 te laat; buddy: aanwezig</p></div>
{% counts counts %}
<table class="utrecht-table utrecht-table--html-table mr-table mr-dense">
  <caption class="utrecht-table__caption mr-visually-hidden">Signalen die op u wachten</caption>
  <thead class="utrecht-table__header"><tr><th scope="col">Signaal</th><th scope="col">Stand</th><th scope="col">Jonger dan 18</th><th scope="col">Klok</th></tr></thead>
  <tbody class="utrecht-table__body">
    <tr class="mr-row--danger"><th scope="row"><a class="nl-link mr-code" href="#">MR-7K3Q2M9T-C</a></th><td data-label="Stand">{% badge "GEVAAR" "danger" %} AVIM nog niet gesproken</td><td data-label="Jonger dan 18">onbekend</td><td data-label="Klok">{% clock late %}</td></tr>
    <tr><th scope="row"><a class="nl-link mr-code" href="#">MR-2B8XW4NA-7</a></th><td data-label="Stand">{% badge "verrijken" %}</td><td data-label="Jonger dan 18">nee</td><td data-label="Klok">{% clock soon "soon" words="nog 2 werkuren" %}</td></tr>
    <tr><th scope="row"><a class="nl-link mr-code" href="#">MR-9D1FZ6HP-K</a></th><td data-label="Stand">{% badge "wacht op advies" "info" %} AVIM</td><td data-label="Jonger dan 18">ja</td><td data-label="Klok">{% clock later "on_time" what="herinnering" %}</td></tr>
  </tbody>
</table>
{% pager next_url="#" shown="1 tot 50" %}
{% empty_state "Er wacht niets." %}<p>Het volgende dat vanzelf gebeurt: {% moment later %} een herinnering aan NLA.</p>{% endempty_state %}
<div class="mr-split">
  <aside class="mr-stack" aria-label="Wat nu">
    <section class="mr-card"><h2 class="nl-heading nl-heading--level-3">Wat kan ik nu doen</h2>{% step_list steps %}</section>
    <section class="mr-card mr-calls"><h2 class="nl-heading nl-heading--level-3">Wie bel ik nu</h2>
      {% call_card "AVIM" "088-9630320" open_now=True closes_at=soon %}
      {% call_card "NLA" "0800-5151" open_now=False opens_at=later note="Alleen voor arbeidsuitbuiting." %}
      {% call_card "Politie" "0900-8844" open_now=True confirmed=False %}</section>
  </aside>
  <div class="mr-stack">
    <h2 class="nl-heading nl-heading--level-2">Wat is er gezien</h2>
    <p class="mr-narrative nl-paragraph">Een jonge vrouw kwam met een man aan de balie. De man deed het woord en hield haar papieren vast.
Zij keek steeds naar hem voordat ze iets zei.</p>
    {% facts about %}
    {% provenance "policy" "bijlage 2, stap 4" %}{% provenance "own norm" "Helmond" "1 januari 2026" %}{% provenance "to be checked" %}
    <h2 class="nl-heading nl-heading--level-2">Tijdlijn</h2>
    {% timeline entries %}
    <h2 class="nl-heading nl-heading--level-2">Inrichten</h2>
    {% task_list tasks %}
    {% table columns rows caption="Per stap" %}
    {% include "web/components/confirm_panel.html" with heading="Meld aan NLA" to="Nederlandse Arbeidsinspectie" why="eerst NLA, dan de zorgcoördinator" happens=happens gets=gets stays=stays preview="Op 2 november zag een medewerker het volgende." %}
  </div>
</div>
{% notice "warning" title="Jonger dan 18?" %}<p>Vraag het eerst. Ja: Veilig Thuis en de Meldcode gelden.</p>{% endnotice %}
{% notice "success" %}<p>De melding aan NLA is verstuurd.</p>{% endnotice %}
{% notice "info" title="Wat mag de gemeente intussen doen?" %}<p>Niets: wacht op AVIM.</p>{% endnotice %}
<h2 class="nl-heading nl-heading--level-2">Melden</h2>
{% include "web/components/steps_progress.html" with step=1 of=3 name="aan wie" %}
{% include "web/components/form.html" with form=form submit="Verstuur melding" cancel_url="#" note="Na het versturen ziet u wie dit leest en wanneer." %}
{% more "Waar en wanneer (als u het weet)" %}<p class="nl-paragraph">Meer velden.</p>{% endmore %}
<p id="kenmerk">MR-7K3Q2M9T-C</p>{% copy_button "kenmerk" %}
{% endblock %}"""


def style_page(*, language: str = "nl", data: dict[str, Any] | None = None) -> str:
    request = RequestFactory().get("/")
    context = {
        "now": NOW, "frame": Frame(), "counts": COUNTS, "late": NOW - timedelta(hours=2), "soon": NOW + timedelta(hours=3),
        "later": NOW + timedelta(hours=20), "steps": STEPS, "entries": ENTRIES, "tasks": TASKS,
        "about": [("Persoon", "vrouw, ongeveer 20 jaar"), ("Plek", "stadskantoor"), ("Voertuig", "")],
        "columns": ["Stap", "Aantal", "Midden van de wachttijd"], "rows": [["Verrijken", "12", "2 dagen"], ["Advies", "< 5", "niet getoond"]],
        "happens": ["NLA krijgt de tekst hieronder.", "De klok van NLA begint: antwoord binnen 3 werkdagen.",
                    "Komt er geen antwoord, dan krijgt u een herinnering."],
        "gets": [("wat er is gezien", "nodig om op te treden"), ("de plek", "")], "stays": ["de naam van de melder"],
        "form": SignalForm(data),
    }
    with override(language):
        return engines["django"].from_string(PAGE).render(context, request)
