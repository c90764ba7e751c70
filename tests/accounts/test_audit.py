"""The audit trail as auditors read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import add_posting, edit_user, end_posting
from accounts.models import AuditEvent, Posting
from accounts.queries.audit import PAGE
from accounts.roles import Role
from stations.models import Worker


def record(world, unit="榆次区", **facts):
    unit = world.units[unit]
    return audit.record(**({"by": world.county, "verb": "修改", "target": unit, "unit": unit} | facts))


def page(client, **query):
    return client.get(reverse("audit_list"), query)


def verbs(response):
    return [line.event.verb for line in response.context["page"].lines]


# ---- writing


def test_an_event_says_who_when_and_from_where(world, sign_in):
    sign_in(world.administrator).post(
        reverse("user_edit", args=[world.county.pk]), {"name": "王五", "phone": ""}, REMOTE_ADDR="10.9.8.7"
    )
    event = AuditEvent.objects.get()
    assert (event.actor_name, event.ip) == ("周（演示）", "10.9.8.7")
    assert event.changes == {"name": ["王（演示）", "王五"]}
    assert timezone.now() - event.at < timedelta(minutes=1)


def test_numbers_of_citizens_and_passwords_never_stand_in_it(world):
    worker = Worker.objects.create(unit=world.units["榆次区"], name="甲", id_number="110101199003078515")
    state = audit.state(worker)
    assert state["id_number"] == "已填写"
    assert "110101199003078515" not in str(state)
    assert "password" not in audit.state(world.county)


def test_what_cannot_be_json_is_written_as_text(world):
    event = record(
        world, changes={"day": [None, date(2026, 1, 2)], "more": [{"at": date(2026, 1, 3)}, {date(2026, 1, 4)}]}
    )
    event.refresh_from_db()
    assert event.changes == {"day": [None, "2026-01-02"], "more": [{"at": "2026-01-03"}, ["2026-01-04"]]}


def test_an_event_without_a_unit_lies_at_the_nation(world, sign_in):
    audit.record(by=None, verb="无单位", target=world.county)
    assert verbs(page(sign_in(world.auditor))) == []


# ---- reading


def test_auditors_see_the_events_of_their_subtree_only(world, sign_in):
    for unit in ("榆次区", "北关街道社工站", "晋中市", "山西省", "城关区"):
        record(world, unit, verb=f"在{unit}")
    assert verbs(page(sign_in(world.auditor))) == ["在晋中市", "在北关街道社工站", "在榆次区"]


@pytest.mark.parametrize(
    "role", ["worker", "township", "county", "city", "province", "outsider", "administrator", "agency"]
)
def test_nobody_else_reads_it(world, sign_in, role):
    record(world)
    client = sign_in(getattr(world, role))
    assert page(client).status_code == 403
    assert client.get(reverse("audit_target", args=["accounts.orgunit", world.units["榆次区"].pk])).status_code == 403


def test_a_line_shows_old_and_new_in_words(world, sign_in):
    edit_user(by=world.administrator, user=world.county, name="王五")
    record(world, target=world.units["太谷区"], changes={"parent": [world.units["晋中市"].pk, None], "level": [2, 3],
           "is_virtual": [False, True]}, reason="机构改革")  # fmt: skip
    first, second = page(sign_in(world.auditor)).context["page"].lines
    assert [(c.field, c.old, c.new) for c in second.changes] == [("姓名", "王（演示）", "王五")]
    assert {(c.field, c.old, c.new) for c in first.changes} == {
        ("上级", "晋中市", "（空）"), ("层级", "市（州、盟）", "县（市、区）"), ("虚拟层级", "否", "是")
    }  # fmt: skip
    html = page(sign_in(world.auditor)).content.decode()
    assert "王（演示） → 王五" in html
    assert "机构改革" in html


def test_a_reference_to_a_row_outside_the_scope_is_only_a_number(world, sign_in):
    outside = world.units["城关区"]
    record(world, changes={"parent": [outside.pk, world.units["晋中市"].pk]})
    (line,) = page(sign_in(world.auditor)).context["page"].lines
    assert (line.changes[0].old, line.changes[0].new) == (f"编号 {outside.pk}", "晋中市")


def test_odd_changes_are_shown_and_do_not_break_the_page(world, sign_in):
    record(
        world,
        changes={"parent": ["某单位", None], "自定": "文字", "空": [], "深": [[1, 2], {"a": 1}], "<b>": ["<i>", "x"]},
    )
    html = page(sign_in(world.auditor)).content.decode()
    assert "某单位" in html or "编号 某单位" in html
    assert "<i>" not in html
    audit.record(by=None, verb="已删模型", target=world.county, unit=world.units["榆次区"])
    AuditEvent.objects.filter(verb="已删模型").update(target_type="gone.model")
    assert page(sign_in(world.auditor)).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"actor": "王"}, ["乙", "甲"]),
        ({"verb": "甲"}, ["甲"]),
        ({"target_type": "accounts.user"}, ["丙"]),
        ({"first": "2026-11-20"}, ["丙", "乙"]),
        ({"last": "2026-11-20"}, ["乙", "甲"]),
        ({"first": "2026-11-20", "last": "2026-11-20"}, ["乙"]),
        ({"unit": "太谷区"}, ["乙"]),
        ({"unit_text": "太谷区"}, ["乙"]),
        ({"first": "2026-11-20", "last": "2026-11-01"}, []),
        ({"first": "昨天"}, []),
        ({"last": "9999-12-31"}, ["丙", "乙", "甲"]),
    ],
)
def test_the_filters(world, sign_in, query, expected):
    with time_machine.travel(datetime.fromisoformat("2026-11-19T23:59:59+08:00"), tick=False) as clock:
        record(world, verb="甲")
        clock.move_to(datetime.fromisoformat("2026-11-20T00:00:00+08:00"))
        record(world, "太谷区", verb="乙")
        clock.move_to(datetime.fromisoformat("2026-11-21T00:00:00+08:00"))
        record(world, verb="丙", target=world.county, by=None)
    if "unit" in query:
        query = query | {"unit": world.units[query["unit"]].pk}
    assert verbs(page(sign_in(world.auditor), **query)) == expected


def test_a_unit_outside_is_not_found(world, sign_in):
    assert page(sign_in(world.auditor), unit=world.units["城关区"].pk).status_code == 404
    assert page(sign_in(world.auditor), unit="x").status_code == 404


def test_pages_follow_one_another_newest_first_both_ways(world, sign_in):
    client = sign_in(world.auditor)
    for n in range(PAGE * 2 + 5):
        record(world, verb=f"第{n}次")
    first = page(client).context["page"]
    second = page(client, after=first.next_cursor).context["page"]
    third = page(client, after=second.next_cursor).context["page"]
    numbers = [line.event.pk for shown in (first, second, third) for line in shown.lines]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == PAGE * 2 + 5
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    back = page(client, before=third.previous_cursor).context["page"]
    assert [line.event.pk for line in back.lines] == [line.event.pk for line in second.lines]


@pytest.mark.parametrize("query", [{"after": "x"}, {"before": "9" * 30}, {"after": "-1"}])
def test_a_cursor_that_is_none_is_not_found(world, sign_in, query):
    assert page(sign_in(world.auditor), **query).status_code == 404


def test_the_list_costs_a_fixed_number_of_queries(world, sign_in, django_assert_max_num_queries):
    units = list(world.units.values())
    for n in range(PAGE):
        record(world, "榆次区", target=units[n % len(units)], changes={"parent": [units[n % len(units)].pk, None]})
    client = sign_in(world.auditor)
    with django_assert_max_num_queries(9):
        page(client)


def test_the_history_of_a_user_holds_its_postings(world, sign_in):
    add_posting(by=world.administrator, user=world.county, role=Role.COUNTY_OFFICIAL, unit=world.units["太谷区"])
    end_posting(by=world.administrator, posting=Posting.objects.get(user=world.county, unit=world.units["太谷区"]))
    client = sign_in(world.auditor)
    response = client.get(reverse("audit_target", args=["accounts.user", world.county.pk]))
    assert verbs(response) == ["结束任职", "增加任职"]
    assert "县级民政干部 · 太谷区" in response.content.decode()


def test_a_history_outside_the_scope_is_not_found(world, sign_in):
    record(world, "城关区")
    target = world.units["城关区"].pk
    assert sign_in(world.auditor).get(reverse("audit_target", args=["accounts.orgunit", target])).status_code == 404


def test_the_page_says_how_far_the_trail_is_sealed(world, sign_in):
    record(world)
    html = page(sign_in(world.auditor)).content.decode()
    assert "还没有封签" in html
    assert "待封 1 条" in html
