"""Pages of building: what they show, that their cost does not grow with rows, and their workbooks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_unit
from jobs.tables import TABLES, RowSource
from stations.actions import apply_for_title, create_station, save_milestone, save_plan
from stations.models import (
    Acceptance,
    BuildingPlan,
    Milestone,
    Station,
    StationKind,
    StationStatus,
    StatusSpell,
)
from tests.jobs.test_tables import export, sheet_of  # noqa: F401
from tests.stations.conftest import accept, advance, findings

S = StationStatus
LISTS = ["building_progress", "building_progress_print", "plan_list", "milestone_list", "acceptance_list", "title_list"]


def fill(world, number: int) -> None:
    """`number` townships of 榆次区, each with a station that failed once, a room with an application, a milestone."""
    plan = BuildingPlan.objects.filter(unit=world.units["榆次区"]).first() or save_plan(
        by=world.county, unit=world.units["榆次区"], year=2023, title="榆次区2023年计划"
    )
    start = Station.objects.count()
    for serial in range(start, start + number):
        town = add_unit(parent=world.units["榆次区"], name=f"第{serial}镇")
        day = date(2023, 7, 1)
        built = [(S.BUILDING, day), (S.COMPLETED, date(2023, 8, 1))]
        for kind, name in ((StationKind.STATION, "社工站"), (StationKind.ROOM, "社工室")):
            station = create_station(by=None, township=town, name=f"第{serial}镇{name}", kind=kind, started_on=day)
            advance(station, *built)
            if kind == StationKind.ROOM:
                apply_for_title(by=None, room=station, year=2023, on=date(2023, 9, 1), statement="申请")
            else:
                unmet = findings(station, date(2023, 8, 10), unmet=("制度",))
                accept(station, date(2023, 8, 10), passed=False, findings=unmet, comments="整改",
                       correct_by=date(2023, 9, 1))  # fmt: skip
        counted = {
            "kind": "COUNTED",
            "count": 2,
            "status": S.COMPLETED,
            "station_kind": "STATION",
            "within_year": False,
        }
        told = {"name": f"第{serial}个", "due_on": date(2023, 11, 30), "unit": town, "responsible": ""}
        save_milestone(by=None, plan=plan, facts={**told, **counted, "within_year": False})


def cost(client, name: str, *args) -> int:
    url = reverse(name, args=args)
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize("name", LISTS)
def test_the_cost_of_a_list_does_not_grow_with_its_rows(world, rules, sign_in, name):
    client = sign_in(world.county)
    fill(world, 2)
    few = cost(client, name)
    fill(world, 8)
    assert cost(client, name) == few
    assert few <= 24


def test_the_cost_of_a_plan_does_not_grow_with_milestones_and_stations(world, rules, sign_in):
    client = sign_in(world.county)
    fill(world, 2)
    plan = BuildingPlan.objects.get()
    few = cost(client, "plan_detail", plan.pk)
    fill(world, 8)
    assert cost(client, "plan_detail", plan.pk) == few


def test_the_cost_of_a_stations_page_does_not_grow_with_rounds(world, rules, planned, sign_in):
    client = sign_in(world.county)
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))

    def fail(day: date) -> None:
        accept(planned, day, passed=False, comments="整改", correct_by=date(2023, 12, 1))

    fail(date(2023, 8, 2))
    few = cost(client, "station_detail", planned.pk)
    for day in range(3, 9):
        fail(date(2023, 8, day))
    assert cost(client, "station_detail", planned.pk) == few


def test_late_milestones_and_overdue_corrections_are_shown_first_and_red(world, rules, sign_in):
    fill(world, 1)
    client = sign_in(world.county)
    page = client.get(reverse("building_progress")).content.decode()
    assert "1 个逾期" in page
    acceptances = client.get(reverse("acceptance_list"), {"result": "late"})
    assert [row.late for row in acceptances.context["rows"]] == [True]
    assert "整改逾期 1 个" in acceptances.content.decode()


def test_progress_says_how_the_forecast_is_computed(world, rules, operating, sign_in):
    page = sign_in(world.city).get(reverse("building_progress"), {"month": "2023-09"}).content.decode()
    assert "按目前进度，到2023年12月31日可建成" in page
    assert "近 6 个月平均每月建成" in page
    assert "市民函〔2023〕28号 二" in page


def test_a_number_of_progress_opens_its_stations(world, rules, operating, sign_in):
    client = sign_in(world.city)
    table = client.get(reverse("building_progress")).context["table"]
    row = next(row for row in table["rows"] if row["cells"][0]["text"] == "榆次区")
    accepted = next(
        cell for column, cell in zip(table["columns"], row["cells"], strict=True) if column["label"] == "验收"
    )
    assert accepted["value"] == 1
    opened = client.get(accepted["href"])
    assert [found.name for found in opened.context["rows"]] == ["东阳镇社工站"]


def test_drilling_down_ends_at_the_townships(world, rules, operating, sign_in):
    client = sign_in(world.county)
    table = client.get(reverse("building_progress")).context["table"]
    assert {row["cells"][0]["text"] for row in table["rows"]} == {"北关街道", "锦纶街道", "东阳镇"}
    town = client.get(reverse("building_progress"), {"unit": world.units["北关街道"].pk}).context["table"]
    assert [row["cells"][0]["text"] for row in town["rows"]] == ["北关街道"]


def test_a_plan_and_its_milestone_are_made_on_the_pages(world, rules, sign_in):
    client = sign_in(world.county)
    unit = world.units["榆次区"]
    made = client.post(reverse("plan_create"), {"unit": unit.pk, "year": 2023, "title": "榆次区2023年建设计划"})
    plan = BuildingPlan.objects.get()
    assert made.url == reverse("plan_detail", args=[plan.pk])
    values = {"name": "部署会", "due_on": "2023-05-31", "unit": unit.pk, "kind": "STEP", "station_kind": "STATION"}
    assert client.post(reverse("milestone_add", args=[plan.pk]), values).status_code == 302
    milestone = Milestone.objects.get()
    assert "逾期" in client.get(reverse("plan_detail", args=[plan.pk])).content.decode()
    done = client.post(reverse("milestone_done", args=[milestone.pk]), {"on": "2023-05-30", "note": "已开会"})
    assert done.status_code == 302
    assert "已完成" in client.get(reverse("milestone_detail", args=[milestone.pk])).content.decode()


def test_the_countys_part_of_the_citys_plan_is_its_own_to_see(world, rules, sign_in):
    plan = save_plan(by=world.city, unit=world.units["晋中市"], year=2023, title="晋中市计划")
    facts = {"name": "榆次区培训", "due_on": date(2023, 11, 1), "unit": world.units["榆次区"], "responsible": "",
             "kind": "STEP", "count": None, "status": "", "station_kind": "", "within_year": False}  # fmt: skip
    milestone = save_milestone(by=world.city, plan=plan, facts=facts)
    assert "榆次区培训" in sign_in(world.county).get(reverse("milestone_list")).content.decode()
    assert sign_in(world.outsider).get(reverse("milestone_detail", args=[milestone.pk])).status_code == 404
    assert sign_in(world.county).get(reverse("plan_detail", args=[plan.pk])).status_code == 404


def test_an_acceptance_form_returns_with_its_errors_and_what_was_typed(world, rules, planned, sign_in):
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))
    client, url = sign_in(world.county), reverse("acceptance_record", args=[planned.pk])
    response = client.post(url, {"held_on": "2023-08-10", "members": "王", "passed": "no", "expected": 1})
    form = response.context["form"]
    assert form["members"].value() == "王"
    assert all(row["met"].errors for row in form.rows())
    assert not Acceptance.objects.exists()


def test_a_second_round_that_came_between_is_told(world, rules, planned, sign_in):
    advance(planned, (S.BUILDING, date(2023, 7, 1)), (S.COMPLETED, date(2023, 8, 1)))
    accept(planned, date(2023, 8, 2), passed=False, comments="整改", correct_by=date(2023, 9, 1))
    items = {f"item_{key}": "yes" for key in findings(planned, date(2023, 8, 10))}
    values = {"held_on": "2023-08-10", "members": "王", "passed": "yes", "expected": 1, **items}
    response = sign_in(world.county).post(reverse("acceptance_record", args=[planned.pk]), values)
    assert "他人刚刚登记了第 1 轮验收不合格（2023-08-02）" in response.content.decode()
    assert StatusSpell.objects.current().get(station=planned).status == S.COMPLETED


TABLE_KEYS = ["building_progress", "building_plans", "milestones", "acceptances", "room_titles"]


@pytest.mark.parametrize("key", TABLE_KEYS)
def test_a_workbook_holds_what_its_page_shows(world, rules, key):
    fill(world, 2)
    table = TABLES[key]
    source: RowSource = table.rows(world.county, QueryDict())
    rows = [[column.read(row) for column in table.columns] for row in source.rows]
    assert len(rows) == source.count > 0
    assert all(len(row) == len(table.columns) for row in rows)
    if source.totals is not None:
        assert len(source.totals) == len(table.columns)


def test_the_register_in_excel_holds_the_day_of_acceptance(world, operating, export):  # noqa: F811
    rows = list(sheet_of(export(world.county, "stations")).iter_rows(values_only=True))
    column = next(row.index("验收") for row in rows if "验收" in row)
    days = {name: row[column] for row in rows for name in (operating.unit.name, "北关街道社工站") if name in row}
    assert days[operating.unit.name].date() == date(2023, 10, 6)
    assert days["北关街道社工站"] in (None, "—")  # of before rounds were recorded
