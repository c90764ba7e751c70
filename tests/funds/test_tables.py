"""The list of funds as it is exported."""

from __future__ import annotations

from decimal import Decimal

from django.http import QueryDict

from jobs.tables import TABLES
from tests.funds.conftest import spend


def test_the_list_of_funds_holds_the_amounts_of_the_own_scope(at_station, world):
    spend(at_station, world.units["北关街道社工站"], "1000.50")
    table = TABLES["funds"]
    source = table.rows(world.township, QueryDict("year=2026"))
    (row,) = [{column.label: column.read(row) for column in table.columns} for row in source.rows]
    sums = (Decimal("40000.00"), Decimal("1000.50"), Decimal("0.00"), Decimal("38999.50"))
    assert tuple(row[f"{name}（元）"] for name in ("到账", "支出", "在途", "结存")) == sums
    assert tuple((source.totals or ())[6:10]) == sums
    assert (row["来源"], row["依据"]) == ("福彩公益金", "市民函〔2026〕5号 二")
