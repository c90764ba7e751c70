"""Pages of stages: from proposal to stage by three roles, a raised criterion, lists, criteria, print, export, API."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from policies.models import Provision
from policies.stages import Stage
from standards.actions import propose_stage
from standards.models import ProposalState, StageProposal, StageSpell
from stations.models import Station
from tests.standards.stages import months_of, paper, ready
from tests.world import make_station

TODAY = "2026-10-20"
S = ProposalState


@pytest.fixture
def station(world, rules) -> Station:
    return world.station()


def text(response) -> str:
    return response.content.decode()


def page(client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, name
    return text(response)


def test_a_ready_station_is_proposed_decided_and_confirmed_on_pages_by_three_roles(world, station, sign_in):
    worker, county, city = sign_in(world.worker), sign_in(world.county), sign_in(world.city)
    ready(station)
    assert "四项任务均已完成，可以进入提升阶段" in page(worker, "station_stage", station.pk)
    assert reverse("stage_propose", args=[station.pk]) not in page(worker, "station_stage", station.pk)

    assert reverse("stage_propose", args=[station.pk]) in page(county, "station_stage", station.pk)
    answer = county.post(reverse("stage_propose", args=[station.pk]), follow=True)
    proposal = StageProposal.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("stage_decide", args=[proposal.pk])
    assert "2026年9月末持证率 75.0%（3/4）" in text(answer)

    given = {"verdict": "agree", "on": TODAY, "comment": "情况属实", "expected": S.WAITING_COUNTY.value}
    answer = county.post(reverse("stage_decide", args=[proposal.pk]), given, follow=True)
    assert "已登记：待市级确认" in text(answer)

    shown = page(city, "stage_list")
    assert reverse("stage_confirm", args=[proposal.pk]) in shown
    assert reverse("stage_confirm", args=[proposal.pk]) not in page(county, "stage_list")
    given |= {"expected": S.WAITING_CITY.value, "comment": "同意"}
    answer = city.post(reverse("stage_confirm", args=[proposal.pk]), given, follow=True)
    assert "已登记：已确认" in text(answer)

    assert StageSpell.objects.get().starts_on == date(2026, 10, 20)
    shown = page(worker, "station_stage", station.pk)
    assert "现为<b>提升阶段</b>（2026年10月20日起）" in shown
    assert "进入提升阶段" in page(worker, "station_detail", station.pk)


def test_a_county_raises_a_criterion_on_the_document_pages_and_the_station_names_the_paper(world, station, sign_in):
    ready(station)
    document = paper(world, "榆次区")
    administrator = sign_in(world.administrator)
    url = reverse("provision_add", args=[document.pk]) + "?kind=STAGE_CRITERION"
    given = {
        "unit": world.units["榆次区"].code, "clause": "二", "task": "TEAM", "asked": "figure:certified",
        "comparison": "AT_LEAST", "number": "80", "in_force_from": "2026-10-15",
    }  # fmt: skip
    assert "评定内容" in text(administrator.get(url))
    answer = administrator.post(url, given, follow=True)
    assert "“人才队伍建设”：持证率不低于80%" in text(answer)
    assert Provision.objects.filter(document=document).count() == 1

    county = sign_in(world.county)
    shown = page(county, "station_stage", station.pk)
    assert "进入提升阶段还差 1 项任务" in shown
    assert "要求持证率不低于80%" in shown
    assert document.number in shown
    answer = county.post(reverse("stage_propose", args=[station.pk]), follow=True)
    assert "2026年9月末持证率 75.0%（3/4），要求持证率不低于80%（榆民发〔2026〕9号 二）" in text(answer)
    criteria = page(county, "stage_criteria", station.pk)
    assert "持证率不低于80%" in criteria
    assert document.number in criteria
    assert "持证率不低于50%" in page(county, "stage_criteria", station.pk, on="2026-10-14")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"asked": "figure:certified", "comparison": "AT_LEAST", "months": "1"}, "须设比较和数值"),
        ({"asked": "figure:certified", "number": "80", "months": "1"}, "须设比较和数值"),
        ({"asked": "figure:entry_on_time", "comparison": "AT_LEAST", "number": "80"}, "请填写月数"),
        ({"asked": "", "comparison": "AT_LEAST", "number": "80"}, "必填"),
    ],
)
def test_the_form_of_a_criterion_says_what_is_missing(world, station, sign_in, given, said):
    document = paper(world, "榆次区")
    url = reverse("provision_add", args=[document.pk]) + "?kind=STAGE_CRITERION"
    common = {"unit": world.units["榆次区"].code, "clause": "二", "task": "TEAM", "in_force_from": "2026-10-15"}
    answer = sign_in(world.administrator).post(url, common | given)
    assert said in text(answer)
    assert not Provision.objects.filter(document=document).exists()


def test_two_who_decide_from_the_same_page_and_the_second_is_told(world, station, sign_in):
    proposal = propose_stage(by=None, station=ready(station))
    county = sign_in(world.county)
    given = {"verdict": "agree", "on": TODAY, "comment": "", "expected": S.WAITING_COUNTY.value}
    county.post(reverse("stage_decide", args=[proposal.pk]), given)
    answer = county.post(reverse("stage_decide", args=[proposal.pk]), given | {"verdict": "return", "comment": "缺"})
    assert answer.status_code == 400
    assert "他人刚刚办理过：评定现为“待市级确认”" in text(answer)
    assert StageProposal.objects.get().state == S.WAITING_CITY


def test_what_changed_since_the_proposal_is_shown_to_who_decides(world, station, sign_in):
    proposal = propose_stage(by=None, station=ready(station))
    months_of(station, workers_certified=0)
    shown = page(sign_in(world.county), "stage_decide", proposal.pk)
    assert "提出以后有变化" in shown
    assert "2026年9月末持证率 0.0%（0/4）" in shown


def test_the_city_withdraws_the_stage_with_a_reason(world, station, sign_in):
    spell = StageSpell.objects.create(station=station, stage=Stage.IMPROVING, starts_on=date(2026, 9, 1))
    city = sign_in(world.city)
    assert "撤回提升阶段" in page(city, "station_stage", station.pk)
    url = reverse("stage_withdraw", args=[station.pk])
    assert city.post(url, {"reason": " ", "expected": spell.pk}).status_code == 400
    assert StageSpell.objects.exists()
    city.post(url, {"reason": "认定有误", "expected": spell.pk})
    assert not StageSpell.objects.exists()


def test_what_waits_for_the_user_stands_first(world, station, sign_in):
    other = ready(world.station("锦纶街道社工站"))
    propose_stage(by=None, station=other)
    shown = page(sign_in(world.county), "stage_list")
    assert shown.index("锦纶街道社工站") < shown.index("北关街道社工站")
    by_name = page(sign_in(world.county), "stage_list", sort="name")
    assert by_name.index("北关街道社工站") < by_name.index("锦纶街道社工站")


def test_the_list_filters_by_stage_state_and_month(world, station, sign_in):
    StageSpell.objects.create(station=station, stage=Stage.IMPROVING, starts_on=date(2026, 9, 10))
    county = sign_in(world.county)
    only = page(county, "stage_list", stage="IMPROVING")
    assert "北关街道社工站" in only
    assert "锦纶街道社工站" not in only
    assert "没有符合条件的站点" in page(county, "stage_list", stage="IMPROVING", month="2026-08")
    assert "没有符合条件的站点" in page(county, "stage_list", state="WAITING_COUNTY")
    assert "筛选条件有误" in page(county, "stage_list", month="8月")


def test_the_cards_count_each_stage_and_cite_the_document(world, station, sign_in):
    StageSpell.objects.create(station=station, stage=Stage.IMPROVING, starts_on=date(2026, 9, 10))
    shown = page(sign_in(world.county), "stage_list")
    assert "占 50.0%（1/2）" in shown
    assert "市民函〔2023〕28号 三(二)" in shown


def test_the_county_looks_at_all_its_stations_at_once(world, station, sign_in):
    ready(station)
    ready(world.station("明星镇社工站"))  # of another county
    answer = sign_in(world.county).post(reverse("stage_propose_all"), follow=True)
    assert "评定了 2 个站点：1 个四项任务均已完成，已提出；1 个还有任务未完成" in text(answer)
    assert StageProposal.objects.get().station == station


def test_the_paper_says_what_the_page_says(world, station, sign_in):
    shown = page(sign_in(world.county), "station_stage_print", ready(station).pk)
    assert "发展阶段评定表" in shown
    assert "2026年9月末持证率 75.0%（3/4）" in shown


def test_a_room_is_told_that_it_has_no_stages(world, station, sign_in):
    room = make_station(world.units["北关街道"], date(2024, 1, 1), "某社区社工室")
    Station.objects.filter(pk=room.pk).update(kind="ROOM")
    assert "只有社工站评定发展阶段" in page(sign_in(world.county), "station_stage", room.pk)


def test_the_api_lists_stages_and_shows_the_tasks(world, station, sign_in):
    ready(station)
    county = sign_in(world.county)
    rows = county.get("/api/v1/stages/").json()["results"]
    assert {row["station_name"] for row in rows} == {"北关街道社工站", "锦纶街道社工站"}
    detail = county.get(f"/api/v1/stages/{station.pk}/").json()
    assert (detail["stage"], detail["since"]) == ("STARTING", "2023-09-01")
    team = next(task for task in detail["tasks"] if task["task"] == "TEAM")
    assert team["met"] is True
    assert team["criteria"][1]["found"] == "2026年9月末持证率 75.0%（3/4）"


def test_queries_of_the_list_do_not_grow_with_the_stations(world, station, sign_in):
    county = sign_in(world.county)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(county, "stage_list")
        costs.append(len(queries))
        for number in range(8):
            made = ready(make_station(world.units["北关街道"], date(2024, 1, 1), f"第{number}社工站"))
            propose_stage(by=None, station=made)
    assert costs[0] == costs[1] == 19


def test_queries_of_a_station_do_not_grow_with_its_history(world, station, sign_in):
    county = sign_in(world.county)
    ready(station)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(county, "station_stage", station.pk)
        costs.append(len(queries))
        StageProposal.objects.bulk_create(
            StageProposal(
                station=station, stage="IMPROVING", state=S.COUNTY_RETURNED, proposed_on=date(2026, 1, day),
                decided_on=date(2026, 1, day), decided_by=world.county,
            ) for day in range(1, 9)
        )  # fmt: skip
    assert costs[0] == costs[1] == 17
