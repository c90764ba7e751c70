"""Forms of the checker and of the worker who answers."""

from __future__ import annotations

from django import forms

from common.forms import note_field
from services.models import ReviewState

ONE = (ReviewState.REVIEWED, ReviewState.ACCEPTED, ReviewState.ASKED)
MANY = (ReviewState.REVIEWED, ReviewState.ACCEPTED)


class ReviewForm(forms.Form):
    state = forms.ChoiceField(
        label="审阅", choices=[(state.value, state.label) for state in ONE], widget=forms.RadioSelect,
        error_messages={"required": "请选择已阅、认可或退回询问"},
    )  # fmt: skip
    comment = note_field("意见（退回询问时必填）")
    expected = forms.CharField(widget=forms.HiddenInput, required=False)


class AnswerForm(forms.Form):
    comment = note_field("答复", required=True)


class BulkReviewForm(forms.Form):
    state = forms.ChoiceField(
        label="标为", choices=[(state.value, state.label) for state in MANY], widget=forms.RadioSelect,
        initial=ReviewState.REVIEWED.value,
    )  # fmt: skip
