"""How a form looks: one renderer, so that every form and every library's form gets the same labels, help and errors."""
from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea, Widget
from django.forms.renderers import DjangoTemplates

CHOICE_WIDGETS = (RadioSelect, CheckboxSelectMultiple)


def control_class(widget: Widget) -> str:
    """Name the design system's class for the native control this widget draws."""
    if isinstance(widget, (CheckboxSelectMultiple, CheckboxInput)):  # first: Django's box list is a kind of RadioSelect
        return "utrecht-checkbox utrecht-checkbox--html-input"
    if isinstance(widget, RadioSelect):
        return "utrecht-radio-button utrecht-radio-button--html-input"
    if isinstance(widget, Select):
        return "utrecht-select utrecht-select--html-select"
    if isinstance(widget, Textarea):
        return "utrecht-textarea utrecht-textarea--html-textarea"
    return "utrecht-textbox utrecht-textbox--html-input"


class PageField(BoundField):
    """A field that knows how it is drawn and where a link to it must land."""

    @property
    def kind(self) -> str:
        widget = self.field.widget
        if isinstance(widget, CHOICE_WIDGETS):
            return "choices"
        if isinstance(widget, CheckboxInput):
            return "checkbox"
        return "group" if self.use_fieldset else "single"

    @property
    def link_target(self) -> str:
        """The id a link in the error summary jumps to: a control, never a heading."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.auto_id

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        own = drawn.attrs.get("class", "")
        built["class"] = f"{control_class(drawn)} {own}".strip()
        # Said to assistive technology only: the browser's own `required` paints a field red before anybody typed,
        # speaks the browser's language and demands every single box of a list.
        if built.pop("required", False) and not self.use_fieldset:
            built["aria-required"] = "true"
        return built


class MeldrouteRenderer(DjangoTemplates):
    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"
    bound_field_class = PageField
