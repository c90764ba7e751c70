"""Calendar months as values: ``Month(2023, 9)`` reads "2023-09" and is stored as the integer 202309."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from functools import total_ordering
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)  # of all months
_PATTERN = re.compile(r"^(\d{4})-(\d{2})$")


@total_ordering
class Month:
    """One calendar month from 1990-01 to 2099-12; hashable, ordered, immutable.

    Raises ValueError (with a Chinese message) for anything else.
    """

    __slots__ = ("month", "year")
    year: int
    month: int

    def __init__(self, year: int, month: int) -> None:
        if not (FIRST_DAY.year <= year <= LAST_DAY.year and 1 <= month <= 12):
            raise ValueError(f"“{year:04d}-{month:02d}”不是有效的月份，应为 1990-01 至 2099-12")
        object.__setattr__(self, "year", year)
        object.__setattr__(self, "month", month)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Month is immutable")

    @classmethod
    def parse(cls, text: str) -> Month:
        """From "2023-09"."""
        match = _PATTERN.match(text.strip())
        if not match:
            raise ValueError(f"“{text[:20]}”不是有效的月份，应写作 2023-09")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that contains `day` (a date; for a datetime pass its local date)."""
        return cls(day.year, day.month)

    @classmethod
    def from_int(cls, number: int) -> Month:
        """From the stored form 202309."""
        return cls(number // 100, number % 100)

    def __int__(self) -> int:
        return self.year * 100 + self.month

    def __add__(self, months: int) -> Month:
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __sub__(self, months: int) -> Month:
        return self + (-months)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def label(self) -> str:
        return f"{self.year}年{self.month}月"

    def until(self, end: Month) -> Iterator[Month]:
        """This month and those after it, `end` included."""
        month = self
        while month <= end:
            yield month
            month = month + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Month) and int(self) == int(other)

    def __lt__(self, other: Month) -> bool:
        return int(self) < int(other)

    def __hash__(self) -> int:
        return int(self)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __repr__(self) -> str:
        return f"Month({self})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Month, (self.year, self.month))


class MonthFormField(forms.CharField):
    """`<input type="month">` that cleans to a Month."""

    widget = forms.TextInput(attrs={"type": "month"})

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Month) else value


class MonthField(models.Field):
    """A Month stored as the integer 202309, so that order and ranges work in SQL."""

    description = "A calendar month"

    def get_internal_type(self) -> str:
        return "PositiveIntegerField"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Month | None:
        return None if value is None else Month.from_int(value)

    def to_python(self, value: Any) -> Month | None:
        if value is None or isinstance(value, Month):
            return value
        try:
            return Month.from_int(value) if isinstance(value, int) else Month.parse(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def get_prep_value(self, value: Any) -> int | None:
        month = self.to_python(value)
        return None if month is None else int(month)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": MonthFormField, **kwargs})
