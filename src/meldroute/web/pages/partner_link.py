"""The page behind a link: a code form, then what was given and the answer. No account, no session.

Opening the address changes nothing and says nothing, whether the link exists or not. That the code was typed
travels in the page's own form as a sealed value for two hours.
"""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from meldroute.services import partner_links
from meldroute.services.answers import answer_by_link
from meldroute.services.disclosures import DisclosedCard, NoSuchDisclosure, linked_card
from meldroute.services.partner_links import AccessExpired, LinkClosed, OpenLink

from .answering import WORDS, AnswerForm, say
from .disclosures import card_context

TYPED = ("text", "steps", "options", "meanwhile", "meanwhile_text")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, help_text=gettext_lazy("Eight digits, given to you by phone."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": "12"}))  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _ask_code(request, CodeForm())
    try:
        if "access" in request.POST:
            return _answer(request, partner_links.with_access(token, request.POST["access"], now=now), now=now)
        return _open(request, token, now=now)
    except AccessExpired:
        form = CodeForm()
        form.cleaned_data = {}
        return _ask_code(request, form, status=400, late=True)
    except (LinkClosed, NoSuchDisclosure):
        return _closed(request)


def _ask_code(request: HttpRequest, form: CodeForm, *, status: int = 200, late: bool = False) -> HttpResponse:
    """What was typed already goes along, so that typing the code again loses nothing."""
    typed = [(name, request.POST[name]) for name in TYPED if request.POST.get(name)]
    return render(request, "web/partner_link.html", {"form": form, "late": late, "typed": typed}, status=status)


def _open(request: HttpRequest, token: str, *, now: datetime) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_code(request, form, status=400)
    try:
        link = partner_links.open_with_code(token, form.cleaned_data["code"], now=now)
    except LinkClosed:
        form.add_error("code", _("This code opens nothing here. Check the digits, or call whoever gave you the code."))
        return _ask_code(request, form, status=400)
    typed = {name: request.POST.get(name, "") for name in TYPED}
    return _card(request, link, AnswerForm(initial=typed), now=now)


def _card(request: HttpRequest, link: OpenLink, form: AnswerForm, *, now: datetime, status: int = 200) -> HttpResponse:
    card = linked_card(link, now=now)
    context = card_context(card, form, now=now) | {"access": link.access}
    return render(request, "web/partner_link_open.html", context, status=status)


def _answer(request: HttpRequest, link: OpenLink, *, now: datetime) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _card(request, link, form, now=now, status=400)
    before: DisclosedCard = linked_card(link, now=now)
    try:
        answer_by_link(link, form.new(), now=now)
    except tuple(WORDS) as error:
        say(form, error)
        return _card(request, link, form, now=now, status=409)
    return render(request, "web/partner_link_done.html", {"phones": before.phone, "municipality": before.municipality})


def _closed(request: HttpRequest) -> HttpResponse:
    """Used, blocked, replaced, too old or taken back, since the page was opened. The page does not say which."""
    return render(request, "web/partner_link_done.html", {"closed": True}, status=409)


urlpatterns = [path("antwoord/<str:token>/", show, name="partner_link")]
