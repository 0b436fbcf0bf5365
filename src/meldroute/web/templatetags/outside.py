"""Words of the page for citizens: `{% load outside %}`. The page's own language, never the program's."""

from django import template
from django.utils import timezone

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: template.Context, id: str, **values: object) -> str:
    """`{% say "view_reported" date=at %}`. Municipality and phone are known on every page."""
    page = context["page"]
    return context["t"].say(id, municipality=page.municipality, phone=page.phone, **values)


@register.simple_tag
def plain_day(at) -> str:
    """A date that reads alike in every language here."""
    return f"{timezone.localtime(at):%d-%m-%Y}"


@register.simple_tag
def plain_time(at) -> str:
    return f"{timezone.localtime(at):%H:%M}"
