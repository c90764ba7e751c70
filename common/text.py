"""Checks of texts that people type. None of them may hold an identity number: they are stored in clear and audited."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from common.citizen_numbers import has_identity_number

_MARKUP = re.compile(r"[<>]")


def _refuse_identity_number(text: str, field: str, label: str) -> None:
    if has_identity_number(text):
        raise ValidationError({field: f"{label}中不能填写身份证号，请删去后再保存"})


def plain_name(value: str, *, field: str, label: str, max_length: int) -> str:
    """`value` trimmed, as one line without markup or control characters; else ValidationError for `field`."""
    text = " ".join(value.split())
    if not text:
        raise ValidationError({field: f"请填写{label}"})
    if len(text) > max_length:
        raise ValidationError({field: f"{label}最多 {max_length} 个字，现有 {len(text)} 个字"})
    if _MARKUP.search(text) or any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") for c in text):
        raise ValidationError({field: f"{label}不能包含 <、> 或控制字符"})
    _refuse_identity_number(text, field, label)
    return text


def long_text(value: str, *, field: str, label: str, max_length: int) -> str:
    """`value` trimmed, line breaks kept; ValidationError when it is too long or holds NUL."""
    text = value.strip()
    if len(text) > max_length:
        raise ValidationError({field: f"{label}最多 {max_length} 个字，现有 {len(text)} 个字"})
    if "\x00" in text:
        raise ValidationError({field: f"{label}包含无法保存的字符"})
    _refuse_identity_number(text, field, label)
    return text
