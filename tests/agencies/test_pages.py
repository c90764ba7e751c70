"""The pages: what each person reads and does on them, and what they cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.actions import (
    Promised,
    blacklist,
    grant_grade,
    set_promises,
    terminate_contract,
)
from agencies.models import Agency, Contract, Evaluation, EvaluationFrame, Payment, Procurement
from files.models import Attachment
from tests.agencies.conftest import (
    code,
    everything,
    finalised,
    make_agency,
    make_contract,
    make_procurement,
    opened,
    serve,
)
from tests.files.samples import photo


@pytest.fixture
def county(world, sign_in):
    return sign_in(world.county)


def text(client, name: str, *args, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def send(client, page: str, *args, **data):
    """POST; a redirect is success, else the page's errors are shown."""
    response = client.post(reverse(page, args=args), data)
    assert response.status_code == 302, response.content.decode()[:6000]
    return response


def test_from_agency_to_payment_on_pages(world, county, rules):
    unit = world.units["榆次区"].pk
    send(
        county,
        "agency_create",
        credit_code=code(1),
        name="榆次阳光社工中心",
        kind="SERVICE",
        legal_person="何某",
        unit=unit,
    )
    agency = Agency.objects.get()
    send(county, "agency_grade", agency.pk, grade="4A", granted_on="2024-01-01", valid_until="2028-12-31")
    send(
        county, "procurement_create", buyer=unit, name="采购", method="CONSULTATION", budget="150000", first_year=2026,
        years=1, announced_on="2025-11-01",
    )  # fmt: skip
    procurement = Procurement.objects.get()
    send(county, "procurement_open", procurement.pk, on="2025-11-20")
    send(county, "procurement_conclude", procurement.pk, outcome="AWARDED", winner=code(1), on="2025-11-25")
    send(
        county, "contract_create", buyer=unit, agency=code(1), procurement=procurement.pk, number="2026-1",
        title="社工服务",
        stations=[world.units["北关街道社工站"].pk, world.units["锦纶街道社工站"].pk], signed_on="2025-12-20",
        starts_on="2026-01-01", last_day="2026-12-31", amount="120000", uploads=photo(),
    )  # fmt: skip
    contract = Contract.objects.get()
    term = contract.terms.get()
    rows = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    send(
        county, "term_promises", term.pk, **rows,
        **{"form-0-quantity": "SERVICES", "form-0-method": "VISIT", "form-0-promised": "100"},
    )  # fmt: skip
    send(
        county, "contract_payments", contract.pk, **rows,
        **{f"form-{n}-{key}": value for n in (0, 1) for key, value in
           (("term", term.pk), ("planned_on", f"2026-0{n + 2}-01"), ("percent", "50"), ("condition", "NONE"))},
    )  # fmt: skip
    send(county, "payment_paid", Payment.objects.get(number=1).pk, on="2026-02-03", amount="60000", voucher_note="12号")
    page = text(county, "contract_detail", contract.pk)
    for words in ("探访 服务次数", "落后", "已支付 60,000.00 元", "锦纶街道社工站"):
        assert words in page
    assert Attachment.objects.get().target == contract


def test_amounts_are_taken_as_people_type_them(county, contract):
    rows = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    typed = ("12,345.67", "１０７，６５４．３３元")
    term = contract.terms.get().pk
    send(
        county, "contract_payments", contract.pk, **rows,
        **{f"form-{n}-{key}": value for n in (0, 1) for key, value in
           (("term", term), ("planned_on", "2026-02-01"), ("amount", typed[n]), ("condition", "NONE"))},
    )  # fmt: skip
    first, second = contract.payments.order_by("number")
    assert (first.amount, second.amount) == (Decimal("12345.67"), Decimal("107654.33"))
    send(county, "payment_paid", first.pk, on="2026-02-03", amount="¥12,345.60", voucher_note="12号")
    first.refresh_from_db()
    assert first.paid_amount == Decimal("12345.60")
    wrong = county.post(reverse("payment_paid", args=[second.pk]), {"amount": "12,34"}).content.decode()
    assert "应为数字，写作 12345.67" in wrong


def test_an_evaluation_on_pages(world, county, contract, frame):
    term = contract.terms.get()
    send(county, "evaluation_open", term.pk, kind="MID", frame=frame.pk, on="2026-07-01", markers="甲\n乙 @wang")
    evaluation = Evaluation.objects.get()
    first, second = evaluation.scorers.all()
    assert second.user == world.county
    for scorer in (first, second):
        scores = {f"score_{item.pk}": str(item.max_score) for item in frame.items.all()}
        send(county, "evaluation_score", evaluation.pk, scorer.pk, **scores)
    send(
        county, "evaluation_finalise", evaluation.pk, on="2026-07-10", summary="优秀", corrections="2026-12-31 补齐档案"
    )
    page = text(county, "evaluation_detail", evaluation.pk)
    for words in ("100.00", "优秀", "补齐档案", "依据 系统缺省评估办法"):
        assert words in page
    send(county, "correction_done", evaluation.pk, evaluation.corrections.get().pk, on="2026-10-01", note="已补齐")
    assert "2026-10-01 完成" in text(county, "evaluation_detail", evaluation.pk)


def test_a_score_beyond_the_full_mark_is_told_beside_its_item(county, contract, frame):
    evaluation = opened(contract, frame)
    item = frame.items.get(number=1)
    url = reverse("evaluation_score", args=[evaluation.pk, evaluation.scorers.first().pk])
    page = county.post(url, {f"score_{item.pk}": "21"}).content.decode()
    assert "不能超过满分 20" in page
    assert not evaluation.scorers.first().scores.exists()


def test_a_wrong_credit_code_is_told_beside_its_field(world, county):
    data = {"credit_code": "52999999MJ00000010", "name": "某", "kind": "SERVICE", "legal_person": "何",
            "unit": world.units["榆次区"].pk}  # fmt: skip
    assert "校验位不对" in county.post(reverse("agency_create"), data).content.decode()


def test_a_frame_is_made_from_pasted_lines(world, county, frame):
    data = {
        "issuer": world.units["榆次区"].pk, "title": "榆次区办法",
        "items": "执行\t完成指标\t60\t3\n成效 | 满意度 | 40 | 1",
        "PASSED-at_least": "60", "PASSED-advice": "PAY", "FAILED-at_least": "0", "FAILED-advice": "HOLD",
    }  # fmt: skip
    send(county, "frame_create", **data)
    made = EvaluationFrame.objects.get(is_default=False)
    assert list(made.items.values_list("dimension", "max_score", "weight")) == [("执行", 60, 3), ("成效", 40, 1)]
    page = county.post(reverse("frame_create"), data | {"items": "没有分数的一行"}).content.decode()
    assert "第 1 行应写作" in page


def test_rows_that_do_not_add_up_come_back_with_what_was_typed(county, contract):
    term = contract.terms.get()
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-term": term.pk, "form-0-planned_on": "2026-02-01",
            "form-0-amount": "100000", "form-0-condition": "NONE"}  # fmt: skip
    page = county.post(reverse("contract_payments", args=[contract.pk]), data).content.decode()
    assert "还差 20000.00 元" in page
    assert 'value="100000"' in page


# ---- lists: filters, order


@pytest.fixture
def some(world, agency, other, contract):
    """A contract of each kind."""
    ahead = make_contract(world, agency, number="2027-1", starts_on=date(2027, 1, 1), last_day=date(2027, 12, 31))
    over = make_contract(world, agency, number="2025-1", starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))
    soon = make_contract(world, other, "锦纶街道社工站", number="2026-2", last_day=date(2026, 11, 30))
    ended = make_contract(world, other, "锦纶街道社工站", number="2025-2", starts_on=date(2025, 1, 1),
                          last_day=date(2025, 12, 31))  # fmt: skip
    set_promises(by=None, term=contract.terms.get(), promises=[Promised("SERVICES", 100)])
    return {"current": contract, "ahead": ahead, "over": over, "soon": soon, "ended": ended}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("", {"2027-1", "2026-1", "2026-2", "2025-1", "2025-2"}), ("?state=current", {"2026-1", "2026-2"}),
     ("?state=expiring", {"2026-2"}), ("?state=behind", {"2026-1"}), ("?state=ahead", {"2027-1"}),
     ("?state=ended", {"2025-1", "2025-2"}), ("?state=terminated", set()), ("?year=2025", {"2025-1", "2025-2"}),
     ("?q=晨曦", {"2026-2", "2025-2"}), ("?state=nonsense", set())],
)  # fmt: skip
def test_the_filters_of_contracts(county, some, query, numbers):
    response = county.get(reverse("contract_list") + query)
    assert {row.contract.number for row in response.context["rows"]} == numbers


def test_contracts_in_the_order_of_their_amounts(county, world, some):
    Contract.objects.filter(number="2025-2").update(amount=5)
    rows = county.get(reverse("contract_list") + "?sort=amount").context["rows"]
    assert rows[0].contract.number == "2025-2"
    rows = county.get(reverse("contract_list") + "?sort=-amount").context["rows"]
    assert rows[-1].contract.number == "2025-2"


@pytest.mark.parametrize(
    ("query", "names"),
    [("?grade=5A", {"榆次晨曦社工中心"}), ("?expiring=yes", {"榆次晨曦社工中心"}),
     ("?blacklisted=yes", {"榆次阳光社工中心"}),
     ("?blacklisted=no", {"榆次晨曦社工中心"}), ("?hired=yes", {"榆次阳光社工中心"}),
     ("?hired=no", {"榆次晨曦社工中心"}),
     ("?q=阳光", {"榆次阳光社工中心"}), (f"?q={code(2)[:12]}", {"榆次阳光社工中心", "榆次晨曦社工中心"})],
)  # fmt: skip
def test_the_filters_of_agencies(county, agency, other, contract, query, names):
    grant_grade(by=None, agency=other, grade="5A", granted_on=date(2022, 1, 1), valid_until=date(2026, 12, 31))
    blacklist(by=None, agency=agency, on=date(2026, 5, 1), reason="虚报服务", document="文件")
    rows = county.get(reverse("agency_list") + query).context["rows"]
    assert {row.agency.name for row in rows} == names


def test_a_city_narrows_agencies_to_a_county(world, sign_in, agency):
    make_agency(world, "太谷同行社工中心", 3, unit="太谷区")
    response = sign_in(world.city).get(reverse("agency_list") + f"?unit={world.units['太谷区'].pk}")
    assert [row.agency.name for row in response.context["rows"]] == ["太谷同行社工中心"]


def test_an_empty_list_says_what_to_do(county):
    assert "先为机构建档" in text(county, "agency_list")
    assert "还没有合同" in text(county, "contract_list")


def test_a_station_outside_the_scope_stays_unnamed(world, county, agency):
    wide = make_contract(world, agency, "北关街道社工站", "明星镇社工站", buyer="晋中市")
    for page in (text(county, "contract_detail", wide.pk), text(county, "contract_list")):
        assert "北关街道社工站" in page
        assert "明星镇" not in page


def test_a_procurement_outside_the_scope_is_named_but_not_linked(world, county, sign_in, agency):
    procurement = make_procurement(world, agency)
    contract = make_contract(world, agency, "北关街道社工站", procurement=procurement)
    address = reverse("procurement_detail", args=[procurement.pk])
    assert address in text(county, "contract_detail", contract.pk)
    page = text(sign_in(world.township), "contract_detail", contract.pk)
    assert procurement.name in page
    assert address not in page


# ---- API


def test_the_api_tells_the_progress_of_a_contract(world, sign_in, contract):
    set_promises(by=None, term=contract.terms.get(), promises=[Promised("SERVICES", 10, method="VISIT")])
    serve(world, date(2026, 5, 1))
    row = sign_in(world.county).get(reverse("api_contract-detail", args=[contract.pk])).json()
    (promise,) = row["promises"]
    assert (promise["label"], promise["done"], promise["due"], promise["pace"]) == ("探访 服务次数", "1.0", 8, "behind")
    assert (row["amount"], row["last_day"], row["state"]) == ("120000.00", "2026-12-31", "current")


def test_the_api_filters_like_the_page(county, some):
    numbers = [row["number"] for row in county.get(reverse("api_contract-list") + "?state=expiring").json()["results"]]
    assert numbers == ["2026-2"]
    assert county.get(reverse("api_contract-list") + "?state=x").status_code == 400


# ---- the station's page


def test_a_station_tells_its_contracts_and_evaluations(world, county, contract, frame):
    finalised(contract, frame)
    terminate_contract(by=None, contract=contract, on=date(2026, 9, 1), reason="人员不到位")
    page = text(county, "station_detail", world.units["北关街道社工站"].pk)
    assert "承接合同" in page
    assert reverse("contract_detail", args=[contract.pk]) in page


def test_the_list_of_evaluations_sorts_by_total_with_unsettled_ones_last(world, county, agency, contract, frame):
    low = finalised(contract, frame)
    Evaluation.objects.filter(pk=low.pk).update(total="61.00")
    earlier = make_contract(world, agency, "锦纶街道社工站", number="2025-1",
                            starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))  # fmt: skip
    high = finalised(earlier, frame)
    for sort, order in (("total", [low.pk, high.pk]), ("-total", [high.pk, low.pk])):
        response = county.get(reverse("evaluation_list"), {"sort": sort})
        assert [row.pk for row in response.context["page"]] == order


# ---- what the pages cost


def cost(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("name", "most"), [("agency_list", 15), ("contract_list", 15), ("procurement_list", 11), ("evaluation_list", 11)]
)
def test_the_queries_of_a_list_do_not_grow_with_itseverything(world, county, agency, frame, name, most):
    everything(world, agency, frame, "2026-1")
    few = cost(county, reverse(name))
    for number in range(3):
        more = make_agency(world, f"某社工中心{number}", 10 + number)
        days = {"starts_on": date(2025 - number, 1, 1), "last_day": date(2025 - number, 12, 31),
                "signed_on": date(2025 - number, 1, 1)}  # fmt: skip
        everything(world, more, frame, f"更早-{number}", **days)
    assert cost(county, reverse(name)) == few
    assert few <= most


@pytest.mark.parametrize(("name", "most"), [("agency_detail", 30), ("contract_detail", 28), ("evaluation_detail", 20)])
def test_the_queries_of_a_page_do_not_grow(world, county, agency, contract, frame, name, most):
    set_promises(by=None, term=contract.terms.get(), promises=[Promised("SERVICES", 10)])
    evaluation = finalised(contract, frame)
    target = {"agency_detail": agency, "contract_detail": contract, "evaluation_detail": evaluation}[name]
    few = cost(county, reverse(name, args=[target.pk]))
    set_promises(by=None, term=contract.terms.get(), promises=[Promised("SERVICES", 10), Promised("CONTACTS", 10)])
    earlier = make_contract(world, agency, "北关街道社工站", "锦纶街道社工站", number="2025-1",
                            starts_on=date(2025, 1, 1), last_day=date(2025, 12, 31))  # fmt: skip
    finalised(earlier, frame)
    assert cost(county, reverse(name, args=[target.pk])) == few
    assert few <= most
