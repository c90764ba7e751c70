"""Reading figures: missing is not zero, ratios with their fraction, hours exact; the commands."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import add_unit
from common.months import Month
from common.workbook import Kind
from reporting.compute import compute_month, compute_station_month
from reporting.display import shown, shown_frozen
from reporting.figures import as_json, counted_at, figure, figures_of, figures_of_many
from reporting.indicators import Group, Indicator
from reporting.models import UnitMonth
from reporting.registry import INDICATORS
from reporting.workbooks.monthly import columns_of
from stations.models import Station
from tests.reporting.facts import OCTOBER, service


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2023-12-15T10:00:00+08:00", tick=False)


@pytest.fixture
def yuci(world):
    return world.units["榆次区"]


def test_a_month_that_was_never_counted_has_no_numbers(yuci):
    figures = figures_of(yuci, OCTOBER)
    assert set(figures) == set(INDICATORS)
    assert all(f.numerator is None and f.denominator is None and f.value is None for f in figures.values())
    assert counted_at(yuci, [OCTOBER]) == {}


def test_nothing_counted_is_zero(yuci):
    compute_month(OCTOBER)
    assert figures_of(yuci, OCTOBER)["services"].value == 0
    assert OCTOBER in counted_at(yuci, [OCTOBER])


def test_a_share_carries_its_fraction(world, yuci):
    station = world.station()
    for on_time in (True, True, False):
        service(station, on_time=on_time)
    compute_month(OCTOBER)
    figure = figures_of(yuci, OCTOBER)["entry_on_time"]
    assert (figure.numerator, figure.denominator) == (2, 3)
    assert figure.value == Decimal(2) / 3


def test_a_share_of_nothing_has_no_value(yuci):
    compute_month(OCTOBER)
    figure = figures_of(yuci, OCTOBER)["entry_on_time"]
    assert (figure.numerator, figure.denominator, figure.value) == (0, 0, None)


def test_hours_add_up_exactly(world, yuci):
    for _ in range(7):
        service(world.station(), hours=Decimal("0.1"))
    compute_month(OCTOBER)
    assert figures_of(yuci, OCTOBER)["hours"].value == Decimal("0.7")


def test_a_unit_without_a_target_of_its_own_shows_none(yuci):
    compute_month(OCTOBER)
    figure = figures_of(yuci, OCTOBER)["coverage_target"]
    assert (figure.denominator, figure.value) == (None, None)


def test_a_figure_opens_its_records(world, yuci):
    assert figures_of(yuci, OCTOBER)["services_VISIT"].url(yuci, OCTOBER) == (
        f"/services/?unit={yuci.pk}&month=2023-10&state=valid&method=VISIT"
    )


def test_many_units_and_months_cost_one_query_and_two_for_missing_ones(world, django_assert_num_queries):
    compute_month(OCTOBER)
    units, months = list(world.units.values()), [OCTOBER, OCTOBER + 1]
    with django_assert_num_queries(3):
        figures = figures_of_many([unit.pk for unit in units], months)
        assert len(figures) == len(units) * 2
        assert figures[units[0].pk, OCTOBER]["coverage"].denominator == 5
        assert figures[units[0].pk, OCTOBER + 1]["coverage"].denominator is None


def printed(*arguments: str) -> dict:
    out = StringIO()
    call_command("figures", *arguments, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_command_prints_every_indicator(world, yuci):
    service(world.station(), date(2023, 10, 10), hours=Decimal("2.5"))
    compute_month(OCTOBER)
    figures = printed("--unit", "140702000000", "--month", "2023-10")
    assert set(figures) == set(INDICATORS)
    assert figures["hours"] == {
        "label": "服务时长",
        "unit": "小时",
        "numerator": 2.5,
        "denominator": None,
        "value": 2.5,
    }
    assert figures["coverage"]["numerator"] == figures["coverage"]["denominator"] == 2
    assert figures["coverage"]["value"] == 1.0
    assert figures["coverage_target"]["value"] is None


def test_the_command_prints_nulls_for_a_month_that_was_never_counted(yuci):
    figures = printed("--unit", "140702000000", "--month", "2023-10")
    assert figures["services"]["value"] is None


@pytest.mark.parametrize("command", ["figures", "compute"])
@pytest.mark.parametrize(
    ("unit", "month", "words"),
    [
        ("140702000000", "2023-13", "不是有效的月份"),
        ("140702000000", "2023/10", "应写作 2023-09"),
        ("140702000000", "2024-01", "还没有到"),
        ("999999999999", "2023-10", "没有代码为“999999999999”的单位"),
        ("x" * 5000, "2023-10", "没有代码为"),
    ],
)
def test_the_commands_refuse_what_they_do_not_know(yuci, command, unit, month, words):
    arguments = ["--unit", unit, "--month", month] if command == "figures" else [month, "--unit", unit]
    with pytest.raises(CommandError, match=words) as refused:
        call_command(command, *arguments)
    assert len(str(refused.value)) < 200


def test_the_compute_command_counts_and_says_how_much(world):
    out = StringIO()
    call_command("compute", "2023-10", stdout=out)
    assert "2023年10月" in out.getvalue()
    assert figures_of(world.units["全国"], OCTOBER)["coverage"].denominator == 5


def test_a_month_is_shown_with_the_time_it_was_counted(yuci, time_machine):
    november = Month(2023, 11)
    compute_month(november)
    assert figures_of(yuci, november).computed_at == counted_at(yuci, [november])[november]


def test_a_township_where_nothing_stands_keeps_no_snapshot_and_still_shows_zero_of_one(world, yuci):
    bare = add_unit(parent=yuci, name="空镇", code="140702199000")
    compute_month(OCTOBER)
    assert not UnitMonth.objects.filter(unit=bare).exists()
    coverage = figures_of(bare, OCTOBER)["coverage"]
    assert (coverage.numerator, coverage.denominator, coverage.value) == (0, 1, 0)
    assert figures_of(yuci, OCTOBER)["coverage"].denominator == 3
    assert OCTOBER in counted_at(bare, [OCTOBER])
    assert figures_of(bare, Month(2023, 9))["coverage"].numerator is None


def test_a_recount_still_counts_townships_where_nothing_stands(world, yuci):
    add_unit(parent=yuci, name="空镇", code="140702199000")
    compute_month(OCTOBER)
    compute_station_month(world.station().pk, OCTOBER)
    assert figures_of(yuci, OCTOBER)["coverage"].denominator == 3
    assert figures_of(world.units["全国"], OCTOBER)["coverage"].denominator == 6


class TestMeans:
    """So much for each: neither a share nor a sum."""

    MEAN = Indicator(
        "contacts_each", "平均每次服务人次", "人次/次", "contacts", "services",
        group=Group.SERVICE, decimals=2, records=INDICATORS["services"].records,
    )  # fmt: skip

    def test_it_is_rounded_half_up_and_shown_with_its_unit_and_no_percent_sign(self, yuci):
        found = shown(figure(self.MEAN, {"contacts": 5, "services": 8}), yuci, OCTOBER)
        assert (found.text, found.unit, found.fraction, found.ratio) == ("0.63", "人次/次", "", None)

    def test_a_mean_of_nothing_is_missing(self, yuci):
        assert shown(figure(self.MEAN, {}), yuci, OCTOBER).text == "—"

    def test_a_frozen_one_keeps_its_decimals(self, yuci, monkeypatch):
        monkeypatch.setitem(INDICATORS, self.MEAN.key, self.MEAN)
        frozen = as_json({self.MEAN.key: figure(self.MEAN, {"contacts": 5, "services": 2})})
        assert frozen[self.MEAN.key]["value"] == 2.5
        found = shown_frozen(self.MEAN.key, frozen, yuci, OCTOBER)
        assert found and (found.text, found.unit) == ("2.50", "人次/次")

    def test_a_workbook_shows_what_was_divided_and_the_mean_as_a_number(self):
        heads = [(column.label, column.kind) for column in columns_of(self.MEAN)]
        assert heads == [("服务人次", Kind.WHOLE), ("服务次数", Kind.WHOLE), ("平均（人次/次）", Kind.of_decimals(2))]

    def test_a_share_needs_something_to_be_a_share_of(self):
        with pytest.raises(RuntimeError, match="share of nothing"):
            Indicator("bad", "坏", "%", "services", group=Group.SERVICE)


def test_before_the_stations_were_recorded_here_idleness_is_missing_not_zero(world, yuci):
    Station.objects.update(records_from=date(2023, 11, 1))
    compute_month(OCTOBER)
    figures = figures_of(yuci, OCTOBER)
    assert (figures["stations_idle"].denominator, figures["stations_idle"].value) == (0, None)
    assert figures["operating"].numerator == 2
