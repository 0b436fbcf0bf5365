"""Pass a signal on in writing, in three short steps: to whom and why this order, what they get, and sent.

What would go stands on the page in its exact words before anything goes. Whoever changes a tick sees the new text
first: a text that nobody read is not sent.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import AGREEMENTS, DisclosureRefused, Grounds
from meldroute.services import passing_on, passing_on_pages
from meldroute.services.disclosure import FieldCard, PreviewCard, PreviewChanged, preview_disclosure
from meldroute.services.partner_links import BadAddress
from meldroute.services.passing_on import WRITTEN, NoAccount, PassOn
from meldroute.services.passing_on_pages import ReferPage
from meldroute.services.referral import AlreadyAsked

from .acting import CONFLICT, ActForm, Showing, Words, act_page, attempt, language, plain_reference
from .disclosing import WARNINGS, GroundsFields, problem_words, refused_words
from .door import enters

AREA = "work_list"
HOW = {"account": gettext_lazy("in their account: they sign in and answer there"),
       "link": gettext_lazy("by link and code: you read the code aloud by phone")}  # fmt: skip
AGREED = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unknown": gettext_lazy("nobody knows yet")}


# Step 1: to whom, and why in this order


class WayForm(forms.Form):
    """How it goes, and for the care coordinator whether the person knows and agrees."""

    channel = forms.ChoiceField(label=gettext_lazy("How do you pass it on in writing?"), widget=forms.RadioSelect)
    agreement = forms.ChoiceField(
        label=gettext_lazy("Does the person know, and agree?"), widget=forms.RadioSelect,
        choices=list(AGREED.items()), help_text=gettext_lazy(
            "No, or nobody knows? Then you first consult without anything by which somebody can be recognised."),
    )

    def __init__(self, *args: object, page: ReferPage, **more: object):
        super().__init__(*args, **more)
        self.fields["channel"].choices = [(id, HOW[id]) for id in WRITTEN if id == "link" or page.has_account]
        self.fields["channel"].initial = "account" if page.has_account else "link"
        if not page.asks_agreement:
            del self.fields["agreement"]
        elif page.agreement_lines:
            words = [line.text.say(get_language()) for line in page.agreement_lines]
            self.fields["agreement"].help_text = " ".join(words)


@enters(AREA)
@require_safe
def to_whom(request: HttpRequest, reader: Reader, now: datetime, reference: str, partner: str) -> HttpResponse:
    reference = plain_reference(reference)
    page = _page(reference, partner, reader, now)
    answered = "next" in request.GET
    form = WayForm(request.GET if answered else None, page=page)
    if answered and form.is_valid():
        return redirect(f"{reverse('refer_what', args=[reference, partner])}?{urlencode(form.cleaned_data)}")
    return render(request, "web/refer_whom.html", {
        "now": now, "page": page, "act": page.act, "form": form, "cancel_url": _signal(reference),
        "showing": Showing(_pass_on_to(page), _("Next: what they get")), "asked": passing_on_pages.is_open(page),
        "call_url": _record_contact(reference, page.partner), "closed": page.act.refusal,
    }, status=400 if answered else 200)  # fmt: skip


def _pass_on_to(page: ReferPage) -> str:
    return _("Pass on to %(partner)s") % {"partner": page.name}


def _page(reference: str, partner: str, reader: Reader, now: datetime) -> ReferPage:
    return passing_on_pages.refer_page(reference, partner=partner, reader=reader, now=now, language=language())


def _signal(reference: str) -> str:
    return reverse("signal", kwargs={"reference": reference})


def _record_contact(reference: str, partner: str) -> str:
    return f"{reverse('record_contact', kwargs={'reference': reference})}?met={partner}"


@enters(AREA)
@require_safe
def beside(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    """Extra recipients: nobody is required here, and nobody is told by looking."""
    reference = plain_reference(reference)
    page = passing_on_pages.others_page(reference, reader=reader, now=now, language=language())
    return render(request, "web/refer_other.html", {
        "now": now, "page": page, "act": page.act, "cancel_url": _signal(reference), "closed": page.act.refusal,
        "showing": Showing(_("Pass on to somebody beside the route"), ""),
    })  # fmt: skip


# Step 2: what they get


class PassOnForm(ActForm, GroundsFields):
    channel = forms.ChoiceField(choices=[(id, id) for id in WRITTEN], widget=forms.HiddenInput)
    agreement = forms.ChoiceField(choices=[("", ""), *((id, id) for id in AGREEMENTS)], required=False,
                                  widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    fields_given = forms.MultipleChoiceField(label=gettext_lazy("What they get"), required=False,
                                             widget=forms.CheckboxSelectMultiple)
    description = forms.CharField(
        label=gettext_lazy("What was seen, without names or addresses"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In your own words. Goes along only when it is ticked."))  # fmt: skip
    question = forms.CharField(
        label=gettext_lazy("What do you ask them?"), required=False, max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy(
            "We always ask for feedback, and what the municipality may do meanwhile."))  # fmt: skip
    to = forms.EmailField(label=gettext_lazy("Mail address for the link"),
                          error_messages={"required": gettext_lazy("A link needs a mail address.")})
    legal_basis = forms.ChoiceField(label=gettext_lazy("Legal basis you prefer"), required=False)

    def __init__(self, *args: object, page: ReferPage, card: PreviewCard, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["fields_given"].choices = [(f.id, f.label.say(language())) for f in card.fields]
        self.fields["legal_basis"].choices = [("", _("whichever fits")),
                                              *((id, label.say(language())) for id, label in card.bases)]
        if not card.danger:
            del self.fields["override"], self.fields["override_reason"]
        if self["channel"].value() != "link":
            del self.fields["to"]

    def wanted(self) -> PassOn:
        got = self.cleaned_data
        return PassOn(channel=got["channel"], fields=frozenset(got["fields_given"]), shown=got["shown"],
                      description=got["description"], question=got["question"], legal_basis=got["legal_basis"],
                      grounds=self.grounds(), to=got.get("to", ""))

    def remember_shown(self, card: PreviewCard) -> None:
        """The next submission says which exact text stood on this screen."""
        self.data = self.data.copy()
        self.data["shown"] = card.fingerprint

    @property
    def has_grounds(self) -> bool:
        return any(field.value() for field in self.more())

    def more(self) -> list[forms.BoundField]:
        """What is asked only when more than the minimum goes."""
        names = ("legal_basis", "identifying_ground", "identifying_reason", "reporter_ground", "reporter_reason",
                 "override", "override_reason")
        return [self[name] for name in names if name in self.fields]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One thing that can be given: why it is offered, on which basis it goes, or why it may not."""

    id: str
    label: str
    why: str
    ticked: bool
    blocked: bool
    ground: str
    check: str


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def what_they_get(request: HttpRequest, reader: Reader, now: datetime, reference: str, partner: str) -> HttpResponse:
    reference = plain_reference(reference)
    page = _page(reference, partner, reader, now)
    start = _start(request, page)
    if start is None:
        return redirect("refer", reference=reference, partner=partner)
    first = preview_disclosure(reference, partner=page.partner, reader=reader, now=now,
                               grounds=Grounds(agreement=start.get("agreement", "")))
    form = PassOnForm(request.POST or None, page=page, card=first, initial={
        "channel": start["channel"], "agreement": start.get("agreement", ""),
        "fields_given": sorted(first.chosen), "description": first.description, "to": page.mail,
        "shown": first.fingerprint,
    })  # fmt: skip
    if request.method != "POST":
        return _show(request, page, first, form, now)
    return _decide(request, page, first, form, reader, now)


def _start(request: HttpRequest, page: ReferPage) -> dict[str, str] | None:
    """The answers of the first step; without them there is no second."""
    form = WayForm(request.POST if request.method == "POST" else request.GET, page=page)
    return form.cleaned_data if form.is_valid() else None


def _decide(request: HttpRequest, page: ReferPage, first: PreviewCard, form: PassOnForm, reader: Reader,
            now: datetime) -> HttpResponse:
    """Show the text as it is now; send it when this is the text that was read and nothing keeps it here."""
    if not form.is_valid():
        return _show(request, page, first, form, now, status=400)
    wanted, reference = form.wanted(), page.act.reference
    card = preview_disclosure(reference, partner=page.partner, reader=reader, now=now, fields=wanted.fields,
                              description=wanted.description, question=wanted.question,
                              legal_basis=wanted.legal_basis, grounds=wanted.grounds)
    if "send" not in request.POST:
        form.remember_shown(card)
        return _show(request, page, card, form, now)
    sent: list[passing_on.Sent] = []
    status = attempt(form, lambda version: sent.append(passing_on.pass_on(
        reference, partner=page.partner, wanted=wanted, reader=reader, now=now, version=version)),
        fresh=lambda: _page(reference, page.partner, reader, now).act, words=WORDS)  # fmt: skip
    if not status:
        return redirect("referral_sent", reference=reference, referral=sent[0].referral)
    form.remember_shown(card)
    return _show(request, page, card, form, now, status=status)


def _show(request: HttpRequest, page: ReferPage, card: PreviewCard, form: PassOnForm, now: datetime, *,
          status: int = 200) -> HttpResponse:
    ticked = set(form["fields_given"].value() or ())
    showing = Showing(_pass_on_to(page), _pass_on_to(page), template="web/refer_what.html")
    rows = [_row(f, ticked, danger=card.danger) for f in card.fields]
    problems = problem_words(card.problems) if form.is_bound and status != CONFLICT else ""
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page, card=card, rows=rows,
                    write_first=any(p.id == "description_empty" for p in card.problems),
                    several_bases=len({row.ground for row in rows if row.ground}) > 1,
                    problems=problems, grounds_open=form.has_grounds or bool(problems) or status == CONFLICT,
                    warnings=[WARNINGS[w] for w in card.warnings], stays=[t.say(language()) for t in card.stays])


def _row(field: FieldCard, ticked: set[str], *, danger: bool) -> FieldRow:
    return FieldRow(
        id=field.id, label=field.label.say(language()), why=field.why.say(language()), ticked=field.id in ticked,
        blocked=not field.allowed and not danger and field.id not in ticked,
        ground=field.basis.say(language()) if field.basis else "", check=field.check.say(language()) if field.check else "",
    )


# Step 3: sent


@enters(AREA)
@require_safe
def sent(request: HttpRequest, reader: Reader, now: datetime, reference: str, referral: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    page = passing_on_pages.sent_page(reference, referral=referral, reader=reader, now=now, language=language())
    spelled = " ".join((page.code[:4], page.code[4:])) if page.code else ""
    showing = Showing(_("Passed on to %(partner)s") % {"partner": page.partner}, "")
    return render(request, "web/refer_sent.html", {"now": now, "page": page, "act": page.act, "code": spelled,
                                                   "showing": showing, "cancel_url": _signal(reference)})


WORDS: dict[type[Exception], Words] = {
    DisclosureRefused: refused_words,
    PreviewChanged: lambda error: (None, _("The text changed after you read it. It stands below: read it, then send.")),
    AlreadyAsked: lambda error: (None, _("This partner has this signal already and has not finished with it.")),
    NoAccount: lambda error: (None, _("Nobody there has an account any more. Go back and choose a link and code.")),
    BadAddress: lambda error: ("to", _("No mail server is sure to take this address. Use one without accents.")),
}

urlpatterns = [
    path("signalen/<str:reference>/melden/", beside, name="refer_other"),
    path("signalen/<str:reference>/melden/<str:partner>/", to_whom, name="refer"),
    path("signalen/<str:reference>/melden/<str:partner>/wat/", what_they_get, name="refer_what"),
    path("signalen/<str:reference>/verstuurd/<uuid:referral>/", sent, name="referral_sent"),
]
