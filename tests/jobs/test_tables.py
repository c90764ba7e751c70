"""Lists as official forms: what is in the file, for whom, and when there is none."""

from datetime import date
from urllib.parse import urlencode

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import Posting
from accounts.roles import Permission, Role
from jobs import actions, tables
from jobs.models import Job, JobState
from jobs.tables import Column, Kind, RowSource, Table
from stations.models import Station
from tests.world import make_user


@pytest.fixture
def export(sign_in):
    """`export(user, key, query)` presses the button and runs the job; returns the job."""

    def press(user, key: str = "stations", query: str = "") -> Job:
        answer = sign_in(user).post(reverse("table_export", args=[key]), {"query": query})
        assert answer.status_code == 302
        job = Job.objects.latest("id")
        assert answer.url == reverse("job_detail", args=[job.pk])
        actions.run_job(job.pk)
        job.refresh_from_db()
        return job

    return press


def sheet_of(job: Job):
    assert job.state == JobState.DONE, job.message
    return openpyxl.load_workbook(actions.file_of(job)).active


def texts(sheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


@pytest.fixture
def declare(monkeypatch):
    """`declare(rows, *columns)`: a table “probe” over these rows."""

    def put(rows, *columns, **said):
        source = rows if callable(rows) else lambda user, params: RowSource(len(rows), iter(rows), **said)
        table = Table("probe", "测试表", Permission.VIEW, columns or (Column("名称", str),), source)
        monkeypatch.setitem(tables.TABLES, "probe", table)

    return put


# ---- scope and rights


def test_an_export_holds_only_rows_of_the_scope(world, rules, export):
    shown = " ".join(texts(sheet_of(export(world.county))))
    assert "北关街道社工站" in shown
    assert "锦纶街道社工站" in shown
    for elsewhere in ("明星镇", "北坛", "酒泉路", "太谷区"):
        assert elsewhere not in shown


def test_a_unit_outside_the_scope_is_not_found(world, rules, sign_in):
    url = reverse("table_export", args=["stations"])
    query = f"unit={world.units['太谷区'].pk}"
    assert sign_in(world.county).post(url, {"query": query}).status_code == 404
    assert not Job.objects.exists()


def test_only_postings_that_may_export_count(world, rules, export):
    """An administrator of the city who also works at a station sees the whole city, and exports the station alone."""
    user = make_user(
        "both",
        "某人",
        (Role.ADMINISTRATOR, world.units["晋中市"]),
        (Role.STATION_WORKER, world.units["北关街道社工站"]),
    )
    job = export(user)
    assert job.unit.name == "北关街道社工站"
    shown = " ".join(texts(sheet_of(job)))
    assert "北关街道社工站" in shown
    assert "锦纶街道" not in shown


def test_the_right_is_asked_again_when_the_job_runs(world, rules, sign_in):
    sign_in(world.county).post(reverse("table_export", args=["stations"]), {"query": ""})
    Posting.objects.filter(user=world.county).update(ends_on=date(2022, 1, 1))
    job = Job.objects.get()
    actions.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file_path) == (JobState.FAILED, "")
    assert "权限" in job.message


def test_who_may_not_export_is_refused_and_sees_no_button(world, rules, sign_in):
    url = reverse("table_export", args=["stations"])
    assert sign_in(world.administrator).post(url, {"query": ""}).status_code == 403
    assert "导出 Excel" not in sign_in(world.administrator).get(reverse("station_list")).content.decode()
    assert "导出 Excel" in sign_in(world.county).get(reverse("station_list")).content.decode()


def test_an_unknown_table_is_not_found(world, sign_in):
    url = reverse("table_export", args=["nothing"])
    assert sign_in(world.county).post(url, {"query": ""}).status_code == 404


def test_a_wrong_filter_is_named_and_leads_back_to_the_list(world, rules, sign_in):
    back = f"http://testserver{reverse('station_list')}?state=WRONG"
    answer = sign_in(world.county).post(
        reverse("table_export", args=["stations"]), {"query": "state=WRONG"}, headers={"referer": back}, follow=True
    )
    assert answer.redirect_chain[0][0] == back
    assert "没有导出。状态：" in answer.content.decode()
    assert not Job.objects.exists()


def test_no_identity_number_is_kept_with_a_job(world, rules, sign_in):
    query = urlencode({"q": "１４０７０２ 19900307 0016"})
    answer = sign_in(world.county).post(reverse("table_export", args=["stations"]), {"query": query}, follow=True)
    assert "筛选条件里有身份证号，没有导出" in answer.content.decode()
    assert not Job.objects.exists()


def test_an_address_of_others_is_never_followed(world, rules, sign_in):
    answer = sign_in(world.county).post(
        reverse("table_export", args=["stations"]),
        {"query": "state=WRONG"},
        headers={"referer": "https://evil.example/"},
    )
    assert answer.url == reverse("job_list")


# ---- the form


def test_the_file_holds_what_the_page_shows(world, rules, export, sign_in):
    query = "q=北关&sort=-name"
    sheet = sheet_of(export(world.city, query=query))
    assert sheet["A1"].value == "晋中市乡镇（街道）社工站台账"
    assert sheet["A2"].value == "填报单位：晋中市"
    assert sheet["A3"].value == "筛选条件：名称或拼音首字母：北关"
    heads = {cell.value: cell.column for cell in sheet[5]}
    names = [row[heads["联系电话"] - 1].row for row in sheet.iter_rows(min_row=6) if row[0].value == "晋中市"]
    assert len(names) == 1
    assert sheet.cell(4, heads["自"] - 1).value == "当前状态"
    page = sign_in(world.city).get(f"{reverse('station_list')}?{query}")
    assert page.context["page"].paginator.count == 1


def test_the_button_carries_the_filters_of_the_page_but_not_the_page_number(world, rules, sign_in):
    page = sign_in(world.city).get(f"{reverse('station_list')}?kind=STATION&page=3").content.decode()
    assert '<input type="hidden" name="query" value="kind=STATION">' in page


def test_the_form_prints_on_a4_landscape_with_its_head_on_each_page(world, rules, export):
    sheet = sheet_of(export(world.county))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$4"
    assert "&P" in sheet.oddFooter.center.text or "第" in sheet.oddFooter.center.text
    assert {"A3:C3", "D3:D4"} <= {str(merged) for merged in sheet.merged_cells.ranges}


@pytest.mark.parametrize("text", ["=1+1", "+86 1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1"])
def test_a_text_never_becomes_a_formula(world, export, declare, text):
    declare([text])
    sheet = sheet_of(export(world.county, "probe"))
    cell = sheet["A4"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


def test_each_kind_of_value_is_written_as_itself(world, export, declare):
    row = {"钱": 1234.5, "数": 7, "率": 0.25, "日": date(2023, 9, 1), "空": None, "无": ""}
    kinds = {"钱": Kind.MONEY, "数": Kind.WHOLE, "率": Kind.PERCENT, "日": Kind.DATE}
    columns = [Column(key, lambda row, key=key: row[key], kinds.get(key, Kind.TEXT)) for key in row]
    declare([row], *columns, totals=[1234.5, 7, None, None, None, None])
    sheet = sheet_of(export(world.county, "probe"))
    written = {cell.value: cell.number_format for cell in sheet[4]}
    assert written[1234.5] == "#,##0.00"
    assert written[0.25] == "0.0%"
    assert sheet["D4"].value.date() == date(2023, 9, 1)
    assert [sheet["E4"].value, sheet["F4"].value] == ["—", "—"]
    assert sheet["A5"].value == 1234.5
    assert sheet["A5"].font.bold


def test_no_rows_make_a_form_without_rows(world, rules, export):
    sheet = sheet_of(export(world.county, query="q=没有这个站点"))
    assert sheet["A6"].value.startswith("单位负责人：")
    assert "共 0 行" in sheet["A6"].value


def test_more_rows_than_a_sheet_holds_are_refused(world, sign_in, declare):
    declare(lambda user, params: RowSource(2_000_000, iter(())))
    sign_in(world.county).post(reverse("table_export", args=["probe"]), {"query": ""})
    assert not Job.objects.exists()


def test_rows_are_read_by_chunks_and_keep_their_order(world, rules, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(tables, "CHUNK", 2)
    stations = Station.objects.visible_to(world.city).order_by("-unit__path")
    with django_assert_num_queries(3):  # the keys, and two chunks of the four
        found = list(tables.rows_of(stations))
    assert [row.pk for row in found] == [row.pk for row in stations]


def test_a_cancelled_export_leaves_no_file(world, declare, sign_in, settings, monkeypatch):
    monkeypatch.setattr(tables, "REPORT_EVERY", 1)
    monkeypatch.setattr("jobs.registry.JobRun.HEARTBEAT", 0)

    def rows():
        for number in range(5):
            if number == 2:
                actions.cancel_job(by=world.county, job=Job.objects.get())
            yield str(number)

    declare(lambda user, params: RowSource(5, rows()))
    sign_in(world.county).post(reverse("table_export", args=["probe"]), {"query": ""})
    job = Job.objects.get()
    actions.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file_path) == (JobState.CANCELLED, "")
    folder = actions.file_of(job)
    assert not list(folder.glob(f"{job.pk}-*"))


def test_a_table_is_declared_once():
    with pytest.raises(ValueError):
        tables.declare(tables.TABLES["stations"])
