"""`{% load pack %}`: the pack's words in the language of the page, and the program's words for its own values."""

from django import template
from django.utils.translation import get_language

from meldroute.rules.contacts import Channel
from meldroute.rules.policy import Text
from meldroute.rules.safe_contact import HOW
from meldroute.web.pages import words

register = template.Library()
TABLES = {"outcome": words.OUTCOMES, "strength": words.STRENGTHS, "channel": words.CHANNELS, "referral": words.REFERRAL,
          "minor": words.MINOR, "about": words.ABOUT, "role": words.ROLES, "verdict": words.VERDICTS,
          "contact": words.CONTACT_PARTS}


@register.filter
def say(text: Text) -> str:
    """`{{ state.label|say }}`"""
    return text.say(get_language() or "nl")


@register.filter
def safe_how(way: str) -> str:
    """`{{ "work_phone"|safe_how }}`: a way in which somebody may be reached."""
    return HOW[way].say(get_language() or "nl")


@register.filter
def note(channel: Channel) -> str:
    """`{{ channel|note }}`: what the pack adds to a number or address."""
    return channel.note(get_language() or "nl")


@register.filter
def word(value: object, table: str) -> str:
    """`{{ fact.outcome|word:"outcome" }}`: the word for one of the program's own values."""
    return str(TABLES[table][value])


@register.filter
def told(text: str, part: str) -> str:
    """`{{ text|told:part }}`: what was said in a contact; a choice of ours reads as its word."""
    return str(words.MEANWHILE[text]) if part == "meanwhile" else text
