"""Export of client data: a right of its own, masked, marked with who and when, in the trail."""

from __future__ import annotations

import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from jobs import actions
from jobs.models import Job
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def people(world):
    make_client(
        world.station(),
        "演示甲",
        id_number=NUMBER,
        phone="13800000000",
        born_on=date(1950, 3, 1),
        categories=("DIBAO",),
    )
    make_client(world.station(), "演示乙")
    make_client(world.station("锦纶街道社工站"), "演示丙")


def export(client, query: str = ""):
    assert client.post(reverse("table_export", args=["clients"]), {"query": query}).status_code == 302
    job = Job.objects.latest("id")
    actions.run_job(job.pk)
    job.refresh_from_db()
    return openpyxl.load_workbook(actions.file_of(job)).active


def texts(sheet) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_the_file_holds_the_list_with_masked_numbers(world, sign_in, people):
    shown = texts(export(sign_in(world.township)))
    assert "演示甲" in shown and "演示乙" in shown and "低保" in shown
    assert "演示丙" not in shown
    assert NUMBER not in shown and NUMBER[:3] + "*" * 13 + NUMBER[-2:] in shown


def test_every_page_says_who_made_it_and_when(world, sign_in, people):
    sheet = export(sign_in(world.township))
    assert sheet["A1"].value.endswith("由李（演示）导出，仅限工作使用，不得外传")
    assert "李（演示）导出" in sheet.oddHeader.center.text
    assert sheet.oddFooter.left.size == 8
    assert re.match(r"\d{4}-\d\d-\d\d .*由李（演示）导出", sheet.oddFooter.left.text)
    assert sheet.print_title_rows.startswith("$1:")


def test_the_trail_keeps_filter_and_number_of_rows(world, sign_in, people):
    export(sign_in(world.township), "category=DIBAO")
    event = AuditEvent.objects.get(verb="导出服务对象名册")
    assert event.actor == world.township
    assert event.changes == {"筛选条件": [None, "类别：低保"], "行数": [None, 1]}


@pytest.mark.parametrize("who", ["worker", "county", "city", "auditor", "agency"])
def test_it_takes_the_right_of_its_own(world, sign_in, people, who):
    answer = sign_in(getattr(world, who)).post(reverse("table_export", args=["clients"]), {"query": ""})
    assert answer.status_code == 403
    assert not Job.objects.exists()


def test_a_name_that_was_searched_for_goes_into_no_job(world, sign_in, people):
    sign_in(world.township).post(reverse("table_export", args=["clients"]), {"query": "q=演示甲"})
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_button_stands_for_who_may(world, sign_in, people):
    address = reverse("client_list")
    assert "导出" in sign_in(world.township).get(address).content.decode()
    assert reverse("table_export", args=["clients"]) not in sign_in(world.worker).get(address).content.decode()


def test_other_tables_bear_no_mark(world, sign_in):
    client = sign_in(world.township)
    client.post(reverse("table_export", args=["stations"]), {"query": ""})
    job = Job.objects.latest("id")
    actions.run_job(job.pk)
    job.refresh_from_db()
    sheet = openpyxl.load_workbook(actions.file_of(job)).active
    assert "外传" not in texts(sheet)
    assert sheet.oddHeader.center.text is None
