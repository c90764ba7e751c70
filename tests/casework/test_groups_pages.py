"""Pages of groups and activities: who reads what, lists with filters, forms, pinned query counts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.actions import group_steps, groups
from casework.models import Activity, ActivityRecord, Group
from casework.queries.planned import planned
from stations.models import SupervisorAssignment
from tests.casework.group_scene import OPENED, TODAY, Scene
from tests.clients.make import make_client
from tests.world import World, make_user


@pytest.fixture
def scene(world: World, rules, time_machine) -> Scene:
    time_machine.move_to("2026-10-20T10:00:00+08:00")
    return Scene.of(world)


@pytest.fixture
def ended(scene: Scene) -> Group:
    """Gone through to its evaluation; with a text that names a member."""
    group = scene.to_ending()
    scene.evaluate(group, goals="演示甲能主动发言")
    return group


def text(client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# ---- privacy --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["group_detail", "group_print"])
def test_the_station_reads_names_the_county_counts(ended, sign_in, world, page):
    mine = text(sign_in(world.worker), page, ended.pk)
    assert "演示乙" in mine
    assert "演示甲能主动发言" in mine
    theirs = text(sign_in(world.county), page, ended.pk)
    assert "演示甲" not in theirs
    assert "演示乙" not in theirs
    assert "组员开始熟悉" not in theirs  # what was observed
    assert "先后 3 人" in theirs
    assert "4.5" in theirs


@pytest.mark.parametrize("who", ["county", "city", "province", "auditor", "agency"])
def test_attendance_by_name_is_closed_to_officials(ended, sign_in, world, who):
    assert sign_in(getattr(world, who)).get(reverse("group_attendance", args=[ended.pk])).status_code == 403


def test_a_supervisor_of_the_station_reads_the_group(ended, sign_in, world, scene):
    supervisor = make_user("du", "督导（演示）")
    SupervisorAssignment.objects.create(station=world.station(), user=supervisor, lead=True, starts_on=date(2026, 1, 1))
    client = sign_in(supervisor)
    assert "演示乙" in text(client, "group_detail", ended.pk)
    assert "银龄互助小组" in text(client, "group_list")
    assert client.get(reverse("group_edit", args=[ended.pk])).status_code == 403


def test_an_activity_names_who_came_to_the_station_only(scene, sign_in, world):
    activity = scene.activity()
    scene.hold_activity(activity)
    assert "演示甲" in text(sign_in(world.worker), "activity_detail", activity.pk)
    theirs = text(sign_in(world.county), "activity_detail", activity.pk)
    assert "演示甲" not in theirs
    assert "1 人有档案" in theirs


def test_lists_and_exports_name_nobody(ended, sign_in, world):
    for page in ("group_list", "session_list", "activity_list"):
        assert "演示" not in text(sign_in(world.county), page).split("</nav>")[-1].replace("王（演示）", "").replace(
            "张（演示）", ""
        )


# ---- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"month": "2026-09"}, True),
        ({"month": "2026-10"}, False),
        ({"month": "2026-09", "what": "running"}, True),
        ({"month": "2026-08", "what": "running"}, False),
        ({"month": "2026-09", "what": "formed"}, True),
        ({"month": "2026-09", "what": "ended"}, False),
        ({"month": "2026-09", "what": "stopped"}, False),
        ({"phase": "ENDING"}, True),
        ({"phase": "FORMING"}, False),
        ({"state": "STOPPED"}, False),
        ({"kind": "SUPPORT", "domain": "ELDERLY_CARE", "q": "银龄"}, True),
    ],
)
def test_the_list_of_groups_filters(ended, sign_in, world, query, shown):
    assert (f"/groups/{ended.pk}/" in text(sign_in(world.worker), "group_list", **query)) is shown


def test_the_list_of_sessions_adds_attendance_up(ended, sign_in, world):
    found = text(sign_in(world.county), "session_list", month="2026-09", state="held")
    assert "3 节，到场 6 人次" in found


def test_the_list_of_activities_filters_by_month_and_state(scene, sign_in, world):
    activity = scene.activity()
    client = sign_in(world.worker)
    assert activity.name not in text(client, "activity_list", month="2026-10")
    scene.hold_activity(activity)
    assert activity.name in text(client, "activity_list", month="2026-10", state="HELD")


@pytest.mark.parametrize("page", ["group_list", "session_list", "activity_list"])
def test_lists_cost_the_same_however_long(scene, sign_in, world, page):
    client = sign_in(world.county)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(page))
        return len(queries)

    def fill(number: int) -> None:
        scene.formed(2, name=f"小组{number}")
        scene.activity(name=f"活动{number}")

    fill(0)
    client.get(reverse(page))
    few = count()
    for number in range(1, 6):
        fill(number)
    assert count() == few


def test_the_page_of_a_group_costs_the_same_however_many_members(scene, sign_in, world):
    group, _ = scene.formed(3)
    client = sign_in(world.worker)
    url = reverse("group_detail", args=[group.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    people = [make_client(world.station(), f"演示{n}") for n in range(8)]
    groups.add_members(by=world.worker, group=group, joined_on=OPENED, clients=people, unnamed=4, expected=3)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


# ---- writing --------------------------------------------------------------------------------------------------------


def led_back(client, name: str, row, to: str, back) -> str:
    """The page on which the opened form ends, which is that of the row."""
    answer = client.get(reverse(name, args=[row.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(to, args=[back.pk])
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("group_phase", "小组成员不足"),
        ("group_evaluate", "进入结束期以后才能评估"),
        ("group_end", "进入结束期并评估后才能结束"),
        ("group_take_back", "没有可以撤回的环节"),
    ],
)
def test_a_step_before_its_turn_leads_back_with_the_reason(scene, sign_in, world, name, reason):
    group = scene.group()
    client, url = sign_in(world.worker), reverse(name, args=[group.pk])
    assert reason in led_back(client, name, group, "group_detail", group)
    typed = {"on": "2026-10-01", "observed": "观察", "expected": "PREPARATION", "attainment": "FULL"}
    typed |= {"goals": "一", "process": "二", "summary": "三", "reason": "误登"}
    if name == "group_take_back":
        typed["expected"] = group_steps.last_step(group)
    refused = client.post(url, typed)  # what was typed stays
    assert refused.status_code == 200
    assert refused.content.decode().count(reason) == 1


@pytest.mark.parametrize(
    "name", ["group_edit", "group_members", "session_add", "group_phase", "group_evaluate", "group_end", "group_stop"]
)
def test_forms_of_a_group_that_is_over_lead_back(ended, sign_in, world, name):
    group_steps.end_group(by=world.worker, group=ended, on=TODAY)
    assert "不能再办理" in led_back(sign_in(world.worker), name, ended, "group_detail", ended)


def test_forms_of_members_and_sessions_of_a_group_that_is_over_lead_back(ended, sign_in, world):
    group_steps.end_group(by=world.worker, group=ended, on=TODAY)
    client = sign_in(world.worker)
    for name, row in (("group_member_edit", ended.members.first()), ("session_edit", ended.sessions.first())):
        assert "不能再办理" in led_back(client, name, row, "group_detail", ended)


@pytest.mark.parametrize(
    ("held", "name", "reason"),
    [
        (False, "activity_conclude", "活动还没有开展，不能总结"),
        (False, "activity_take_back", "活动还没有开展，不能撤回"),
        (True, "activity_cancel", "登记有误的请作废服务记录"),
    ],
)
def test_a_step_of_an_activity_before_its_turn_leads_back(scene, sign_in, world, held, name, reason):
    activity = scene.activity()
    if held:
        scene.hold_activity(activity)
    assert reason in led_back(sign_in(world.worker), name, activity, "activity_detail", activity)


def test_the_trail_names_the_fields_of_an_evaluation_and_their_choices(ended, sign_in, world):
    shown = text(sign_in(world.auditor), "audit_list", verb="小组评估")
    assert "目标达成" in shown
    assert "大部分达成" in shown
    for raw in ("attainment", "MOSTLY", "scored_5"):
        assert raw not in shown


def test_members_are_found_by_a_pasted_list(scene, sign_in, world):
    group = scene.group()
    client, url = sign_in(world.worker), reverse("group_members", args=[group.pk])
    typed = {"joined_on": "2026-09-01", "expected": 0, "names": "演示甲、无此人"}
    found = client.post(url, typed | {"find": "1"})
    assert f'value="{scene.jia.pk}" checked' in found.content.decode()
    assert "没有在档的档案：无此人" in found.content.decode()
    assert group.members.count() == 0
    refused = client.post(url, typed)
    assert "没有在档的档案：无此人。请从名单删去，计入人数" in refused.content.decode()
    saved = client.post(url, typed | {"names": "演示乙", "clients": [scene.jia.pk], "unnamed": 1})
    assert saved.status_code == 302
    assert group.members.count() == 3


def test_a_ticked_suggestion_settles_its_line(scene, sign_in, world):
    group = scene.group()
    client, url = sign_in(world.worker), reverse("group_members", args=[group.pk])
    typed = {"joined_on": "2026-09-01", "expected": 0, "names": "甲", "unnamed": 0}
    found = client.post(url, typed | {"find": "1"}).content.decode()
    assert f'value="{scene.jia.pk}">' in found  # offered, not ticked
    assert "请勾选相近的人" in found
    offers = re.search(r'name="offers" value="([^"]*)"', found)[1]
    ticked = typed | {"clients": [scene.jia.pk], "offers": offers}
    assert "没有在档的档案" not in client.post(url, ticked | {"find": "1"}).content.decode()
    assert client.post(url, ticked).status_code == 302
    assert [member.client for member in group.members.all()] == [scene.jia]


def test_who_was_ticked_before_settles_no_line(scene, sign_in, world):
    group = scene.group()
    client, url = sign_in(world.worker), reverse("group_members", args=[group.pk])
    typed = {"joined_on": "2026-09-01", "expected": 0, "names": "甲", "unnamed": 0, "clients": [scene.jia.pk]}
    assert "没有在档的档案：甲" in client.post(url, typed).content.decode()
    assert group.members.count() == 0


def test_attendance_is_ticked_on_a_page(scene, sign_in, world):
    group, [session] = scene.formed()
    scene.hold(session)
    first, second, third = group.members.all()
    url = reverse("session_attendance", args=[session.pk])
    client = sign_in(world.worker)
    assert "演示乙" in client.get(url).content.decode()
    came = {"came": [second.pk, third.pk], f"reason_{first.pk}": "住院", "seen": f"{first.pk},{third.pk}"}
    assert client.post(url, came).status_code == 302
    assert session.attendances.get(member=first).reason == "住院"
    assert "住院" in text(client, "group_attendance", group.pk)


def test_who_came_to_an_activity_is_pasted_and_counted(scene, sign_in, world):
    scene.hold_activity(scene.activity())
    row = ActivityRecord.objects.get()
    url = reverse("activity_people", args=[row.pk])
    typed = {"names": "演示乙", "clients": [scene.jia.pk], "contacts": 88, "seen": str(scene.jia.pk)}
    assert sign_in(world.worker).post(url, typed).status_code == 302
    row.record.refresh_from_db()
    assert (row.record.contacts, row.record.service_clients.count()) == (88, 2)


def test_a_group_is_planned_on_its_page(scene, sign_in, world):
    typed = {
        "name": "照护者减压小组", "kind": "EDUCATION", "domain": "DISABILITY", "opened_on": "2026-10-01",
        "target": "照护者", "planned_sessions": 4, "planned_members": 6, "workers": [scene.worker.pk],
    }  # fmt: skip
    response = sign_in(world.worker).post(reverse("group_create"), typed)
    group = Group.objects.get(name="照护者减压小组")
    assert response.url == reverse("group_detail", args=[group.pk])
    page = text(sign_in(world.worker), "group_detail", group.pk)
    assert "小组计划还不完整" in page


def test_an_activity_is_planned_and_concluded_on_its_pages(scene, sign_in, world):
    client = sign_in(world.worker)
    typed = {
        "name": "反诈宣传日", "domain": "COMMUNITY", "starts_on": "2026-10-19", "place": "广场", "purpose": "反诈",
        "expected": 30, "workers": [scene.worker.pk],
    }  # fmt: skip
    client.post(reverse("activity_create"), typed)
    activity = Activity.objects.get(name="反诈宣传日")
    scene.hold_activity(activity)
    done = {"concluded_on": "2026-10-20", "attainment": "FULL", "result": "好", "evaluation": "好", "scored_5": 3}
    assert client.post(reverse("activity_conclude", args=[activity.pk]), done).status_code == 302
    assert "5.0" in text(client, "activity_detail", activity.pk)


# ---- today ----------------------------------------------------------------------------------------------------------


def test_what_is_planned_at_the_station(scene, world):
    scene.formed(8)
    activity = scene.activity()
    found = planned(world.station(), TODAY, date(2026, 10, 27))
    assert [(row.on, row.kind) for row in found] == [
        (TODAY, "小组"), (TODAY, "社区活动"), (date(2026, 10, 27), "小组"),
    ]  # fmt: skip
    assert found[1].log_url.endswith(f"?link=activity:{activity.pk}")
    assert planned(world.station("明星镇社工站"), TODAY, date(2026, 10, 27)) == []


def test_the_file_of_a_member_shows_the_groups(ended, sign_in, world, scene):
    page = text(sign_in(world.worker), "client_detail", scene.jia.pk)
    assert "银龄互助小组" in page
    assert "3/3" in page


def test_a_session_is_logged_for_members_with_and_without_file_so_that_unticking_one_counts_down(scene, sign_in):
    _, [session] = scene.formed(1)
    page = sign_in(scene.world.worker).get(reverse("service_log"), {"link": f"session:{session.pk}"})
    initial = page.context["form"].initial
    assert {key.pk if hasattr(key, "pk") else int(key) for key in initial["clients"]} == {scene.jia.pk, scene.yi.pk}
    assert (initial["others"], initial["contacts"]) == (1, 3)
