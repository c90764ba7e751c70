"""Yearly plans, their milestones, and stations placed on townships (R1, R14, R16)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, OrgUnit
from policies.models import PolicyDocument
from stations.actions import (
    finish_milestone,
    place_stations,
    remove_milestone,
    reopen_milestone,
    save_milestone,
    save_plan,
)
from stations.milestones import Standing
from stations.models import BuildingPlan, Milestone, MilestoneKind, Station, StationKind, StationStatus, StatusSpell
from stations.queries.coverage import unplaced
from stations.queries.milestones import late_by_unit, late_first, milestone_rows
from stations.queries.plans import in_work, targets_of
from stations.queries.progress import pace_since, progress
from tests.stations.conftest import advance, errors_of

S = StationStatus
TODAY = date(2023, 12, 5)


@pytest.fixture
def plan(world, rules) -> BuildingPlan:
    """晋中市's plan of 2023."""
    document = PolicyDocument.objects.get(number="市民函〔2023〕28号")
    unit = world.units["晋中市"]
    return save_plan(by=world.city, unit=unit, year=2023, title="晋中市2023年建设计划", document=document)


def step(plan, name="部署会", due_on=date(2023, 5, 31), **facts) -> Milestone:
    values = {
        "name": name, "due_on": due_on, "unit": plan.unit, "responsible": "", "kind": "STEP", "count": None,
        "status": "", "station_kind": "", "within_year": False, **facts,
    }  # fmt: skip
    return save_milestone(by=None, plan=plan, facts=values)


def counted(plan, count, status=S.COMPLETED, due_on=date(2023, 12, 31), **facts) -> Milestone:
    values = {"kind": "COUNTED", "count": count, "status": status, "station_kind": StationKind.STATION, **facts}
    return step(plan, "建站", due_on, **values)


def judged(milestone, today=TODAY):
    rows = Milestone.objects.filter(pk=milestone.pk).select_related("plan__unit", "unit")
    return milestone_rows(rows, today)[0]


# ---- plans ----------------------------------------------------------------------------------------------------------


def test_a_unit_has_one_plan_a_year(world, plan):
    with pytest.raises(ValidationError, match="晋中市已有 2023 年的建设计划"):
        save_plan(by=world.city, unit=plan.unit, year=2023, title="又一个")
    with pytest.raises(IntegrityError), transaction.atomic():
        BuildingPlan.objects.create(unit=plan.unit, year=2023, title="又一个")
    assert save_plan(by=world.city, unit=plan.unit, year=2024, title="下一年").year == 2024


@pytest.mark.parametrize("role", ["township", "outsider", "province"])
def test_who_does_not_plan_there_is_told_who_does(world, plan, role):
    with pytest.raises(ValidationError, match="由市级民政干部、县级民政干部登记"):
        save_plan(by=getattr(world, role), unit=world.units["榆次区"], year=2023, title="计划")


def test_a_plan_rests_on_a_document_that_governs_the_unit(world, plan):
    foreign = PolicyDocument.objects.get(issuer__name="兰州市")
    with pytest.raises(ValidationError, match="请选择适用于该单位的文件"):
        save_plan(by=world.county, unit=world.units["榆次区"], year=2023, title="计划", document=foreign)


def test_targets_come_from_the_documents_with_their_clause(world, plan):
    rows = targets_of(world.units["兰州市"], date(2023, 12, 5))
    assert [(row.what, row.number, row.source["label"].split(" ")[-1]) for row in rows] == [
        ("乡镇（街道）社工站", "110 个", "报道第四段"), ("当年新增示范社区社工室", "14 个", "报道第三段"),
    ]  # fmt: skip
    assert [row.number for row in targets_of(plan.unit, TODAY)] == ["每个乡镇（街道）一个"]


def test_saving_a_plan_again_keeps_its_unit_and_year(world, plan):
    save_plan(by=world.city, unit=plan.unit, year=2023, title="新名称", plan=plan)
    plan.refresh_from_db()
    assert (plan.title, plan.year, plan.document) == ("新名称", 2023, None)
    assert AuditEvent.objects.first().changes["title"] == ["晋中市2023年建设计划", "新名称"]


# ---- milestones -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "COUNTED", "count": 0, "status": S.COMPLETED, "station_kind": "STATION"}, "count"),
        ({"kind": "COUNTED", "count": 5, "status": S.CLOSED, "station_kind": "STATION"}, "status"),
        ({"kind": "COUNTED", "count": 5, "status": S.COMPLETED, "station_kind": ""}, "station_kind"),
        ({"due_on": None}, "due_on"),
        ({"name": "<b>"}, "name"),
        ({"unit": None}, "unit"),
    ],
)
def test_a_milestone_says_what_when_and_who(plan, facts, field):
    with pytest.raises(ValidationError) as caught:
        step(plan, **facts)
    assert field in errors_of(caught)
    assert not Milestone.objects.exists()


def test_the_responsible_unit_lies_below_the_plans(world, plan):
    with pytest.raises(ValidationError, match="责任单位应为晋中市或其下级"):
        step(plan, unit=world.units["城关区"])


def test_a_counted_milestone_follows_the_stations_below_its_unit(world, plan):
    """北关 and 锦纶 of 榆次区 are completed since September and October, two more elsewhere in the city."""
    yuci = counted(plan, 2, unit=world.units["榆次区"])
    city = counted(plan, 5)
    assert (judged(yuci).standing, judged(yuci).done_on) == (Standing.DONE, date(2023, 10, 1))
    assert (judged(yuci, date(2023, 9, 30)).reached, judged(city).reached) == (1, 4)
    assert judged(city, date(2024, 1, 1)).standing == Standing.LATE


def test_at_least_means_that_or_more(world, plan, operating):
    """A station in operation was accepted, though it was once; one of before without a record of it too."""
    assert judged(counted(plan, 3, S.ACCEPTED, unit=world.units["榆次区"])).done_on == date(2023, 10, 6)


def test_only_what_was_new_in_the_year_counts_where_asked(world, plan):
    milestone = counted(plan, 4, within_year=True)
    assert judged(milestone).reached == 3  # 北坛街道's is of 2022
    assert judged(counted(plan, 4)).reached == 4


def test_the_pace_puts_a_counted_milestone_at_risk(world, plan):
    """Three completed within six months, one a half month: one more until the end of the year, not six."""
    near, far = counted(plan, 5, due_on=date(2024, 3, 31)), counted(plan, 10, due_on=date(2023, 12, 31))
    assert (judged(near).standing, judged(far).standing) == (Standing.OPEN, Standing.AT_RISK)
    assert judged(far).ahead == "按目前进度到期可达 4 个"


def test_a_step_at_risk_says_how_many_days_are_left(world, plan):
    due = step(plan, due_on=date(2023, 12, 31))
    assert judged(due, date(2023, 12, 3)).ahead == "距期限 28 天"
    assert judged(due, date(2023, 12, 31)).ahead == "今天到期"
    assert [judged(due, on).ahead for on in (date(2023, 6, 1), date(2024, 1, 1))] == ["", ""]


def test_a_step_is_done_with_who_and_when(world, plan):
    milestone = step(plan)
    finish_milestone(by=world.city, milestone=milestone, on=date(2023, 6, 2), note="已开会（演示）")
    row = judged(milestone)
    assert (row.standing, row.days_late, row.note) == (Standing.DONE_LATE, 2, "已开会（演示）")
    with pytest.raises(ValidationError, match="已登记该节点于 2023-06-02 完成"):
        finish_milestone(by=world.city, milestone=milestone, on=date(2023, 6, 3))
    reopen_milestone(by=world.city, milestone=milestone, reason="有误（演示）")
    assert judged(milestone).standing == Standing.LATE


def test_a_counted_milestone_is_not_ticked_off(plan):
    with pytest.raises(ValidationError, match="自动判定"):
        finish_milestone(by=None, milestone=counted(plan, 5), on=date(2023, 6, 2))


def test_the_responsible_county_reports_its_step_but_does_not_change_the_citys_plan(world, plan):
    milestone = step(plan, unit=world.units["榆次区"])
    finish_milestone(by=world.county, milestone=milestone, on=date(2023, 6, 2))
    reopen_milestone(by=world.county, milestone=milestone, reason="有误（演示）")
    with pytest.raises(ValidationError, match="您在这里没有登记的权限"):
        remove_milestone(by=world.county, milestone=milestone, reason="不要了（演示）")
    remove_milestone(by=world.city, milestone=milestone, reason="并入其他节点（演示）")
    assert not Milestone.objects.exists()


def test_the_database_knows_no_counted_milestone_without_a_number(plan):
    values = {"plan": plan, "name": "某", "due_on": TODAY, "unit": plan.unit}
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.create(kind=MilestoneKind.COUNTED, status=S.COMPLETED, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.create(kind=MilestoneKind.STEP, count=3, **values)


def test_late_ones_come_first_and_are_counted_by_unit(world, plan):
    done = step(plan, "甲")
    finish_milestone(by=None, milestone=done, on=date(2023, 5, 1))
    step(plan, "乙", date(2024, 6, 30))
    step(plan, "丙", date(2023, 11, 30))
    rows = milestone_rows(Milestone.objects.select_related("plan__unit", "unit"), TODAY)
    assert [row.name for row in late_first(rows)] == ["丙", "乙", "甲"]
    assert late_by_unit(TODAY) == {plan.unit_id: 1}
    assert late_by_unit(date(2023, 11, 30)) == {}


@pytest.mark.parametrize("many", [1, 12])
def test_judging_milestones_costs_one_query_whatever_their_number(world, plan, many):
    for number in range(many):
        counted(plan, number + 1, unit=world.units["榆次区"] if number % 2 else plan.unit)
    found = list(Milestone.objects.select_related("plan__unit", "unit"))
    with CaptureQueriesContext(
        connection,
    ) as caught:
        milestone_rows(found, TODAY)
    assert len(caught) == 1


# ---- placing --------------------------------------------------------------------------------------------------------


def test_stations_are_placed_on_all_ticked_townships_or_none(world, rules, township):
    taken = world.units["北关街道"]
    with pytest.raises(ValidationError, match="北关街道：北关街道已有"):
        place_stations(by=world.county, townships=[township, taken], started_on=date(2023, 11, 1))
    assert not Station.objects.filter(unit__parent=township).exists()
    (station,) = place_stations(by=world.county, townships=[township], started_on=date(2023, 11, 1))
    assert station.unit.name == "东阳镇社工站"
    assert StatusSpell.objects.get(station=station).status == S.PLANNED


def test_nothing_ticked_is_said(world):
    with pytest.raises(ValidationError, match="请至少选择一个"):
        place_stations(by=world.county, townships=[], started_on=date(2023, 11, 1))


def test_a_township_is_offered_until_a_station_is_placed_and_again_after_its_closing(world, rules, township, operating):
    def offered() -> set[str]:
        return {unit.name for unit in unplaced(OrgUnit.objects.under(world.units["榆次区"]), TODAY)}

    assert offered() == set()
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    assert offered() == {"东阳镇"}


def test_the_years_work_is_what_was_begun_and_not_completed_before(world, rules, planned):
    names = {station.unit.name for station in in_work(Station.objects.all(), 2023).select_related("unit")}
    assert "东阳镇社工站" in names
    assert "北坛街道社工站" not in names  # of 2022


# ---- progress -------------------------------------------------------------------------------------------------------


def test_progress_counts_each_step_of_the_unit_and_its_children(world, operating):
    found = progress(world.city, world.units["晋中市"], TODAY)
    total = found.total.figures
    assert (total.townships, total.covered, total.completed, total.accepted, total.sign_hung) == (5, 5, 5, 1, 5)
    assert (total.operating, total.new, found.total.wanted, found.total.missing()) == (5, 4, 5, 0)
    by_name = {row.unit.name: row.figures for row in found.rows}
    assert {name: figures.completed for name, figures in by_name.items()} == {"榆次区": 3, "太谷区": 1, "介休市": 1}


def test_progress_is_as_of_its_day(world, operating):
    found = progress(world.city, world.units["榆次区"], date(2023, 10, 3))
    figures = found.total.figures
    assert (figures.covered, figures.accepted, figures.sign_hung, figures.operating) == (3, 0, 2, 2)
    before = progress(world.city, world.units["榆次区"], date(2023, 8, 15)).total.figures
    assert (before.building, before.completed, before.covered) == (1, 0, 0)


def test_the_forecast_takes_the_months_before_the_day(world, operating):
    ahead = progress(world.city, world.units["晋中市"], date(2023, 9, 15)).ahead()
    assert pace_since(date(2023, 9, 15)) == date(2023, 3, 16)
    assert (ahead.built, ahead.target, ahead.by_due) == (2, 5, 2)  # one in half a year


def test_worst_coverage_comes_first(world, operating):
    advance(operating, (S.CLOSED, date(2023, 11, 1)))
    found = progress(world.city, world.units["晋中市"], TODAY)
    assert found.rows[0].unit.name == "榆次区"


def test_progress_costs_the_same_for_a_county_and_a_province(world, operating):
    world.province.current_postings()
    costs = []
    for name in ("榆次区", "山西省"):
        with CaptureQueriesContext(connection) as caught:
            progress(world.province, world.units[name], TODAY)
        costs.append(len(caught))
    assert costs == [8, 8]
