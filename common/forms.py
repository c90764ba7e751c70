"""Between actions and forms."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError


def put_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """What an action refused, beside the fields that it names; what has no field that shows goes to the top."""
    for name, problems in error.update_error_dict({}).items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        form.add_error(name if shown else None, problems)
