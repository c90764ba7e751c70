"""Months in addresses."""

from __future__ import annotations

from common.months import Month


class MonthConverter:
    r"""`<month:month>` reads 2023-09; anything that is no month is no address (404)."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Month:
        return Month.parse(value)

    def to_url(self, value: Month) -> str:
        return str(value)
