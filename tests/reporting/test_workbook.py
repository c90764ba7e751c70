"""The monthly statistics table: an official form whose numbers are the snapshots'."""

import openpyxl
import pytest
from django.utils import timezone

from common.months import Month
from jobs import actions
from jobs.models import JobState
from reporting.models import UnitMonth
from reporting.registry import INDICATORS, MEASURES
from reporting.workbooks.monthly import KIND, PARTS, title_of

SEPTEMBER = Month(2023, 9)


@pytest.fixture
def book(world, rules):
    """The workbook of 晋中市 for 2023-09, where 榆次区 was counted and 太谷区 was not."""
    unit, now = world.units["晋中市"], timezone.now()
    measures = {"workers": 40, "workers_certified": 30, "services": 1234, "hours": 25}
    UnitMonth.objects.create(unit=unit, month=SEPTEMBER, measures=measures, computed_at=now)
    UnitMonth.objects.create(unit=world.units["榆次区"], month=SEPTEMBER, measures=measures, computed_at=now)
    job = actions.request_job(
        by=world.city, kind=KIND, title=title_of(unit, SEPTEMBER), unit=unit, parameters={"month": str(SEPTEMBER)}
    )
    actions.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    return openpyxl.load_workbook(actions.file_of(job))


def row_of(sheet, name):
    return next(row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0] == name)


def test_every_indicator_stands_on_one_sheet():
    shown = [indicator.key for part in PARTS for indicator in part.indicators]
    assert sorted(shown) == sorted(INDICATORS)


def test_the_form_names_unit_and_month(book):
    sheet = book["建设"]
    assert sheet["A1"].value.startswith("晋中市乡镇（街道）社工站月度统计表（2023年9月）")
    assert sheet["A2"].value == "填报单位：晋中市"
    assert "统计月份：2023年9月" in [cell.value for cell in sheet[2]]


def test_the_form_prints_on_a4_landscape_one_page_wide(book):
    for part in PARTS:
        sheet = book[part.name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is the format's default and is not written
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$3:$4"
        assert any(str(merged).startswith("A1:") for merged in sheet.merged_cells.ranges)


def test_a_share_prints_its_fraction_and_its_percentage(book):
    sheet = book["队伍"]
    heads = [cell.value for cell in sheet[4]]
    total = dict(zip(heads, row_of(sheet, "合计"), strict=True))
    assert total[MEASURES["workers_certified"].label] == 30
    assert 0.75 in row_of(sheet, "合计")


def test_a_child_without_figures_shows_a_dash_and_not_zero(book):
    sheet = book["服务和月报"]
    assert set(row_of(sheet, "太谷区")[1:]) == {"—"}
    assert 1234 in row_of(sheet, "榆次区")


def test_hours_keep_their_decimal(book):
    assert 2.5 in row_of(book["服务和月报"], "榆次区")


def test_the_notes_cite_document_and_clause_and_never_our_own_rule_numbers(book):
    notes = {row[0]: row[2] for row in book["指标说明"].iter_rows(min_row=2, values_only=True)}
    assert notes[INDICATORS["reports_on_time"].label] == "市民函〔2023〕28号 二(三)"
    assert not [note for note in notes.values() if note and note.startswith("R")]


def test_a_job_whose_asker_lost_the_posting_writes_nothing(world, rules):
    unit = world.units["晋中市"]
    job = actions.request_job(
        by=world.city, kind=KIND, title=title_of(unit, SEPTEMBER), unit=unit, parameters={"month": str(SEPTEMBER)}
    )
    world.city.postings.all().delete()
    actions.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file_path) == (JobState.FAILED, "")
