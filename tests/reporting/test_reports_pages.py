"""The pages of monthly reports: the queue, one report, its writing, sending and review (R7)."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from common.months import Month
from reporting.actions import open_report, return_report, save_report, submit_report
from reporting.models import MonthlyReport, ReportState
from services.models import MonthLock
from tests.reporting.facts import service

SEPTEMBER = Month(2023, 9)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


@pytest.fixture
def station(world, rules, time_machine):
    """北关街道社工站 with one service in September 2023, seen on 12 October: three days after the due date."""
    time_machine.move_to(at(date(2023, 10, 12)), tick=False)
    service(world.station(), date(2023, 9, 12))
    return world.station()


@pytest.fixture
def draft(world, station):
    report = open_report(by=world.worker, station=station, month=SEPTEMBER)
    texts = {"summary": "走访老人三户", "problems": "人手紧", "plan": "继续走访", "zero_confirmed": False}
    return save_report(by=world.worker, report=report, **texts)


@pytest.fixture
def late_report(world, draft):
    return submit_report(by=world.worker, report=draft)


def words(response) -> str:
    """The page's text without tags, spaces folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestQueue:
    def test_a_station_without_a_report_is_listed_as_missing_with_its_lateness(self, world, station, sign_in):
        page = sign_in(world.county).get(reverse("report_list"), {"month": "2023-09"})
        assert "北关街道社工站" in words(page)
        assert "已逾期3天" in words(page)
        assert "国庆假期顺延，10月9日截止" in words(page)
        assert "市民函〔2023〕28号 二(三)" in words(page)
        assert page.context["page_obj"].paginator.count == 1  # 锦纶街道's station operates from October on

    def test_the_month_before_this_one_is_shown_unless_asked_otherwise(self, world, station, sign_in):
        assert "2023年9月月报" in words(sign_in(world.county).get(reverse("report_list")))

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"state": "SUBMITTED"}, 1), ({"state": "SENT"}, 1), ({"state": "OPEN"}, 1), ({"state": "MISSING"}, 0),
            ({"state": "APPROVED"}, 0), ({"on_time": "no"}, 1), ({"on_time": "late"}, 1), ({"on_time": "yes"}, 0),
        ],
    )  # fmt: skip
    def test_it_filters_by_state_and_punctuality(self, query, found, world, late_report, sign_in):
        page = sign_in(world.county).get(reverse("report_list"), {"month": "2023-09", **query})
        assert page.context["page_obj"].paginator.count == found

    def test_a_draft_is_missing_to_the_county(self, world, draft, sign_in):
        page = sign_in(world.county).get(reverse("report_list"), {"month": "2023-09", "state": "MISSING"})
        assert page.context["page_obj"].paginator.count == 1
        assert "草稿" in words(page)

    def test_a_report_sent_late_says_by_how_many_days(self, world, late_report, sign_in):
        page = sign_in(world.county).get(reverse("report_list"), {"month": "2023-09"})
        assert "迟报3天" in words(page)
        assert "2023-10-12 10:00" in words(page)

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ({"month": "2023-13"}, "不是有效的月份"),
            ({"month": "2027-01"}, "还没有到"),
            ({"state": "SOMETHING"}, "选择一个有效的选项"),
            ({"page": "99", "sort": "rubbish"}, "北关街道社工站"),
        ],
    )
    def test_bad_filters_give_a_clear_message(self, query, message, world, station, sign_in):
        page = sign_in(world.county).get(reverse("report_list"), query)
        assert page.status_code == 200
        assert message in words(page)

    def test_a_unit_outside_is_404(self, world, station, sign_in):
        for unit in (world.units["太谷区"].pk, "x", "9" * 30):
            assert sign_in(world.county).get(reverse("report_list"), {"unit": unit}).status_code == 404

    def test_its_queries_do_not_grow_with_the_stations(self, world, station, sign_in, django_assert_num_queries):
        client = sign_in(world.city)
        for unit, stations in (("北关街道", 1), ("晋中市", 3)):
            with django_assert_num_queries(13):
                page = client.get(reverse("report_list"), {"month": "2023-10", "unit": world.units[unit].pk})
            assert page.context["page_obj"].paginator.count == stations


class TestOneReport:
    def test_a_late_report_shows_due_date_reason_and_clause(self, world, late_report, sign_in):
        text = words(sign_in(world.county).get(reverse("report_detail", args=[late_report.pk])))
        assert "应于 2023年10月9日 前上报" in text
        assert "迟报3天" in text
        assert "国庆假期顺延，10月9日截止" in text
        assert "市民函〔2023〕28号" in text
        assert "二(三)" in text

    def test_the_figures_stay_frozen_whatever_happens_after(self, world, late_report, sign_in):
        service(world.station(), date(2023, 9, 20))
        page = sign_in(world.county).get(reverse("report_detail", args=[late_report.pk]))
        services = page.context["figures"].sections[0][1][0]
        assert (services.key, services.text) == ("services", "1")
        assert "上报时冻结" in words(page)

    def test_a_missing_report_has_a_page_that_says_so(self, world, station, sign_in):
        text = words(sign_in(world.county).get(reverse("report_of", args=[station.pk, SEPTEMBER])))
        assert "未报" in text
        assert "已逾期3天" in text
        assert "开始填写" not in text

    def test_that_page_leads_to_the_report_once_there_is_one(self, world, draft, sign_in):
        page = sign_in(world.county).get(reverse("report_of", args=[draft.station_id, SEPTEMBER]))
        assert page.status_code == 302
        assert page.url == reverse("report_detail", args=[draft.pk])

    def test_a_month_that_is_not_owed_is_404(self, world, station, sign_in):
        client = sign_in(world.county)
        for month in ("2023-08", "2023-11", "2023-13"):
            assert client.get(f"/reports/of/{station.pk}/{month}/").status_code == 404

    def test_the_paper_names_unit_period_and_judgement(self, world, late_report, sign_in):
        text = words(sign_in(world.county).get(reverse("report_print", args=[late_report.pk])))
        assert "北关街道社工站2023年9月工作总结" in text
        assert "2023年9月1日至9月30日" in text
        assert "迟报3天" in text

    def test_markup_in_a_narrative_is_text(self, world, draft, sign_in):
        save_report(
            by=world.worker, report=draft, summary="<script>x</script>", problems="", plan="", zero_confirmed=False
        )
        page = sign_in(world.worker).get(reverse("report_detail", args=[draft.pk]))
        assert "<script>x" not in page.content.decode()


class TestWriting:
    def test_opening_makes_the_draft_and_goes_to_its_form(self, world, station, sign_in):
        answer = sign_in(world.worker).post(reverse("report_open", args=[station.pk, SEPTEMBER]))
        report = MonthlyReport.objects.get()
        assert answer.url == reverse("report_edit", args=[report.pk])

    def test_saving_keeps_a_draft(self, world, draft, sign_in):
        answer = sign_in(world.worker).post(reverse("report_edit", args=[draft.pk]), {"summary": "改过", "plan": "好"})
        assert answer.url == reverse("report_detail", args=[draft.pk])
        draft.refresh_from_db()
        assert (draft.summary, draft.plan, draft.state) == ("改过", "好", ReportState.DRAFT)

    def test_ten_megabytes_come_back_with_a_message(self, world, draft, sign_in):
        page = sign_in(world.worker).post(reverse("report_edit", args=[draft.pk]), {"summary": "a" * 10_000_000})
        assert "最多 5000 个字" in words(page)
        draft.refresh_from_db()
        assert draft.summary == "走访老人三户"

    def test_saving_and_sending_asks_once_more_and_says_that_it_is_late(self, world, draft, sign_in):
        client = sign_in(world.worker)
        answer = client.post(reverse("report_edit", args=[draft.pk]), {"summary": "走访", "send": "1"})
        assert answer.url == reverse("report_submit", args=[draft.pk])
        assert "现在上报将记为迟报 3 天" in words(client.get(answer.url))
        client.post(answer.url)
        draft.refresh_from_db()
        assert (draft.state, draft.on_time) == (ReportState.SUBMITTED, False)
        assert MonthLock.objects.filter(station=draft.station, month=SEPTEMBER).exists()

    def test_an_empty_month_is_sent_only_when_confirmed(self, world, draft, sign_in):
        draft.station.services.all().delete()
        client = sign_in(world.worker)
        page = client.post(reverse("report_submit", args=[draft.pk]))
        assert "本月没有服务记录" in words(page)
        client.post(reverse("report_edit", args=[draft.pk]), {"summary": "无", "zero_confirmed": "on"})
        client.post(reverse("report_submit", args=[draft.pk]))
        draft.refresh_from_db()
        assert draft.state == ReportState.SUBMITTED

    def test_what_was_sent_is_not_written_any_more(self, world, late_report, sign_in):
        client = sign_in(world.worker)
        assert client.get(reverse("report_edit", args=[late_report.pk])).status_code == 302
        page = client.post(reverse("report_edit", args=[late_report.pk]), {"summary": "改"})
        assert "不能修改" in words(page)
        late_report.refresh_from_db()
        assert late_report.summary == "走访老人三户"


class TestReviewing:
    def test_the_county_approves(self, world, late_report, sign_in):
        client = sign_in(world.county)
        assert "通过" in words(client.get(reverse("report_detail", args=[late_report.pk])))
        client.post(reverse("report_approve", args=[late_report.pk]), {"comment": ""})
        late_report.refresh_from_db()
        assert (late_report.state, late_report.reviewed_by) == (ReportState.APPROVED, world.county)

    def test_returning_without_a_reason_is_refused_on_the_page(self, world, late_report, sign_in):
        page = sign_in(world.county).post(reverse("report_return", args=[late_report.pk]), {"comment": ""})
        assert "请写明退回原因" in words(page)
        late_report.refresh_from_db()
        assert late_report.state == ReportState.SUBMITTED

    def test_a_returned_report_shows_the_reason_and_living_figures_to_its_writer(self, world, late_report, sign_in):
        return_report(by=world.county, report=late_report, comment="请补充个案成效")
        text = words(sign_in(world.worker).get(reverse("report_detail", args=[late_report.pk])))
        assert "请补充个案成效" in text
        assert "上报时冻结" not in text

    def test_the_second_reviewer_gets_a_message(self, world, late_report, sign_in):
        client = sign_in(world.county)
        client.post(reverse("report_approve", args=[late_report.pk]))
        page = client.post(reverse("report_return", args=[late_report.pk]), {"comment": "请补充"}, follow=True)
        assert "可能刚被别人处理过" in words(page)

    def test_a_worker_may_not_review(self, world, late_report, sign_in):
        assert sign_in(world.worker).post(reverse("report_approve", args=[late_report.pk])).status_code == 403

    def test_the_county_next_door_finds_nothing(self, world, late_report, sign_in):
        client = sign_in(world.outsider)
        for name in ("report_detail", "report_print"):
            assert client.get(reverse(name, args=[late_report.pk])).status_code == 404
        assert client.post(reverse("report_approve", args=[late_report.pk])).status_code == 404
