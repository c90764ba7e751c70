"""An official form 报表 as a sheet: title, 填报单位, period, merged headers, rows, total, A4 landscape set-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

MISSING = "—"
A4 = 9
FONT = "宋体"


@dataclass(frozen=True)
class Column:
    """One column: the head over several columns (`group`), its own head, and how its numbers are shown."""

    group: str
    label: str
    number_format: str = "#,##0"
    width: float = 9


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet. `rows` and `total` begin with the row's name; a value of None prints as —."""

    name: str
    title: str
    left: str  # 填报单位：…
    middle: str  # 统计月份：…
    right: str  # 计量单位：…
    first_label: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    total: Sequence[Any]
    footer: str


class FormBook:
    """A workbook of official forms. Close it (or use `with`) to write the file."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __enter__(self) -> FormBook:
        return self

    def __exit__(self, *error: object) -> None:
        self._book.close()

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(
                {"font_name": FONT, "font_size": 10, "valign": "vcenter", **properties}
            )
        return self._formats[key]

    def add(self, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.name)
        last = len(sheet.columns)
        self._heading(page, sheet, last)
        self._head(page, sheet)
        row = 4
        for values in sheet.rows:
            self._row(page, row, sheet, values)
            row += 1
        self._row(page, row, sheet, sheet.total, bold=True)
        page.merge_range(row + 1, 0, row + 1, last, sheet.footer, self._format(font_size=9, text_wrap=True))
        page.set_row(row + 1, 30)
        self._print_setup(page, last, row + 1)

    def add_notes(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A plain sheet of explanations behind the forms."""
        page = self._book.add_worksheet(name)
        head, cell = self._format(bold=True, border=1, bg_color="#E8EDF4"), self._format(border=1, text_wrap=True)
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

    def _heading(self, page: Any, sheet: Sheet, last: int) -> None:
        page.set_row(0, 34)
        page.merge_range(0, 0, 0, last, sheet.title, self._format(font_name="黑体", font_size=18, align="center"))
        third = max(last // 3, 1)
        spans = [(0, third, sheet.left, "left"), (third + 1, last - third - 1, sheet.middle, "center")]
        spans.append((max(last - third, third + 1), last, sheet.right, "right"))
        for first, end, text, align in spans:
            shown = self._format(align=align)
            if end > first:
                page.merge_range(1, first, 1, end, text, shown)
            elif end == first:
                page.write_string(1, first, text, shown)
        page.set_row(1, 20)

    def _head(self, page: Any, sheet: Sheet) -> None:
        style = self._format(bold=True, border=1, align="center", text_wrap=True, bg_color="#E8EDF4")
        page.merge_range(2, 0, 3, 0, sheet.first_label, style)
        page.set_column(0, 0, 20)
        start = 0
        for index, column in enumerate(sheet.columns):
            page.set_column(index + 1, index + 1, column.width)
            page.write_string(3, index + 1, column.label, style)
            following = sheet.columns[index + 1].group if index + 1 < len(sheet.columns) else None
            if following != column.group:
                if index > start:
                    page.merge_range(2, start + 1, 2, index + 1, column.group, style)
                else:
                    page.write_string(2, index + 1, column.group, style)
                start = index + 1
        page.set_row(2, 18)
        page.set_row(3, 44)

    def _row(self, page: Any, row: int, sheet: Sheet, values: Sequence[Any], *, bold: bool = False) -> None:
        page.write_string(row, 0, str(values[0]), self._format(border=1, bold=bold, text_wrap=True))
        for index, (column, value) in enumerate(zip(sheet.columns, values[1:], strict=True), 1):
            shown = self._format(border=1, bold=bold, align="right", num_format=column.number_format)
            if value is None:
                page.write_string(row, index, MISSING, shown)
            else:
                page.write_number(row, index, float(value) if isinstance(value, Decimal) else value, shown)

    def _print_setup(self, page: Any, last: int, row: int, *, head_rows: tuple[int, int] = (2, 3)) -> None:
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
