"""The data pages of administrators: read only, through the gate."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.admin import GatedAdmin, OrgUnitAdmin
from accounts.models import OrgUnit, User

# What tells nothing of its own: parts of a row that the admin shows, and what follows from such rows.
READ_WITH_ANOTHER = {
    "stations.FeatureStep", "stations.Attendance", "stations.WorkerLanguage", "standards.CheckAnswer",
    "agencies.AgencyEmployment", "agencies.MemberPosting", "agencies.ContractPromise", "funds.Holding",
}  # fmt: skip


def test_every_model_of_the_rooms_is_registered_through_the_gate():
    passing_by = [
        model._meta.label
        for model, options in admin.site._registry.items()
        if not isinstance(options, GatedAdmin) and not hasattr(options, "why_ungated")
    ]
    assert passing_by == []


def test_the_admin_sends_to_the_products_own_sign_in(db):
    response = Client().get("/admin/")
    assert response.url.startswith(reverse("sign_in"))


@pytest.mark.parametrize("role", ["worker", "township", "county", "city", "province", "outsider", "auditor", "agency"])
def test_only_administrators_come_in(world, sign_in, role):
    client = sign_in(getattr(world, role))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/login/").status_code == 403
    assert client.get(reverse("admin:accounts_orgunit_changelist"), follow=True).status_code == 403


def test_lists_show_the_rows_of_the_scope_only(world, sign_in):
    client = sign_in(world.administrator)
    for model, inside, outside in [
        ("orgunit", "榆次区", "城关区"),
        ("user", "wang", "qian"),
        ("posting", "榆次区", "兰州"),
    ]:
        html = client.get(reverse(f"admin:accounts_{model}_changelist")).content.decode()
        assert inside in html
        assert outside not in html


READ_HERE = [model for model, options in admin.site._registry.items() if isinstance(options, GatedAdmin)]


@pytest.mark.parametrize("room", ["stations", "standards", "agencies", "funds"])
def test_every_gated_model_of_a_room_is_read_here_or_belongs_to_one_that_is(room):
    parts = {model._meta.label for model in READ_HERE} | READ_WITH_ANOTHER
    gated = [model for model in apps.get_app_config(room).get_models() if hasattr(model.objects.all(), "visible_to")]
    assert [model._meta.label for model in gated if model._meta.label not in parts] == []


@pytest.mark.parametrize("model", READ_HERE, ids=lambda model: model._meta.label_lower)
def test_every_list_answers_who_may_read_it_and_refuses_who_may_not(world, sign_in, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    may = world.administrator.paths(admin.site._registry[model].permission)
    assert sign_in(world.administrator).get(url, {"q": "演示"}).status_code == (200 if may else 403)
    assert sign_in(world.county).get(url, follow=True).status_code == 403


@pytest.mark.parametrize(("unit", "status"), [("榆次区", 200), ("城关区", 302), ("山西省", 302)])
def test_a_row_outside_does_not_exist(world, sign_in, unit, status):
    client = sign_in(world.administrator)
    url = reverse("admin:accounts_orgunit_change", args=[world.units[unit].pk])
    response = client.get(url)
    assert response.status_code == status
    assert client.get(reverse("admin:accounts_orgunit_history", args=[world.units[unit].pk])).status_code == status


def test_nothing_can_be_written(world, sign_in):
    client = sign_in(world.root)
    unit, user = world.units["榆次区"], world.county
    assert client.get(reverse("admin:accounts_orgunit_add")).status_code == 403
    for url in (
        reverse("admin:accounts_orgunit_change", args=[unit.pk]),
        reverse("admin:accounts_orgunit_delete", args=[unit.pk]),
        reverse("admin:accounts_user_change", args=[user.pk]),
        reverse("admin:accounts_user_delete", args=[user.pk]),
    ):
        assert client.post(url, {"name": "改", "post": "yes"}).status_code == 403
    client.post(
        reverse("admin:accounts_orgunit_changelist"), {"action": "delete_selected", "_selected_action": [unit.pk]}
    )
    assert OrgUnit.objects.filter(pk=unit.pk, name="榆次区").exists()
    assert User.objects.filter(pk=user.pk).exists()
    assert not LogEntry.objects.exists()


def test_secrets_are_neither_shown_nor_asked_about(world, sign_in):
    client = sign_in(world.root)
    html = client.get(reverse("admin:accounts_user_change", args=[world.county.pk])).content.decode()
    assert "密码</label>" not in html
    assert "md5$" not in html
    response = client.get(reverse("admin:accounts_user_changelist"), {"password__startswith": "md5"})
    assert response.status_code == 400


def test_a_filter_by_a_relation_is_refused(rf):
    class Leaky(OrgUnitAdmin):
        list_filter = ["parent"]

    with pytest.raises(Exception, match="pass the gate"):
        Leaky(OrgUnit, admin.site).get_list_filter(rf.get("/"))


def test_the_password_page_of_the_admin_is_the_products_own(world, sign_in):
    assert sign_in(world.root).get("/admin/password_change/").url == reverse("password_change")


def test_lists_cost_a_fixed_number_of_queries(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.root)
    for name in ("orgunit", "user", "posting"):
        with django_assert_max_num_queries(8):
            client.get(reverse(f"admin:accounts_{name}_changelist"))
