"""What the room's forms share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from common.forms import put_errors

T = TypeVar("T", bound=models.Model)
YES_NO = [("", "全部"), ("yes", "是"), ("no", "否")]


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
