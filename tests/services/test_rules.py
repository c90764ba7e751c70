"""What a record may say, before any row is read."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from services import rules
from services.models import FocusGroup, Method, ServiceRecord
from tests.services.conftest import TODAY, facts


def problems(**changes) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        rules.clean(facts(**changes), today=TODAY)
    return caught.value.message_dict


def test_a_plain_visit_is_clean():
    clean = rules.clean(facts(title="  探访  独居老人 "), today=TODAY)
    assert clean.title == "探访 独居老人"
    assert clean.days == 1
    assert not clean.administrative


def test_the_end_is_the_start_when_it_is_left_out():
    assert rules.clean(facts(ends_on=None), today=TODAY).ends_on == TODAY


def test_clerical_assistance_is_administrative_and_may_serve_nobody_in_person():
    clean = rules.clean(facts(method=Method.CLERICAL, contacts=0, elderly=0), today=TODAY)
    assert clean.administrative


@pytest.mark.parametrize("method", [method for method in Method if method != Method.CLERICAL])
def test_every_professional_service_serves_someone(method):
    assert problems(method=method, contacts=0, elderly=0) == {
        "contacts": ["服务人次至少为 1；只有民政事务性协助可以填 0"]
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("starts_on", date(2026, 10, 21), "不能登记今天以后的服务"),
        ("ends_on", date(2026, 10, 21), "不能登记今天以后的服务"),
        ("ends_on", date(2026, 10, 19), "结束日期不能早于开始日期"),
        ("starts_on", None, "请填写开始日期"),
        ("starts_on", "2026-13-01", "开始日期应写作 2023-09-01"),
        ("starts_on", date(1900, 1, 1), "开始日期不能早于 1990 年"),
        ("title", "", "请填写服务内容"),
        ("title", "<b>探访</b>", "服务内容不能包含 <、> 或控制字符"),
        ("title", "好" * 101, "服务内容最多 100 个字，现有 101 个字"),
        ("title", "探访\x00", "服务内容不能包含 <、> 或控制字符"),
        ("place", "地" * 101, "地点最多 100 个字，现有 101 个字"),
        ("result", "长" * 10_000_000, "服务结果最多 2000 个字，现有 10000000 个字"),
        ("domain", "", "请选择领域"),
        ("domain", "COOKING", "“COOKING”不是有效的领域"),
        ("method", "DANCING", "“DANCING”不是有效的方法"),
        ("contacts", -1, "服务人次不能是负数"),
        ("contacts", None, "请填写服务人次"),
        ("contacts", 100_000, "服务人次不能超过 99999"),
        ("contacts", "3.5", "服务人次应为整数"),
        ("contacts", True, "服务人次应为整数"),
        ("children", -2, "儿童人次不能是负数"),
        ("children", 4, "儿童人次不能超过服务人次 3"),
        ("hours", 0, "服务时长应大于 0"),
        ("hours", "-1", "服务时长不能是负数"),
        ("hours", "24.5", "服务时长不能超过 24 小时（1 天）"),
        ("hours", "1.25", "服务时长最多一位小数"),
        ("hours", "NaN", "服务时长应为数字"),
        ("hours", "1e9", "服务时长不能超过 9999.9 小时"),
        ("volunteers", -1, "志愿者人数不能是负数"),
        ("volunteers", 10_000, "志愿者人数不能超过 9999"),
        ("volunteer_hours", 2, None),
    ],
)
def test_bad_values_are_refused_by_field(field, value, words):
    found = problems(**{field: value})
    if field == "volunteer_hours":
        assert found == {"volunteers": ["填写了志愿服务时长，请填写志愿者人数"]}
    else:
        assert found == {field: [words]}


def test_volunteers_cannot_give_more_hours_than_their_days_have():
    assert problems(volunteers=2, volunteer_hours=49) == {
        "volunteer_hours": ["志愿服务时长不能超过 48 小时（2 人 1 天）"]
    }


def test_all_problems_are_told_at_once():
    found = problems(title="", contacts=-1, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 1))
    assert set(found) == {"title", "contacts", "starts_on"}


def test_an_unknown_field_is_a_programming_error():
    with pytest.raises(TypeError):
        rules.clean(facts(colour="red"), today=TODAY)


@pytest.mark.parametrize("field", ["title", "place", "result"])
@pytest.mark.parametrize(
    "number",
    [
        "110101199003077715",
        "11010119900307771x",
        "110101 19900307 7715",
        "１１０１０１１９９００３０７７７１５",
        "110101-19900307-7715",
    ],
)
def test_identity_numbers_are_kept_out_of_texts(field, number):
    (words,) = problems(**{field: f"王奶奶{number}，已联系"})[field]
    assert "不能填写身份证号" in words
    assert number not in words


def test_a_reason_holds_no_identity_number():
    with pytest.raises(ValidationError, match="不能填写身份证号"):
        rules.clean_reason("重复登记了 110101199003077715")


@given(
    days=st.integers(0, 400),
    tenths=st.integers(-5, 99_999),
    contacts=st.integers(-2, 100_001),
    groups=st.lists(st.integers(-2, 100_001), min_size=4, max_size=4),
    volunteers=st.integers(-1, 10_001),
    volunteer_tenths=st.integers(-1, 1_000_000),
)
def test_what_is_clean_satisfies_the_constraints_of_the_table(
    days, tenths, contacts, groups, volunteers, volunteer_tenths
):
    given_facts = facts(
        starts_on=date.fromordinal(TODAY.toordinal() - days),
        contacts=contacts,
        hours=Decimal(tenths) / 10,
        volunteers=volunteers,
        volunteer_hours=Decimal(volunteer_tenths) / 10,
        **dict(zip(FocusGroup.values, groups, strict=True)),
    )
    try:
        clean = rules.clean(given_facts, today=TODAY)
    except ValidationError as error:
        assert set(error.message_dict) <= set(rules.LABELS)
        return
    assert 0 < clean.hours <= 24 * clean.days
    assert clean.contacts >= 1
    assert all(0 <= getattr(clean, group) <= clean.contacts for group in FocusGroup.values)
    assert clean.volunteers or not clean.volunteer_hours
    hours, volunteer_hours = ServiceRecord._meta.get_field("hours"), ServiceRecord._meta.get_field("volunteer_hours")
    hours.clean(clean.hours, None)
    volunteer_hours.clean(clean.volunteer_hours, None)
