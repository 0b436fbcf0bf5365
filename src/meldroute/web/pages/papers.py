"""The papers that the law asks for, for the privacy officer: to read, to take along, and the incident export."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services.incident import Incident, IncidentRefused, Wanted, incident_of
from meldroute.services.papers import PAPERS, UnknownPaper, paper
from meldroute.services.papers.parts import Paper, as_markdown

from .door import enters
from .settings_forms import DATE

CAUSES = {
    "ends_before_start": ("until", gettext_lazy("This period ends before it starts. Correct one of the two days.")),
    "unknown_reference": ("references", gettext_lazy("There is no such signal in this municipality. Check the reference.")),
    "too_many": ("until", gettext_lazy("This is too much for one file. Choose a shorter period.")),
}


class IncidentForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("First day"), widget=DATE)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DATE)
    references = forms.CharField(label=gettext_lazy("References (may stay empty)"), required=False, max_length=2000,
                                 widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy(
        "One on each line. Empty: everything of this municipality in that period."))
    format = forms.ChoiceField(label=gettext_lazy("File"), choices=[("csv", "CSV"), ("json", "JSON")], initial="csv",
                               widget=forms.RadioSelect)

    def clean_references(self) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(normalise_reference(line) for line in self.cleaned_data["references"].split()))
        except BadReference:
            raise forms.ValidationError(CAUSES["unknown_reference"][1]) from None

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        return Wanted(data["since"], data["until"], data["references"])


@dataclass(frozen=True, slots=True)
class PaperLink:
    title: str
    url: str
    file: str


@enters("papers")
@require_safe
def listed(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    links = [PaperLink(title, reverse("paper", args=[id]), reverse("paper_file", args=[id])) for id, title in PAPERS.items()]
    return render(request, "web/papers.html", {"now": now, "papers": links})


@enters("papers")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime, paper_id: str) -> HttpResponse:
    return render(request, "web/paper.html", {
        "now": now, "paper": _paper(paper_id, reader, now), "file": reverse("paper_file", args=[paper_id])})


@enters("papers")
@require_safe
def take(request: HttpRequest, reader: Reader, now: datetime, paper_id: str) -> HttpResponse:
    text = as_markdown(_paper(paper_id, reader, now))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{paper_id}.md"'})


def _paper(id: str, reader: Reader, now: datetime) -> Paper:
    try:
        return paper(id, reader=reader, now=now)
    except UnknownPaper:
        raise Http404 from None


@enters("papers")
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    form, status = IncidentForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _file(incident_of(reader, form.wanted(), now=now), form.cleaned_data["format"])
            except IncidentRefused as refused:
                form.add_error(*CAUSES[refused.cause])
                status = 409
    return render(request, "web/incident.html", {"now": now, "form": form, "cancel_url": reverse("papers"),
                                                 "submit": _("Make the file")}, status=status)


def _file(found: Incident, format: str) -> HttpResponse:
    text, kind = (found.csv(), "text/csv") if format == "csv" else (found.json(), "application/json")
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="incident.{format}"'})


urlpatterns = [
    path("papieren/", listed, name="papers"),
    path("papieren/incident/", incident, name="incident"),
    path("papieren/<str:paper_id>/", show, name="paper"),
    path("papieren/<str:paper_id>/bestand/", take, name="paper_file"),
]
