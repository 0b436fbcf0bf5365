"""`{% load work_list %}`: the rows of the work list, written out here because a page holds fifty of them."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from meldroute.web.pages.work_list import Row

from .meldroute import badge, drawn_clock

register = template.Library()


@register.simple_tag
def work_rows(rows: Iterable[Row], now: datetime, stands: str, minor: str, form: str, clock: str) -> SafeString:
    """The names of the columns stand with each cell too, for a phone, where a row is a card."""
    danger = badge(_("DANGER"), "danger")
    undecided = format_html('<span class="mr-quiet">{}</span>', _("not judged"))
    names = {name: escape(text) for name, text in (("stands", stands), ("minor", minor), ("form", form), ("clock", clock))}
    return mark_safe("".join(_row(row, names, danger, undecided, now=now) for row in rows))  # noqa: S308 -- escaped in _row


def _row(row: Row, names: dict[str, str], danger: str, undecided: str, *, now: datetime) -> str:
    grave = f"{danger} {escape(row.danger_words)} " if row.danger else ""
    return (
        f'<tr{" class=mr-row--danger" if row.danger else ""}>'
        f'<th scope="row"><a class="nl-link mr-code" href="{escape(row.url)}">{escape(row.reference)}</a></th>'
        f'<td data-label="{names["stands"]}">{grave}{badge(row.state)}<p class="mr-quiet">{escape(row.next)}</p></td>'
        f'<td data-label="{names["minor"]}">{escape(row.minor)}</td>'
        f'<td data-label="{names["form"]}">{escape(row.forms) if row.forms else undecided}</td>'
        f'<td data-label="{names["clock"]}">{drawn_clock(row.due_at, row.standing, now=now)}</td></tr>'
    )
