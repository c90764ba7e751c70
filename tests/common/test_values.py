"""Paths, encrypted numbers, identity numbers, short texts."""

from datetime import date
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common import encrypted, paths
from common.checks import uuid_or_none
from common.citizen_numbers import check_digit, has_identity_number, problem
from common.text import long_text, plain_name


def number_of(day: str) -> str:
    first = f"999999{day}001"
    return first + check_digit(first)


def test_ancestors_go_from_the_root_to_the_path_itself():
    assert paths.ancestors("000100020003") == ["0001", "00010002", "000100020003"]


def test_a_child_number_beyond_the_width_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        paths.child("0001", 10000)


def test_a_sibling_with_the_same_digits_is_not_below():
    assert not paths.within("00010002", "00010001")
    assert paths.within("000100020001", "00010002")


def test_an_encrypted_number_reads_back_and_never_twice_the_same():
    number = number_of("19800102")
    first, second = encrypted.encrypt(number), encrypted.encrypt(number)
    assert first != second
    assert number not in first
    assert encrypted.decrypt(first) == encrypted.decrypt(second) == number


def test_an_altered_text_is_not_read():
    stored = encrypted.encrypt(number_of("19800102"))
    with pytest.raises(ValueError, match="cannot be read"):
        encrypted.decrypt(stored[:-4] + "AAA=")


def test_old_numbers_are_read_and_found_after_a_key_is_added(settings):
    settings.FIELD_KEYS = "old:" + "A" * 43 + "="
    number = number_of("19800102")
    stored, index = encrypted.encrypt(number), encrypted.blind_index(number)
    settings.FIELD_KEYS = "new:" + "B" * 42 + "A=," + settings.FIELD_KEYS
    assert encrypted.decrypt(stored) == number
    assert encrypted.blind_index(number) == index
    assert encrypted.encrypt(number).startswith("v1:new:")


def test_a_mask_leaves_only_the_ends():
    assert encrypted.mask("110101199003071234") == "110*************34"


def test_a_right_number_has_no_problem():
    assert problem(number_of("19800102")) == ""


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("123", "18 位"),
        (number_of("19800231"), "出生日期"),
        (number_of("19800102")[:-1] + ("0" if number_of("19800102")[-1] != "0" else "1"), "校验位"),
    ],
)
def test_a_wrong_number_is_explained(number, word):
    assert word in problem(number)


@pytest.mark.parametrize("value", ["<b>站</b>", "", "   ", "一" * 41, "a\x00b", "换行\u200e"])
def test_names_refuse_markup_blanks_length_and_control_characters(value):
    with pytest.raises(ValidationError) as error:
        plain_name(value, field="name", label="名称", max_length=40)
    assert "名称" in error.value.message_dict["name"][0]


def test_names_are_trimmed_to_one_line():
    assert plain_name("  北关  街道 ", field="name", label="名称", max_length=40) == "北关 街道"


def test_a_ten_megabyte_text_is_refused_with_its_length():
    with pytest.raises(ValidationError) as error:
        long_text("长" * 10_000_000, field="result", label="服务结果", max_length=2000)
    assert "2000" in error.value.message_dict["result"][0]


@pytest.mark.parametrize("check", [plain_name, long_text])
def test_no_text_may_hold_an_identity_number(check):
    with pytest.raises(ValidationError) as error:
        check("王奶奶 110101 19900307 7715，已联系", field="note", label="说明", max_length=40)
    assert error.value.message_dict["note"] == ["说明中不能填写身份证号，请删去后再保存"]


@pytest.mark.parametrize(
    "text", ["订单 123456789012345678", "电话 13800138000", "统一代码 91140700MA0GTB1J2X", "20261020 共 12 人"]
)
def test_other_numbers_are_welcome(text):
    assert not has_identity_number(text)


@given(
    place=st.integers(110000, 659999),
    born=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    order=st.integers(0, 999),
    before=st.sampled_from(["", "身份证", "见", "a "]),
    after=st.sampled_from(["", "，", "已访", " b"]),
)
def test_every_identity_number_is_found(place, born, order, before, after):
    first17 = f"{place}{born:%Y%m%d}{order:03d}"
    assert has_identity_number(f"{before}{first17}{check_digit(first17)}{after}")


def test_the_number_of_a_submit_is_read_as_a_phone_sends_it():
    number = UUID("8f14e45f-ceea-467f-a0e6-2b1d0c3e1f11")
    assert [uuid_or_none(value) for value in (number, str(number), number.hex)] == [number] * 3
    assert [uuid_or_none(value) for value in ("", None, 7, "x" * 10_000)] == [None] * 4
