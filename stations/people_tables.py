"""The team as tables for export: 人员花名册, trainings, short stations, supervisors. Identity numbers stay masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.queries import unit_in_scope
from accounts.roles import Permission
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of
from stations.forms.filters import ListFilter
from stations.forms.trainings import TrainingFilter
from stations.forms.worker_filter import WorkerFilter
from stations.models import Station, SupervisorAssignment, Training, Worker
from stations.queries.roster import roster_rows
from stations.queries.staffing import staffing
from stations.queries.supervision import supervisor_rows
from stations.queries.trainings import sorted_trainings, training_rows
from stations.queries.worker_list import sorted_workers

VIEW = Permission.VIEW_WORKERS
DATE = Kind.DATE


def _workers(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), VIEW)
    form = WorkerFilter(params, user=user, unit=unit, permission=VIEW)
    require_valid(form)
    workers = form.apply(Worker.objects.visible_to(user, VIEW), Station.objects.visible_to(user, VIEW))
    return source_of(
        sorted_workers(workers, params.get("sort", ""), form.on).select_related("unit"),
        prepare=lambda chunk: roster_rows(chunk, form.on, user),
        on=form.on,
        conditions=filter_words(form),
    )


def _held(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row.row.qualification, name)


def _level(row: Any) -> str:
    return row.row.qualification.level or row.row.qualification.words


def _full_time(row: Any) -> str | None:
    full = row.row.qualification.full_time
    return None if full is None else "专职" if full else "兼职"


declare(
    Table(
        key="workers",
        title="人员花名册",
        permission=VIEW,
        columns=(
            Column("姓名", "row.name", width=12),
            Column("性别", "row.sex", width=6),
            Column("出生日期", "born_on", DATE),
            Column("年龄", "row.age", Kind.WHOLE),
            Column("身份证号", "row.id_number", width=21),
            Column("学历", "row.education", width=8),
            Column("所学专业", "major", width=14),
            Column("服务语言", "row.languages", width=12),
            Column("联系电话", "phone", width=14),
            Column("县（市、区）", "county", width=10, group="驻站"),
            Column("站点", "row.station", width=22, group="驻站"),
            Column("自", "row.since", DATE, group="驻站"),
            Column("累计天数", "row.tenure", Kind.WHOLE, group="驻站"),
            Column("督导", "supervisor", width=12, group="驻站"),
            Column("级别", _level, width=16, group="证书"),
            Column("编号", "number", width=18, group="证书"),
            Column("发证", _held("issued_on"), DATE, group="证书"),
            Column("有效期至", _held("runs_to"), DATE, group="证书"),
            Column("专职", _full_time, width=7, group="聘用"),
            Column("用人单位", _held("employer"), width=22, group="聘用"),
            Column("类型", _held("employer_kind"), width=10, group="聘用"),
            Column("本年学时", "row.hours", Kind.TENTHS, group="培训考核"),
            Column("上年考核", "grade", width=9, group="培训考核"),
            Column("建档单位", "row.kept_at", width=14),
        ),
        rows=_workers,
        note="身份证号只显示前 3 位和后 2 位",
    )
)


def _trainings(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), VIEW)
    form = TrainingFilter(params, user=user, unit=unit, permission=VIEW)
    require_valid(form)
    trainings = form.apply(Training.objects.visible_to(user, VIEW))
    return source_of(
        sorted_trainings(trainings, params.get("sort", "")),
        prepare=lambda chunk: training_rows(chunk, user),
        conditions=filter_words(form),
    )


declare(
    Table(
        key="trainings",
        title="社工培训台账",
        permission=VIEW,
        columns=(
            Column("主题", "topic", width=26),
            Column("类型", "kind", width=10),
            Column("主办单位", "organiser", width=22),
            Column("地点", "place", width=18),
            Column("开始", "held_from", DATE),
            Column("结束", "held_to", DATE),
            Column("学时", "each", Kind.TENTHS),
            Column("参训人数", "people", Kind.WHOLE),
            Column("总学时", "hours", Kind.TENTHS),
            Column("登记单位", "unit", width=16),
        ),
        rows=_trainings,
        note="参训人数和总学时只计管辖范围内的社工",
    )
)


def _short(user: User, params: QueryDict) -> RowSource:
    unit = unit_in_scope(user, params.get("unit"), VIEW)
    form = ListFilter(params, user=user, unit=unit, permission=VIEW)
    del form.fields["q"]
    require_valid(form)
    stations = Station.objects.visible_to(user, VIEW)
    found = staffing(stations.under(unit) if unit else stations, form.on)
    totals = ["合计", None, sum(row.have for row in found.short), None, found.missing, None]
    return RowSource(len(found.short), found.short, on=form.on, conditions=filter_words(form), totals=totals)


declare(
    Table(
        key="staffing",
        title="驻站人数不足的社工站",
        permission=VIEW,
        columns=(
            Column("站点", "name", width=24),
            Column("所在地", "place", width=26),
            Column("现有", "have", Kind.WHOLE),
            Column("应有", "need", Kind.WHOLE),
            Column("缺", "missing", Kind.WHOLE),
            Column("依据", lambda row: row.source["label"] if row.source else "", width=26),
        ),
        rows=_short,
    )
)


def _supervisors(user: User, params: QueryDict) -> RowSource:
    """One row for each station that a supervisor has."""
    unit = unit_in_scope(user, params.get("unit"), VIEW)
    form = ListFilter(params, user=user, unit=unit, permission=VIEW)
    form.fields["q"].label = "督导姓名"
    require_valid(form)
    assigned = SupervisorAssignment.objects.visible_to(user, VIEW)
    assigned = (assigned.under(unit) if unit else assigned).at(form.on)
    found = supervisor_rows(assigned, form.cleaned_data["q"].strip(), user, params.get("sort", ""))
    rows = [(row, station) for row in found for station in row.stations]
    return RowSource(len(rows), rows, on=form.on, conditions=filter_words(form))


declare(
    Table(
        key="supervisors",
        title="督导安排表",
        permission=VIEW,
        columns=(
            Column("督导", lambda pair: pair[0].name, width=14),
            Column("身份", lambda pair: pair[0].kind, width=10),
            Column("督导站点数", lambda pair: len(pair[0].stations), Kind.WHOLE),
            Column("站点", lambda pair: pair[1].name, width=26),
            Column("主责", lambda pair: "是" if pair[1].lead else "否", width=7),
            Column("自", lambda pair: pair[1].since, DATE),
        ),
        rows=_supervisors,
        note="督导站点数只计管辖范围内的站点",
    )
)
