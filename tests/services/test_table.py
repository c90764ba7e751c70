"""The list of services as an official form."""

from datetime import date

import openpyxl
from django.urls import reverse

from jobs import actions
from jobs.models import Job
from services.queries import register
from services.queries.listing import Selection
from services.queries.register import register_rows


def export(client, query: str):
    answer = client.post(reverse("table_export", args=["services"]), {"query": query})
    assert answer.status_code == 302
    job = Job.objects.latest("id")
    actions.run_job(job.pk)
    job.refresh_from_db()
    return openpyxl.load_workbook(actions.file_of(job)).active


def rows_of(sheet) -> list[dict]:
    heads = [lower.value or upper.value for upper, lower in zip(sheet[3], sheet[4], strict=True)]
    found = (dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=5, values_only=True))
    return [row for row in found if row["服务内容"] and not str(row["县（市、区）"]).startswith("单位负责人")]


def test_the_file_has_the_records_of_the_list_and_who_served(world, log, team, sign_in):
    log(title="探访独居老人", workers=[team.zhang, team.liu])
    rows = rows_of(export(sign_in(world.county), ""))
    assert [row["服务内容"] for row in rows] == ["探访独居老人"]
    assert rows[0]["社工"] == "张（演示）、刘（演示）"
    assert rows[0]["站点"] == "北关街道社工站"
    assert rows[0]["服务时长（小时）"] == 1.5


def test_an_official_of_another_county_gets_none_of_them(world, log, sign_in):
    log()
    assert rows_of(export(sign_in(world.outsider), "")) == []


def test_all_records_come_in_the_order_of_the_list(world, log, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(register, "CHUNK", 2)
    made = [log(title=f"第{n}次", starts_on=day, ends_on=day) for n, day in enumerate([date(2026, 10, 19)] * 3)]
    selection = Selection(user=world.county)
    assert selection.station_ids
    with django_assert_num_queries(10):  # five for each of two chunks
        newest_first = [row.record.pk for row in register_rows(selection)]
    assert newest_first == [record.pk for record in reversed(made)]
    assert [row.record.pk for row in register_rows(selection, oldest_first=True)] == [record.pk for record in made]


def test_a_wide_reach_is_asked_for_a_month_first(world, log, sign_in, monkeypatch):
    monkeypatch.setattr("services.queries.listing.NARROW", 0)
    log()
    client = sign_in(world.county)
    client.post(reverse("table_export", args=["services"]), {"query": ""})
    assert not Job.objects.exists()
    client.post(reverse("table_export", args=["services"]), {"query": "month=2026-10"})
    assert Job.objects.count() == 1
