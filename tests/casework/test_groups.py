"""Groups 小组: plan, members, sessions held through services, phases, end."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from casework.actions import attendance, group_steps, groups
from casework.models import Group, GroupMember, GroupPhase, GroupSession, GroupState, Phase, SessionAttendance
from clients.signals import leaving
from common.months import Month
from services import links
from services.actions import MonthLocked, correct_service, lock_month, void_service
from services.models import Method
from stations.models import StaleMonth, Worker
from tests.casework.group_scene import FORMED, OPENED, TODAY, Scene
from tests.clients.make import make_client
from tests.world import World


@pytest.fixture
def scene(world: World, rules, time_machine) -> Scene:
    time_machine.move_to("2026-10-20T10:00:00+08:00")
    return Scene.of(world)


def refused(act, words: str) -> None:
    with pytest.raises(ValidationError) as problem:
        act()
    assert words in " ".join(problem.value.messages)


def came(session: GroupSession) -> dict[int, bool]:
    """Member number → present."""
    return dict(session.attendances.values_list("member__number", "present"))


# ---- plan -----------------------------------------------------------------------------------------------------------


def test_a_group_begins_in_preparation_with_its_workers(scene):
    group = scene.group()
    assert (group.phase, group.state, group.formed_on) == (Phase.PREPARATION, GroupState.RUNNING, None)
    assert [worker.name for worker in group.workers.all()] == ["张（演示）"]
    assert group.phases.get().starts_on == OPENED


def test_a_plan_names_each_wrong_field(scene):
    with pytest.raises(ValidationError) as problem:
        scene.group(name="", kind="X", planned_members=1)
    assert set(problem.value.message_dict) == {"name", "kind", "planned_members"}


def test_the_same_name_twice_at_a_time_is_refused(scene):
    scene.group()
    refused(scene.group, "同名")


def test_a_worker_from_elsewhere_leads_no_group_here(scene, world):
    other = Worker.objects.create(unit=world.units["明星镇"], name="吴某")
    refused(lambda: scene.group(workers=[other]), "不驻本站")


def test_an_identity_number_in_the_plan_is_refused(scene):
    refused(lambda: scene.group(goals="帮助140702199003070016"), "身份证号")


# ---- members --------------------------------------------------------------------------------------------------------


def test_members_are_numbered_with_or_without_a_file(scene):
    group = scene.group()
    scene.members(group, unnamed=2)
    assert list(group.members.values_list("number", "client__name")) == [
        (1, "演示甲"), (2, "演示乙"), (3, None), (4, None),
    ]  # fmt: skip


def test_a_repeated_submit_adds_nobody_twice(scene, world):
    group = scene.group()
    scene.members(group)
    refused(
        lambda: groups.add_members(by=world.worker, group=group, joined_on=OPENED, clients=[], unnamed=1, expected=0),
        "刚刚有变动",
    )
    assert group.members.count() == 3


def test_who_has_no_file_here_is_no_member_by_name(scene, world):
    other = make_client(world.station("明星镇社工站"), "演示丙")
    group = scene.group()
    refused(
        lambda: groups.add_members(by=world.worker, group=group, joined_on=OPENED, clients=[other], expected=0),
        "没有本站在档的档案",
    )


def test_who_came_to_a_session_cannot_have_left_before(scene, world):
    group, [session] = scene.formed()
    scene.hold(session)
    member = group.members.get(client=scene.jia)
    refused(
        lambda: groups.change_member(by=world.worker, member=member, joined_on=OPENED, left_on=FORMED, reason="搬家"),
        "2026-09-08",
    )
    groups.change_member(by=world.worker, member=member, joined_on=OPENED, left_on=date(2026, 9, 9), reason="搬家")
    assert GroupMember.objects.get(pk=member.pk).left_reason == "搬家"


def test_a_formed_group_keeps_two_members(scene, world):
    group, _ = scene.formed()
    first, second, _ = group.members.all()
    groups.drop_member(by=world.worker, member=first)
    refused(lambda: groups.drop_member(by=world.worker, member=second), "至少要有 2 名组员")
    assert group.members.count() == 2


def test_a_file_stays_open_while_its_person_is_in_a_group(scene, world):
    scene.formed()
    told = {"client": scene.jia, "station": world.station(), "on": TODAY, "by": world.worker, "to": None}
    refused(lambda: leaving.send(sender=None, **told), "先登记离组")


# ---- phases ---------------------------------------------------------------------------------------------------------


def test_no_forming_without_members(scene):
    group = scene.group()
    scene.sessions(group)
    refused(lambda: scene.enter(group, FORMED), "成员不足 2 人")


def test_no_forming_without_planned_sessions(scene):
    group = scene.group()
    scene.members(group)
    refused(lambda: scene.enter(group, FORMED), "还没有安排活动节次")


def test_no_forming_without_goals(scene):
    group = scene.group(goals="")
    scene.members(group)
    scene.sessions(group)
    refused(lambda: scene.enter(group, FORMED), "计划还不完整")


def test_no_next_phase_without_a_session_in_this_one(scene):
    group, [session] = scene.formed()
    refused(lambda: scene.enter(group, TODAY), "形成期还没有开展过活动")
    scene.hold(session)
    assert scene.enter(group, FORMED).phase == Phase.TRANSITION


def test_a_phase_says_what_was_observed(scene, world):
    group, _ = scene.formed()
    refused(
        lambda: group_steps.enter_phase(by=world.worker, group=group, on=TODAY, observed=" ", expected="FORMING"),
        "观察和小结",
    )


def test_of_two_who_enter_the_next_phase_one_is_refused(scene, world):
    group, [session] = scene.formed()
    scene.hold(session)
    scene.enter(group, FORMED)
    refused(
        lambda: group_steps.enter_phase(by=world.worker, group=group, on=TODAY, observed="好", expected="FORMING"),
        "小组现已是转折期",
    )


def test_a_group_goes_from_preparation_to_its_end(scene, world):
    group = scene.to_ending()
    refused(lambda: group_steps.end_group(by=world.worker, group=group, on=TODAY), "还没有评估")
    scene.evaluate(group, scales=[{"name": "孤独感量表", "people": 2, "before": 40, "after": 31.5}])
    group = group_steps.end_group(by=world.worker, group=group, on=TODAY)
    assert (group.state, group.closed_on) == (GroupState.ENDED, TODAY)
    assert str(group.evaluation.average) == "4.5"
    assert [str(scale.after) for scale in group.evaluation.scales.all()] == ["31.5"]


def test_no_end_while_a_session_waits(scene, world):
    group = scene.to_ending()
    session = groups.plan_session(
        by=world.worker, group=group, planned_on=TODAY, topic="道别", phase="ENDING", content=""
    )
    scene.evaluate(group)
    refused(lambda: group_steps.end_group(by=world.worker, group=group, on=TODAY), "第 4 节还没有开展")
    groups.drop_session(by=world.worker, session=session)
    assert group_steps.end_group(by=world.worker, group=group, on=TODAY).state == GroupState.ENDED


def test_no_evaluation_before_the_last_phase(scene):
    group, _ = scene.formed()
    refused(lambda: scene.evaluate(group), "进入结束期以后才能评估")


def test_satisfaction_holds_counts_only(scene, world):
    group = scene.to_ending()
    refused(lambda: scene.evaluate(group, scored_5=-1), "应在 0 至")


def test_a_group_is_stopped_early_with_a_reason(scene, world):
    group, [session] = scene.formed()
    scene.hold(session)
    refused(lambda: group_steps.stop_group(by=world.worker, group=group, on=TODAY, reason=""), "终止原因")
    refused(lambda: group_steps.stop_group(by=world.worker, group=group, on=OPENED, reason="停办"), "不能早于")
    group = group_steps.stop_group(by=world.worker, group=group, on=TODAY, reason="场地维修")
    assert (group.state, group.stop_reason) == (GroupState.STOPPED, "场地维修")


def test_nothing_is_planned_for_a_group_that_ended(scene, world):
    group = scene.to_ending()
    scene.evaluate(group)
    group_steps.end_group(by=world.worker, group=group, on=TODAY)
    refused(lambda: scene.sessions(group), "已结束")
    refused(lambda: scene.members(group), "已结束")


def test_the_last_step_is_taken_back_with_a_reason(scene, world):
    group, [session] = scene.formed()
    scene.hold(session)
    group = scene.enter(group, TODAY)
    seen = group_steps.last_step(group)
    group = group_steps.take_back_step(by=world.worker, group=group, reason="登记错误", expected=seen)
    assert group.phase == Phase.FORMING
    refused(
        lambda: group_steps.take_back_step(by=world.worker, group=group, reason="登记错误", expected=seen), "刚刚有变动"
    )
    refused(
        lambda: group_steps.take_back_step(
            by=world.worker, group=group, reason="登记错误", expected=group_steps.last_step(group)
        ),
        "不能退回筹备期",
    )


def test_steps_mark_the_months_whose_figures_they_move(scene):
    StaleMonth.objects.all().delete()
    scene.formed()
    months = StaleMonth.objects.filter(unit=scene.world.units["北关街道社工站"]).values_list("month", flat=True)
    assert set(months) == {Month(2026, 9), Month(2026, 10)}


# ---- sessions through services --------------------------------------------------------------------------------------


def test_a_service_holds_the_session_and_its_people_are_the_attendance(scene):
    _group, [session] = scene.formed()
    record = scene.hold(session)
    session.refresh_from_db()
    assert (session.record, session.held_on) == (record, FORMED)
    assert came(session) == {1: True, 2: False, 3: True}  # 乙 was not named, the third has no file


def test_members_without_file_are_absent_when_the_number_leaves_no_room(scene):
    _group, [session] = scene.formed()
    scene.hold(session, contacts=1)
    assert came(session) == {1: True, 2: False, 3: False}


def test_a_person_with_two_files_is_one(scene, world):
    old = make_client(world.station(), "演示甲旧档")
    group, [session] = scene.formed()
    old.merged_into = scene.jia
    old.save()
    member = group.members.get(client=scene.jia)
    member.client = old
    member.save()
    scene.hold(session)
    assert came(session)[1] is True


def test_no_session_in_preparation_nor_before_forming(scene):
    group = scene.group()
    scene.members(group)
    session, _ = scene.sessions(group, 2)
    refused(lambda: scene.hold(session), "还在筹备期")
    scene.enter(group, FORMED)
    refused(lambda: scene.hold(session, starts_on=OPENED), "不能早于这一天")


def test_no_session_beyond_the_end(scene, world):
    group, [first, second] = scene.formed(2)
    scene.hold(first)
    group_steps.stop_group(by=world.worker, group=group, on=date(2026, 9, 10), reason="场地维修")
    refused(lambda: scene.hold(second), "不能晚于这一天")
    scene.hold(second, starts_on=date(2026, 9, 9))  # held before the stop, logged after it


def test_a_session_is_held_once_and_by_the_method_of_groups(scene):
    _, [session] = scene.formed()
    refused(lambda: scene.hold(session, method=Method.VISIT), "方法应为“小组”")
    scene.hold(session)
    refused(lambda: scene.hold(session), "不能重复登记")


def test_a_session_of_another_station_is_no_link(scene, world):
    _, [session] = scene.formed()
    with pytest.raises(ValidationError, match="没有这个小组活动"):
        links.find(world.outsider, f"session:{session.pk}")


def test_a_voided_service_leaves_its_session_planned_again(scene, world):
    _group, [session] = scene.formed()
    record = scene.hold(session)
    void_service(by=world.worker, record=record, reason="登记错误")
    session.refresh_from_db()
    assert (session.record, session.held_on, came(session)) == (None, None, {})
    scene.hold(session)


def test_a_corrected_service_moves_its_session(scene, world):
    _, [session] = scene.formed()
    record = scene.hold(session)
    correct_service(
        by=world.worker, record=record, reason="日期填错", starts_on=date(2026, 9, 9), ends_on=date(2026, 9, 9)
    )
    session.refresh_from_db()
    assert session.held_on == date(2026, 9, 9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"method": Method.VISIT}, "方法应为"), ({"starts_on": OPENED, "ends_on": OPENED}, "不能早于这一天")],
)
def test_a_correction_that_no_session_fits_is_refused(scene, world, changes, words):
    _, [session] = scene.formed()
    record = scene.hold(session)
    refused(lambda: correct_service(by=world.worker, record=record, reason="更正", **changes), words)
    session.refresh_from_db()
    assert session.held_on == FORMED


def test_attendance_writes_the_people_of_the_record(scene, world):
    group, [session] = scene.formed()
    record = scene.hold(session, contacts=1)
    first, second, third = group.members.all()
    attendance.set_attendance(
        by=world.worker, session=session, came=[second, third], reasons={first.pk: "住院"}, seen={first.pk}
    )
    record.refresh_from_db()
    assert list(record.service_clients.values_list("client__name", flat=True)) == ["演示乙"]
    assert record.contacts == 2
    assert came(session) == {1: False, 2: True, 3: True}
    assert session.attendances.get(member=first).reason == "住院"


def test_attendance_keeps_people_who_are_no_members(scene, world):
    guest = make_client(world.station(), "演示客")
    group, [session] = scene.formed()
    record = scene.hold(session, clients=[scene.jia, guest])
    first, second, third = group.members.all()
    attendance.set_attendance(by=world.worker, session=session, came=[second], reasons={}, seen={first.pk, third.pk})
    assert set(record.service_clients.values_list("client__name", flat=True)) == {"演示乙", "演示客"}


def test_attendance_of_a_locked_month_is_refused(scene, world):
    group, [session] = scene.formed()
    scene.hold(session)
    lock_month(by=world.worker, station=world.station(), month=Month(2026, 9), reason="月报已上报")
    first, _, third = group.members.all()
    with pytest.raises(MonthLocked):
        attendance.set_attendance(by=world.worker, session=session, came=[], reasons={}, seen={first.pk, third.pk})
    assert came(session)[1] is True


def test_attendance_changed_meanwhile_is_not_overwritten(scene, world):
    _group, [session] = scene.formed()
    scene.hold(session)
    refused(
        lambda: attendance.set_attendance(by=world.worker, session=session, came=[], reasons={}, seen=set()),
        "被他人修改",
    )


def test_sessions_after_a_cancelled_one_move_up(scene, world):
    group, [first, second, _third] = scene.formed(3)
    groups.drop_session(by=world.worker, session=second)
    assert list(group.sessions.values_list("number", "topic")) == [(1, "主题1"), (2, "主题3")]
    scene.hold(first)
    refused(lambda: groups.drop_session(by=world.worker, session=first), "已经开展")


# ---- words for figures ----------------------------------------------------------------------------------------------


def test_the_words_of_figures(scene, world):
    september, october = Month(2026, 9), Month(2026, 10)
    group = scene.to_ending()
    assert Group.objects.running(FORMED).count() == 1
    assert Group.objects.running(OPENED).count() == 0  # preparation is no running group
    assert (GroupSession.objects.held_in(september).count(), GroupSession.objects.held_in(october).count()) == (3, 0)
    assert SessionAttendance.objects.present_in(september).count() == 6
    scene.evaluate(group)
    group_steps.end_group(by=world.worker, group=group, on=TODAY)
    assert Group.objects.ended_in(october).count() == 1
    assert Group.objects.running(TODAY).count() == 0
    assert Group.objects.running(date(2026, 10, 19)).count() == 1


# ---- privacy, constraints -------------------------------------------------------------------------------------------


def test_the_trail_names_no_member(scene, world):
    group = scene.to_ending()
    member = group.members.get(client=scene.yi)
    groups.change_member(by=world.worker, member=member, joined_on=OPENED, left_on=TODAY, reason="演示乙回老家")
    scene.evaluate(group, goals="演示甲进步明显")
    for event in AuditEvent.objects.filter(target_type__startswith="casework"):
        said = f"{event.target_label} {event.changes} {event.reason}"
        assert "演示甲" not in said
        assert "演示乙" not in said


@pytest.mark.parametrize(
    "changes",
    [{"state": "ENDED"}, {"state": "STOPPED", "closed_on": TODAY}, {"formed_on": TODAY}, {"planned_members": 1}],
)
def test_the_database_refuses_a_group_without_its_facts(scene, changes):
    group = scene.group()
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(**changes)


def test_the_database_refuses_a_phase_twice_and_a_day_without_a_record(scene):
    group, [session] = scene.formed()
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupPhase.objects.create(group=group, phase=Phase.FORMING, starts_on=TODAY, observed="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupSession.objects.filter(pk=session.pk).update(held_on=TODAY)
