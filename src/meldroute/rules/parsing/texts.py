"""Read what a pack says on screens: forms, indicators, checklist, closing reasons and ready texts."""

from ..acts import ADVICE_MOMENTS, CLOSING_NEEDS, STATUSES, STRENGTHS
from ..policy_entries import (
    Advice,
    ChecklistItem,
    ClosingReason,
    Conflict,
    FeedbackText,
    Form,
    Indicator,
    Phenomenon,
    SubForm,
)
from .network import read_note
from .row import Row


def read_form(row: Row) -> Form:
    return Form(
        id=row.text("id"), label=row.words("label"), definition=row.words("definition"),
        sub_forms=row.each("sub_forms", "sub-form", _sub_form, optional=True),
        notes=row.each("notes", "note", read_note, id_key=None, optional=True), **row.provenance(),
    )  # fmt: skip


def _sub_form(row: Row) -> SubForm:
    return SubForm(row.text("id"), row.words("label"), **row.provenance())


def read_indicator(row: Row) -> Indicator:
    offered = row.flag("offered_to_reporter", default=False)
    plain = row.own_words("plain_") if offered or row.has("plain_nl") else None
    return Indicator(
        id=row.text("id"), set=row.text("set"), forms=row.names("forms"), dimension=row.text("dimension"),
        strength=row.choice("strength_adult", STRENGTHS, what="strength"),
        strength_child=row.choice("strength_child", STRENGTHS, what="strength"),
        strength_status=row.choice("strength_status", STATUSES, what="status"), label=row.own_words(),
        plain=plain if offered else None, **row.provenance(),
    )  # fmt: skip


def read_checklist_item(row: Row) -> ChecklistItem:
    return ChecklistItem(
        id=row.text("id"), label=row.words("label"), help=row.words("help"), required=row.flag("required"),
        legal_bases=row.names("legal_bases", optional=True), **row.provenance(),
    )  # fmt: skip


def read_closing_reason(row: Row) -> ClosingReason:
    return ClosingReason(row.text("id"), row.words("label"), row.choice("needs", CLOSING_NEEDS), **row.provenance())


def read_phenomenon(row: Row) -> Phenomenon:
    return Phenomenon(row.text("id"), row.words("label"), row.words("goes_to"), **row.provenance())


def read_feedback_text(row: Row) -> FeedbackText:
    return FeedbackText(row.text("id"), row.own_words(), **row.provenance())


def read_advice(row: Row) -> Advice:
    moments = row.names("moments", ADVICE_MOMENTS, what="moment")
    return Advice(row.text("id"), row.own_words(), **row.provenance(), moments=moments)


def read_abbreviation(row: Row) -> Advice:
    return Advice(row.text("id"), row.own_words(), **row.provenance())


def read_conflict(row: Row) -> Conflict:
    return Conflict(row.text("id"), row.words("text"), row.words("choice"), **row.provenance())
