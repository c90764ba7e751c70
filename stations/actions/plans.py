"""A year's building plan: the plan itself, its milestones, and stations placed on townships (R1, R14, R16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from common.months import LAST_DAY
from common.paths import within
from common.text import long_text, plain_name
from files.actions import attach
from policies.models import PolicyDocument
from stations import stale
from stations.actions.spells import EVIDENCE, Evidence, require_step
from stations.actions.stations import create_station
from stations.models import COUNTABLE, BuildingPlan, Milestone, MilestoneKind, Station, StationKind

FIRST_YEAR, LAST_YEAR = 2018, 2099
NAME_LENGTH, NOTE_LENGTH = 120, 1000
MOST_AT_ONCE = 200  # stations placed at once


class MilestoneFacts(TypedDict):
    """What a milestone says. `count`, `status`, `station_kind`, `within_year` only for a counted one."""

    name: str
    due_on: date
    unit: OrgUnit
    responsible: str
    kind: str
    count: int | None
    status: str
    station_kind: str
    within_year: bool


@transaction.atomic
def save_plan(
    *,
    by: User | None,
    unit: OrgUnit,
    year: int,
    title: str,
    document: PolicyDocument | None = None,
    note: str = "",
    plan: BuildingPlan | None = None,
) -> BuildingPlan:
    """A new plan, or another title, document and note for `plan` (its unit and year stay).

    Raises ValidationError: not a city or county, a second plan of the unit for the year, a document from elsewhere.
    """
    require_step(by, unit.path, Permission.PLAN_BUILDING, step="建设计划", field="unit")
    clean = checks.all_of(
        unit=lambda: _planning_unit(unit),
        year=lambda: _year(year),
        title=lambda: plain_name(title, field="title", label="名称", max_length=NAME_LENGTH),
        note=lambda: long_text(note, field="note", label="说明", max_length=NOTE_LENGTH),
        document=lambda: _document(document, unit),
    )
    if plan is None:
        OrgUnit.objects.select_for_update().get(pk=unit.pk)  # two who plan at once come one after the other
        if BuildingPlan.objects.filter(unit=unit, year=year).exists():
            raise ValidationError({"year": f"{unit}已有 {year} 年的建设计划"})
        plan = BuildingPlan.objects.create(recorded_by=by, **clean)
        changes = audit.first(plan)
    else:
        plan = locked_plan(plan)
        before = audit.told(plan)
        plan.title, plan.note, plan.document = clean["title"], clean["note"], clean["document"]
        plan.save(update_fields=["title", "note", "document"])
        changes = audit.changes(before, audit.told(plan))
    if changes:
        audit.record(by=by, verb="编制建设计划", target=plan, unit=unit, changes=changes)
    return plan


def locked_plan(plan: BuildingPlan) -> BuildingPlan:
    """The plan read again with its row locked until the end of the transaction."""
    return BuildingPlan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)


def _planning_unit(unit: OrgUnit) -> OrgUnit:
    if unit.level not in (Level.CITY, Level.COUNTY):
        raise ValidationError({"unit": "建设计划由市或县编制"})
    return unit


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError({"year": f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"})
    return year


def _document(document: PolicyDocument | None, unit: OrgUnit) -> PolicyDocument | None:
    if document and not PolicyDocument.objects.in_paths([unit.path]).filter(pk=document.pk).exists():
        raise ValidationError({"document": "请选择适用于该单位的文件"})
    return document


@transaction.atomic
def save_milestone(
    *, by: User | None, plan: BuildingPlan, facts: MilestoneFacts, milestone: Milestone | None = None
) -> Milestone:
    """A new milestone of the plan, or other facts for `milestone`. Raises ValidationError."""
    plan = locked_plan(plan)
    require_step(by, plan.unit.path, Permission.PLAN_BUILDING, step="建设节点", field="name")
    clean = _milestone_facts(plan, facts)
    if milestone is None:
        milestone = Milestone(plan=plan, recorded_by=by)
        before: dict[str, Any] = {}
    else:
        milestone = Milestone.objects.select_for_update().get(pk=milestone.pk)
        before = audit.told(milestone)
        _mark(milestone)
        if milestone.done_on and clean["kind"] != milestone.kind:
            raise ValidationError({"kind": "节点已登记完成，不能改变完成方式"})
    for name, value in clean.items():
        setattr(milestone, name, value)
    milestone.save()
    _mark(milestone)
    changes = audit.changes(before, audit.told(milestone))
    if changes:
        verb = "修改建设节点" if before else "增加建设节点"
        audit.record(by=by, verb=verb, target=milestone, unit=plan.unit, changes=changes)
    return milestone


def _mark(milestone: Milestone) -> None:
    """Whether it is late moves the figures of the responsible unit."""
    stale.mark(milestone.unit_id, stale.months_since(milestone.due_on))


def _milestone_facts(plan: BuildingPlan, facts: MilestoneFacts) -> dict[str, Any]:
    clean = checks.all_of(
        name=lambda: plain_name(facts["name"], field="name", label="节点", max_length=NAME_LENGTH),
        due_on=lambda: _due_day(facts["due_on"]),
        unit=lambda: _below_plan(plan, facts["unit"]),
        responsible=lambda: checks.optional_name(
            facts["responsible"], field="responsible", label="责任人（科室）", max_length=60
        ),
        kind=lambda: checks.member(facts["kind"], MilestoneKind, field="kind", label="完成方式"),
    )
    if clean["kind"] == MilestoneKind.STEP:
        return clean | {"count": None, "status": "", "station_kind": "", "within_year": False}
    return (
        clean
        | checks.all_of(
            count=lambda: _number(facts["count"]),
            status=lambda: _countable(facts["status"]),
            station_kind=lambda: checks.member(
                facts["station_kind"], StationKind, field="station_kind", label="站点类型"
            ),
        )
        | {"within_year": bool(facts["within_year"])}
    )


def _due_day(day: date | None) -> date:
    if day is None:
        raise ValidationError({"due_on": "请填写期限"})
    if not date(FIRST_YEAR, 1, 1) <= day <= LAST_DAY:
        raise ValidationError({"due_on": f"期限应在 {FIRST_YEAR} 年至 {LAST_DAY.year} 年之间"})
    return day


def _below_plan(plan: BuildingPlan, unit: OrgUnit | None) -> OrgUnit:
    if unit is None or not within(unit.path, plan.unit.path) or unit.level == Level.STATION:
        raise ValidationError({"unit": f"责任单位应为{plan.unit}或其下级"})
    return unit


def _number(count: int | None) -> int:
    if count is None or not 1 <= count <= 99_999:
        raise ValidationError({"count": "站点数应在 1 至 99999 之间"})
    return count


def _countable(status: str) -> str:
    if status not in COUNTABLE:
        raise ValidationError({"status": "请选择至少达到的状态"})
    return status


@transaction.atomic
def finish_milestone(
    *, by: User | None, milestone: Milestone, on: date, note: str = "", uploads: Evidence = ()
) -> Milestone:
    """Record that a STEP was done on `on`. Raises ValidationError for a counted one, and once it is recorded."""
    milestone = _locked_milestone(milestone)
    path = milestone.unit.path
    require_step(by, path, Permission.PLAN_BUILDING, step="建设节点完成", field="on")
    if milestone.kind != MilestoneKind.STEP:
        raise ValidationError("按站点数的节点由站点状态自动判定，不需要登记")
    if milestone.done_on:
        who = milestone.done_by.name if milestone.done_by else "系统"
        raise ValidationError(f"{who}已登记该节点于 {milestone.done_on} 完成，请核对")
    milestone.done_on = checks.past_day(on, field="on", label="完成日期")
    milestone.done_note, milestone.done_by = checks.note(note), by
    milestone.save(update_fields=["done_on", "done_note", "done_by"])
    _mark(milestone)
    attach(by=by, target=milestone, unit=milestone.unit, files=uploads, slot=EVIDENCE, field="uploads")
    audit.record(
        by=by,
        verb="登记建设节点完成",
        target=milestone,
        unit=milestone.plan.unit,
        changes={"完成日期": [None, str(milestone.done_on)]},
        reason=milestone.done_note,
    )
    return milestone


@transaction.atomic
def reopen_milestone(*, by: User | None, milestone: Milestone, reason: str) -> Milestone:
    """Take back that a STEP was done, recorded by mistake."""
    milestone = _locked_milestone(milestone)
    require_step(by, milestone.unit.path, Permission.PLAN_BUILDING, step="建设节点完成", field="reason")
    if milestone.done_on is None:
        raise ValidationError("该节点没有登记完成，不需要撤回")
    reason = checks.withdrawal_reason(reason)
    changes = {"完成日期": [str(milestone.done_on), None]}
    milestone.done_on, milestone.done_note, milestone.done_by = None, "", None
    milestone.save(update_fields=["done_on", "done_note", "done_by"])
    _mark(milestone)
    audit.record(
        by=by, verb="撤回建设节点完成", target=milestone, unit=milestone.plan.unit, changes=changes, reason=reason
    )
    return milestone


def _locked_milestone(milestone: Milestone) -> Milestone:
    rows = Milestone.objects.select_for_update(of=("self",)).select_related("plan__unit", "unit", "done_by")
    return rows.get(pk=milestone.pk)


@transaction.atomic
def remove_milestone(*, by: User | None, milestone: Milestone, reason: str) -> None:
    """Drop a milestone from its plan; the trail keeps it. Raises ValidationError once it is recorded as done."""
    milestone = _locked_milestone(milestone)
    require_step(by, milestone.plan.unit.path, Permission.PLAN_BUILDING, step="建设节点", field="reason")
    if milestone.done_on:
        raise ValidationError("节点已登记完成，不能删除；登记有误的先撤回完成")
    reason = checks.withdrawal_reason(reason)
    audit.record(
        by=by,
        verb="删除建设节点",
        target=milestone,
        unit=milestone.plan.unit,
        changes={"节点": [milestone.name, None], "期限": [str(milestone.due_on), None]},
        reason=reason,
    )
    _mark(milestone)
    milestone.delete()


@transaction.atomic
def place_stations(
    *, by: User | None, townships: Sequence[OrgUnit], started_on: date, name_ending: str = "社工站"
) -> list[Station]:
    """Plan a station in each of the townships, since `started_on`; all of them or none.

    Raises ValidationError: none chosen, too many, or what is wrong with the first one, with its name.
    """
    if not townships:
        raise ValidationError({"townships": "请至少选择一个乡镇（街道）"})
    if len(townships) > MOST_AT_ONCE:
        raise ValidationError({"townships": f"一次最多布点 {MOST_AT_ONCE} 个"})
    placed = []
    for township in sorted(townships, key=lambda unit: unit.path):
        try:
            station = create_station(
                by=by,
                township=township,
                name=f"{township.name}{name_ending}",
                kind=StationKind.STATION,
                started_on=started_on,
            )
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {}
            field = "started_on" if "started_on" in told else "townships"
            raise ValidationError({field: [f"{township}：{words}" for words in error.messages]}) from None
        placed.append(station)
    return placed
