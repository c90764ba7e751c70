"""The pages of money, as each role uses them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import add_unit
from files.models import Attachment
from funds.models import Allocation, Category, Explanation, Fund, Holding, Spending
from funds.views import spendings
from stations.panels import CARDS, panels_of
from stations.timeline import events_of
from tests.files.samples import photo
from tests.funds.conftest import held, send, spend
from tests.world import make_station


@pytest.fixture
def station(world):
    return world.units["北关街道社工站"]


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def payment_of(fund, unit, **changes):
    told = {
        "holding": Holding.objects.get(fund=fund, unit=unit).pk, "category": "ACTIVITY", "beneficiary": "CLIENTS",
        "spent_on": "2026-03-10", "amount": "1,000.50", "payee": "万家百货", "purpose": "活动物料",
        "voucher_number": "记-1",
    }  # fmt: skip
    return told | changes


# ---- spending ----


def test_a_forbidden_spend_is_refused_on_the_page_and_a_legal_one_lowers_the_balance(
    at_station, station, world, sign_in
):
    client = sign_in(world.township)
    refused = text(client.post(reverse("spending_create"), payment_of(at_station, station, category="RECEPTION")))
    assert "不得用于公务接待" in refused
    assert "市民函〔2026〕5号 三" in refused
    assert held(at_station, station) == 30000
    legal = client.post(reverse("spending_create"), payment_of(at_station, station), follow=True)
    assert "还没有凭证扫描件，请补传" in text(legal)
    assert Holding.objects.get(fund=at_station, unit=station).fen == 2_899_950
    assert "28,999.50" in text(client.get(reverse("fund_ledger"), {"unit": station.pk}))


def test_over_the_balance_the_form_says_it_and_keeps_what_was_typed(at_station, station, world, sign_in):
    page = text(
        sign_in(world.township).post(reverse("spending_create"), payment_of(at_station, station, amount="30001"))
    )
    assert "结存 30,000.00 元" in page
    assert 'value="万家百货"' in page


def test_a_voucher_comes_with_the_payment_or_afterwards(at_station, station, world, sign_in):
    client = sign_in(world.township)
    client.post(reverse("spending_create"), payment_of(at_station, station, vouchers=[photo()]))
    spending = Spending.objects.get()
    assert Attachment.objects.on(Spending).get().target_id == spending.pk
    assert "还没有凭证扫描件" not in text(client.get(reverse("spending_detail", args=[spending.pk])))
    other = spend(at_station, station)
    assert "缺凭证" in text(client.get(reverse("fund_ledger")))
    client.post(reverse("spending_voucher", args=[other.pk]), {"vouchers": [photo("另一张.jpg")]})
    assert Attachment.objects.on(Spending).count() == 2


def test_a_file_that_is_none_leaves_no_payment(at_station, station, world, sign_in):
    fake = photo("凭证.jpg")
    fake.file.seek(0)
    fake.file.truncate(0)
    fake.size = 0
    page = text(
        sign_in(world.township).post(reverse("spending_create"), payment_of(at_station, station, vouchers=[fake]))
    )
    assert "凭证.jpg" in page
    assert not Spending.objects.exists()


def test_a_payment_is_reversed_with_a_reason(at_station, station, world, sign_in):
    spending = spend(at_station, station)
    client = sign_in(world.township)
    client.post(reverse("spending_reverse", args=[spending.pk]), {"on": "2026-03-20", "reason": "重复登记"})
    page = text(client.get(reverse("spending_detail", args=[spending.pk])))
    assert "已冲销" in page
    assert "重复登记" in page
    assert held(at_station, station) == 30000


def test_where_much_is_held_unit_and_fund_are_chosen_first(at_station, station, world, sign_in, monkeypatch):
    monkeypatch.setattr(spendings, "FEW", 1)
    client = sign_in(world.city)
    at_home = client.get(reverse("spending_create")).context
    assert [label.split("：")[0] for _, label in at_home["form"]["holding"].field.choices] == ["请选择", "晋中市"]
    assert at_home["purse"]["unit"].value() == world.units["晋中市"].pk
    below = client.get(reverse("spending_create"), {"unit": station.pk, "fund": at_station.pk}).context
    assert [label.split("：")[0] for _, label in below["form"]["holding"].field.choices] == ["请选择", "北关街道社工站"]
    sent = client.post(
        f"{reverse('spending_create')}?unit={station.pk}", payment_of(at_station, station, amount="1000")
    )
    assert sent.status_code == 302
    assert held(at_station, station) == 29000


def test_what_was_emptied_meanwhile_is_told_with_its_balance(at_station, station, world, sign_in):
    spend(at_station, station, "30000")
    page = text(sign_in(world.township).post(reverse("spending_create"), payment_of(at_station, station)))
    assert "结存 0.00 元" in page
    assert "万家百货" in page


def test_without_money_the_page_says_where_it_comes_from(world, rules, sign_in):
    assert "没有可以支出的结存" in text(sign_in(world.township).get(reverse("spending_create")))


# ---- funds ----


def test_a_lottery_fund_is_offered_the_usual_forbidden_uses(world, document, sign_in):
    client = sign_in(world.city)
    page = text(client.get(reverse("fund_create")))
    assert page.count("checked") == 7
    assert "checked" not in text(client.get(reverse("fund_create"), {"source": "FISCAL"}))
    sent = {
        "source": "LOTTERY", "unit": world.units["晋中市"].pk, "name": "福彩", "tier": "2", "year": "2026",
        "document": document.pk, "purpose": "社工站", "forbidden": ["RECEPTION", "SALARIES"], "forbidden_clause": "三",
    }  # fmt: skip
    assert client.post(reverse("fund_create"), sent).status_code == 302
    assert [use.category for use in Fund.objects.get().forbidden_uses.all()] == ["RECEPTION", "SALARIES"]
    without = {**sent, "name": "又一", "document": ""}
    assert "依据文件" in text(client.post(reverse("fund_create"), without))


def test_a_fund_is_read_downwards_with_the_own_amounts_only(at_station, world, sign_in):
    page = text(sign_in(world.township).get(reverse("fund_detail", args=[at_station.pk])))
    assert "公务接待" in page
    assert "40,000.00" in page  # what came to the township
    assert "60,000.00" not in page
    assert "100,000.00" not in page


def test_the_chain_shows_each_tier(at_station, station, world, sign_in):
    spend(at_station, station, "5000")
    page = text(sign_in(world.city).get(reverse("fund_detail", args=[at_station.pk])))
    for name in ("晋中市", "榆次区", "北关街道"):
        assert name in page
    assert "点开看下级" in page
    deeper = text(
        sign_in(world.city).get(reverse("fund_detail", args=[at_station.pk]), {"unit": world.units["榆次区"].pk})
    )
    assert "北关街道社工站" in deeper
    assert "25,000.00" in deeper


def test_the_list_sums_up_the_own_scope(at_station, station, world, sign_in):
    spend(at_station, station, "5000")
    page = text(sign_in(world.county).get(reverse("fund_list")))
    assert "60,000.00" in page
    assert "5,000.00" in page
    assert "8.3%" in page
    assert "没有符合条件的资金" in text(sign_in(world.county).get(reverse("fund_list"), {"year": "2020"}))
    assert "筛选条件有误" in text(sign_in(world.county).get(reverse("fund_list"), {"year": "9"}))


# ---- allocations ----


def test_a_county_sends_to_its_townships_in_one_go(at_county, world, sign_in):
    fund, units = at_county.fund, world.units
    client = sign_in(world.county)
    url = reverse("fund_allocate", args=[fund.pk])
    assert "锦纶街道" in text(client.get(url))
    fields = [f"amount_{units[name].pk}" for name in ("北关街道", "锦纶街道")]
    sent = {"allocated_on": "2026-02-20", fields[0]: "10000", fields[1]: "5,000"}
    assert client.post(url, sent).status_code == 302
    assert Allocation.objects.in_transit().count() == 2
    wrong = text(client.post(url, {**sent, fields[1]: "1.001"}))
    assert "最多两位小数" in wrong
    assert Allocation.objects.in_transit().count() == 2


def test_the_township_finds_what_waits_and_confirms_it(at_county, world, sign_in):
    sent = send(at_county.fund, world.units["榆次区"], world.units["北关街道"], "100", date(2026, 2, 20))
    url = reverse("allocation_confirm", args=[sent.pk])
    assert url not in text(sign_in(world.county).get(reverse("allocation_list")))
    client = sign_in(world.township)
    assert url in text(client.get(reverse("allocation_list")))
    client.post(url, {"received_on": "2026-02-21"})
    assert held(at_county.fund, world.units["北关街道"]) == 100
    again = text(client.post(url, {"received_on": "2026-02-22"}))
    assert "不需要再确认" in again
    assert "没有待确认到账的资金" in text(client.get(reverse("allocation_list")))


def test_the_county_takes_money_back(at_county, world, sign_in):
    units = world.units
    sent = send(at_county.fund, units["榆次区"], units["北关街道"], "100", date(2026, 2, 20), arrives=date(2026, 2, 21))
    url = reverse("allocation_return", args=[sent.pk])
    assert sign_in(world.township).get(url).status_code == 403
    client = sign_in(world.county)
    client.post(url, {"amount": "40", "on": "2026-03-01", "reason": "项目调整"})
    assert held(at_county.fund, units["北关街道"]) == 60
    assert "项目调整" in text(client.get(reverse("allocation_detail", args=[sent.pk])))


# ---- ledger ----


def test_the_balance_of_a_row_does_not_depend_on_the_filters(at_station, station, world, sign_in):
    spend(at_station, station, "1000", spent_on=date(2026, 4, 1))
    spend(at_station, station, "2000", spent_on=date(2026, 5, 1), category=Category.VENUE)
    client = sign_in(world.township)
    page = text(client.get(reverse("fund_ledger"), {"category": "VENUE"}))
    assert "27,000.00" in page
    assert "29,000.00" not in page
    assert "共 1 笔" in page
    april = text(client.get(reverse("fund_ledger"), {"since": "2026-04", "until": "2026-04"}))
    assert "29,000.00" in april
    assert "27,000.00" not in april
    assert "不能早于起始月份" in text(client.get(reverse("fund_ledger"), {"since": "2026-05", "until": "2026-04"}))


# ---- findings ----


def test_a_checker_explains_a_finding_and_it_stays(at_county, world, sign_in):
    client = sign_in(world.city)
    page = text(client.get(reverse("fund_findings"), {"kind": "WITHHELD"}))
    assert "市民函〔2023〕28号 三；数值沿用缺省（无文件）" in page
    url = f"{reverse('finding_explain')}?kind=WITHHELD&subject=entry-{at_county.entries.get(kind='ARRIVED').pk}"
    assert url.replace("&", "&amp;") in page
    client.post(url, {"note": "采购中"})
    assert Explanation.objects.get().note == "采购中"
    assert "采购中" in text(client.get(reverse("fund_findings")))
    assert "采购中" not in text(client.get(reverse("fund_findings"), {"state": "open"}))


def test_a_finding_of_others_cannot_be_explained(at_county, world, sign_in):
    url = f"{reverse('finding_explain')}?kind=WITHHELD&subject=entry-{at_county.entries.get(kind='ARRIVED').pk}"
    assert sign_in(world.outsider).post(url, {"note": "?"}).url == reverse("fund_findings")
    assert "由上级民政部门检查" in text(sign_in(world.county).post(url, {"note": "没问题"}))
    assert not Explanation.objects.exists()


def test_a_checker_flags_a_payment(at_station, station, world, sign_in):
    spending = spend(at_station, station)
    assert "标记疑点" not in text(sign_in(world.township).get(reverse("spending_detail", args=[spending.pk])))
    client = sign_in(world.county)
    client.post(reverse("spending_flag", args=[spending.pk]), {"kind": "ENCROACHED", "note": "实为机关使用"})
    assert "实为机关使用" in text(client.get(reverse("spending_detail", args=[spending.pk])))


# ---- the station's page ----


def test_a_station_shows_its_money(at_station, station, world):
    spend(at_station, station, "5000")
    row = world.station()
    (panel,) = [found for found in panels_of(world.county, row) if found.panel.key == "funds"]
    assert panel.content["rows"][0]["held"] == 25000
    assert not [found for found in panels_of(world.worker, row) if found.panel.key == "funds"]
    titles = [event.title for event in events_of(world.county, row)]
    assert "资金到账 30,000.00 元" in titles
    assert not any("资金" in event.title for event in events_of(world.worker, row))


def test_every_card_of_a_station_has_a_place_of_its_own():
    orders = [found.order for found in CARDS.declared.values()]
    assert len(orders) == len(set(orders))


# ---- cost ----


def cost(client, name: str, query: dict | None = None, **kwargs) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(reverse(name, kwargs=kwargs), query or {}).status_code == 200
    return len(captured)


def test_pages_cost_the_same_however_many_rows(at_station, station, world, sign_in):
    spending = spend(at_station, station, category=Category.TRAINING)
    client = sign_in(world.city)
    pages = {
        "fund_list": ("fund_list", {}),
        "fund_detail": ("fund_detail", {"pk": at_station.pk}),
        "fund_ledger": ("fund_ledger", {}),
        "fund_findings": ("fund_findings", {}),
        "allocation_list": ("allocation_list", {}),
        "allocation_detail": ("allocation_detail", {"pk": Allocation.objects.first().pk}),
        "spending_detail": ("spending_detail", {"pk": spending.pk}),
        "spending_create": ("spending_create", {}),
        "fund_allocate": ("fund_allocate", {"pk": at_station.pk}),
    }
    send(at_station, world.units["榆次区"], world.units["北关街道"], "10", date(2026, 2, 25))
    few = {key: cost(client, name, **kwargs) for key, (name, kwargs) in pages.items()}
    for number in range(8):
        township = add_unit(parent=world.units["榆次区"], name=f"第{number}街道")
        unit = make_station(township, date(2023, 9, 1)).unit
        send(at_station, world.units["榆次区"], unit, "200", date(2026, 2, 25), arrives=date(2026, 2, 26))
        send(at_station, world.units["榆次区"], township, "10", date(2026, 2, 25))
        spend(at_station, unit, "10", category=Category.TRAINING)
    many = {key: cost(client, name, **kwargs) for key, (name, kwargs) in pages.items()}
    assert many == few
    assert few == PINNED


PINNED = {
    "fund_list": 12,
    "fund_detail": 22,
    "fund_ledger": 11,
    "fund_findings": 18,
    "allocation_list": 10,
    "allocation_detail": 7,
    "spending_detail": 13,
    "spending_create": 7,
    "fund_allocate": 8,
}
