"""A year's holiday notice as people type or upload it: pure checks that name the row, the field and the reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from common.text import plain_name
from common.workdays import FIXED_HOLIDAYS

REST, WORK = "休", "班"
_KINDS = dict.fromkeys((REST, "休息", "放假", "假"), True) | dict.fromkeys(
    (WORK, "上班", "调休上班", "补班", "工作"), False
)
_HEADER = re.compile(r"日期|起始")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_LONGEST = 15  # days of one range; a longer one is a slip of the pen
_LAST_YEARS_DAYS = 20  # a notice may begin on this day of the December before
MAX_ROWS = 400


@dataclass(frozen=True)
class NoticeDay:
    """One date of the notice: a day off, or a make-up working day."""

    date: date
    rest: bool
    name: str


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in which row (1 is the first) and field of the input; row 0 is the whole input."""

    row: int
    field: str
    problem: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.field}”：{self.problem}" if self.row else self.problem


@dataclass(frozen=True)
class Notice:
    """Every day that was understood and every problem; it may be saved only without any."""

    year: int
    days: tuple[NoticeDay, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[str, ...] = ()


def from_rows(rows: Sequence[Sequence[str]], year: int) -> Notice:
    """From an uploaded table: 日期, 休/班, 名称; a heading row and empty rows are passed over."""
    numbered = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, start=1)]
    filled = [(number, row) for number, row in numbered if any(row)]
    if filled and filled[0][1] and _HEADER.search(filled[0][1][0]):
        filled = filled[1:]
    return _read(((number, _cell(row, 0), "", _cell(row, 1), _cell(row, 2)) for number, row in filled), year)


def from_ranges(ranges: Iterable[tuple[str, str, str, str]], year: int) -> Notice:
    """From the form: first day, last day (empty: one day), 休/班, name; empty rows are passed over."""
    rows = (
        (number, first.strip(), last.strip(), kind.strip(), name.strip())
        for number, (first, last, kind, name) in enumerate(ranges, start=1)
    )
    return _read((row for row in rows if row[1] or row[2]), year)


Range = tuple[date, date, bool, str]  # first day, last day, rest, name


def by_holiday(days: Iterable[NoticeDay]) -> list[tuple[str, list[Range]]]:
    """Name → its runs, as a notice words it: make-up days stand with their holiday, wherever they fall."""
    holidays: dict[str, list[Range]] = {}
    for run in to_ranges(days):
        holidays.setdefault(run[3], []).append(run)
    # By the first day off; a name with make-up days only goes by those.
    return sorted(holidays.items(), key=lambda item: min((not rest, start) for start, _, rest, _ in item[1])[1])


def to_ranges(days: Iterable[NoticeDay]) -> list[Range]:
    """The days as runs of one kind and name, by date: what the form shows."""
    runs: list[Range] = []
    for day in sorted(days, key=lambda day: day.date):
        if runs:
            start, end, rest, name = runs[-1]
            if (rest, name) == (day.rest, day.name) and end + timedelta(days=1) == day.date:
                runs[-1] = (start, day.date, rest, name)
                continue
        runs.append((day.date, day.date, day.rest, day.name))
    return runs


def _read(rows: Iterable[tuple[int, str, str, str, str]], year: int) -> Notice:
    days: dict[date, NoticeDay] = {}
    problems: list[RowProblem] = []
    count = 0
    for number, first, last, kind, name in rows:
        count += 1
        if count > MAX_ROWS:
            problems.append(RowProblem(0, "", f"最多 {MAX_ROWS} 行，一年的安排不会这么多，请核对"))
            break
        found = _read_row(number, (first, last, kind, name), year, problems)
        for day in found:
            if day.date in days:
                problems.append(RowProblem(number, "日期", f"{_words(day.date)}重复"))
            days[day.date] = day
    if not count:
        problems.append(RowProblem(0, "", "没有任何日期，请填写或上传放假安排"))
    ordered = tuple(days[day] for day in sorted(days))
    return Notice(year, ordered, tuple(problems), () if problems else tuple(_doubts(days, year)))


def _read_row(number: int, cells: tuple[str, str, str, str], year: int, problems: list[RowProblem]) -> list[NoticeDay]:
    """The days of one row; what is wrong is added to `problems`."""
    first, last, kind, name = cells
    before = len(problems)
    start = _date(number, "日期", first, year, problems)
    end = _date(number, "结束日期", last, year, problems) if last else start
    if kind not in _KINDS:
        problems.append(RowProblem(number, "休/班", f"“{kind[:10]}”应为“{REST}”或“{WORK}”" if kind else "未填写"))
    if name:
        try:
            name = plain_name(name, field="name", label="名称", max_length=20)
        except ValidationError as error:
            problems.append(RowProblem(number, "名称", error.messages[0]))
    if len(problems) > before or start is None or end is None:
        return []
    if end < start:
        problems.append(RowProblem(number, "结束日期", "早于起始日期"))
        return []
    if (end - start).days >= _LONGEST:
        problems.append(RowProblem(number, "结束日期", f"一段不能超过 {_LONGEST} 天，请核对"))
        return []
    days = [NoticeDay(start + timedelta(days=n), _KINDS[kind], name) for n in range((end - start).days + 1)]
    for day in days:
        if not day.rest and day.date.weekday() < 5:
            problems.append(
                RowProblem(
                    number, "休/班", f"{_words(day.date)}是星期{'一二三四五'[day.date.weekday()]}，不是调休上班日"
                )
            )
    return days


def _date(number: int, field: str, text: str, year: int, problems: list[RowProblem]) -> date | None:
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        problem = f"“{text[:20]}”不是有效日期，应写作 {year}-01-01" if text else "未填写"
        problems.append(RowProblem(number, field, problem))
        return None
    if day.year != year and not date(year - 1, 12, _LAST_YEARS_DAYS) <= day < date(year, 1, 1):
        problems.append(RowProblem(number, field, f"{day} 不在 {year} 年（可含上年 12 月 {_LAST_YEARS_DAYS} 日以后）"))
        return None
    return day


def _doubts(days: dict[date, NoticeDay], year: int) -> Iterable[str]:
    for (month, day), name in FIXED_HOLIDAYS.items():
        found = days.get(date(year, month, day))
        if found is None or not found.rest:
            yield f"{month}月{day}日（{name}）没有列为休息，请核对"
    if not any(day.name.startswith("春节") for day in days.values()):
        yield "没有名称为“春节”的日期，请核对"


def _cell(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _words(day: date) -> str:
    return f"{day.month}月{day.day}日"
