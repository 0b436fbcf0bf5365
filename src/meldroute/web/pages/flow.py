"""The flowchart of the policy, drawn from the data that runs it; for one signal with "you are here"."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meldroute.rules.access import may_enter
from meldroute.rules.actors import Reader
from meldroute.rules.flowchart import FlowWords, draw_flowchart, flow_rows
from meldroute.services.desk import NoSuchSignal
from meldroute.services.reading.flow import FlowPosition, flow_position
from meldroute.services.running_policy import pack_now

from .acting import plain_reference
from .door import enters


@enters("policy")
@require_safe
def flow(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    at = _position(request, reader, now)
    policy = at.policy if at else pack_now(now=now).policy
    place = {"here": at.here, "walked": at.walked} if at else {}
    language = get_language() or "nl"
    drawing = draw_flowchart(policy, language=language, words=_words(), links=True, **place)
    return render(request, "web/flow.html", {
        "now": now, "policy": policy, "reference": at.reference if at else "",
        "drawing": mark_safe(drawing),  # noqa: S308 - made by rules.flowchart, which escapes every text of the pack
        "rows": flow_rows(policy, language=language, **place),
    })


def _position(request: HttpRequest, reader: Reader, now: datetime) -> FlowPosition | None:
    reference = request.GET.get("signaal", "")
    if not reference:
        return None
    if not may_enter(reader, "work_list"):
        raise NoSuchSignal(reference)  # the door answers 404 and writes the refusal down
    return flow_position(plain_reference(reference), reader=reader, now=now)


def _words() -> FlowWords:
    return FlowWords(
        title=_("Flowchart"), here=_("You are here"), walked=_("The way it came"), start=_("start"), end=_("end"),
        description=_("The states of a signal from top to bottom, and the steps between them. The table says the same."),
    )


urlpatterns = [path("stroomschema/", flow, name="flow")]
