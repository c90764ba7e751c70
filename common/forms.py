"""What forms share: errors of actions, and plain widgets for the filters of lists."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


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
