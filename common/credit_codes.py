"""The unified social credit code 统一社会信用代码 (GB 32100): 18 characters, the last one a check digit."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from stdnum.cn import uscc

LENGTH = 18
_CHARACTERS = "0-9A-HJ-NPQRTUWXY"  # without I O S V Z, which are taken for digits
_SHAPE = re.compile(rf"[{_CHARACTERS}]{{2}}[0-9]{{6}}[{_CHARACTERS}]{{10}}", re.ASCII)
_OTHER = re.compile(rf"[^{_CHARACTERS}]", re.ASCII)


def check_character(first_seventeen: str) -> str:
    """The character that follows them."""
    return uscc.calc_check_digit(first_seventeen)


def credit_code(value: str, *, field: str) -> str:
    """The code in capitals without spaces and hyphens. Raises ValidationError for `field`, saying what is wrong."""
    text = unicodedata.normalize("NFKC", value[:100]).upper()
    text = "".join(letter for letter in text if not letter.isspace() and letter != "-")
    if not text:
        raise ValidationError({field: "请填写统一社会信用代码"})
    if len(text) != LENGTH:
        raise ValidationError({field: f"统一社会信用代码应为 {LENGTH} 位，现有 {len(text)} 位"})
    if wrong := _OTHER.search(text):
        letter, place = wrong[0], wrong.start() + 1
        hint = "（代码中不用字母 I、O、S、V、Z）" if letter in "IOSVZ" else ""
        raise ValidationError({field: f"统一社会信用代码第 {place} 位“{letter}”不是允许的字符{hint}，请核对"})
    if not _SHAPE.fullmatch(text):
        raise ValidationError({field: "统一社会信用代码第 3 至 8 位应是登记机关的 6 位区划数字，请核对"})
    if text[-1] != check_character(text[:-1]):
        raise ValidationError({field: "统一社会信用代码的校验位不对，请对照证书逐位核对"})
    return text
