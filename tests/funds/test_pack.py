"""The audit pack: it opens, its sums match, its scans are there; and only who may gets it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404
from django.urls import reverse

from common import money
from files.models import Attachment
from files.stored import drop
from funds.actions import add_vouchers, reverse_spending
from funds.models import Entry, Holding
from funds.pack import request_pack
from jobs.actions import cancel_job, file_of, run_job
from jobs.models import Job, JobState
from tests.files.samples import photo
from tests.funds.conftest import send, spend


def made(user: Any, query: str = "") -> zipfile.ZipFile:
    job = request_pack(by=user, query=query)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    return zipfile.ZipFile(file_of(job))


def sheet(pack: zipfile.ZipFile, name: str, number: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(pack.read(name)))
    return [[cell.value for cell in row] for row in book.worksheets[number].iter_rows()]


def table(rows: list[list[Any]], first: str) -> tuple[list[Any], list[list[Any]]]:
    """The head that begins with `first`, and the rows below it without the footer."""
    start = next(number for number, row in enumerate(rows) if row[0] == first)
    return rows[start], rows[start + 1 : -1]


@pytest.fixture
def spent(at_station, world):
    """Payments with and without scans, a reversal, a return to the county on its way."""
    station = world.units["北关街道社工站"]
    first = spend(at_station, station, "1234.56")
    add_vouchers(by=None, spending=first, vouchers=[photo("一.jpg"), photo("二.jpg", color="blue")])  # type: ignore[list-item]
    second = spend(at_station, station, "200")
    reverse_spending(by=None, spending=second, on=date(2026, 4, 1), reason="重复")
    spend(at_station, station, "0.01", spent_on=date(2026, 6, 1))
    send(at_station, world.units["榆次区"], world.units["锦纶街道"], "77.70", date(2026, 5, 1))
    return first


def test_the_pack_opens_and_its_sums_match(spent, world):
    pack = made(world.county)
    assert pack.testzip() is None
    entries = Entry.objects.under(world.units["榆次区"])
    head, rows = table(sheet(pack, "资金台账.xlsx"), "日期")
    *lines, total = rows
    came, went = head.index("收入（元）"), head.index("付出（元）")

    def column(number: int) -> Decimal:
        return sum((Decimal(str(line[number])) for line in lines if line[number] != "—"), Decimal(0))

    assert len(lines) == entries.count()
    assert Decimal(str(total[came])) == column(came)
    assert Decimal(str(total[went])) == column(went)
    held = Holding.objects.under(world.units["榆次区"]).aggregate(total=Sum("fen"))["total"]
    assert column(came) - column(went) == money.yuan(held)
    notes = pack.read("说明.txt").decode()
    assert f"收入合计 {column(came):,.2f} 元，付出合计 {column(went):,.2f} 元" in notes
    before, got, gave, after = (Decimal(text.replace(",", "")) for text in re.findall(r"[\d,]+\.\d\d", _check(notes)))
    assert before + got - gave == after == money.yuan(held)


def _check(notes: str) -> str:
    return next(line for line in notes.splitlines() if " + " in line and "（元）" in line)


def test_the_balances_of_the_chain_add_up(spent, world):
    pack = made(world.county)
    _, allocations = table(sheet(pack, "下达链.xlsx"), "资金")
    assert [row[3] for row in allocations] == ["榆次区", "北关街道", "北关街道社工站", "锦纶街道"]
    _, rows = table(sheet(pack, "下达链.xlsx", 1), "资金")
    *lines, total = rows
    for line in rows:
        before, came, went, after = (Decimal(str(value)) for value in line[2:])
        assert before + came - went == after
    assert Decimal(str(total[5])) == sum(Decimal(str(line[5])) for line in lines)


def test_the_scans_lie_by_the_number_of_their_payment(spent, world):
    pack = made(world.county)
    scans = [name for name in pack.namelist() if name.startswith("vouchers/")]
    assert scans == [f"vouchers/{spent.number}-1.jpg", f"vouchers/{spent.number}-2.jpg"]
    assert pack.read(scans[0]).startswith(b"\xff\xd8")
    notes = pack.read("说明.txt").decode()
    assert "扫描件 2 份" in notes
    assert "没有凭证扫描件的支出（2 笔）" in notes


def test_a_scan_that_is_lost_is_told(spent, world):
    drop(spent_scan(spent))
    assert "存储中找不到的扫描件（1 份）" in made(world.county).read("说明.txt").decode()


def spent_scan(spending) -> str:
    return Attachment.objects.filter(target_id=spending.pk).order_by("pk")[0].stored_name


def test_months_and_unit_narrow_it_and_the_category_does_not(spent, world):
    station = world.units["北关街道社工站"]
    pack = made(world.county, f"unit={station.pk}&since=2026-04&until=2026-05&category=VENUE")
    _, rows = table(sheet(pack, "资金台账.xlsx"), "日期")
    assert [row[4] for row in rows[:-1]] == ["支出冲销"]
    _, (line, _total) = table(sheet(pack, "下达链.xlsx", 1), "资金")
    assert line[1:] == ["北关街道社工站", 28565.44, 200, 0, 28765.44]


def test_it_holds_the_own_scope_only(spent, world):
    pack = made(world.township)
    text = str(sheet(pack, "资金台账.xlsx")) + str(sheet(pack, "下达链.xlsx")) + pack.read("说明.txt").decode()
    assert "锦纶街道" not in text
    assert "60000" not in text


def test_only_who_may_see_and_export_money_gets_it(spent, world, sign_in):
    with pytest.raises(PermissionDenied):
        request_pack(by=world.worker, query="")
    with pytest.raises(Http404):
        request_pack(by=world.outsider, query=f"unit={world.units['榆次区'].pk}")
    assert sign_in(world.worker).post(reverse("fund_pack"), {"query": ""}).status_code == 403
    answer = sign_in(world.county).post(reverse("fund_pack"), {"query": ""})
    assert answer.url == reverse("job_detail", args=[Job.objects.get().pk])


def test_a_posting_that_ended_gets_nothing(spent, world):
    job = request_pack(by=world.county, query="")
    world.county.postings.update(ends_on=date(2026, 11, 1))
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_cancelled_pack_leaves_no_file(spent, world, monkeypatch):
    job = request_pack(by=world.county, query="")
    monkeypatch.setattr(
        "funds.pack._vouchers", lambda *args: (cancel_job(by=world.county, job=job), args[3].progress(1, 2))
    )
    monkeypatch.setattr("jobs.registry.JobRun.HEARTBEAT", 0)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not list(Path(file_of(Job(file_path="x"))).parent.glob(f"{job.pk}-*.zip"))


def test_a_wrong_filter_is_told(spent, world, sign_in):
    response = sign_in(world.county).post(reverse("fund_pack"), {"query": "since=2026-13"}, follow=True)
    assert "筛选条件有误" in response.content.decode()
    assert not Job.objects.exists()


def test_a_broken_query_is_told_and_cleaned(spent, world, sign_in):
    response = sign_in(world.county).post(reverse("fund_pack"), {"query": "since=2026-13&x=a\nb c"})
    assert response.url == f"{reverse('fund_ledger')}?since=2026-13&x=a%0Ab+c"
    assert not Job.objects.exists()


def test_an_endless_query_is_refused(spent, world, sign_in):
    response = sign_in(world.county).post(reverse("fund_pack"), {"query": "x=" + "1" * 2000}, follow=True)
    assert "筛选条件过长" in response.content.decode()
    assert not Job.objects.exists()


def test_the_ledger_exports_what_it_shows(spent, world, sign_in):
    client = sign_in(world.county)
    for key in ("fund_ledger", "fund_allocations", "fund_findings"):
        assert client.post(reverse("table_export", args=[key]), {"query": ""}).status_code == 302
        job = Job.objects.order_by("-pk").first()
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.message
        assert openpyxl.load_workbook(file_of(job)).worksheets[0].max_row > 4
