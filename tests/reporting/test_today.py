"""Today: what a worker has to do, why, and where everybody lands."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Posting
from accounts.roles import Role
from clients.actions.transfers import ask_for_transfer, offer_transfer, refuse_transfer
from common.months import Month
from policies.models import ProvisionKind
from reporting.actions import open_report, return_report, save_report, submit_report
from reporting.compute import compute_month
from services.actions import save_template
from services.actions.people import put
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client
from tests.reporting.facts import service
from tests.world import make_station, make_user
from visits.actions import save_batch, start_batch
from visits.models import Visit

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEPTEMBER = Month(2023, 9)


@pytest.fixture
def now(rules, time_machine):
    time_machine.move_to(datetime(2023, 10, 12, 10, tzinfo=SHANGHAI), tick=False)
    return time_machine


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def titles(page) -> list[str]:
    return [task.title for task in page.context["tasks"]]


def test_an_overdue_report_comes_first_with_reason_and_clause(world, now, sign_in):
    page = sign_in(world.worker).get(reverse("today"))
    task = page.context["tasks"][0]
    assert task.title == "上报9月月报"
    assert task.late
    assert task.when == "已逾期3天"
    assert task.reason == "国庆假期顺延，10月9日截止 · 市民函〔2023〕28号 二(三)"


def test_a_report_that_is_due_says_until_when(world, rules, time_machine, sign_in):
    time_machine.move_to(datetime(2023, 10, 7, 10, tzinfo=SHANGHAI))
    task = sign_in(world.worker).get(reverse("today")).context["tasks"][0]
    assert (task.when, task.late) == ("10月9日前", False)


def test_a_returned_report_shows_the_comment(world, now, sign_in):
    service(world.station(), date(2023, 9, 12))
    report = open_report(by=world.worker, station=world.station(), month=SEPTEMBER)
    report = save_report(by=world.worker, report=report, summary="走访", problems="", plan="", zero_confirmed=False)
    report = submit_report(by=world.worker, report=report)
    return_report(by=world.county, report=report, comment="请补充个案成效")
    page = sign_in(world.worker).get(reverse("today"))
    assert titles(page)[0] == "9月月报被退回"
    assert "请补充个案成效" in words(page)


def test_a_sent_report_is_no_task(world, now, sign_in):
    service(world.station(), date(2023, 9, 12))
    report = open_report(by=world.worker, station=world.station(), month=SEPTEMBER)
    save_report(by=world.worker, report=report, summary="走访", problems="", plan="", zero_confirmed=False)
    submit_report(by=world.worker, report=report)
    assert "上报9月月报" not in titles(sign_in(world.worker).get(reverse("today")))


def test_basics_that_were_not_entered_are_a_task_with_their_due_date(world, now, rules, sign_in):
    station = world.station()
    due = rules.due(ProvisionKind.STATION_BASICS, station.unit.path, station.completed_on)
    station.due_on, station.due_reason, station.due_provision_id = due.due, due.reason, due.provision_id
    station.save()
    page = sign_in(world.worker).get(reverse("today"))
    task = next(task for task in page.context["tasks"] if task.title == "录入站点基础信息")
    assert task.late
    assert "市民函〔2023〕28号 二(三)" in task.reason


def test_a_day_without_entries_is_asked_after_until_it_is_entered(world, now, sign_in):
    client = sign_in(world.worker)
    assert "补记昨天的服务" in titles(client.get(reverse("today")))
    service(world.station(), date(2023, 10, 11))
    assert "补记昨天的服务" not in titles(client.get(reverse("today")))


@pytest.mark.parametrize("who", ["worker", "township"])
def test_a_transfer_that_waits_for_an_answer_is_a_task_of_the_station_asked(world, now, sign_in, who):
    away, user = world.station("明星镇社工站"), getattr(world, who)
    client = sign_in(user)
    words_of = "有 1 份档案转移等待答复"
    offered = offer_transfer(
        by=make_user("away", "何（演示）", (Role.STATION_WORKER, away.unit)),
        client=make_client(away, "演示甲", opened_on=date(2023, 9, 1)),
        to_station=world.station(),
        reason="迁居",
    )
    [task] = [task for task in client.get(reverse("today")).context["tasks"] if task.title == words_of]
    assert len(client.get(task.href).context["rows"]) == 1
    assert words_of not in titles(sign_in(offered.asked_by).get(reverse("today")))  # it waits for the other side
    refuse_transfer(by=user, transfer=offered, answer="查无此人")
    assert words_of not in titles(sign_in(user).get(reverse("today")))


def test_who_is_asked_for_a_file_has_a_task_too(world, now, sign_in):
    make_client(world.station(), "演示甲", opened_on=date(2023, 9, 1), id_number=NUMBER)
    away = world.station("明星镇社工站")
    asking = make_user("away", "何（演示）", (Role.STATION_WORKER, away.unit))
    ask_for_transfer(by=asking, to_station=away, name="演示甲", id_number=NUMBER, reason="已迁来本镇")
    assert "有 1 份档案转移等待答复" in titles(sign_in(world.worker).get(reverse("today")))
    assert "有 1 份档案转移等待答复" not in titles(sign_in(asking).get(reverse("today")))


@pytest.fixture
def batch(world, now):
    """Two people of 北关街道 and one elsewhere, to be visited by 12 December."""
    for number, station in enumerate([world.station(), world.station(), world.station("锦纶街道社工站")]):
        make_client(station, f"演示{number}", opened_on=date(2023, 9, 1), categories=("LIVING_ALONE",))
    unit, due_on = world.units["榆次区"], date(2023, 12, 12)
    found = save_batch(
        by=world.county, unit=unit, title="冬季探访", due_on=due_on, criteria={"categories": ["LIVING_ALONE"]}
    )
    start_batch(by=world.county, batch=found)
    return found


@pytest.mark.parametrize("who", ["worker", "township"])
def test_a_batch_that_the_county_set_is_a_task_until_everybody_is_visited(world, batch, now, sign_in, who):
    client = sign_in(getattr(world, who))
    [task] = [task for task in client.get(reverse("today")).context["tasks"] if "冬季探访" in task.title]
    assert task.title == "榆次区布置了探访：冬季探访"
    assert (task.reason, task.when, task.late) == ("本站待访 2 人", "12月12日前", False)
    assert client.get(task.href).context["page"].paginator.count == 2
    now.move_to(datetime(2023, 12, 15, 10, tzinfo=SHANGHAI), tick=False)
    client = sign_in(getattr(world, who))
    [task] = [task for task in client.get(reverse("today")).context["tasks"] if "冬季探访" in task.title]
    assert (task.when, task.late) == ("已逾期3天", True)
    Visit.objects.filter(station=world.station()).update(state="CANCELLED", closed_on=date(2023, 12, 15), reason="迁走")
    assert not [title for title in titles(client.get(reverse("today"))) if "冬季探访" in title]


def test_more_batches_cost_no_more_queries(world, batch, sign_in):
    client, taken = sign_in(world.worker), []
    for number in (1, 2, 3):
        client.get(reverse("today"))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(reverse("today"))
        taken.append(len(caught))
        assert sum("布置了探访" in title for title in titles(page)) == number
        facts = {"title": f"探访{number}", "due_on": date(2023, 12, 1), "criteria": batch.criteria}
        start_batch(by=world.county, batch=save_batch(by=world.county, unit=batch.unit, **facts))
    assert taken == [taken[0]] * 3


def test_the_month_so_far_comes_from_the_snapshot_and_is_not_zero_before_one(world, now, sign_in):
    client = sign_in(world.worker)
    service(world.station(), date(2023, 10, 10))
    assert [figure.text for figure in client.get(reverse("today")).context["figures"]] == ["—", "—", "—", "—"]
    compute_month(Month(2023, 10))
    texts = [figure.text for figure in client.get(reverse("today")).context["figures"]]
    assert texts == ["1", "3", "1.5", "100.0%"]


def test_a_user_with_two_stations_switches(world, now, sign_in):
    second = world.station("锦纶街道社工站")
    Posting.objects.create(user=world.worker, role=Role.STATION_WORKER, unit=second.unit, starts_on=date(2023, 1, 1))
    client = sign_in(world.worker)
    assert client.get(reverse("today")).context["station"] == world.station()
    assert client.get(reverse("today"), {"station": second.pk}).context["station"] == second


def test_a_station_out_of_reach_is_404(world, now, sign_in):
    station = world.station("明星镇社工站")
    for key in (station.pk, "x", "9" * 40):
        assert sign_in(world.worker).get(reverse("today"), {"station": key}).status_code == 404


def test_the_page_says_so_when_there_is_no_station_yet(world, now, sign_in):
    user = make_user("new", "新（演示）", (Role.TOWNSHIP_MANAGER, world.units["明星镇"]))
    world.station("明星镇社工站").spells.all().delete()
    make_station(world.units["锦纶街道"], None, "筹建站")
    page = sign_in(user).get(reverse("today"))
    assert page.status_code == 200


def test_its_queries_do_not_grow_with_people_templates_and_services(world, now, sign_in):
    client = sign_in(world.worker)
    taken = []
    for size in (7, 40):
        for number in range(size):
            person = make_client(world.station(), f"演示{size}之{number}", opened_on=date(2023, 9, 1))
            record = service(world.station(), date(2023, 10, 10))
            put(record, [person])
            if number < 10:
                unit = world.station().unit
                save_template(by=None, unit=unit, name=f"{size}之{number}", method="VISIT", domain="RELIEF")
        client.get(reverse("today"))
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("today"))
        taken.append(len(caught))
    assert taken[1] <= taken[0] == 29, taken


def test_it_offers_those_served_of_late_and_templates_to_log_from(world, now, sign_in):
    person = make_client(world.station(), "演示甲", opened_on=date(2023, 9, 1))
    page = sign_in(world.worker).get(reverse("today"))
    assert f"client={person.pk}" in page.content.decode()
    assert "演示甲" in words(page)
    assert "template=default-visit" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "unit"),
    [("township", "北关街道"), ("county", "榆次区"), ("city", "晋中市"), ("province", "山西省"),
     ("auditor", "晋中市"), ("administrator", "晋中市"), ("root", "全国")],
)  # fmt: skip
def test_officials_land_on_their_own_dashboard(who, unit, world, sign_in):
    page = sign_in(getattr(world, who)).get(reverse("home"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("dashboard", args=[world.units[unit].pk])


def test_a_worker_lands_on_today(world, sign_in):
    assert sign_in(world.worker).get(reverse("home")).url == reverse("today")


def test_a_user_without_a_post_is_told(world, sign_in):
    page = sign_in(make_user("nobody", "无（演示）")).get(reverse("home"))
    assert "没有岗位" in words(page)
