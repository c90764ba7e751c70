"""Resident identity numbers 居民身份证号 (GB 11643-1999): pure checks."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# 6 digits of place, 8 of birth, 3 of order and a check character, written together or in these groups.
_WITHIN = re.compile(r"(?<!\d)\d{6}[\s-]?(\d{8})[\s-]?\d{3}[\dXx](?!\d)")


def check_digit(first17: str) -> str:
    return _CHECK[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def problem(number: str) -> str:
    """Why `number` is not an 18-digit identity number, in Chinese; "" when it is one."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return "身份证号应为 18 位数字（末位可为 X）"
    try:
        born_on(number)
    except ValueError:
        return "身份证号中的出生日期无效"
    if check_digit(number[:17]) != number[17]:
        return "身份证号校验位不正确，请核对"
    return ""


def born_on(number: str) -> date:
    """The date of birth that a right number holds."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_male(number: str) -> bool:
    """A right number tells the sex by its 17th digit: odd for men."""
    return int(number[16]) % 2 == 1


def has_identity_number(text: str) -> bool:
    """Does `text` hold an 18-digit resident identity number? A wrong check digit is still somebody's number."""
    for match in _WITHIN.finditer(unicodedata.normalize("NFKC", text)):
        birth = match[1]
        try:
            born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
        except ValueError:
            continue
        if 1880 <= born.year <= 2099:
            return True
    return False
