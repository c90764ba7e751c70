"""Checks of what people type, for actions. Each returns the clean value or raises ValidationError naming its field."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from common.citizen_numbers import has_identity_number
from common.months import FIRST_DAY
from common.text import long_text, plain_name

_PHONE = re.compile(r"[0-9+\-() ]{5,20}")
FULL_WIDTH = str.maketrans("（）－　＋", "()- +")


def all_of(**cleaners: Callable[[], Any]) -> dict[str, Any]:
    """Run every check, so that a form shows all its errors at once. Name → clean value."""
    clean: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, cleaner in cleaners.items():
        try:
            clean[name] = cleaner()
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    return clean


def past_day(value: date | None, *, field: str, label: str, since: date | None = None, since_label: str = "") -> date:
    """A day that is not in the future, and not before `since` (called `since_label` in the message)."""
    if value is None:
        raise ValidationError({field: f"请填写{label}"})
    if value > timezone.localdate():
        raise ValidationError({field: f"{label}不能晚于今天"})
    if value < FIRST_DAY:
        raise ValidationError({field: f"{label}不能早于 {FIRST_DAY.year} 年"})
    if since is not None and value < since:
        raise ValidationError({field: f"{label}不能早于{since_label}（{since}）"})
    return value


def optional_past_day(value: date | None, *, field: str, label: str) -> date | None:
    """`past_day`, or None."""
    return None if value is None else past_day(value, field=field, label=label)


def member(value: str, choices: type[models.TextChoices], *, field: str, label: str, blank: bool = False) -> str:
    """A value of the enumeration; "" too when `blank`."""
    if value in choices.values:
        return str(choices(value).value)
    if blank and value == "":
        return ""
    raise ValidationError({field: f"请选择{label}"})


def optional_name(value: str, *, field: str, label: str, max_length: int) -> str:
    """`plain_name`, or ""."""
    return plain_name(value, field=field, label=label, max_length=max_length) if value.strip() else ""


NOTE_LENGTH = 200


def note(text: str) -> str:
    """A remark, or ""."""
    return long_text(text, field="note", label="说明", max_length=NOTE_LENGTH)


def required_text(value: str, *, field: str, label: str, max_length: int = NOTE_LENGTH) -> str:
    """A text that must not be empty."""
    text = long_text(value, field=field, label=label, max_length=max_length)
    if not text:
        raise ValidationError({field: f"请填写{label}"})
    return text


def uuid_or_none(value: object) -> uuid.UUID | None:
    """The number of a submit, as it was typed or posted; None for what is none."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)[:64])
    except ValueError:
        return None


def without_names(text: str, names: Iterable[str], *, field: str = "reason", label: str = "理由") -> str:
    """A text that the trail or officials read, unless it names one of these people served. Spaces hide no name."""
    plain = "".join(text.split())
    if any(len(name) > 1 and name in plain for name in ("".join(name.split()) for name in names)):
        raise ValidationError({field: f"{label}会由上级查看并写入审计日志，请勿填写服务对象姓名，可写“该服务对象”"})
    return text


def withdrawal_reason(text: str, *, label: str = "撤回理由") -> str:
    """Why a record is taken back, or something is given up."""
    return required_text(text, field="reason", label=label)


def phone(value: str, *, field: str) -> str:
    """A telephone number or ""."""
    text = " ".join(value.translate(FULL_WIDTH).split()) if len(value) < 200 else value
    if text and not _PHONE.fullmatch(text):
        raise ValidationError({field: "联系电话只能包含数字、空格和 + - ( )，5 至 20 位"})
    if has_identity_number(text):  # eighteen digits look like a telephone number too
        raise ValidationError({field: "联系电话中不能填写身份证号"})
    return text
