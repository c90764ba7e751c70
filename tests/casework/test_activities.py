"""Community activities 社区活动: plan, held through services, who came, conclusion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from casework.actions import activities
from casework.models import Activity, ActivityRecord, ActivityState
from common.months import Month
from services.actions import MonthLocked, correct_service, lock_month, void_service
from services.models import Method
from tests.casework.group_scene import TODAY, Scene
from tests.world import World

OCTOBER = Month(2026, 10)
RESULT = {"attainment": "FULL", "result": "居民踊跃参加", "evaluation": "应备雨具", "scored_5": 30, "scored_4": 10}


@pytest.fixture
def scene(world: World, rules, time_machine) -> Scene:
    time_machine.move_to("2026-10-20T10:00:00+08:00")
    return Scene.of(world)


def refused(act, words: str) -> None:
    with pytest.raises(ValidationError) as problem:
        act()
    assert words in " ".join(problem.value.messages)


def again(activity: Activity) -> Activity:
    return Activity.objects.get(pk=activity.pk)


def test_an_activity_is_planned_ahead(scene):
    activity = scene.activity(starts_on=date(2026, 11, 5), ends_on=None)
    assert (activity.state, activity.ends_on) == (ActivityState.PLANNED, date(2026, 11, 5))


def test_a_plan_names_each_wrong_field(scene):
    with pytest.raises(ValidationError) as problem:
        scene.activity(name="", purpose="", expected=0, partners="联系人140702199003070016")
    assert set(problem.value.message_dict) == {"name", "purpose", "expected", "partners"}


def test_a_repeated_submit_plans_one_activity(scene):
    scene.activity()
    refused(scene.activity, "已有同一主题")
    assert Activity.objects.count() == 1


def test_services_hold_the_activity_one_for_each_day(scene):
    activity = scene.activity()
    scene.hold_activity(activity)
    scene.hold_activity(activity, starts_on=TODAY)
    activity = again(activity)
    assert (activity.state, activity.held_on) == (ActivityState.HELD, date(2026, 10, 19))
    assert ActivityRecord.objects.held_in(OCTOBER).count() == 2
    assert Activity.objects.held_in(OCTOBER).count() == 1


def test_only_the_method_of_activities_holds_one(scene):
    activity = scene.activity()
    refused(lambda: scene.hold_activity(activity, method=Method.VISIT), "方法应为“社区活动”")


def test_a_voided_service_leaves_the_activity_planned_again(scene, world):
    activity = scene.activity()
    record = scene.hold_activity(activity)
    void_service(by=world.worker, record=record, reason="登记错误")
    activity = again(activity)
    assert (activity.state, activity.held_on) == (ActivityState.PLANNED, None)
    assert ActivityRecord.objects.held_in(OCTOBER).count() == 0


def test_a_corrected_service_moves_the_activity(scene, world):
    activity = scene.activity()
    record = scene.hold_activity(activity)
    correct_service(by=world.worker, record=record, reason="日期填错", starts_on=TODAY, ends_on=TODAY)
    assert again(activity).held_on == TODAY
    refused(lambda: correct_service(by=world.worker, record=record, reason="更正", method=Method.VISIT), "方法应为")


def test_who_came_is_written_to_the_service(scene, world):
    activity = scene.activity()
    record = scene.hold_activity(activity)
    row = ActivityRecord.objects.get()
    activities.set_visitors(by=world.worker, row=row, clients=[scene.jia, scene.yi], contacts=80, seen=[scene.jia.pk])
    record.refresh_from_db()
    assert record.contacts == 80
    assert set(record.service_clients.values_list("client__name", flat=True)) == {"演示甲", "演示乙"}


def test_more_names_than_people_are_refused(scene, world):
    scene.hold_activity(scene.activity())
    row = ActivityRecord.objects.get()
    refused(
        lambda: activities.set_visitors(
            by=world.worker, row=row, clients=[scene.jia, scene.yi], contacts=1, seen=[scene.jia.pk]
        ),
        "不能少于 2",
    )


def test_a_list_changed_meanwhile_is_not_overwritten(scene, world):
    scene.hold_activity(scene.activity())
    row = ActivityRecord.objects.get()
    refused(lambda: activities.set_visitors(by=world.worker, row=row, clients=[], contacts=1, seen=[]), "被他人修改")


def test_who_came_in_a_locked_month_is_refused(scene, world):
    scene.hold_activity(scene.activity())
    row = ActivityRecord.objects.get()
    lock_month(by=world.worker, station=world.station(), month=OCTOBER, reason="月报已上报")
    with pytest.raises(MonthLocked):
        activities.set_visitors(by=world.worker, row=row, clients=[], contacts=90, seen=[scene.jia.pk])


def test_what_was_held_is_concluded(scene, world):
    activity = scene.activity()
    refused(
        lambda: activities.conclude_activity(by=world.worker, activity=activity, concluded_on=TODAY, **RESULT),
        "还没有开展",
    )
    scene.hold_activity(activity)
    refused(
        lambda: activities.conclude_activity(
            by=world.worker, activity=activity, concluded_on=date(2026, 10, 18), **RESULT
        ),
        "不能早于",
    )
    activity = activities.conclude_activity(
        by=world.worker, activity=activity, concluded_on=TODAY, cost=Decimal("1200.50"), **RESULT
    )
    assert (activity.state, str(activity.average)) == (ActivityState.CONCLUDED, "4.8")
    refused(lambda: scene.hold_activity(activity), "不能再登记服务")


def test_a_conclusion_is_taken_back_and_keeps_its_texts(scene, world):
    activity = scene.activity()
    scene.hold_activity(activity)
    activity = activities.conclude_activity(by=world.worker, activity=activity, concluded_on=TODAY, **RESULT)
    activity = activities.take_back_activity(
        by=world.worker, activity=activity, reason="补登一天", expected="CONCLUDED"
    )
    assert (activity.state, activity.result) == (ActivityState.HELD, "居民踊跃参加")
    scene.hold_activity(activity, starts_on=TODAY)


def test_an_activity_is_cancelled_with_a_reason_unless_it_was_held(scene, world):
    activity = scene.activity()
    cancel = lambda reason: activities.cancel_activity(  # noqa: E731
        by=world.worker, activity=activity, cancelled_on=TODAY, reason=reason
    )
    refused(lambda: cancel(""), "取消原因")
    assert cancel("下雨").state == ActivityState.CANCELLED
    refused(lambda: scene.hold_activity(activity), "已取消")
    scene.activity()  # the day and theme are free again


def test_what_was_held_is_not_cancelled(scene, world):
    activity = scene.activity()
    scene.hold_activity(activity)
    refused(
        lambda: activities.cancel_activity(by=world.worker, activity=activity, cancelled_on=TODAY, reason="x"),
        "已经开展",
    )


def test_the_trail_names_nobody_who_came(scene, world):
    scene.hold_activity(scene.activity())
    row = ActivityRecord.objects.get()
    activities.set_visitors(by=world.worker, row=row, clients=[scene.yi], contacts=80, seen=[scene.jia.pk])
    for event in AuditEvent.objects.exclude(target_type__startswith="clients"):
        assert "演示甲" not in f"{event.target_label} {event.changes}"
        assert "演示乙" not in f"{event.target_label} {event.changes}"


@pytest.mark.parametrize(
    "changes",
    [{"state": "HELD"}, {"state": "CANCELLED", "cancelled_on": TODAY}, {"expected": 0}, {"state": "CONCLUDED"}],
)
def test_the_database_refuses_an_activity_without_its_facts(scene, changes):
    activity = scene.activity()
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(**changes)
