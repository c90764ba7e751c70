from __future__ import annotations

import json

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from common.api import exception_handler

UNITS = "/api/v1/units/"


def names(response):
    return [row["name"] for row in response.json()["results"]]


def test_units_are_those_of_the_scope(world, sign_in):
    assert names(sign_in(world.county).get(UNITS)) == [
        "榆次区",
        "北关街道",
        "北关街道社工站",
        "锦纶街道",
        "锦纶街道社工站",
    ]


def test_a_unit_outside_is_not_found_in_chinese(world, sign_in):
    client = sign_in(world.county)
    response = client.get(f"{UNITS}{world.units['太谷区'].pk}/")
    assert (response.status_code, response.json()) == (404, {"detail": "没有找到，或不在您的管辖范围内。"})
    row = client.get(f"{UNITS}{world.units['榆次区'].pk}/").json()
    assert (row["code"], row["level"], row["parent_name"], row["initials"]) == ("140702000000", 3, "晋中市", "ycq")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"level": 3}, ["榆次区", "太谷区", "介休市"]),
        ({"code": "140703000000"}, ["太谷区"]),
        ({"q": "tgq"}, ["太谷区"]),
        ({"q": "明星"}, ["明星镇", "明星镇社工站"]),
    ],
)
def test_filters(world, sign_in, query, expected):
    assert names(sign_in(world.city).get(UNITS, query)) == expected


def test_parent_lists_direct_children(world, sign_in):
    client = sign_in(world.city)
    assert names(client.get(UNITS, {"parent": world.units["榆次区"].pk})) == ["北关街道", "锦纶街道"]
    assert client.get(UNITS, {"parent": world.units["城关区"].pk}).status_code == 404


@pytest.mark.parametrize("query", [{"level": "x"}, {"level": "9"}, {"code": "14"}])
def test_bad_filters_are_explained(world, sign_in, query):
    response = sign_in(world.city).get(UNITS, query)
    assert response.status_code == 400
    assert "应为" in response.json()[next(iter(query))][0]


def test_units_cannot_be_written(world, sign_in):
    client = sign_in(world.root)
    assert client.post(UNITS, {"name": "x"}, content_type="application/json").status_code == 405
    assert client.delete(f"{UNITS}{world.units['榆次区'].pk}/").status_code == 405


def test_the_list_costs_a_fixed_number_of_queries(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.root)
    with django_assert_max_num_queries(5):  # session, user, postings, count, page
        client.get(UNITS)


def test_a_page_that_is_not_there(world, sign_in):
    response = sign_in(world.city).get(UNITS, {"page": 99})
    assert (response.status_code, response.json()["detail"]) == (404, "没有这一页。")


def test_without_sign_in_the_answer_is_401_in_json(db, client):
    response = client.get(UNITS)
    assert (response.status_code, response.json()["detail"]) == (401, "请先登录。")


def test_a_request_from_another_site_is_refused(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.county, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(UNITS, {}, content_type="application/json")
    assert (response.status_code, response.json()["detail"]) == (403, "安全校验失败，请刷新页面后再试。")


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (ValidationError({"name": "请填写名称"}), 400, {"name": ["请填写名称"]}),
        (ValidationError({"a": ["一"], NON_FIELD_ERRORS: ["二"]}), 400, {"a": ["一"], "non_field_errors": ["二"]}),
        (ValidationError("月份已锁定"), 400, {"non_field_errors": ["月份已锁定"]}),
        (Http404("No Station matches the given query."), 404, {"detail": "没有找到，或不在您的管辖范围内。"}),
        (Http404("没有这个月份"), 404, {"detail": "没有这个月份"}),
        (PermissionDenied("您的角色没有“管理社工”的权限"), 403, {"detail": "您的角色没有“管理社工”的权限"}),
        (PermissionDenied(), 403, {"detail": "您的角色没有这项权限。"}),
        (exceptions.ParseError("JSON parse error"), 400, {"detail": "请求内容不是有效的 JSON。"}),
    ],
)  # fmt: skip
def test_errors_are_json_in_chinese(error, status, body):
    response = exception_handler(error, {})
    assert response.status_code == status
    assert json.loads(json.dumps(response.data)) == body


def test_a_programming_error_is_not_hidden():
    assert exception_handler(KeyError("x"), {}) is None
