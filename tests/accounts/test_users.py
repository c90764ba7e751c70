"""Administrators manage the accounts of their subtree, and nothing above it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actions import (
    add_posting,
    create_user,
    edit_user,
    end_posting,
    manageable_by,
    reset_password,
    set_active,
)
from accounts.models import AuditEvent, Posting, User
from accounts.roles import LEVELS, Role
from tests.world import make_user


def create(world, by=None, **changes):
    facts = {
        "username": "new.user",
        "name": "新人",
        "role": Role.COUNTY_OFFICIAL,
        "unit": world.units["太谷区"],
    } | changes
    return create_user(by=by or world.administrator, **facts)


def message(call) -> str:
    with pytest.raises(ValidationError) as caught:
        call()
    return " ".join(caught.value.messages)


# ---- creating


def test_a_new_account_can_sign_in_once_and_must_change_its_password(world, client):
    user, password = create(world)
    assert user.check_password(password)
    assert user.must_change_password
    client.post(reverse("sign_in"), {"username": "new.user", "password": password})
    assert client.get(reverse("unit_search")).url == reverse("password_change")


def test_the_event_of_a_new_account_lies_at_its_unit_and_holds_no_password(world):
    user, password = create(world)
    event = AuditEvent.objects.get(verb="新建账号")
    assert (event.actor, event.target_id, event.path) == (world.administrator, str(user.pk), world.units["太谷区"].path)
    assert password not in str(event.changes)


def test_initial_passwords_differ_and_are_strong(world):
    passwords = {create(world, username=f"user{n}")[1] for n in range(20)}
    assert len(passwords) == 20
    assert all(len(password) == 12 and any(c.isdigit() for c in password) for password in passwords)


@pytest.mark.parametrize("username", ["zhang", "ZHANG", "a", "有中文", "a b c", "x" * 61, "<b>abc", "a\x00bc"])
def test_a_taken_or_odd_user_name_is_refused(world, username):
    assert "用户名" in message(lambda: create(world, username=username))
    assert User.objects.count() == len(world.users)


@pytest.mark.parametrize("name", ["", "<b>张</b>", "张" * 41, "张\x00"])
def test_an_odd_name_is_refused(world, name):
    assert "姓名" in message(lambda: create(world, name=name))


def test_an_odd_telephone_number_is_refused(world):
    assert "联系电话" in message(lambda: create(world, phone="<script>"))


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_given_at_its_levels_only(world, role):
    places = {0: "全国", 1: "山西省", 2: "晋中市", 3: "榆次区", 4: "北关街道", 5: "北关街道社工站"}
    for level, name in places.items():
        facts = {"username": f"u-{level}", "role": role, "unit": world.units[name], "by": world.root}
        if level in LEVELS[role]:
            create(world, **facts)
        else:
            assert "只能任职于" in message(lambda facts=facts: create(world, **facts))


@pytest.mark.parametrize("unit", ["山西省", "全国", "兰州市", "城关区"])
def test_nobody_grants_above_or_outside_their_own_subtree(world, unit):
    role = Role.COUNTY_OFFICIAL if unit == "城关区" else Role.AUDITOR
    with pytest.raises(PermissionDenied):
        create(world, role=role, unit=world.units[unit])
    with pytest.raises(PermissionDenied):
        add_posting(by=world.administrator, user=world.county, role=role, unit=world.units[unit])


def test_a_closed_unit_takes_no_posting(world):
    world.units["太谷区"].closed_on = date(2021, 12, 31)
    world.units["太谷区"].save()
    assert "已撤销" in message(lambda: create(world))


# ---- changing


def test_editing_leaves_old_and_new_value(world):
    edit_user(by=world.administrator, user=world.county, name="王五", phone="0354-1234567")
    event = AuditEvent.objects.get(verb="修改账号")
    assert event.changes == {"name": ["王（演示）", "王五"], "phone": ["", "0354-1234567"]}


def test_editing_without_a_change_leaves_no_event(world):
    edit_user(by=world.administrator, user=world.county, name=world.county.name, phone=world.county.phone)
    assert not AuditEvent.objects.exists()


def test_an_account_with_a_posting_elsewhere_is_not_to_be_taken_over(world):
    """Else the administrator of 晋中市 could reset the password of a provincial account that also works here."""
    Posting.objects.create(
        user=world.province, role=Role.COUNTY_OFFICIAL, unit=world.units["榆次区"], starts_on=date(2024, 1, 1)
    )
    assert User.objects.visible_to(world.administrator).filter(pk=world.province.pk).exists()
    assert not manageable_by(world.administrator, world.province)
    for call in (
        lambda: reset_password(by=world.administrator, user=world.province),
        lambda: set_active(by=world.administrator, user=world.province, active=False),
        lambda: edit_user(by=world.administrator, user=world.province, name="别名"),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert manageable_by(world.root, world.province)


def test_who_moved_away_is_managed_where_they_are_now(world):
    old = Posting.objects.get(user=world.county)
    end_posting(by=world.root, posting=old)
    add_posting(by=world.root, user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["城关区"])
    assert not manageable_by(world.administrator, world.county)


def test_a_reset_password_works_once_and_ends_open_sessions(world, sign_in):
    open_session = sign_in(world.county)
    password = reset_password(by=world.administrator, user=world.county)
    assert open_session.get(reverse("unit_search")).status_code == 302
    world.county.refresh_from_db()
    assert world.county.check_password(password)
    assert world.county.must_change_password
    assert AuditEvent.objects.get(verb="重置密码").changes == {}


def test_deactivating_and_activating_leave_their_reason(world):
    set_active(by=world.administrator, user=world.county, active=False, reason="调离")
    set_active(by=world.administrator, user=world.county, active=True)
    first, second = AuditEvent.objects.order_by("id")
    assert (first.verb, first.reason, second.verb) == ("停用账号", "调离", "启用账号")


def test_nobody_deactivates_themselves(world):
    assert "自己" in message(lambda: set_active(by=world.administrator, user=world.administrator, active=False))


# ---- postings


def test_ending_a_posting_takes_its_rights_at_once(world):
    end_posting(by=world.administrator, posting=Posting.objects.get(user=world.county), reason="调动")
    user = User.objects.get(pk=world.county.pk)
    assert user.paths() == []
    event = AuditEvent.objects.get(verb="结束任职")
    assert (event.target_id, event.reason) == (str(user.pk), "调动")


def test_a_posting_given_by_mistake_today_can_be_ended_today(world):
    posting = add_posting(
        by=world.administrator, user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["太谷区"]
    )
    end_posting(by=world.administrator, posting=posting)
    assert User.objects.get(pk=world.county.pk).paths() == [world.units["榆次区"].path]


def test_a_posting_may_begin_and_end_in_the_future(world):
    today = timezone.localdate()
    posting = add_posting(
        by=world.administrator, user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["太谷区"],
        starts_on=today + timedelta(days=10),
    )  # fmt: skip
    assert len(User.objects.get(pk=world.county.pk).paths()) == 1
    end_posting(by=world.administrator, posting=posting, on=today + timedelta(days=20))


@pytest.mark.parametrize("days", [-20000, -(365 * 40), 500])
def test_senseless_dates_are_refused(world, days):
    day = timezone.localdate() + timedelta(days=days)
    assert "起始日期" in message(lambda: create(world, starts_on=day))


def test_a_posting_cannot_end_before_it_begins_or_twice(world):
    posting = Posting.objects.get(user=world.county)
    assert "不能早于" in message(lambda: end_posting(by=world.administrator, posting=posting, on=date(2020, 1, 1)))
    end_posting(by=world.administrator, posting=posting)
    assert "已经结束" in message(lambda: end_posting(by=world.administrator, posting=posting))


def test_the_same_posting_is_held_once(world):
    assert "已经在榆次区" in message(
        lambda: add_posting(
            by=world.administrator, user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["榆次区"]
        )
    )


def test_nobody_ends_their_own_last_administrator_posting(world):
    own = Posting.objects.get(user=world.administrator)
    assert "唯一的管理员任职" in message(lambda: end_posting(by=world.administrator, posting=own))
    add_posting(by=world.root, user=world.administrator, role=Role.ADMINISTRATOR, unit=world.units["榆次区"])
    end_posting(by=world.administrator, posting=own)


def test_another_administrator_may_end_it(world):
    end_posting(by=world.root, posting=Posting.objects.get(user=world.administrator))


# ---- pages


def test_the_list_shows_the_users_of_the_subtree_only(world, sign_in):
    html = sign_in(world.administrator).get(reverse("user_list")).content.decode()
    assert "王（演示）" in html
    assert "孙（演示）" in html
    assert "钱（演示）" not in html
    assert "全国管理员" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"role": "COUNTY_OFFICIAL"}, {"wang", "sun"}),
        ({"q": "zhang"}, {"zhang"}),
        ({"q": "王"}, {"wang"}),
        ({"active": "0"}, {"li"}),
        ({"unit": "太谷区"}, {"sun"}),
        ({"unit": "榆次区", "role": "COUNTY_OFFICIAL"}, {"wang"}),
    ],
)
def test_the_list_filters(world, sign_in, query, expected):
    User.objects.filter(username="li").update(is_active=False)
    if "unit" in query:
        query["unit"] = world.units[query["unit"]].pk
    page = sign_in(world.administrator).get(reverse("user_list"), query).context["page"]
    assert {user.username for user in page} == expected


@pytest.mark.parametrize("unit", ["山西省", "兰州市"])
def test_the_list_of_a_unit_outside_is_not_found(world, sign_in, unit):
    response = sign_in(world.administrator).get(reverse("user_list"), {"unit": world.units[unit].pk})
    assert response.status_code == 404


@pytest.mark.parametrize(
    "query", [{"role": "X"}, {"sort": "password"}, {"page": "x"}, {"q": "\x00"}, {"unit_text": "?"}]
)
def test_odd_filters_do_not_break_the_list(world, sign_in, query):
    assert sign_in(world.administrator).get(reverse("user_list"), query).status_code == 200


def test_the_list_costs_a_fixed_number_of_queries(world, sign_in, django_assert_max_num_queries):
    for n in range(60):
        make_user(f"many{n}", f"甲{n}", (Role.COUNTY_OFFICIAL, world.units["榆次区"]))
    client = sign_in(world.administrator)
    with django_assert_max_num_queries(7):  # session, user, postings, supervising, count, page, postings of the page
        assert len(client.get(reverse("user_list")).context["page"].object_list) == 50


def test_creating_on_the_page_shows_the_password_once(world, sign_in):
    client = sign_in(world.administrator)
    response = client.post(
        reverse("user_create"),
        {"username": "new.user", "name": "新人", "phone": "", "role": "COUNTY_OFFICIAL", "unit_text": "太谷区",
         "starts_on": "2026-01-01"},
    )  # fmt: skip
    user = User.objects.get(username="new.user")
    assert user.check_password(response.context["password"])
    assert response.context["password"] in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert response.context["password"] not in client.get(reverse("user_detail", args=[user.pk])).content.decode()


def test_an_error_of_the_action_stands_on_the_form_and_nothing_is_saved(world, sign_in):
    response = sign_in(world.administrator).post(
        reverse("user_create"),
        {
            "username": "zhang",
            "name": "新人",
            "role": "CITY_OFFICIAL",
            "unit_text": "太谷区",
            "starts_on": "2026-01-01",
        },
    )
    assert "已有人使用" in response.content.decode()
    assert User.objects.count() == len(world.users)


def test_a_form_offers_no_unit_outside(world, sign_in):
    response = sign_in(world.administrator).post(
        reverse("posting_create", args=[world.county.pk]),
        {"role": "COUNTY_OFFICIAL", "unit": world.units["城关区"].pk, "starts_on": "2026-01-01"},
    )
    assert "没有找到" in response.content.decode()
    assert Posting.objects.filter(user=world.county).count() == 1


def test_the_detail_names_no_posting_outside_but_says_that_there_is_one(world, sign_in):
    Posting.objects.create(
        user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["城关区"], starts_on=date(2024, 1, 1)
    )
    html = sign_in(world.administrator).get(reverse("user_detail", args=[world.county.pk])).content.decode()
    assert "城关区" not in html
    assert "另有 1 项任职" in html
    assert reverse("user_reset_password", args=[world.county.pk]) not in html
    forced = sign_in(world.administrator).post(reverse("user_reset_password", args=[world.county.pk]))
    assert forced.status_code == 403


@pytest.mark.parametrize(
    "name", ["user_edit", "user_deactivate", "user_activate", "user_reset_password", "posting_create"]
)
def test_each_page_about_a_user_opens(world, sign_in, name):
    assert sign_in(world.administrator).get(reverse(name, args=[world.county.pk])).status_code == 200


def test_deactivating_activating_and_ending_on_the_pages(world, sign_in):
    client = sign_in(world.administrator)
    detail = reverse("user_detail", args=[world.county.pk])
    assert client.post(reverse("user_deactivate", args=[world.county.pk]), {"reason": "调离"}).url == detail
    assert "已停用" in client.get(detail).content.decode()
    assert client.post(reverse("user_activate", args=[world.county.pk])).url == detail
    posting = Posting.objects.get(user=world.county)
    ended = client.post(reverse("posting_end", args=[posting.pk]), {"on": str(timezone.localdate())})
    assert ended.url == detail
    assert "已结束" in client.get(detail).content.decode()


def test_the_first_administrator_of_an_installation_leaves_an_event(world, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "quite-Long-2026")
    call_command("createsuperuser", interactive=False, username="first", name="首任管理员（演示）")
    user = User.objects.get(username="first")
    assert user.has_role(Role.ADMINISTRATOR)
    event = AuditEvent.objects.get(target_type="accounts.user", target_id=str(user.pk))
    assert (event.verb, event.actor_name) == ("新建全国管理员", "系统")
