"""Dashboards: snapshots only, every level, every number opens its records."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.actions import add_unit
from accounts.models import Posting
from accounts.roles import Role
from common.months import Month
from policies.models import PolicyDocument, Provision, ProvisionKind
from reporting.compute import compute_month
from reporting.layout import LAYOUTS
from reporting.models import UnitMonth
from reporting.registry import INDICATORS
from tests.reporting.facts import report, service, worker
from tests.world import make_station

SHANGHAI = ZoneInfo("Asia/Shanghai")
OCTOBER, NOVEMBER = Month(2023, 10), Month(2023, 11)
LEVELS = ["全国", "山西省", "晋中市", "榆次区", "北关街道", "北关街道社工站"]


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def activity(world, rules, time_machine):
    """October 2023 counted on 20 November: two stations of 榆次区 at work, one of them late and unreported."""
    time_machine.move_to(datetime(2023, 11, 20, 10, tzinfo=SHANGHAI), tick=False)
    first, second = world.station(), world.station("锦纶街道社工站")
    for day in (3, 10, 17):
        service(first, date(2023, 10, day))
    service(first, date(2023, 10, 20), method="CLERICAL")
    service(second, date(2023, 10, 12), on_time=False, elderly=0, children=3, domain="CHILD_WELFARE")
    worker(first, certified=True, full_time=True, since=date(2023, 9, 1))
    worker(second, full_time=False, since=date(2023, 10, 1))
    report(first, OCTOBER, on_time=True)
    for month in (Month(2023, 9), OCTOBER, NOVEMBER):
        compute_month(month)
    return world


@pytest.fixture
def show(activity, sign_in):
    """`show("榆次区", month="2023-10")` is the page as somebody sees it who may open every list."""

    def page_of(unit, **query):
        return sign_in(nations_auditor(activity)).get(reverse("dashboard", args=[activity.units[unit].pk]), query)

    return page_of


class TestEveryLevel:
    @pytest.mark.parametrize("unit", LEVELS)
    def test_it_opens_with_figures_and_as_of(self, unit, show):
        page = show(unit, month="2023-10")
        assert page.status_code == 200
        assert f"{unit} · 2023年10月" in words(page)
        assert "数据截至 2023年11月20日 10:00" in words(page)

    @pytest.mark.parametrize("unit", LEVELS)
    def test_a_month_that_was_never_counted_is_not_zero(self, unit, show):
        page = words(show(unit, month="2022-03"))
        assert "2022年3月的数据尚未计算" in page
        assert "0.0%" not in page

    @pytest.mark.parametrize(
        ("month", "message"),
        [
            ("2023-13", "不是有效的月份"),
            ("rubbish", "不是有效的月份"),
            ("2023-12", "还没有到"),
            ("1989-01", "不是有效的月份"),
        ],
    )
    def test_a_month_that_is_none_gives_a_clear_message(self, month, message, show):
        page = show("晋中市", month=month)
        assert page.status_code == 400
        assert message in words(page)

    def test_the_running_month_is_shown_unless_asked_otherwise(self, show):
        assert "晋中市 · 2023年11月" in words(show("晋中市"))

    def test_every_layout_names_known_indicators(self):
        for layout in LAYOUTS.values():
            for card in layout.cards:
                assert card.key in INDICATORS
            assert not layout.columns or layout.worst in {column.key for column in layout.columns}


class TestScope:
    def test_the_county_next_door_is_404_for_every_page(self, activity, sign_in):
        client = sign_in(activity.county)
        for unit in ("太谷区", "明星镇", "明星镇社工站", "晋中市"):
            assert client.get(reverse("dashboard", args=[activity.units[unit].pk])).status_code == 404
        assert client.get(reverse("dashboard", args=[activity.units["榆次区"].pk])).status_code == 200

    def test_figures_over_the_api_are_404_next_door(self, activity, sign_in):
        client = sign_in(activity.county)
        for unit in ("140703000000", activity.units["太谷区"].pk, "999999999999", "x"):
            answer = client.get(reverse("api_figures-list"), {"unit": unit, "month": "2023-10"})
            assert answer.status_code == 404

    def test_the_api_gives_the_same_by_code_and_by_key(self, activity, sign_in):
        client = sign_in(activity.county)
        answers = [
            client.get(reverse("api_figures-list"), {"unit": unit, "month": "2023-10"}).json()
            for unit in ("140702000000", activity.units["榆次区"].pk)
        ]
        assert answers[0] == answers[1]
        expected = {"label": "次日录入率", "unit": "%", "numerator": 4, "denominator": 5, "value": 0.8}
        assert answers[0]["entry_on_time"] == expected

    @pytest.mark.parametrize(
        ("query", "field"), [({"unit": "140702000000", "month": "2023-13"}, "month"), ({"month": "2023-10"}, "unit")]
    )
    def test_the_api_refuses_bad_input_with_the_field(self, query, field, activity, sign_in):
        answer = sign_in(activity.county).get(reverse("api_figures-list"), query)
        assert answer.status_code == 400
        assert field in answer.json()


class TestComparison:
    def test_children_come_worst_first(self, show):
        rows = page_rows(show("榆次区", month="2023-10"))
        assert rows == ["锦纶街道", "北关街道"]

    def test_a_column_sorts_both_ways(self, show):
        assert page_rows(show("榆次区", month="2023-10", sort="contacts")) == ["锦纶街道", "北关街道"]
        assert page_rows(show("榆次区", month="2023-10", sort="-contacts")) == ["北关街道", "锦纶街道"]
        assert page_rows(show("榆次区", month="2023-10", sort="-name")) == ["锦纶街道", "北关街道"]

    def test_an_unknown_column_is_passed_over(self, show):
        assert page_rows(show("榆次区", month="2023-10", sort="rubbish&x")) == ["锦纶街道", "北关街道"]

    def test_children_without_a_value_come_last(self, show):
        assert page_rows(show("晋中市", month="2023-10"))[0] == "榆次区"

    def test_the_chart_shows_the_indicator_that_was_chosen(self, show):
        assert "乡镇（街道）：持证率" in show("榆次区", month="2023-10", chart="certified").content.decode()

    def test_a_share_past_the_documents_line_is_red(self, activity, show):
        city = activity.units["晋中市"]
        document = PolicyDocument.objects.create(
            number="〔2023〕1号", title="x", issuer=city, issued_on=date(2023, 1, 1)
        )
        Provision.objects.create(
            document=document, unit=city, kind=ProvisionKind.FAULT_CLERICAL, clause="一", parameters={"percent": 20}
        )
        page = show("榆次区", month="2023-10").content.decode()
        assert "工作内容偏事务" in page
        assert re.search(r'bar-bad"><a class="bar-figure"[^>]*>25\.0%', page)

    def test_queries_do_not_grow_with_the_children(self, activity, sign_in, django_assert_num_queries):
        client = sign_in(activity.root)
        url = reverse("dashboard", args=[activity.units["榆次区"].pk])
        client.get(url, {"month": "2023-10"})
        for number in (0, 12):
            for n in range(number):
                make_station(make_township(activity, f"第{n}镇"), date(2023, 5, 1))
            compute_month(OCTOBER)
            compute_month(Month(2023, 9))
            cache.clear()
            with django_assert_num_queries(17):
                client.get(url, {"month": "2023-10"})

    def test_a_page_that_was_just_shown_reads_little(self, activity, sign_in, django_assert_max_num_queries):
        client = sign_in(activity.root)
        url = reverse("dashboard", args=[activity.units["榆次区"].pk])
        client.get(url, {"month": "2023-10"})
        with django_assert_max_num_queries(6):
            client.get(url, {"month": "2023-10"})

    def test_a_new_count_is_on_the_page_at_once(self, activity, show, time_machine):
        assert "3/" not in page_cells(show("榆次区", month="2023-10"), "锦纶街道")
        service(activity.station("锦纶街道社工站"), date(2023, 10, 25), contacts=997)
        time_machine.shift(5)
        compute_month(OCTOBER)
        assert "1,000" in page_cells(show("榆次区", month="2023-10"), "锦纶街道")


def make_township(world, name):
    return add_unit(parent=world.units["榆次区"], name=name)


def page_rows(page) -> list[str]:
    body = re.search(r'table-sm compare">.*?<tbody>(.*?)</tbody>', page.content.decode(), re.S)[1]
    return re.findall(r"<tr><td><a [^>]*>([^<]+)</a>", body)


def page_cells(page, name: str) -> str:
    row = re.search(rf"<tr><td><a [^>]*>{name}</a>.*?</tr>", page.content.decode(), re.S)[0]
    return re.sub(r"<[^>]+>", " ", row)


class TestNeedsAction:
    def test_a_missing_report_is_overdue_with_reason_and_clause(self, show):
        text = words(show("榆次区", month="2023-10"))
        assert "10月月报未报" in text
        assert "次月3日前上报，11月3日截止，已逾期 17 天 · 市民函〔2023〕28号 二(三)" in text

    def test_a_sign_without_operation_and_missing_basics_show_at_the_county(self, activity, show, sign_in):
        station = activity.station("锦纶街道社工站")
        station.spells.filter(status="OPERATING").delete()
        station.spells.filter(status="SIGN_HUNG").update(ends_on=None)
        station.due_on = date(2023, 10, 8)
        station.save()
        compute_month(OCTOBER)
        page = show("榆次区", month="2023-10")
        href = re.search(r'href="([^"]+NOT_OPERATING[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
        assert "共 1 条" in words(sign_in(nations_auditor(activity)).get(href))
        text = words(page)
        assert "已挂牌、未登记运营 挂牌后连续30天没有服务记录，认定为挂牌未运营" in text
        # The paper names the fault and sets no number: the page must not put ours into its mouth.
        assert "认定为挂牌未运营；数值沿用缺省（无文件） · 市民函〔2023〕28号 三" in text
        assert "建成后7日内录入站点基础信息；其中 1 站至今未录入 · 市民函〔2023〕28号 二(三)" in text

    def test_what_does_not_arise_is_not_listed(self, show):
        text = words(show("北关街道", month="2023-10"))
        assert "月报未报" not in text
        assert "驻站社工未持证" not in text

    @pytest.mark.parametrize("unit", LEVELS)
    def test_each_list_holds_as_many_rows_as_its_count(self, unit, activity, sign_in):
        client = sign_in(nations_auditor(activity))
        page = client.get(reverse("dashboard", args=[activity.units[unit].pk]), {"month": "2023-10"})
        todo = r'<a class="todo-row" href="([^"]+)"><span class="todo-count[^"]*">([\d,]+)</span>'
        rows = [(href, count) for href, count in re.findall(todo, page.content.decode()) if href.startswith("/")]
        assert rows or unit in ("北关街道", "北关街道社工站")
        for href, count in rows:
            answer = client.get(href.replace("&amp;", "&"))
            assert answer.status_code == 200, href
            assert f"共 {count} 条" in words(answer), href


def nations_auditor(world):
    """Somebody who may read every record; nobody of the cast may."""
    Posting.objects.get_or_create(
        user=world.auditor, role=Role.AUDITOR, unit=world.units["全国"], defaults={"starts_on": date(2021, 1, 1)}
    )
    world.auditor.forget_postings()
    return world.auditor


class TestFiguresOpenTheirRecords:
    def test_every_indicator_leads_to_a_page_that_opens(self, activity, sign_in):
        client = sign_in(nations_auditor(activity))
        unit = activity.units["榆次区"]
        for indicator in INDICATORS.values():
            assert indicator.records, indicator.key
            url = indicator.records.url(unit.pk, OCTOBER)
            answer = client.get(url)
            assert answer.status_code == 200, url

    @pytest.mark.parametrize("unit", ["晋中市", "北关街道", "北关街道社工站"])
    @pytest.mark.parametrize("who", ["administrator", "worker", "county", "auditor"])
    def test_nobody_is_led_to_a_page_that_they_may_not_open(self, who, unit, activity, sign_in):
        user = getattr(activity, who)
        client = sign_in(user)
        page = client.get(reverse("dashboard", args=[activity.units[unit].pk]), {"month": "2023-10"})
        if page.status_code == 404:
            return
        links = {href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"]+unit=[^"]+)"', page.content.decode())}
        assert links
        assert {client.get(href).status_code for href in links} == {200}

    @pytest.mark.parametrize(
        "key",
        ["coverage", "counties_complete", "stations_idle", "reports_expected", "reports_submitted", "reports_on_time",
         "reports_late", "reports_approved"],
    )  # fmt: skip
    @pytest.mark.parametrize("unit", ["山西省", "榆次区", "北关街道"])
    def test_the_lists_of_this_room_hold_what_the_figure_counts(self, key, unit, activity, sign_in):
        report(activity.station("锦纶街道社工站"), OCTOBER, on_time=False, approved=True)
        activity.station("明星镇社工站").spells.update(starts_on=date(2023, 10, 1))
        compute_month(OCTOBER)
        place = activity.units[unit]
        stored = UnitMonth.objects.get(unit=place, month=OCTOBER).measures
        number = stored.get(INDICATORS[key].numerator, 0)
        client = sign_in(nations_auditor(activity))
        page = client.get(INDICATORS[key].records.url(place.pk, OCTOBER))
        assert page.context["page_obj"].paginator.count == number


class TestCoverage:
    def test_the_documents_target_stands_beside_the_trees_count(self, activity, show):
        for month in (Month(2023, 8), Month(2023, 11)):
            compute_month(month)
        page = show("兰州市", month="2023-10")
        assert "文件目标 110 · 2023年12月31日前" in words(page)
        facts = re.findall(r"figures-start.*?</div>", page.content.decode())[0]
        assert re.findall(r"<b>([^<]+)</b><span>([^<]+)</span>", facts) == [
            ("1 个", "已建站"), ("110 个", "文件目标"), ("1 个", "现有乡镇（街道）"), ("1/1", "全覆盖县（市、区）"),
        ]  # fmt: skip

    def test_townships_are_listed_as_of_the_month(self, activity, sign_in):
        client, city = sign_in(activity.city), activity.units["晋中市"].pk
        for month, covered, found in (
            ("2023-08", "yes", ["北坛街道"]),
            ("2023-10", "yes", ["北关街道", "锦纶街道", "北坛街道"]),
            ("2023-10", "no", ["明星镇"]),
        ):
            page = client.get(reverse("coverage_list"), {"unit": city, "month": month, "covered": covered})
            assert [row["name"] for row in page.context["rows"]] == found

    def test_counties_are_complete_when_all_their_townships_are(self, activity, sign_in):
        query = {"unit": activity.units["晋中市"].pk, "month": "2023-09", "level": "county"}
        page = sign_in(activity.city).get(reverse("coverage_list"), query)
        found = {row["name"]: (row["built"], row["due"], row["covered"]) for row in page.context["rows"]}
        assert found == {"榆次区": (1, 2, False), "太谷区": (0, 1, False), "介休市": (1, 1, True)}

    @pytest.mark.parametrize("name", ["coverage_list", "idle_station_list"])
    def test_bad_filters_give_a_clear_message_and_other_units_404(self, name, activity, sign_in):
        client = sign_in(activity.county)
        assert "不是有效的月份" in words(client.get(reverse(name), {"month": "2023-13"}))
        assert client.get(reverse(name), {"unit": activity.units["太谷区"].pk}).status_code == 404

    def test_a_silent_station_is_told_with_the_line_and_the_document(self, activity, sign_in):
        page = sign_in(activity.city).get(
            reverse("idle_station_list"), {"unit": activity.units["介休市"].pk, "month": "2023-10"}
        )
        text = words(page)
        assert "北坛街道社工站" in text
        assert "满 30 天 · 市民函〔2023〕28号 三" in text

    def test_queries_of_the_lists_do_not_grow(self, activity, sign_in, django_assert_max_num_queries):
        client = sign_in(activity.city)
        for name in ("coverage_list", "idle_station_list"):
            with django_assert_max_num_queries(13):
                client.get(reverse(name), {"month": "2023-10"})


class TestWorkbook:
    def test_asking_for_it_queues_a_job_of_the_month(self, activity, sign_in):
        unit = activity.units["榆次区"]
        client = sign_in(activity.county)
        answer = client.post(reverse("workbook_request", args=[unit.pk]), {"month": "2023-10"})
        job = activity.county.jobs.get()
        assert answer.url == reverse("job_detail", args=[job.pk])
        assert (job.kind, job.unit, job.parameters) == ("monthly_workbook", unit, {"month": "2023-10"})

    @pytest.mark.parametrize("month", ["2023-13", "", "2024-05"])
    def test_a_bad_month_queues_nothing(self, month, activity, sign_in):
        client = sign_in(activity.county)
        page = client.post(
            reverse("workbook_request", args=[activity.units["榆次区"].pk]), {"month": month}, follow=True
        )
        assert page.status_code == 200
        assert not activity.county.jobs.exists()
