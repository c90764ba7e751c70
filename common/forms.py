"""What forms share: errors of actions, and plain widgets for the filters of lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

T = TypeVar("T")
YES_NO = [("", "全部"), ("yes", "是"), ("no", "否")]


def put_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """What an action refused, beside the fields that it names; what has no field that shows goes to the top."""
    for name, problems in error.update_error_dict({}).items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        form.add_error(name if shown else None, problems)


class PlainInput(forms.TextInput):
    """An input without templates, for the filters of a list."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value)
        attributes = flatatt({**({} if shown is None else {"value": shown}), **self.build_attrs(self.attrs, attrs)})
        return format_html('<input type="{}" name="{}"{}>', self.input_type, name, attributes)


class PlainSelect(forms.Select):
    """A select without templates and groups: those cost a list with eight of them more than its fifty rows do."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = _options(tuple(self.choices), "" if value is None else str(value))
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, attributes, options)


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[Any, Any], ...], chosen: str) -> SafeString:
    rows = [(key, " selected" if str(key) == chosen else "", label) for key, label in choices]
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def attempt(form: forms.Form, write: Callable[[], T]) -> T | None:
    """Call an action when the form was sent and is valid; put the errors that it raises on the form.

    None when nothing was written.
    """
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return write()
    except ValidationError as error:
        put_errors(form, error)
        return None


def day_field(label: str, *, required: bool = True, today: bool = True, help_text: str = "") -> forms.DateField:
    """A past day; today by default."""
    initial = timezone.localdate if today else None
    return forms.DateField(label=label, required=required, initial=initial, widget=forms.DateInput, help_text=help_text)


def note_field(label: str = "说明", *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def choices_of(choices: list[tuple[str, str]], blank: str = "全部") -> list[tuple[str, str]]:
    """The choices of an enumeration with an empty one before them."""
    return [("", blank), *choices]


class WithdrawForm(forms.Form):
    """Why the last record is taken back, and which one the user saw."""

    reason = note_field("撤回理由", required=True)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, expected: int) -> None:
        super().__init__(data, initial={"expected": expected})


def filter_words(form: forms.BaseForm, *, leave: tuple[str, ...] = ("unit", "sort")) -> str:
    """The filters of a valid form in words, for an export: “类型：社工站；状态：运营中”. `leave`: said elsewhere."""
    said = []
    for name, form_field in form.fields.items():
        value = form.cleaned_data.get(name)
        if name in leave or value in (None, "", [], False):
            continue
        offered: Any = () if isinstance(form_field, forms.ModelChoiceField) else getattr(form_field, "choices", ())
        choices = {str(key): label for key, label in offered}
        values = value if isinstance(value, list) else [value]
        words = "、".join(
            "是" if each is True else str(choices.get(str(each), getattr(each, "label", each))) for each in values
        )
        said.append(f"{form_field.label or name}：{words}")
    return "；".join(said)
