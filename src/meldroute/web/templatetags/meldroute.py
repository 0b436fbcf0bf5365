"""Components and words for every page: `{% load meldroute %}`.

Each takes plain values or card fields, never models. Times are measured against `now`, which the page
passes in its context. A value a component cannot draw is refused aloud: a badge that quietly says
nothing would be read as "nothing is the matter".
"""
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from meldroute.rules.contacts import OpeningState, tel_href
from meldroute.services.single_sign_on import provider_cards
from meldroute.web import times

register = template.Library()

TONES = ("neutral", "info", "good", "warning", "danger")
NOTICES = {"debug": "info", "info": "info", "success": "ok", "good": "ok", "ok": "ok",
           "warning": "warning", "error": "error", "danger": "error"}
CLOCKS = {"on_time": (gettext_lazy("on time"), "good"), "soon": (gettext_lazy("soon"), "warning"),
          "late": (gettext_lazy("late"), "danger")}
STATUSES = {"policy": gettext_lazy("policy"), "stored source": gettext_lazy("public source"),
            "inferred": gettext_lazy("inferred, not literally in the policy"),
            "proposal": gettext_lazy("proposal of the makers, not from the policy"),
            "to be checked": gettext_lazy("still to be checked"),
            "own norm": gettext_lazy("own norm, not from the policy")}


class ComponentRefused(ValueError):
    """A component was given something it cannot draw. The message says which one and what it takes."""


def _now(context: template.Context) -> datetime:
    now = context.get("now")
    if not isinstance(now, datetime):
        raise ComponentRefused("this page shows a time but its context has no 'now'. Pass the view's now along.")
    return now


def _one_of(component: str, name: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise ComponentRefused(f"{component}: unknown {name} {value!r}. Use {', '.join(known)}.")
    return value


def _time(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), times.exact_text(at), text)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime | None, otherwise: str = "") -> str:
    """`{% moment card.at %}`: 'vandaag 16:30' with the full date on hover. None shows `otherwise`."""
    return _time(at, times.moment_text(at, now=_now(context))) if at else otherwise


@register.simple_tag(takes_context=True)
def day(context: template.Context, at: datetime | None, otherwise: str = "") -> str:
    """`{% day card.at %}`: 'gisteren' or 'maandag 2 november 2026', for things that belong to a day."""
    return _time(at, times.day_text(at, now=_now(context))) if at else otherwise


@register.simple_tag(takes_context=True)
def remaining(context: template.Context, due: datetime) -> str:
    """`{% remaining card.due_at %}`: 'nog 3 uur' as plain text."""
    return times.remaining_text(due, now=_now(context))


@register.filter
def moment_text(at: datetime | None, now: datetime) -> str:
    """`{{ at|moment_text:now }}` for places where a <time> element cannot stand (title, subject)."""
    return times.moment_text(at, now=now) if at else ""


@register.filter
def exact(at: datetime | None) -> str:
    """`{{ at|exact }}`: the full local date and time, for print and proofs."""
    return times.exact_text(at) if at else ""


@register.filter
def tel(number: str) -> str:
    """`{{ number|tel }}`: the link that dials it. Raises BadNumber for a number nobody can dial."""
    return tel_href(number)


@register.simple_tag(takes_context=True)
def clock(context: template.Context, due: datetime | None, state: str = "", words: str = "", what: str = "") -> str:
    """`{% clock card.due_at card.standing %}`: 'nog 3 uur (vandaag 16:30)', and on time / soon / late in words.

    `state` is the rules' answer; without it a clock only knows "late". `words` replaces the counted time
    ("nog 2 werkuren"); `what` stands before it ("antwoord van NLA"). No `due`: no clock.
    Written out here and not in a template: a work list holds fifty.
    """
    return drawn_clock(due, state, words, what, now=_now(context)) if due else ""


def drawn_clock(due: datetime, state: str = "", words: str = "", what: str = "", *, now: datetime) -> SafeString:
    state = state or ("late" if now > due else "on_time")
    word, tone = CLOCKS[_one_of("clock", "state", state, CLOCKS)]
    iso, exact = due.isoformat(), escape(times.exact_text(due))
    running = "" if words else f' data-clock="{iso}"'
    before = f'<span class="mr-clock__what">{escape(what)}: </span>' if what else ""
    return mark_safe(  # noqa: S308 -- every text in it is escaped
        f'<span class="mr-clock mr-clock--{tone}">{before}'
        f'<span class="mr-clock__words"{running}>{escape(words or times.remaining_text(due, now=now))}</span> '
        f'<time datetime="{iso}" title="{exact}">({escape(times.moment_text(due, now=now))})</time> '
        f'<span class="mr-clock__state" data-clock-state>{escape(word)}</span>'
        f'<span class="mr-print"> {exact}</span></span>')


@register.simple_tag
def badge(text: str, tone: str = "neutral") -> SafeString:
    """`{% badge card.state_label "warning" %}`: the text says it, the colour repeats it."""
    _one_of("badge", "tone", tone, TONES)
    return format_html('<span class="nl-data-badge mr-badge mr-badge--{}">{}</span>', tone, text)


@register.inclusion_tag("web/components/call_card.html", takes_context=True)
def call_card(context: template.Context, name: str, number: str, open_now: bool | None = None,
              closes_at: datetime | None = None, opens_at: datetime | None = None, confirmed: bool = True,
              note: str = "", urgent: bool = False, hours_known: bool = True) -> dict[str, Any]:
    """A number to call. `open_now` None: nothing is said about opening hours; `hours_known` False: that they are unknown."""
    opening = _opening(context, open_now, closes_at, opens_at) if hours_known else gettext("opening hours unknown")
    return {"name": name, "number": number, "confirmed": confirmed, "note": note, "urgent": urgent,
            "closed": open_now is False, "opening": opening}


@register.inclusion_tag("web/components/call_card.html", takes_context=True)
def call_now(context: template.Context, name: str, state: OpeningState, urgent: bool = False) -> dict[str, Any]:
    """`{% call_now partner state %}`: the same for a channel of the policy, as `rules.contacts` found it now."""
    channel = state.channel
    return call_card(context, name, channel.value, open_now=state.open_now, closes_at=state.closes_at,
                     opens_at=state.opens_at, confirmed=channel.confirmed, hours_known=state.hours_known,
                     note=channel.note(get_language() or "nl"), urgent=urgent)


def _opening(context: template.Context, open_now: bool | None, closes_at: datetime | None,
             opens_at: datetime | None) -> str:
    if open_now is None:
        return ""
    if open_now:
        if closes_at is None:
            return gettext("always open")
        return gettext("open now, until %(time)s") % {"time": times.clock_text(closes_at, now=_now(context))}
    if opens_at is None:
        return gettext("closed now")
    return gettext("closed now, opens %(time)s") % {"time": times.clock_text(opens_at, now=_now(context))}


@register.inclusion_tag("web/components/provenance.html")
def provenance(status: str, source: str = "", date: str = "", note: str = "") -> dict[str, str]:
    """`{% provenance card.status card.source %}`: one quiet line under a fact: where it comes from, how sure it is."""
    words = STATUSES[_one_of("provenance", "status", status, STATUSES)]
    return {"status": status, "words": words, "source": source, "date": date, "note": note}


@register.inclusion_tag("web/components/step_list.html", takes_context=True)
def step_list(context: template.Context, steps: Iterable[Any], level: int = 3) -> dict[str, Any]:
    """What can I do now, and what not yet, because.

    A step: `label`, `allowed`; allowed: `url`, `hint`, `primary`; not: `because`, `opens_with`, `source`.
    """
    listed = list(steps)
    return {"allowed": [s for s in listed if s.allowed], "refused": [s for s in listed if not s.allowed],
            "level": level}


@register.inclusion_tag("web/components/timeline.html", takes_context=True)
def timeline(context: template.Context, entries: Iterable[Any]) -> dict[str, Any]:
    """Entries, newest first as given: `at`, `what`, optional `who`, `details`, `tone`."""
    return {"entries": list(entries), "now": _now(context)}


@register.inclusion_tag("web/components/task_list.html")
def task_list(tasks: Iterable[Any]) -> dict[str, Any]:
    """Tasks: `label`, `done`, optional `url`, `hint`, `state` (a word instead of done / to do), `problem`."""
    listed = list(tasks)
    return {"tasks": listed, "ready": sum(1 for t in listed if t.done), "total": len(listed)}


@register.inclusion_tag("web/components/facts.html")
def facts(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """`{% facts card.facts %}`: a definition list of (term, value) pairs. An empty value reads 'not known'."""
    return {"items": list(items)}


@register.inclusion_tag("web/components/counts.html")
def counts(items: Iterable[Any]) -> dict[str, Any]:
    """'Since you were last here': items with `label`, `number`, optional `url`, `tone`."""
    return {"items": list(items)}


@register.inclusion_tag("web/components/table.html")
def table(columns: Iterable[str], rows: Iterable[Iterable[Any]], caption: str = "") -> dict[str, Any]:
    """A plain table; the first cell heads its row. On a phone each row stacks, each cell under its column's name."""
    names = list(columns)
    return {"caption": caption, "columns": names, "rows": [list(zip(names, row, strict=True)) for row in rows]}


@register.inclusion_tag("web/components/pager.html")
def pager(next_url: str = "", previous_url: str = "", shown: str = "") -> dict[str, Any]:
    """Keyset pages: no page numbers, because nobody can say how many there will be."""
    return {"next_url": next_url, "previous_url": previous_url, "shown": shown}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """`{% notice "warning" title=_("…") %}<p>…</p>{% endnotice %}`. An error is announced at once."""
    tone = NOTICES[_one_of("notice", "kind", kind, NOTICES)]
    heading = format_html('<p class="mr-notice__title">{}</p>', title) if title else ""
    role = "alert" if tone == "error" else "status" if tone == "ok" else "note"
    return format_html('<div class="utrecht-alert utrecht-alert--{} mr-notice" role="{}">'
                       '<div class="utrecht-alert__content">{}{}</div></div>', tone, role, heading, content)


@register.simple_block_tag
def empty_state(content: str, title: str) -> SafeString:
    """`{% empty_state _("Nothing waits.") %}what happens next by itself{% endempty_state %}`"""
    return format_html('<div class="mr-empty"><p class="mr-empty__title">{}</p>{}</div>', title, content)


@register.simple_block_tag
def more(content: str, title: str, is_open: bool = False) -> SafeString:
    """`{% more _("Where and when (if you know)") %}…{% endmore %}`: closed until somebody wants it."""
    return format_html('<details class="mr-more"{}><summary>{}</summary>'
                       '<div class="mr-more__body mr-stack">{}</div></details>',
                       " open" if is_open else "", title, content)


@register.simple_tag
def copy_button(target: str, label: str = "") -> SafeString:
    """Copies the text of the element with this id; absent without a script."""
    return format_html('<button class="nl-button nl-button--secondary mr-copy" type="button" hidden data-copy="{}">'
                       '<span class="nl-button__label">{}</span></button>', target, label or gettext("Copy"))


@register.filter
def as_json(value: object) -> str:
    """For a data attribute, which a script reads; the template escapes it as any text."""
    return json.dumps(value)


@register.filter
def in_fours(text: str) -> str:
    """A long secret in groups that a person can copy."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.simple_tag
def sign_on_links() -> list[dict[str, str]]:
    """Organisations whose own sign-in leads here."""
    return [{"name": one.name, "url": reverse("account_sso", kwargs={"provider": one.id})} for one in provider_cards()]
