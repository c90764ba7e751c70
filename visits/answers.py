"""Answers to the questions of a batch: what is typed becomes a text, and a number where one is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from common.text import plain_name
from visits.models import BatchQuestion, QuestionKind
from visits.vocabulary import NO, YES

LENGTH = 300
LARGEST = Decimal("99999999.99")


def field_name(question: BatchQuestion) -> str:
    """How forms and errors call the question."""
    return f"q{question.pk}"


def cleaned(questions: Iterable[BatchQuestion], given: Mapping[int, Any]) -> dict[int, tuple[str, Decimal | None]]:
    """Question key → (text, number) of what was answered. ValidationError({“q12”: …}), all of them at once."""
    errors: dict[str, Any] = {}
    found: dict[int, tuple[str, Decimal | None]] = {}
    for question in questions:
        raw = str(given.get(question.pk) if given.get(question.pk) is not None else "").strip()
        if not raw:
            if question.required:
                errors[field_name(question)] = "请回答这个问题"
            continue
        try:
            found[question.pk] = _READ[QuestionKind(question.kind)](question, raw)
        except ValidationError as error:
            errors[field_name(question)] = error.messages
    if errors:
        raise ValidationError(errors)
    return found


def _text(question: BatchQuestion, raw: str) -> tuple[str, None]:
    return plain_name(raw, field=field_name(question), label="回答", max_length=LENGTH), None


def _chosen(question: BatchQuestion, raw: str) -> tuple[str, None]:
    offered = [YES, NO] if question.kind == QuestionKind.YES_NO else question.choices
    if raw not in offered:
        raise ValidationError("请从选项中选择")
    return raw, None


def _number(question: BatchQuestion, raw: str) -> tuple[str, Decimal]:
    try:
        value = Decimal(raw[:20])
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > LARGEST or value != round(value, 2):
        raise ValidationError("请填写数字，最多两位小数")
    return format(value.normalize(), "f"), value


_READ = {
    QuestionKind.TEXT: _text,
    QuestionKind.CHOICE: _chosen,
    QuestionKind.YES_NO: _chosen,
    QuestionKind.NUMBER: _number,
}
