"""Number fields of the forms of services."""

from __future__ import annotations

from typing import Any

from django import forms


def count_field(label: str, maximum: int, **attrs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"min": 0, "max": maximum, "step": 1, "inputmode": "numeric", **attrs})
    return forms.IntegerField(label=label, required=False, widget=widget)


def hours_field(label: str, **attrs: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"min": 0, "step": "0.1", "inputmode": "decimal", **attrs})
    return forms.DecimalField(label=label, required=False, widget=widget)
