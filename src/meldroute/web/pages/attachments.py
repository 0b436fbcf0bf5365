"""Documents in the file of a signal: add one, open one, hide one from everybody, destroy it on the word of the police."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.services import attachment_pages, attachments, hiding
from meldroute.services.attachment_pages import AttachmentsPage, HidingPage
from meldroute.services.attachments import LONGEST_ABOUT, FileFull, NewFile
from meldroute.services.cleaning.bare import CleanerBroken
from meldroute.services.cleaning.kinds import FileRefused
from meldroute.services.scanning import Infected, ScannerMissing
from meldroute.web import uploads

from .acting import CONFLICT, ActForm, Showing, Words, act_page, attempt, language, plain_reference
from .door import enters

AREA = "work_list"
SEALED_OFF = "default-src 'none'; sandbox"  # should a browser ever show it, nothing in it acts
REFUSED = {
    "none": gettext_lazy("Choose a file first."),
    "again": gettext_lazy("Choose the file once more: it is kept nowhere until everything is right."),
    "large": gettext_lazy("This file is larger than 10 MB. Make it smaller, or split it, and add the parts."),
    "many": gettext_lazy("One file at a time. Choose one, add it, then the next."),
    "broken": gettext_lazy("This file did not arrive whole, or is damaged. Open it yourself, save it as a new PDF and try again."),
    "empty": gettext_lazy("This file is empty. Choose another one."),
    "office": gettext_lazy("Documents of a word processor or spreadsheet can hold hidden parts. Save it as a PDF and add that."),
    "picture": gettext_lazy("This kind of picture is not kept. Save it as JPEG or PNG."),
    "moving": gettext_lazy("Film and sound are not kept here. Is it evidence? It goes to the police as it is: call them."),
    "archive": gettext_lazy("A packed file is not kept. Unpack it and add the documents one by one."),
    "locked": gettext_lazy("This PDF has a password or a lock. Save it without one."),
    "too_big_inside": gettext_lazy("This file is far larger inside than it looks. Save it smaller: at most 40 million dots."),
    "too_many_pages": gettext_lazy("This PDF has more than 200 pages. Add only the pages that this signal needs."),
    "other": gettext_lazy("This kind of file is not kept. Use a PDF, a JPEG or PNG picture, or plain text."),
    "infected": gettext_lazy("The scanner found malware in this file. It was not kept. Do not open it; tell your help desk."),
    "no_scanner": gettext_lazy(
        "The file cannot be scanned for malware now, so it was not kept. Try again later, or tell the manager of this system."),
    "cleaner": gettext_lazy("This file could not be cleaned safely, so it was not kept. Make a new PDF or photo of it."),
    "full": gettext_lazy("There are 30 documents already. Put several pages in one PDF."),
}


class AttachForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The file"), required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.txt,application/pdf,image/jpeg,image/png,text/plain"}),
        help_text=gettext_lazy("PDF, JPEG, PNG or plain text, at most 10 MB."))
    about = forms.CharField(
        label=gettext_lazy("What is it, and why does it belong in this file?"), max_length=LONGEST_ABOUT,
        help_text=gettext_lazy("One line, for example: letter of the housing corporation about the tenancy."),
        error_messages={"required": gettext_lazy("Write in one line what it is and why it belongs here.")})
    optional_is_said_above = True


@csrf_exempt  # checked in `_take`: only after the handler stands that keeps a file off the disk
@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def all_of(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    page = attachment_pages.attachments_page(reference, reader=reader, now=now, language=language())
    if request.method != "POST":
        return _show(request, page, AttachForm(), now)
    if uploads.too_large(request):
        uploads.drop_body(request)
        return _refused(request, page, AttachForm({}), "large", now, status=413)
    request.upload_handlers = [uploads.OneFile(request)]
    return _take(request, reader, now, page)


@csrf_protect
def _take(request: HttpRequest, reader: Reader, now: datetime, page: AttachmentsPage) -> HttpResponse:
    form, upload = AttachForm(request.POST), request.upload_handlers[0]
    if why := upload.refused or ("" if upload.name else "none"):
        return _refused(request, page, form, why, now, status=413 if why == "large" else 400)
    if not form.is_valid():
        return _refused(request, page, form, "again", now)
    new = NewFile(upload.name, bytes(upload.content), form.cleaned_data["about"])
    try:
        number = attachments.add_attachment(page.act.reference, new, reader=reader, now=now)
    except FileRefused as refused:
        return _refused(request, page, form, refused.reason, now)
    except tuple(CAUSES) as error:
        return _refused(request, page, form, CAUSES[type(error)], now, status=CONFLICT)
    messages.success(request, _("Document %(number)s was added: a sealed copy without hidden data.") % {"number": number})
    return redirect("attachments", reference=page.act.reference)


CAUSES = {Infected: "infected", ScannerMissing: "no_scanner", CleanerBroken: "cleaner", FileFull: "full"}


def _refused(request: HttpRequest, page: AttachmentsPage, form: AttachForm, why: str, now: datetime, *,
             status: int = 400) -> HttpResponse:
    form.is_valid()
    form.add_error("file", REFUSED[why])
    return _show(request, page, form, now, status=status)


def _show(request: HttpRequest, page: AttachmentsPage, form: AttachForm, now: datetime, *,
          status: int = 200) -> HttpResponse:
    showing = Showing(_("Documents in this file"), _("Add this document"), template="web/attachments.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page,
                    can_add=page.scanner != "missing" and not page.full)


@enters(AREA)
@require_safe
def one(request: HttpRequest, reader: Reader, now: datetime, reference: str, attachment: UUID) -> HttpResponse:
    """Handed over to be saved, never shown as a page of this site."""
    card = attachments.open_attachment(plain_reference(reference), attachment, reader=reader, now=now)
    return HttpResponse(card.content, content_type=card.media, headers={
        "Content-Disposition": f'attachment; filename="{card.name}"', "Content-Security-Policy": SEALED_OFF})


# Pictures that do not belong here


class HideForm(forms.Form):
    """Nothing to fill in: it must be one press."""


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: HttpRequest, reader: Reader, now: datetime, reference: str, attachment: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    if request.method == "POST":
        try:
            hiding.hide(reference, attachment, reader=reader, now=now)
        except hiding.AlreadyHidden:
            messages.info(request, _("This document was hidden already. Nobody can open it."))
        else:
            messages.warning(request, _("The document is hidden from everybody. Call the police now; the number stands below."))
        return redirect("destroy_attachment", reference=reference, attachment=attachment)
    page = attachment_pages.hiding_page(reference, attachment, reader=reader, now=now, language=language())
    if page.attachment.standing != "here":
        return redirect("destroy_attachment", reference=reference, attachment=attachment)
    showing = Showing(_("Hide this document from everybody"), _("Hide it now"), template="web/attachment_hide.html",
                      negative=True, happens=(
        _("Nobody can open it any more, you neither. There is no way back."),
        _("It is never passed on to anybody."),
        _("Then you call the police and record that talk. They say what happens to it."),
    ))  # fmt: skip
    return act_page(request, showing, act=page.act, form=HideForm(), now=now, page=page)


class DestroyForm(ActForm):
    said = forms.CharField(
        label=gettext_lazy("Who said that it may be destroyed, and in which words?"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("Sealed with the signal. Do not describe the picture."))


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def destroy(request: HttpRequest, reader: Reader, now: datetime, reference: str, attachment: UUID) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> HidingPage:
        return attachment_pages.hiding_page(reference, attachment, reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = DestroyForm(request.POST or None, act=page.act)
    if page.attachment.standing == "here":
        return redirect("hide_attachment", reference=reference, attachment=attachment)
    if request.method == "POST":
        status = attempt(form, lambda version: hiding.destroy(
            reference, attachment, said=form.cleaned_data["said"], reader=reader, now=now, version=version),
            fresh=lambda: opened().act, words=DESTROY_WORDS)  # fmt: skip
        if not status:
            messages.success(request, _("The document was destroyed. That it was there, and who destroyed it and why, stays."))
            return redirect("attachments", reference=reference)
    showing = Showing(_("A document that was hidden"), _("Destroy it for good"), template="web/attachment_destroy.html",
                      negative=True)
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page)


DESTROY_WORDS: dict[type[Exception], Words] = {
    hiding.NotSpokenYet: lambda error: (None, _(
        "Nothing is destroyed before the police were asked. Call them, record that you spoke to them, then come back.")),
    hiding.WordsMissing: lambda error: ("said", _("Write who said that it may be destroyed.")),
    attachments.NoSuchAttachment: lambda error: (None, _("This document was destroyed already.")),
}

urlpatterns = [
    path("signalen/<str:reference>/bijlagen/", all_of, name="attachments"),
    path("signalen/<str:reference>/bijlagen/<uuid:attachment>/", one, name="attachment"),
    path("signalen/<str:reference>/bijlagen/<uuid:attachment>/afschermen/", hide, name="hide_attachment"),
    path("signalen/<str:reference>/bijlagen/<uuid:attachment>/vernietigen/", destroy, name="destroy_attachment"),
]
