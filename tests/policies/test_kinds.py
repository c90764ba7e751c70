"""Every kind of provision: declared once, checked, and said in words."""

import json

import pytest
from django.core.exceptions import ValidationError

from policies.actions.loading import DOCUMENTS
from policies.kinds import FAULTS, KINDS, ParameterType, clean, sentence
from policies.models import ProvisionKind

SHIPPED = [
    (row["kind"], row["parameters"]) for document in json.loads(DOCUMENTS.read_text()) for row in document["provisions"]
]
TOO_LONG = "9" * 40


def test_every_kind_is_declared():
    assert set(KINDS) == set(ProvisionKind)


def test_the_five_faults():
    assert len(FAULTS) == 5


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_kind_has_labels_bounds_and_a_subject_of_its_own(kind):
    declared = KINDS[kind]
    for parameter in declared.parameters:
        assert parameter.label
        if parameter.type in (ParameterType.INTEGER, ParameterType.PERCENT):
            assert parameter.low < parameter.high
        if parameter.type is ParameterType.CHOICE:
            assert parameter.offered
    assert set(declared.subject) <= {parameter.name for parameter in declared.parameters}


@pytest.mark.parametrize(("kind", "parameters"), SHIPPED)
def test_shipped_parameters_pass_their_own_check_and_have_words(kind, parameters):
    assert clean(kind, parameters) == parameters
    assert "None" not in sentence(kind, parameters)


@pytest.mark.parametrize(
    ("kind", "parameters", "field", "message"),
    [
        ("MONTHLY_REPORT", {"day": 29, "working_days": 3, "weekends_rest": True}, "day", "1 至 28"),
        ("MONTHLY_REPORT", {"working_days": 3, "weekends_rest": True}, "day", "请填写次月几日前"),
        ("MONTHLY_REPORT", {"day": "三", "working_days": 3, "weekends_rest": True}, "day", "应为整数"),
        ("MONTHLY_REPORT", {"day": True, "working_days": 3, "weekends_rest": True}, "day", "应为整数"),
        ("MONTHLY_REPORT", {"day": "٣", "working_days": 3, "weekends_rest": True}, "day", "应为整数"),
        ("MONTHLY_REPORT", {"day": 3, "working_days": 3, "weekends_rest": "yes"}, "weekends_rest", "是或否"),
        ("SERVICE_ENTRY", {"days": -1}, "days", "0 至 60"),
        ("SERVICE_ENTRY", {"days": TOO_LONG}, "days", "应为整数"),
        ("SERVICE_ENTRY", {"days": 1, "hours": 2}, "kind", "没有参数 hours"),
        ("STATION_BASICS", {}, "days", "只填一项"),
        ("STATION_BASICS", {"days": 7, "due_on": "2023-05-31"}, "days", "只填一项"),
        ("STATION_BASICS", {"due_on": "2023-02-30"}, "due_on", "不是有效日期"),
        ("STAGE_CRITERION", {"task": "TEAM", "asked": "figure:certified"}, "number", "须设比较和数值"),
        ("STAGE_CRITERION", {"task": "TEAM", "asked": "figure:nobody"}, "asked", "请选择评定内容"),
        (
            "STAGE_CRITERION",
            {"task": "TEAM", "asked": "figure:entry_on_time", "comparison": "AT_LEAST", "number": 60},
            "months",
            "按月累计",
        ),
        ("COVERAGE_TARGET", {"count": 0, "due": "2023-12-31"}, "count", "1 至"),
        ("COVERAGE_TARGET", {"count": 110}, "due", "请填写完成期限"),
        ("ROOM_TARGET", {"due": "2023-12-31"}, "count", "请填写当年新增"),
        ("STANDARD_DIMENSION", {"dimension": "GARDEN"}, "dimension", "请选择维度"),
        ("FAULT_CLERICAL", {"percent": 101}, "percent", "1 至 100"),
        ("FUND_HOLDING", {"days": 0}, "days", "1 至 730"),
        ("FUND_UNSPENT", {"month": 2, "day": 29, "percent": 20}, "day", "2月没有29日"),
        ("FUND_UNSPENT", {"month": 10, "day": 31}, "percent", "请填写未支出"),
    ],
)
def test_wrong_parameters_are_told_by_field(kind, parameters, field, message):
    with pytest.raises(ValidationError) as error:
        clean(kind, parameters)
    assert message in error.value.message_dict[field][0]


def test_all_problems_are_told_at_once():
    with pytest.raises(ValidationError) as error:
        clean("MONTHLY_REPORT", {"day": 40, "working_days": 40, "weekends_rest": True})
    assert set(error.value.message_dict) == {"day", "working_days"}


def test_text_of_a_form_becomes_values():
    assert clean("SERVICE_ENTRY", {"days": " 2 "}) == {"days": 2}


def test_a_fault_may_be_named_without_a_number():
    assert clean("FAULT_CLERICAL", {"percent": ""}) == {}
    assert "未定数值" in sentence("FAULT_CLERICAL", {})


def test_withholding_may_be_forbidden_without_a_number_of_days():
    assert clean("FUND_HOLDING", {"days": ""}) == {}
    assert "未定天数" in sentence("FUND_HOLDING", {})
    assert "30日内" in sentence("FUND_HOLDING", {"days": 30})
