from __future__ import annotations

import pytest
from django import forms
from django.urls import reverse

from accounts.actions import add_unit
from accounts.forms import UnitField
from accounts.roles import Permission


class Form(forms.Form):
    unit = UnitField()

    def __init__(self, user, data=None, **options):
        super().__init__(data)
        self.fields["unit"].limit(user, **options)


def cleaned(user, data, **options):
    form = Form(user, data, **options)
    return form.cleaned_data["unit"] if form.is_valid() else form.errors["unit"][0]


def test_a_picked_key_is_taken(world):
    assert cleaned(world.city, {"unit": world.units["太谷区"].pk}) == world.units["太谷区"]


@pytest.mark.parametrize("text", ["太谷区", "140703000000", "140703", "tgq", "明星镇"])
def test_without_a_pick_a_code_or_name_will_do(world, text):
    assert cleaned(world.city, {"unit_text": text}).name in ("太谷区", "明星镇")


def test_what_is_typed_goes_before_what_was_picked(world):
    assert cleaned(world.city, {"unit": world.units["榆次区"].pk, "unit_text": "太谷区"}).name == "太谷区"


@pytest.mark.parametrize(
    "data",
    [{"unit": "太谷区"}, {"unit_text": "太谷区"}, {"unit_text": "140703000000"}, {"unit": "9" * 30}, {"unit": "x"},
     {"unit_text": "\x00"}, {"unit_text": "没有的镇"}],
)  # fmt: skip
def test_outside_and_unknown_get_the_same_answer(world, data):
    data = {
        key: world.units["太谷区"].pk if value == "太谷区" and key == "unit" else value for key, value in data.items()
    }
    assert "没有找到" in cleaned(world.county, data)


def test_a_name_that_two_units_bear_asks_for_the_code(world):
    add_unit(parent=world.units["太谷区"], name="城关镇", code="140703101000")
    add_unit(parent=world.units["榆次区"], name="城关镇", code="140702101000")
    answer = cleaned(world.city, {"unit_text": "城关镇"})
    assert "有多个单位叫“城关镇”" in answer
    assert "140703101000" in answer


def test_levels_and_permission_limit_the_choice(world):
    assert "没有找到" in cleaned(world.city, {"unit_text": "北关街道"}, levels=[3])
    assert "没有找到" in cleaned(world.city, {"unit_text": "太谷区"}, permission=Permission.MANAGE_USERS)


def test_empty_is_an_error_only_where_it_is_required(world):
    assert cleaned(world.city, {"unit": "", "unit_text": ""}) == "请选择单位"

    class Optional(Form):
        unit = UnitField(required=False)

    form = Optional(world.city, {})
    assert form.is_valid()
    assert form.cleaned_data["unit"] is None


def test_the_choice_of_one_form_does_not_leak_into_another(world):
    Form(world.root)
    assert not UnitField().queryset.exists()
    assert "没有找到" in cleaned(world.county, {"unit_text": "太谷区"})


def test_the_widget_shows_the_picked_unit_by_name(world):
    html = str(Form(world.city, {"unit": world.units["太谷区"].pk})["unit"])
    assert "太谷区" in html
    assert "山西省 › 晋中市" in html
    outside = str(Form(world.county, {"unit": world.units["太谷区"].pk})["unit"])
    assert "太谷区" not in outside


def test_the_picker_searches_and_picks_within_the_scope(world, sign_in):
    client = sign_in(world.county)
    url = reverse("unit_picker")
    assert "北关街道" in client.get(url, {"name": "unit", "unit_text": "北关"}).content.decode()
    assert "没有找到" in client.get(url, {"name": "unit", "unit_text": "太谷"}).content.decode()
    inside = client.get(url, {"name": "unit", "id": "id_unit", "pick": world.units["北关街道"].pk}).content.decode()
    assert f'value="{world.units["北关街道"].pk}"' in inside
    outside = client.get(url, {"name": "unit", "id": "id_unit", "pick": world.units["太谷区"].pk}).content.decode()
    assert "太谷区" not in outside


@pytest.mark.parametrize(
    "query", [{"name": '"><script>'}, {"name": "unit", "permission": "X"}, {"name": "unit", "levels": "a"}, {}]
)
def test_the_picker_refuses_odd_parameters(world, sign_in, query):
    assert sign_in(world.county).get(reverse("unit_picker"), query).status_code == 404
