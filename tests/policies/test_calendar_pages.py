"""Calendar pages: reading a year, entering one by form or upload with a preview."""

import io
import json
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from policies.models import CalendarDay, CalendarYear


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        yield


def text(response) -> str:
    return response.content.decode()


ENTER = {"year": 2027}
TYPED = {
    "source": "国办发明电〔2026〕9号",
    "start": ["2027-01-01", "2027-02-05", "2027-02-14"],
    "end": ["2027-01-03", "2027-02-11", ""],
    "kind": ["休", "休", "班"],
    "name": ["元旦", "春节", "春节"],
}


def enter(client, data):
    return client.post(reverse("calendar_year_enter", kwargs=ENTER), data)


def test_everyone_reads_the_calendar(sign_in, world, rules):
    client = sign_in(world.worker)
    page = text(client.get(reverse("calendar_year_list")))
    assert "2027 年" in page
    assert "暂定" in page
    assert "重新录入" not in page
    assert "国庆节" in text(client.get(reverse("calendar_year", args=[2026])))
    assert client.get(reverse("calendar_year", args=[2003])).status_code == 404
    assert client.get(reverse("calendar_year", args=[9999])).status_code == 404


def test_the_calendar_is_the_nations(sign_in, world, rules):
    address = reverse("calendar_year_enter", kwargs=ENTER)
    assert sign_in(world.administrator).get(address).status_code == 403
    assert sign_in(world.administrator).post(address, TYPED).status_code == 403
    assert sign_in(world.city).get(address).status_code == 403
    assert sign_in(world.root).get(address).status_code == 200


def test_typed_days_are_previewed_then_saved(sign_in, world, rules):
    client = sign_in(world.root)
    preview = enter(client, TYPED)
    assert "尚未保存" in text(preview)
    assert "没有列为休息" in text(preview)
    assert not CalendarYear.objects.filter(year=2027).exists()
    response = enter(client, {"source": TYPED["source"], "days": preview.context["days"], "confirm": "1"})
    assert response.url == reverse("calendar_year", args=[2027])
    assert CalendarDay.objects.filter(year=2027).count() == 11
    assert CalendarYear.objects.get(year=2027).confirmed_by == world.root


def test_back_from_the_preview_keeps_what_was_typed(sign_in, world, rules):
    client = sign_in(world.root)
    preview = enter(client, TYPED)
    page = text(enter(client, {"source": TYPED["source"], "days": preview.context["days"], "edit": "1"}))
    assert 'value="2027-02-05"' in page
    assert "没有保存" not in page


def test_one_wrong_row_saves_nothing(sign_in, world, rules):
    page = text(enter(sign_in(world.root), TYPED | {"kind": ["休", "", "班"], "confirm": "1"}))
    assert "第 2 行“休/班”：未填写" in page
    assert 'value="2027-01-01"' in page
    assert not CalendarYear.objects.filter(year=2027).exists()


def upload(content: bytes, name: str = "2027.csv") -> dict:
    return {"source": "国办发明电〔2026〕9号", "upload": SimpleUploadedFile(name, content)}


def test_an_uploaded_csv_is_previewed(sign_in, world, rules):
    content = "日期,休/班,名称\n2027-01-01,休,元旦\n2027-02-14,班,春节\n".encode("gb18030")
    assert "尚未保存" in text(enter(sign_in(world.root), upload(content)))


def test_an_uploaded_workbook_is_previewed(sign_in, world, rules):
    book = openpyxl.Workbook()
    book.active.append(["日期", "休/班", "名称"])
    book.active.append([date(2027, 1, 1), "休", "元旦"])
    data = io.BytesIO()
    book.save(data)
    response = enter(sign_in(world.root), upload(data.getvalue(), "2027.xlsx"))
    assert json.loads(response.context["days"]) == [["2027-01-01", "休", "元旦"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("2027-01-01,休\n2027-02-30,休\n2027-01-05,班\n".encode(), "第 2 行“日期”：“2027-02-30”不是有效日期"),
        ("2027-01-01,休\n2027-02-30,休\n2027-01-05,班\n".encode(), "第 3 行“休/班”：1月5日是星期二"),
        (b"PK\x03\x04nonsense", "已损坏"),
        (b"\x00\x01\x02", "无法识别"),
        (b"x" * (6 * 1024 * 1024), "超过 5 MB"),
        (b"x" * (40 * 1024 * 1024), "超过 5 MB"),  # beyond what any form keeps
    ],
)
def test_a_bad_upload_says_which_row_field_and_why(sign_in, world, rules, content, message):
    response = enter(sign_in(world.root), upload(content))
    assert response.status_code == 200
    assert message in text(response)
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize("days", ["", "{", "3", "null", "[[1]]", '["x"]', "[" * 100_000])
def test_a_tampered_preview_saves_nothing(sign_in, world, rules, days):
    response = enter(sign_in(world.root), {"source": "通知", "days": days, "confirm": "1"})
    assert response.status_code == 200
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_confirmed_year_asks_why_it_is_entered_again(sign_in, world, rules):
    client = sign_in(world.root)
    address = reverse("calendar_year_enter", kwargs={"year": 2026})
    assert "重新录入的理由" in text(client.get(address))
    days = json.dumps([["2026-01-01", "休", "元旦"]])
    assert "field-error" in text(client.post(address, {"source": "通知", "days": days, "confirm": "1"}))
    assert CalendarDay.objects.filter(year=2026).count() == 39
    client.post(address, {"source": "通知", "days": days, "confirm": "1", "reason": "通知有更正"})
    assert CalendarDay.objects.filter(year=2026).count() == 1


def test_a_year_far_ahead_is_not_entered(sign_in, world, rules):
    response = sign_in(world.root).get(reverse("calendar_year_enter", kwargs={"year": 2028}), follow=True)
    assert "还没有发布" in text(response)


def test_the_calendar_pages_take_few_queries(sign_in, world, rules, django_assert_max_num_queries):
    client = sign_in(world.root)
    with django_assert_max_num_queries(7):
        client.get(reverse("calendar_year_list"))
    with django_assert_max_num_queries(7):
        client.get(reverse("calendar_year", args=[2026]))
