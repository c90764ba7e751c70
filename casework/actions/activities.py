"""Writes of community activities 社区活动: plan, the services that held it, who came, conclusion."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts import audit
from accounts.models import User
from casework.actions.planning import (
    MOST_PEOPLE,
    held_station,
    money,
    plan_day,
    require_serving,
    scores,
    shortened,
    team,
    tell,
    whole,
)
from casework.models import Activity, ActivityRecord, ActivityState, Attainment
from clients.models import Client
from common import checks
from common.text import long_text, plain_name
from services.actions import correct_service
from services.models import Domain, Method, ServiceRecord
from stations import stale
from stations.models import Station, Worker

MOST_VISITORS = 99_999
ATTENDANCE_REASON = "登记活动签到"
S = ActivityState
STEPS = {  # in which states each may be taken
    "修改": (S.PLANNED, S.HELD),
    "总结": (S.HELD,),
    "取消": (S.PLANNED,),
    "撤回": (S.CONCLUDED, S.CANCELLED),
}


@transaction.atomic
def create_activity(*, by: User | None, station: Station, workers: Iterable[Worker], **plan: Any) -> Activity:
    """Plan an activity. `plan`: the fields of `_plan`. Raises ValidationError by field."""
    station = held_station(station)
    clean = _plan(plan)
    leading = team(station, workers, clean["starts_on"])
    require_serving(station, min(clean["starts_on"], timezone.localdate()))
    _refuse_twice(station, clean)
    activity = Activity.objects.create(station=station, created_by=by, is_demo=station.is_demo, **clean)
    activity.workers.set(leading)
    tell(by, "策划社区活动", activity, station, shortened(audit.first(activity)))
    return activity


@transaction.atomic
def edit_activity(*, by: User | None, activity: Activity, workers: Iterable[Worker], **plan: Any) -> Activity:
    """Change the plan of an activity that is neither concluded nor cancelled. Raises ValidationError by field."""
    activity = held_activity(activity)
    _may(activity, "修改")
    clean = _plan(plan)
    leading = team(activity.station, workers, clean["starts_on"])
    _refuse_twice(activity.station, clean, activity)
    before = {**audit.told(activity), "workers": _names(activity)}
    for name, value in clean.items():
        setattr(activity, name, value)
    activity.save()
    activity.workers.set(leading)
    after = {**audit.told(activity), "workers": [worker.name for worker in leading]}
    if changes := audit.changes(before, after):
        tell(by, "修改社区活动计划", activity, activity.station, shortened(changes))
    return activity


def _names(activity: Activity) -> list[str]:
    return list(activity.workers.order_by("pk").values_list("name", flat=True))


def _plan(plan: dict[str, Any]) -> dict[str, Any]:
    def typed(name: str) -> str:
        return plan.get(name) or ""

    clean = checks.all_of(
        name=lambda: plain_name(typed("name"), field="name", label="活动主题", max_length=60),
        domain=lambda: checks.member(typed("domain"), Domain, field="domain", label="领域"),
        purpose=lambda: checks.required_text(typed("purpose"), field="purpose", label="活动目的", max_length=500),
        content=lambda: long_text(typed("content"), field="content", label="活动内容", max_length=1000),
        starts_on=lambda: plan_day(plan.get("starts_on"), field="starts_on", label="开始日期"),
        ends_on=lambda: plan_day(plan.get("ends_on") or plan.get("starts_on"), field="ends_on", label="结束日期"),
        place=lambda: plain_name(typed("place"), field="place", label="活动地点", max_length=100),
        expected=lambda: whole(
            plan.get("expected"), field="expected", label="预计参加人数", least=1, most=MOST_VISITORS
        ),
        volunteers_needed=lambda: whole(
            plan.get("volunteers_needed"), field="volunteers_needed", label="需要志愿者人数", most=MOST_PEOPLE
        ),
        partners=lambda: checks.optional_name(typed("partners"), field="partners", label="合作单位", max_length=200),
        budget=lambda: money(plan.get("budget"), field="budget", label="预算"),
    )
    if clean["ends_on"] < clean["starts_on"]:
        raise ValidationError({"ends_on": "结束日期不能早于开始日期"})
    return clean


def _refuse_twice(station: Station, clean: dict[str, Any], activity: Activity | None = None) -> None:
    """So that a repeated submit makes no second activity."""
    same = Activity.objects.filter(station=station, name=clean["name"], starts_on=clean["starts_on"])
    if activity:
        same = same.exclude(pk=activity.pk)
    if same.exclude(state=S.CANCELLED).exists():
        raise ValidationError({"name": "这一天已有同一主题的社区活动"})


# ---- held through services ------------------------------------------------------------------------------------------


def attach_activity(*, by: User | None, record: ServiceRecord, row: Activity) -> None:
    """The record, just logged, is a day of the activity: inside the log's transaction. Raises ValidationError."""
    activity = held_activity(row)
    if activity.state not in (S.PLANNED, S.HELD):
        problem = f"活动{activity.get_state_display()}，不能再登记服务"
        raise ValidationError({"link": f"{problem}；补登的请先撤回" if activity.state == S.CONCLUDED else problem})
    _check(activity, record)
    ActivityRecord.objects.create(activity=activity, record=record)
    _follow(activity)
    tell(by, "开展社区活动", activity, activity.station, {"日期": [None, record.starts_on]})


def _check(activity: Activity, record: ServiceRecord) -> None:
    if record.station_id != activity.station_id:
        raise ValidationError({"link": "服务记录和活动不在同一站点"})
    if record.method != Method.ACTIVITY:
        raise ValidationError({"method": "社区活动的方法应为“社区活动”"})


def _follow(activity: Activity) -> None:
    """Write day and state as the records that count have them."""
    first = activity.records.valid().aggregate(first=Min("record__starts_on"))["first"]
    activity.held_on = first
    if activity.state in (S.PLANNED, S.HELD):
        activity.state = S.HELD if first else S.PLANNED
    activity.save(update_fields=["held_on", "state"])


def follow_correction(*, record: ServiceRecord, by: User | None, **_: Any) -> None:
    """services.signals.corrected: the activity's first day follows. A method that is none of an activity is refused."""
    row = ActivityRecord.objects.filter(record=record).select_related("activity__station__unit").first()
    if row is None:
        return
    _check(row.activity, record)
    was = row.activity.held_on
    _follow(row.activity)
    days = [day for day in (was, row.activity.held_on) if day]
    if days:
        stale.mark(row.activity.station_id, stale.months_since(min(days)))


def follow_voiding(*, record: ServiceRecord, by: User | None, **_: Any) -> None:
    """services.signals.voided: the activity was not held on that day; without any other it is planned again."""
    row = ActivityRecord.objects.filter(record=record).select_related("activity__station__unit").first()
    if row is None:
        return
    _follow(row.activity)
    tell(by, "社区活动记录作废", row.activity, row.activity.station, {"日期": [record.starts_on, None]})


@transaction.atomic
def set_visitors(
    *,
    by: User | None,
    row: ActivityRecord,
    clients: Iterable[Client],
    contacts: int,
    seen: Collection[int],
) -> ServiceRecord:
    """Write who came on that day: people with files by name, all of them by number. The service record is corrected.

    `seen`: keys of the clients whom the user saw as named. Raises ValidationError by field, MonthLocked.
    """
    activity = held_activity(row.activity)
    record = ServiceRecord.objects.select_related("station__unit").get(pk=row.record_id)
    chosen = list({client.pk: client for client in clients}.values())
    named = set(record.service_clients.values_list("client_id", flat=True))
    if named != set(seen):
        raise ValidationError("签到名单刚刚被他人修改，请核对后重新登记")
    contacts = whole(contacts, field="contacts", label="参加人数", most=MOST_VISITORS)
    if named == {client.pk for client in chosen} and contacts == record.contacts:
        raise ValidationError("名单和人数没有改动")
    record = correct_service(by=by, record=record, reason=ATTENDANCE_REASON, clients=chosen, contacts=contacts)
    told = {"签到": [len(named), len(chosen)], "参加人数": [None, contacts]}
    tell(by, ATTENDANCE_REASON, activity, activity.station, told)
    return record


# ---- steps ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def conclude_activity(*, by: User | None, activity: Activity, concluded_on: date, **given: Any) -> Activity:
    """Write the result: attainment, result, evaluation, cost, scored_5 … scored_1. Raises ValidationError by field."""
    activity = held_activity(activity)
    _may(activity, "总结")
    last = activity.records.valid().order_by("-record__ends_on").values_list("record__ends_on", flat=True)[0]

    def text(name: str, label: str) -> str:
        return checks.required_text(given.get(name) or "", field=name, label=label, max_length=1000)

    clean = checks.all_of(
        concluded_on=lambda: checks.past_day(
            concluded_on, field="concluded_on", label="总结日期", since=last, since_label="最后一次活动"
        ),
        attainment=lambda: checks.member(
            given.get("attainment") or "", Attainment, field="attainment", label="目标达成"
        ),
        result=lambda: text("result", "活动成效"),
        evaluation=lambda: text("evaluation", "评估和改进"),
        cost=lambda: money(given.get("cost"), field="cost", label="实际支出"),
    ) | scores(given)
    before = audit.told(activity)
    for name, value in clean.items():
        setattr(activity, name, value)
    activity.state = S.CONCLUDED
    activity.save()
    changes = shortened(audit.changes(before, audit.told(activity)))
    tell(by, "社区活动总结", activity, activity.station, changes)
    stale.mark(activity.station_id, stale.months_since(clean["concluded_on"]))
    return activity


@transaction.atomic
def cancel_activity(*, by: User | None, activity: Activity, cancelled_on: date, reason: str) -> Activity:
    """The activity will not be held, with the reason. Raises ValidationError once it was."""
    activity = held_activity(activity)
    _may(activity, "取消")
    clean = checks.all_of(
        cancelled_on=lambda: checks.past_day(cancelled_on, field="cancelled_on", label="取消日期"),
        reason=lambda: checks.withdrawal_reason(reason, label="取消原因"),
    )
    activity.state, activity.cancelled_on, activity.cancel_reason = S.CANCELLED, clean["cancelled_on"], clean["reason"]
    activity.save(update_fields=["state", "cancelled_on", "cancel_reason"])
    tell(by, "取消社区活动", activity, activity.station, {"日期": [None, activity.cancelled_on]}, clean["reason"])
    return activity


@transaction.atomic
def take_back_activity(*, by: User | None, activity: Activity, reason: str, expected: str) -> Activity:
    """Undo the conclusion (its texts stay, to be changed) or the cancelling. `expected`: the state that was seen."""
    activity = held_activity(activity)
    reason = checks.withdrawal_reason(reason)
    if activity.state != expected:
        raise ValidationError("活动状态刚刚有变动，请核对后重新办理")
    _may(activity, "撤回")
    people = Client.objects.filter(service_clients__service__activity_record__activity=activity)
    checks.without_names(reason, people.values_list("name", flat=True))
    words = f"撤回社区活动{'总结' if activity.state == S.CONCLUDED else '取消'}"
    since = activity.concluded_on or activity.cancelled_on
    activity.state, activity.concluded_on = (S.HELD if activity.held_on else S.PLANNED), None
    activity.cancelled_on, activity.cancel_reason = None, ""
    activity.save()
    tell(by, words, activity, activity.station, None, reason)
    if since:
        stale.mark(activity.station_id, stale.months_since(since))
    return activity


# ---- shared ---------------------------------------------------------------------------------------------------------


def held_activity(activity: Activity) -> Activity:
    """The activity read again with its station's row locked."""
    station = held_station(activity.station)
    found = Activity.objects.get(pk=activity.pk)
    found.station = station
    return found


def refuses(activity: Activity, step: str) -> str:
    """Why the step cannot be taken in the state of the activity; "" when it can."""
    if activity.state in STEPS[step]:
        return ""
    if step == "取消" and activity.state == S.HELD:
        return "活动已经开展，不能取消；登记有误的请作废服务记录"
    why = "还没有开展" if activity.state == S.PLANNED else activity.get_state_display()
    return f"活动{why}，不能{step}"


def _may(activity: Activity, step: str) -> None:
    if words := refuses(activity, step):
        raise ValidationError(words)
