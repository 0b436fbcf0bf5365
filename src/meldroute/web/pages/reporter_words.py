"""A question to somebody from outside, who reads it with the receipt."""

from datetime import datetime

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import asking_reporter
from meldroute.services.asking_reporter import LONGEST, NotFromOutside, QuestionPage, TellsTooMuch
from meldroute.web.outside_texts import texts_in

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters


class QuestionForm(ActForm):
    text = forms.CharField(
        label=gettext_lazy("Your question"), max_length=LONGEST, strip=True,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("Short and plain. Ask what was seen, never who the reporter is."))  # fmt: skip
    knowingly = forms.BooleanField(label=gettext_lazy("I looked at these words. They tell nothing about what is done."),
                                   required=False)  # fmt: skip

    def __init__(self, *args: object, **more: object):
        super().__init__(*args, **more)
        self._knowingly = self.fields.pop("knowingly")  # asked only when the words may tell too much
        if "knowingly" in self.data or self.data.get("telling"):
            self.ask_to_look()

    def ask_to_look(self) -> None:
        self.fields["knowingly"] = self._knowingly
        self.fields["telling"] = forms.CharField(widget=forms.HiddenInput, required=False, initial="1")

    def warn(self, words: tuple[str, ...]) -> tuple[str, str]:
        self.data = self.data.copy()
        self.data["telling"] = "1"
        self.ask_to_look()
        return "text", _("This may tell what is done with the report: %(words)s. Change it, or say below that you looked.") % {
            "words": ", ".join(words)}  # fmt: skip


@enters("work_list")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> QuestionPage:
        return asking_reporter.question_page(reference, reader=reader, now=now, language=language())

    try:
        page, status = opened(), 200
    except NotFromOutside:
        raise Http404 from None
    form = QuestionForm(request.POST or None, act=page.act)
    if request.method == "POST":
        words: dict[type[Exception], Words] = {TellsTooMuch: lambda error: form.warn(error.words)}
        status = attempt(form, lambda version: asking_reporter.ask_reporter(
            reference, text=form.cleaned_data["text"], reader=reader, now=now, version=version,
            knowingly=form.cleaned_data.get("knowingly", False)), fresh=lambda: opened().act, words=words)  # fmt: skip
        if not status:
            return done(request, reference, _("The question stands ready. The reporter sees it with the receipt."))
    return act_page(request, _showing(page), act=page.act, form=form, now=now, status=status)


def _showing(page: QuestionPage) -> Showing:
    reads = texts_in(page.language).language if page.language else ""
    return Showing(_("Ask the reporter a question"), _("Put the question ready"), happens=(
        _("The question is sealed with the signal. No mail leaves: the reporter sees it with the receipt."),
        _("The reporter reads %(language)s. Write in it if you can, else in simple words. Never use a translation site: "
          "it reads along.") % {"language": reads},
    ))  # fmt: skip


urlpatterns = [path("signalen/<str:reference>/vraag-aan-melder/", ask, name="ask_reporter")]
