"""An official form 报表 as a sheet: title, 填报单位, conditions, merged headers, rows, total, A4 landscape set-up.

Rows go to the file as they come (constant_memory), so a sheet may be longer than memory would hold; therefore cells
are written from left to right and from top to bottom, and never twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

MISSING = "—"
A4 = 9
FONT = "宋体"
HEAD_COLOUR = "#E8EDF4"
WATERMARK_COLOUR = "#A6A6A6"
MARK_LENGTH = 100  # characters of a watermark in head and foot, which hold 255 with their codes
SIGNATURES = "单位负责人：            填表人：            填报日期：            "
MAX_ROWS = 1_000_000  # a sheet of Excel holds 1,048,576
LINE = 40  # characters of a condition or footer that fit on a line of a narrow form


class Kind(Enum):
    """How a column shows its values: number format, alignment, usual width."""

    # “@”: what is typed or pasted stays text, so "=1+1" in a name never becomes a formula, even when it is edited.
    TEXT = ("@", "left", 16)
    WHOLE = ("#,##0", "right", 9)
    TENTHS = ("#,##0.0", "right", 9)
    MONEY = ("#,##0.00", "right", 14)
    PERCENT = ("0.0%", "right", 8)
    DATE = ("yyyy-mm-dd", "center", 11)
    TIME = ("yyyy-mm-dd hh:mm", "center", 16)

    def __init__(self, number_format: str, align: str, width: float) -> None:
        self.number_format, self.align, self.width = number_format, align, width

    @classmethod
    def of_decimals(cls, decimals: int) -> Kind:
        """The kind of a number with 0, 1 or 2 decimals."""
        return (cls.WHOLE, cls.TENTHS, cls.MONEY)[decimals]


@dataclass(frozen=True)
class Column:
    """One column: its head, its kind, its width in characters (0: the kind's), and the head over several columns."""

    label: str
    kind: Kind = Kind.WHOLE
    width: float = 0
    group: str = ""


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet. `total` is printed bold below the rows; a value of None prints as —."""

    name: str
    title: str
    left: str  # 填报单位：…
    middle: str  # 统计月份：…
    right: str  # 计量单位：…
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    footer: str
    total: Sequence[Any] | None = None
    conditions: str = ""  # 筛选条件：…, on a line of its own
    watermark: str = ""  # who made it and when: a first line, repeated on every printed page, head and foot too

    @property
    def last(self) -> int:
        """The number of the last column."""
        return len(self.columns) - 1

    @property
    def grouped(self) -> bool:
        return any(column.group for column in self.columns)


class FormBook:
    """A workbook of official forms. Close it (or use `with`) to write the file; an error on the way leaves none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __enter__(self) -> FormBook:
        return self

    def __exit__(self, error: object, *more: object) -> None:
        self._book.close()
        if error is not None:
            self._path.unlink(missing_ok=True)

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
            )
        return self._formats[key]

    def add(self, sheet: Sheet) -> int:
        """Write a sheet; how many rows it has, the total left out."""
        page = self._book.add_worksheet(sheet.name)
        top = self._heading(page, sheet)
        bottom = self._head(page, sheet, top)
        row = bottom
        for row, values in enumerate(sheet.rows, bottom + 1):
            self._row(page, row, sheet, values)
        written = row - bottom
        if sheet.total is not None:
            row += 1
            self._row(page, row, sheet, sheet.total, bold=True)
        row += 1
        page.set_row(row, 15 * _lines(sheet.footer) + 15)
        self._span(page, row, 0, sheet.last, sheet.footer, self._format(font_size=9, text_wrap=True))
        self._print_setup(page, sheet.last, row, head_rows=(0 if sheet.watermark else top, bottom))
        if sheet.watermark:
            words = sheet.watermark.replace("&", "&&")[:MARK_LENGTH]
            # The blank after &8 parts the size from a text that begins with the year: &82026 would be read as a size.
            page.set_header(f"&C&16&K{WATERMARK_COLOUR[1:]}{words}")
            page.set_footer(f"&L&8 {words}&R第 &P 页，共 &N 页")
        return written

    def add_notes(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A plain sheet of explanations behind the forms."""
        page = self._book.add_worksheet(name)
        head, cell = self._format(bold=True, border=1, bg_color=HEAD_COLOUR), self._format(border=1, text_wrap=True)
        for column, text in enumerate(heads):
            page.write_string(0, column, text, head)
        row = 0
        for row, texts in enumerate(rows, 1):
            for column, text in enumerate(texts):
                page.write_string(row, column, text, cell)
        page.set_column(0, 0, 28)
        page.set_column(1, 1, 60)
        page.set_column(2, 2, 30)
        self._print_setup(page, len(heads) - 1, row, head_rows=(0, 0))

    def _heading(self, page: Any, sheet: Sheet) -> int:
        """Title, the line below it, and the conditions if there are any. Returns the row of the head."""
        last = sheet.last
        row = 0
        if sheet.watermark:
            page.set_row(0, 18)
            self._span(page, 0, 0, last, sheet.watermark, self._format(align="center", font_color=WATERMARK_COLOUR))
            row = 1
        page.set_row(row, 34)
        self._span(page, row, 0, last, sheet.title, self._format(font_name="黑体", font_size=18, align="center"))
        row += 1
        page.set_row(row, 20)
        third = max((last - 1) // 3, 0)
        # Narrow forms have no room for three: the middle joins the right.
        middle, right = (sheet.middle, sheet.right) if last > 3 else ("", f"{sheet.middle} {sheet.right}".strip())
        self._span(page, row, 0, third, sheet.left, self._format(align="left"))
        if middle:
            self._span(page, row, third + 1, last - third - 1, middle, self._format(align="center"))
        first = last - third if middle else third + 1
        if first <= last:
            self._span(page, row, first, last, right, self._format(align="right"))
        row += 1
        if not sheet.conditions:
            return row
        page.set_row(row, 15 * _lines(sheet.conditions) + 5)
        self._span(page, row, 0, last, sheet.conditions, self._format(align="left", text_wrap=True))
        return row + 1

    def _head(self, page: Any, sheet: Sheet, top: int) -> int:
        """The head, of two rows where columns have groups. Returns its last row."""
        style = self._format(bold=True, border=1, align="center", text_wrap=True, bg_color=HEAD_COLOUR)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, column.width or column.kind.width)
        bottom = top + 1 if sheet.grouped else top
        if sheet.grouped:
            page.set_row(top, 18)
            for first, last, group in _groups(sheet.columns):
                self._span(page, top, first, last, group or sheet.columns[first].label, style)
        page.set_row(bottom, 44 if sheet.grouped else 32)
        for index, column in enumerate(sheet.columns):
            if sheet.grouped and not column.group:
                page.write_blank(bottom, index, None, style)
                page.merge.append([top, index, bottom, index])  # merge_range would write the row above again
            else:
                page.write_string(bottom, index, column.label, style)
        return bottom

    def _row(self, page: Any, row: int, sheet: Sheet, values: Sequence[Any], *, bold: bool = False) -> None:
        for index, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            kind = column.kind
            shown = self._format(
                border=1, bold=bold, align=kind.align, num_format=kind.number_format, text_wrap=kind is Kind.TEXT
            )
            if value is None or value == "":
                page.write_string(row, index, MISSING, shown)
            elif kind is Kind.TEXT or isinstance(value, str):
                page.write_string(row, index, _words(value), shown)
            elif isinstance(value, datetime):
                page.write_datetime(row, index, timezone.localtime(value).replace(tzinfo=None), shown)
            elif isinstance(value, date):
                page.write_datetime(row, index, value, shown)
            else:
                page.write_number(row, index, float(value) if isinstance(value, Decimal) else value, shown)

    def _span(self, page: Any, row: int, first: int, last: int, text: str, style: Any) -> None:
        """Text over the columns from `first` to `last`; a single cell cannot be merged."""
        if last > first:
            page.merge_range(row, first, row, last, "", style)
        page.write_string(row, first, text, style)

    def _print_setup(self, page: Any, last: int, row: int, *, head_rows: tuple[int, int]) -> None:
        page.set_landscape()
        page.set_paper(A4)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.center_horizontally()
        page.fit_to_pages(1, 0)
        page.repeat_rows(*head_rows)
        page.print_area(0, 0, row, last)
        page.freeze_panes(head_rows[1] + 1, 1)
        page.set_footer("&C第 &P 页，共 &N 页")
        page.hide_gridlines(2)


def _groups(columns: Sequence[Column]) -> list[tuple[int, int, str]]:
    """First and last number of the columns that stand under one head; a column without a group stands alone."""
    found: list[tuple[int, int, str]] = []
    for index, column in enumerate(columns):
        if found and column.group and found[-1][2] == column.group:
            found[-1] = (found[-1][0], index, column.group)
        else:
            found.append((index, index, column.group))
    return found


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _lines(text: str) -> int:
    return len(text) // (3 * LINE) + 1
