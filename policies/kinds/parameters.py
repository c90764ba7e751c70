"""One value of a provision: its type, bounds and label, how typed text becomes the JSON value that is stored.

Whole numbers, booleans, ISO dates, names of a choice, plain lines of text. Shares are whole percent (50 = 50 %), so
that comparing is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError

from common.text import plain_name

Parameters = Mapping[str, Any]
Choices = tuple[tuple[str, str], ...]


class ParameterType(Enum):
    INTEGER = "整数"
    PERCENT = "百分数"
    BOOLEAN = "是否"
    DATE = "日期"
    CHOICE = "选项"
    TEXT = "文字"


@dataclass(frozen=True)
class Parameter:
    """One value of a provision. `low` and `high` bound numbers, both included; of a text `high` is its length."""

    name: str
    label: str
    type: ParameterType
    required: bool = True
    low: int = 0
    high: int = 0
    choices: Choices | Callable[[], Choices] = ()
    initial: Any = None
    help: str = ""

    @property
    def offered(self) -> Choices:
        """The choices; those that rooms above declare are known only once the program has started."""
        return self.choices() if callable(self.choices) else self.choices

    def clean(self, raw: Any) -> Any:
        """The JSON value of `raw` (typed text or a value), None when it is empty; ValidationError with the reason."""
        if raw is None or raw == "":
            if self.required:
                raise ValidationError(f"请填写{self.label}")
            return None
        return _CLEANERS[self.type](self, raw)


def _clean_number(parameter: Parameter, raw: Any) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.isascii() or not text.lstrip("-").isdigit() or len(text) > 9:
        raise ValidationError(f"{parameter.label}应为整数")
    if not parameter.low <= int(text) <= parameter.high:
        raise ValidationError(f"{parameter.label}应在 {parameter.low} 至 {parameter.high} 之间")
    return int(text)


def _clean_boolean(parameter: Parameter, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValidationError(f"{parameter.label}应为是或否")
    return raw


def _clean_date(parameter: Parameter, raw: Any) -> str:
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        raise ValidationError(f"{parameter.label}不是有效日期，应写作 2023-05-31") from None
    if not 2000 <= day.year <= 2099:
        raise ValidationError(f"{parameter.label}应在 2000 年至 2099 年之间")
    return day.isoformat()


def _clean_choice(parameter: Parameter, raw: Any) -> str:
    if raw not in dict(parameter.offered):
        raise ValidationError(f"请选择{parameter.label}")
    return raw


def _clean_text(parameter: Parameter, raw: Any) -> str:
    """One plain line."""
    try:
        return plain_name(str(raw), field=parameter.name, label=parameter.label, max_length=parameter.high)
    except ValidationError as error:
        raise ValidationError(error.messages) from None


_CLEANERS: dict[ParameterType, Callable[[Parameter, Any], Any]] = {
    ParameterType.INTEGER: _clean_number,
    ParameterType.PERCENT: _clean_number,
    ParameterType.BOOLEAN: _clean_boolean,
    ParameterType.DATE: _clean_date,
    ParameterType.CHOICE: _clean_choice,
    ParameterType.TEXT: _clean_text,
}


def number(name: str, label: str, low: int, high: int, initial: int | None = None, **extra: Any) -> Parameter:
    """A whole number within bounds, both included."""
    return Parameter(name, label, ParameterType.INTEGER, low=low, high=high, initial=initial, **extra)


def day_in_words(text: str) -> str:
    """ "2023-05-31" → "2023年5月31日"."""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"
