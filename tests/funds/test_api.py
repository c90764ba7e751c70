"""API v1 of money: read only, under the same gate and filters as the pages."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from funds.models import Category
from tests.funds.conftest import send, spend


def results(response):
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_fund_tells_its_purpose_and_forbidden_uses(fund, world, sign_in):
    row = results(sign_in(world.township).get(reverse("api_fund-list")))[0]
    assert row["document"] == "市民函〔2026〕5号"
    assert {"category": "RECEPTION", "clause": "三", "words": "", "starts_on": None} in row["forbidden_uses"]
    assert "amount" not in row


def test_spendings_filter_like_the_ledger(at_station, world, sign_in):
    station = world.units["北关街道社工站"]
    spend(at_station, station, "1.10")
    spend(at_station, station, "2", category=Category.VENUE, spent_on=date(2026, 5, 1))
    client = sign_in(world.county)
    assert [row["amount"] for row in results(client.get(reverse("api_spending-list")))] == ["2.00", "1.10"]
    (venue,) = results(client.get(reverse("api_spending-list"), {"category": "VENUE", "since": "2026-05"}))
    assert venue["unit_name"] == "北关街道社工站"
    assert results(sign_in(world.outsider).get(reverse("api_spending-list"))) == []
    assert client.get(reverse("api_spending-list"), {"since": "x"}).status_code == 400


def test_allocations_wait_unless_asked_otherwise(at_county, world, sign_in):
    send(at_county.fund, world.units["榆次区"], world.units["北关街道"], "100", date(2026, 2, 20))
    client = sign_in(world.county)
    assert len(results(client.get(reverse("api_allocation-list")))) == 1
    assert len(results(client.get(reverse("api_allocation-list"), {"state": "all"}))) == 2


def test_who_may_not_see_money_is_refused(at_station, world, sign_in):
    client = sign_in(world.worker)
    for name in ("api_fund-list", "api_allocation-list", "api_spending-list"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("api_fund-detail", args=[at_station.pk])).status_code == 403


def test_nothing_is_written(at_station, world, sign_in):
    assert sign_in(world.county).post(reverse("api_spending-list"), {}).status_code == 405
