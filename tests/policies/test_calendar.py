"""A year's holiday notice: every row checked, nothing half-saved, a confirmed year replaced only with a reason."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from common.months import Month
from policies.actions import enter_year
from policies.models import CalendarDay, CalendarYear, ProvisionKind
from policies.notices import NoticeDay, by_holiday, from_ranges, from_rows, to_ranges
from policies.queries import RuleBook, official_years
from policies.queries.calendar import list_years, months_of, with_notice

SOURCE = "国办发明电〔2026〕9号"
NEW_YEAR = [NoticeDay(date(2027, 1, n), True, "元旦") for n in (1, 2, 3)]


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        yield


def problems(rows, year=2027) -> list[str]:
    return [str(problem) for problem in from_rows(rows, year).problems]


def test_a_table_with_heading_and_empty_rows_is_read():
    notice = from_rows(
        [["日期", "休/班", "名称"], ["2027-01-01", "休", "元旦"], ["", "", ""], ["2027-02-14", "班"]], 2027
    )
    assert notice.days == (NoticeDay(date(2027, 1, 1), True, "元旦"), NoticeDay(date(2027, 2, 14), False, ""))
    assert not notice.problems


@pytest.mark.parametrize("text", ["2027-1-1", "2027/01/01", "2027.1.1", "2027年1月1日", "20270101"])
def test_dates_as_people_write_them(text):
    assert from_rows([[text, "休"]], 2027).days[0].date == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["2027-02-30", "休"], "第 1 行“日期”：“2027-02-30”不是有效日期"),
        (["元旦", "休"], "第 1 行“日期”：“元旦”不是有效日期"),
        (["", "休", "元旦"], "第 1 行“日期”：未填写"),
        (["2026-12-19", "休"], "第 1 行“日期”：2026-12-19 不在 2027 年"),
        (["2028-01-01", "休"], "第 1 行“日期”：2028-01-01 不在 2027 年"),
        (["2027-01-01", ""], "第 1 行“休/班”：未填写"),
        (["2027-01-01", "或许"], "第 1 行“休/班”：“或许”应为“休”或“班”"),
        (["2027-01-04", "班"], "第 1 行“休/班”：1月4日是星期一，不是调休上班日"),
        (["2027-01-01", "休", "<b>元旦</b>"], "第 1 行“名称”：名称不能包含"),
        (["2027-01-01", "休", "元" * 21], "第 1 行“名称”：名称最多 20 个字"),
    ],
)
def test_a_wrong_row_says_which_row_field_and_why(row, problem):
    assert problems([row])[0].startswith(problem)


def test_row_numbers_are_those_of_the_file():
    assert problems([["日期", "休/班"], [], ["2027-01-01", "休"], ["x", "休"]])[0].startswith("第 4 行")


def test_a_date_twice_is_a_problem():
    assert problems([["2027-01-01", "休"], ["2027-01-01", "休"]]) == ["第 2 行“日期”：1月1日重复"]


def test_nothing_at_all_is_a_problem():
    assert problems([]) == ["没有任何日期，请填写或上传放假安排"]


def test_a_flood_of_rows_is_cut_off():
    assert "最多 400 行" in problems([["2027-01-01", "休"]] * 20_000)[-1]


def test_ranges_of_the_form():
    notice = from_ranges([("2027-01-01", "2027-01-03", "休", "元旦"), ("", "", "休", "春节")], 2027)
    assert notice.days == tuple(NEW_YEAR)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("2027-01-03", "2027-01-01", "休", ""), "第 1 行“结束日期”：早于起始日期"),
        (("2027-01-01", "2027-10-01", "休", ""), "第 1 行“结束日期”：一段不能超过 15 天"),
        (("", "2027-01-03", "休", ""), "第 1 行“日期”：未填写"),
    ],
)
def test_a_wrong_range(row, problem):
    assert str(from_ranges([row], 2027).problems[0]).startswith(problem)


def test_missing_fixed_holidays_are_doubted_not_refused():
    warnings = from_rows([["2027-01-01", "休", "元旦"]], 2027).warnings
    assert any("10月1日" in warning for warning in warnings)
    assert any("春节" in warning for warning in warnings)


def test_days_fold_into_runs_and_holidays():
    days = [*NEW_YEAR, NoticeDay(date(2027, 1, 10), False, "元旦")]
    assert to_ranges(days) == [
        (date(2027, 1, 1), date(2027, 1, 3), True, "元旦"),
        (date(2027, 1, 10), date(2027, 1, 10), False, "元旦"),
    ]
    assert [name for name, _ in by_holiday(days)] == ["元旦"]


def test_confirming_a_year_makes_its_dates_firm(world, rules):
    path = world.units["晋中市"].path
    assert RuleBook.load().due(ProvisionKind.MONTHLY_REPORT, path, Month(2026, 12)).provisional
    enter_year(by=world.root, year=2027, days=NEW_YEAR, source=SOURCE)
    due = RuleBook.load().due(ProvisionKind.MONTHLY_REPORT, path, Month(2026, 12))
    assert (due.due, due.provisional, due.reason) == (date(2027, 1, 6), False, "元旦假期顺延，1月6日截止")


def test_entering_leaves_an_event_at_the_nation(world):
    enter_year(by=world.root, year=2027, days=NEW_YEAR, source=SOURCE)
    event = AuditEvent.objects.get(verb="录入工作日历")
    assert (event.actor, event.path) == (world.root, world.units["全国"].path)
    assert event.changes["2027-01-01"] == [None, "休 元旦"]


def test_a_confirmed_year_needs_a_reason(world):
    enter_year(by=world.root, year=2027, days=NEW_YEAR, source=SOURCE)
    with pytest.raises(ValidationError, match="请填写重新录入的理由"):
        enter_year(by=world.root, year=2027, days=NEW_YEAR[:1], source=SOURCE)
    assert CalendarDay.objects.count() == 3


def test_entering_again_replaces_the_year_and_says_why(world):
    enter_year(by=world.root, year=2027, days=NEW_YEAR, source=SOURCE)
    enter_year(by=world.root, year=2027, days=NEW_YEAR[:1], source=SOURCE, reason="通知有更正")
    event = AuditEvent.objects.get(verb="重新录入工作日历")
    assert (event.reason, event.changes) == (
        "通知有更正",
        {"2027-01-02": ["休 元旦", None], "2027-01-03": ["休 元旦", None]},
    )
    assert CalendarDay.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": ""}, "请填写依据"),
        ({"days": []}, "没有任何日期"),
        ({"year": 2028}, "2028 年的放假通知还没有发布"),
    ],
)
def test_a_wrong_year_is_refused(world, changes, message):
    with pytest.raises(ValidationError, match=message):
        enter_year(by=None, **{"year": 2027, "days": NEW_YEAR, "source": SOURCE} | changes)
    assert not CalendarYear.objects.exists()


def test_a_notice_may_begin_in_the_december_before(world, rules):
    enter_year(by=None, year=2027, days=[NoticeDay(date(2026, 12, 31), True, "元旦"), *NEW_YEAR], source=SOURCE)
    assert official_years().day(date(2026, 12, 31)).rest
    assert CalendarDay.objects.get(date=date(2026, 12, 31)).year_id == 2027


def test_a_december_day_that_another_notice_settles_otherwise_is_refused(world):
    enter_year(by=None, year=2026, days=[NoticeDay(date(2026, 12, 27), False, "元旦")], source=SOURCE)
    with pytest.raises(ValidationError, match="2026-12-27 在 2026 年的安排中是“班”"):
        enter_year(by=None, year=2027, days=[NoticeDay(date(2026, 12, 27), True, "元旦")], source=SOURCE)
    enter_year(by=None, year=2027, days=[NoticeDay(date(2026, 12, 27), False, "元旦"), *NEW_YEAR], source=SOURCE)
    assert CalendarDay.objects.filter(year=2027).count() == 3


def test_the_list_reaches_to_next_year(rules):
    rows = list_years(date(2026, 11, 20))
    assert (rows[0].year, rows[0].confirmed, rows[-1].year) == (2027, None, 2004)
    assert rows[1].confirmed.rest_days == 33


def test_twelve_months_of_whole_weeks(rules):
    months = months_of(2023, official_years())
    cells = [cell for _, weeks in months for week in weeks for cell in week if cell]
    assert len(cells) == 365
    assert all(len(week) == 7 for _, weeks in months for week in weeks)
    marks = {cell.day: cell.mark for cell in cells}
    assert (marks[date(2023, 10, 3)], marks[date(2023, 10, 7)], marks[date(2023, 10, 9)]) == ("休", "班", "")


def test_the_preview_shows_the_notice_alone(rules):
    years = with_notice(official_years(), 2026, [NoticeDay(date(2026, 3, 4), True, "试")])
    assert years.day(date(2026, 3, 4)).rest
    assert years.day(date(2026, 10, 1)) is None
    assert years.day(date(2025, 10, 1)).rest
