from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.credit_codes import check_character, credit_code

RIGHT = "91110000600037341L"  # a published example


def refused(value: str) -> str:
    with pytest.raises(ValidationError) as caught:
        credit_code(value, field="credit_code")
    (message,) = caught.value.message_dict["credit_code"]
    return message


def test_a_right_code_is_taken():
    assert credit_code(RIGHT, field="credit_code") == RIGHT


@pytest.mark.parametrize(
    "typed",
    ["91110000600037341l", " 9111 0000 6000 3734 1L ", "91110000-600037341-L", "９１１１００００６０００３７３４１Ｌ"],
)
def test_small_letters_spaces_hyphens_and_full_width_are_put_right(typed):
    assert credit_code(typed, field="credit_code") == RIGHT


def test_a_code_of_the_wrong_length_says_how_long_it_is():
    assert refused(RIGHT[:-1]) == "统一社会信用代码应为 18 位，现有 17 位"


def test_an_empty_code_is_asked_for():
    assert refused("  ") == "请填写统一社会信用代码"


def test_a_letter_that_no_code_has_is_named_with_its_place():
    message = refused("9111000060003734IL")
    assert "第 17 位“I”" in message
    assert "不用字母 I、O、S、V、Z" in message


def test_chinese_characters_are_named():
    assert "第 1 位“社”" in refused("社1110000600037341L")


def test_the_district_must_be_digits():
    assert "第 3 至 8 位" in refused("91AB0000600037341L")


def test_a_wrong_check_digit_is_told():
    assert "校验位不对" in refused("91110000600037341M")


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_digit_typed_wrong_never_passes(place, digit):
    typed = RIGHT[:place] + digit + RIGHT[place + 1 :]
    if typed == RIGHT:
        assert credit_code(typed, field="x") == RIGHT
    else:
        with pytest.raises(ValidationError):
            credit_code(typed, field="x")


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 999999))
def test_a_code_with_its_own_check_character_passes(body, district):
    first = f"52{district:06d}{body}"
    assert credit_code(first + check_character(first), field="x") == first + check_character(first)
