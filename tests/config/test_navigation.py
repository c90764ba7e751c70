"""The shell's menu: what each role sees of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from config.navigation import ITEMS, day_label, navigation


def menu(rf, user, path="/"):
    request = rf.get(path)
    request.user = user
    return navigation(request)


def labels(context, key="nav_items"):
    return [entry["label"] for entry in context[key]]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("worker", "今天 总览 站点 队伍 服务对象 服务 专业服务 探访 月报 五社联动 制度 任务"),
        ("township", "今天 总览 站点 队伍 承接机构 服务对象 服务 专业服务 探访 月报 五社联动 资金 制度 任务"),
        ("county", "总览 站点 队伍 承接机构 服务 专业服务 探访 月报 五社联动 资金 制度 任务"),
        ("city", "总览 站点 队伍 承接机构 服务 专业服务 探访 月报 五社联动 资金 制度 任务"),
        ("agency", "总览 站点 队伍 服务 专业服务 探访 月报 五社联动 制度 任务"),
        ("administrator", "总览 站点 制度 账号"),
        ("auditor", "总览 站点 队伍 承接机构 服务 专业服务 探访 月报 五社联动 资金 制度 任务 审计"),
    ],
)
def test_each_role_has_its_menu(rf, world, role, expected):
    assert labels(menu(rf, getattr(world, role))) == expected.split()


def test_every_item_leads_somewhere():
    assert all(reverse(item.url_name) for item in ITEMS)


def test_the_dock_of_a_phone_has_at_most_five(rf, world):
    for user in world.users.values():
        assert len(menu(rf, user)["dock_items"]) <= 5


def test_the_shell_says_who_and_where(rf, world, time_machine):
    time_machine.move_to("2026-11-21T09:00:00+08:00")
    context = menu(rf, world.worker)
    assert (context["user_label"], context["unit_label"]) == ("张（演示）", "北关街道社工站")
    assert context["today_label"] == "11月21日 星期六"
    assert day_label(date(2026, 11, 22)) == "11月22日 星期日"


def test_one_item_is_lit_the_one_of_the_page(rf, world):
    context = menu(rf, world.administrator, reverse("user_detail", args=[world.county.pk]))
    assert [entry["label"] for entry in context["nav_items"] if entry["active"]] == ["账号"]


def test_administrators_find_the_data_pages_behind_their_name(rf, world):
    assert labels(menu(rf, world.administrator), "user_menu_items") == ["数据后台", "接口文档"]
    assert labels(menu(rf, world.county), "user_menu_items") == []


def test_who_must_first_change_the_password_gets_no_menu(rf, world):
    world.worker.must_change_password = True
    context = menu(rf, world.worker)
    assert labels(context) == labels(context, "dock_items") == labels(context, "user_menu_items") == []


def test_the_menu_costs_two_queries(rf, world, django_assert_num_queries):
    with django_assert_num_queries(2):  # postings, supervising
        menu(rf, world.county)
