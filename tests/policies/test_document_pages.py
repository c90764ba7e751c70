"""Document pages: who sees which document, what is in force, adding and ending."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from policies.models import PolicyDocument, Provision
from tests.world import make_user

JZ = "市民函〔2023〕28号"


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def jz(rules) -> PolicyDocument:
    return PolicyDocument.objects.get(number=JZ)


@pytest.fixture
def lz(rules) -> PolicyDocument:
    return PolicyDocument.objects.get(issuer__name="兰州市")


def text(response) -> str:
    return response.content.decode()


# ---- documents ------------------------------------------------------------------------------------------------------


def test_a_county_reads_what_its_city_and_the_nation_set(sign_in, world, jz):
    page = text(sign_in(world.county).get(reverse("document_list")))
    assert JZ in page
    assert "缺省（无文件）" in page
    assert "兰州市2023年" not in page


def test_documents_of_another_province_are_not_found(sign_in, world, lz):
    assert sign_in(world.city).get(reverse("document_detail", args=[lz.pk])).status_code == 404


def test_a_document_shows_its_provisions_with_clause_and_dates(sign_in, world, jz):
    page = text(sign_in(world.worker).get(reverse("document_detail", args=[jz.pk])))
    assert "站点基础信息于2023年5月31日前录入" in page
    assert "2023-05-14 止" in page
    assert "已终止" in page
    assert "二(三)" in page
    assert "终止</a>" not in page


def test_only_its_own_administrator_may_change_a_document(sign_in, world, jz):
    add = reverse("provision_add", args=[jz.pk])
    assert sign_in(world.administrator).get(add).status_code == 200
    assert sign_in(world.city).get(add).status_code == 403
    assert sign_in(world.outsider).get(add).status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=28号", True),
        ("q=没有这样的", False),
        ("year=2023", True),
        ("year=2020", False),
        ("sort=number", True),
        ("sort=password", True),
        ("page=99", True),
    ],
)
def test_filters_of_the_list(sign_in, world, jz, query, shown):
    response = sign_in(world.city).get(f"{reverse('document_list')}?{query}")
    assert response.status_code == 200
    assert (JZ in text(response)) is shown


def test_a_bad_filter_gives_a_message(sign_in, world, jz):
    page = text(sign_in(world.city).get(reverse("document_list"), {"issuer": "x", "year": "1e9"}))
    assert "field-error" in page


def test_the_unit_filter_keeps_to_what_was_issued_there(sign_in, world, jz):
    client = sign_in(world.city)
    address = reverse("document_list")
    assert JZ in text(client.get(address, {"unit": world.units["晋中市"].pk}))
    assert JZ not in text(client.get(address, {"unit": world.units["榆次区"].pk}))
    assert client.get(address, {"unit": world.units["兰州市"].pk}).status_code == 404


def test_the_list_takes_the_same_queries_for_more_documents(sign_in, world, jz, django_assert_max_num_queries):
    for number in range(20):
        PolicyDocument.objects.create(
            number=f"市民发〔2024〕{number}号", title="通知", issuer=jz.issuer, issued_on=date(2024, 1, 1)
        )
    client = sign_in(world.city)
    with django_assert_max_num_queries(9):
        client.get(reverse("document_list"))


def test_a_document_page_takes_few_queries(sign_in, world, jz, django_assert_max_num_queries):
    client = sign_in(world.administrator)
    with django_assert_max_num_queries(6):
        client.get(reverse("document_detail", args=[jz.pk]))


def test_an_administrator_adds_a_document_then_a_provision_then_ends_it(sign_in, world, rules):
    client = sign_in(world.administrator)
    data = {"issuer": "榆次区", "number": "榆民〔2026〕3号", "title": "关于月报的通知", "issued_on": "2026-11-01"}
    response = client.post(reverse("document_add"), data)
    document = PolicyDocument.objects.get(number="榆民〔2026〕3号")
    assert response.url == reverse("document_detail", args=[document.pk])
    add = reverse("provision_add", args=[document.pk]) + "?kind=MONTHLY_REPORT"
    form = {"unit": "140702000000", "clause": "一", "day": "5", "working_days": "2", "in_force_from": "2026-11-01"}
    response = client.post(add, form)
    row = Provision.objects.get(document=document)
    assert response.url.endswith(f"#p{row.pk}")
    assert row.parameters == {"day": 5, "working_days": 2, "weekends_rest": False}
    response = client.post(reverse("provision_end", args=[row.pk]), {"on": "2026-12-31", "reason": "试行期满"})
    assert response.status_code == 302
    row.refresh_from_db()
    assert row.in_force_to == date(2026, 12, 31)


def test_a_unit_outside_is_not_offered_and_not_taken(sign_in, world, rules):
    client = sign_in(world.administrator)
    assert "兰州市" not in text(client.get(reverse("document_add")))
    data = {"issuer": "620100000000", "number": "1号", "title": "通知", "issued_on": "2026-11-01"}
    assert "在您管理的范围内没有" in text(client.post(reverse("document_add"), data))
    assert not PolicyDocument.objects.filter(number="1号").exists()


def test_errors_stand_on_the_form(sign_in, world, jz):
    client = sign_in(world.administrator)
    add = reverse("provision_add", args=[jz.pk]) + "?kind=STATION_BASICS"
    page = text(client.post(add, {"unit": "晋中市", "clause": "二", "days": "7", "due_on": "2026-12-31"}))
    assert "请只填一项" in page
    page = text(client.post(add, {"unit": "晋中市", "clause": "<b>", "days": "7"}))
    assert "条款不能包含" in page


def test_a_name_that_several_units_bear_asks_for_the_code(sign_in, world, jz):
    world.units["太谷区"].name = "榆次区"
    world.units["太谷区"].save()
    client = sign_in(world.administrator)
    add = reverse("provision_add", args=[jz.pk]) + "?kind=SERVICE_ENTRY"
    page = text(client.post(add, {"unit": "榆次区", "clause": "二", "days": "2"}))
    assert "请填写代码" in page
    assert "140703000000" in page


def test_an_unknown_kind_offers_the_kinds(sign_in, world, jz):
    page = text(sign_in(world.administrator).get(reverse("provision_add", args=[jz.pk]) + "?kind=NONSENSE"))
    assert "没有这种事项" in page


def test_a_county_may_not_end_what_its_city_set_for_it(sign_in, world, jz):
    county = make_county_administrator(world)
    row = Provision.objects.get(document=jz, unit=world.units["榆次区"], kind="COVERAGE_TARGET")
    assert sign_in(county).get(reverse("provision_end", args=[row.pk])).status_code == 403
    other = Provision.objects.get(document=jz, unit=world.units["太谷区"], kind="COVERAGE_TARGET")
    assert sign_in(county).get(reverse("provision_end", args=[other.pk])).status_code == 404


def make_county_administrator(world):
    return make_user("yuci-admin", "榆次管理员（演示）", (Role.ADMINISTRATOR, world.units["榆次区"]))


def test_a_default_cannot_be_ended_on_the_page_either(sign_in, world, rules):
    row = Provision.objects.filter(document__is_default=True).first()
    response = sign_in(world.root).post(
        reverse("provision_end", args=[row.pk]), {"on": "2026-12-31", "reason": "取代"}, follow=True
    )
    assert "缺省规则不能终止" in text(response)
    row.refresh_from_db()
    assert row.in_force_to is None


# ---- what is in force -----------------------------------------------------------------------------------------------


def test_the_rules_of_my_unit(sign_in, world, rules):
    client = sign_in(world.county)
    response = client.get(reverse("rules_home"))
    assert response.url == reverse("unit_rules", args=[world.units["榆次区"].pk])
    page = text(client.get(response.url))
    assert "服务（活动）结束次日完成录入" in page
    assert f"{JZ} <span" in page
    assert "缺省（无文件）" in page  # what it overrides


def test_the_rules_of_a_past_day(sign_in, world, rules):
    page = text(sign_in(world.county).get(reverse("unit_rules", args=[world.units["榆次区"].pk]), {"on": "2023-04-30"}))
    assert "2023年4月的月报：劳动节假期顺延，5月6日截止" in page
    assert "2023-05-14 止" in page


def test_a_day_without_a_notice_is_said_to_be_provisional(sign_in, world, rules):
    page = text(sign_in(world.city).get(reverse("unit_rules", args=[world.units["晋中市"].pk]), {"on": "2026-12-31"}))
    assert "节假日安排尚未公布，日期暂定" in page


@pytest.mark.parametrize("on", ["2023-02-30", "昨天", "0001-01-01"])
def test_a_bad_day_gives_a_message(sign_in, world, rules, on):
    response = sign_in(world.city).get(reverse("unit_rules", args=[world.units["晋中市"].pk]), {"on": on})
    assert response.status_code == 200
    assert "field-error" in text(response)


def test_rules_of_a_unit_outside_are_not_found(sign_in, world, rules):
    assert sign_in(world.county).get(reverse("unit_rules", args=[world.units["太谷区"].pk])).status_code == 404
    assert sign_in(world.county).get(reverse("unit_rules", args=[world.units["晋中市"].pk])).status_code == 404


def test_the_rules_page_takes_few_queries(sign_in, world, rules, django_assert_max_num_queries):
    client = sign_in(world.city)
    with django_assert_max_num_queries(10):
        client.get(reverse("unit_rules", args=[world.units["晋中市"].pk]))
