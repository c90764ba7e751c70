"""What is counted, where it arises, and that it costs a fixed number of statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actions import add_unit
from accounts.models import Level, OrgUnit
from common.months import Month
from policies.models import PolicyDocument, Provision, ProvisionKind
from reporting.compute import compute_month, compute_station_month, compute_unit_months
from reporting.models import MonthlyReport, UnitMonth
from services.models import Method, ServiceRecord
from stations.models import BasicsFilter, Dimension, DimensionState, Station, StationKind, StatusSpell, Worker
from stations.models.stations import StationState
from tests.reporting.facts import OCTOBER, report, service, worker
from tests.world import make_station

BEIGUAN, JINLUN = "北关街道社工站", "锦纶街道社工站"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2023-12-15T10:00:00+08:00", tick=False)


def counted(unit: str, month: Month = OCTOBER) -> dict[str, int]:
    return UnitMonth.objects.get(unit__name=unit, month=month).measures


def test_a_service_counts_at_its_station_and_everywhere_above(world):
    service(world.station(), contacts=5, elderly=2, children=3, hours=Decimal("1.5"), volunteers=4)
    compute_month(OCTOBER)
    for unit in (BEIGUAN, "北关街道", "榆次区", "晋中市", "山西省", "全国"):
        numbers = counted(unit)
        assert numbers["services"] == numbers["services_VISIT"] == numbers["services_with_volunteers"] == 1
        assert numbers["contacts"] == numbers["contacts_ELDERLY_CARE"] == 5
        assert (numbers["contacts_elderly"], numbers["contacts_children"]) == (2, 3)
        assert (numbers["hours"], numbers["volunteers"]) == (15, 4)
    assert "services" not in counted("甘肃省")


def test_a_voided_service_and_one_of_another_month_do_not_count(world):
    service(world.station(), date(2023, 11, 1))
    service(world.station(), voided_at=timezone.now(), void_reason="重复")
    compute_month(OCTOBER)
    assert "services" not in counted("全国")


def test_clerical_work_is_administrative(world):
    service(world.station(), method=Method.CLERICAL)
    service(world.station())
    compute_month(OCTOBER)
    assert (counted("榆次区")["services"], counted("榆次区")["services_administrative"]) == (2, 1)


def test_an_operating_station_without_a_service_is_idle(world):
    service(world.station())
    compute_month(OCTOBER)
    assert "stations_idle" not in counted(BEIGUAN)
    assert counted("榆次区")["stations_idle"] == 1
    assert counted("晋中市")["stations_operating"] == 3


def test_a_station_counts_from_its_completion_on(world):
    for month, number in ((Month(2023, 8), 0), (Month(2023, 9), 1), (OCTOBER, 2)):
        compute_month(month)
        assert counted("榆次区", month).get("stations_completed", 0) == number
        assert counted("榆次区", month).get("townships_covered", 0) == number
        assert counted("榆次区", month)["townships_due"] == 2


def test_a_county_is_complete_with_its_last_township(world):
    compute_month(Month(2023, 9))
    assert "counties_complete" not in counted("榆次区", Month(2023, 9))
    compute_month(OCTOBER)
    assert counted("榆次区")["counties_complete"] == 1
    assert (counted("晋中市")["counties_complete"], counted("晋中市")["counties_due"]) == (2, 3)


def test_a_virtual_township_and_one_that_is_closed_are_due_no_station(world):
    yuci = world.units["榆次区"]
    add_unit(parent=yuci, name="本级", is_virtual=True)
    closed = add_unit(parent=yuci, name="某乡（撤销）", code="140702200000")
    closed.closed_on = date(2023, 10, 20)
    closed.save()
    compute_month(Month(2023, 9))
    compute_month(OCTOBER)
    assert counted("榆次区", Month(2023, 9))["townships_due"] == 3
    assert counted("榆次区")["townships_due"] == 2
    assert not UnitMonth.objects.filter(unit=closed, month=OCTOBER).exists()


def test_what_happened_at_a_unit_that_closed_in_the_month_still_counts(world):
    station = world.station()
    service(station)
    station.closed_on = station.unit.closed_on = date(2023, 10, 20)
    station.save()
    station.unit.save()
    compute_month(OCTOBER)
    assert counted(BEIGUAN)["services"] == counted("全国")["services"] == 1
    assert counted("榆次区")["stations_completed"] == 1


def test_rooms_are_not_stations(world):
    room = make_station(world.units["明星镇"], date(2023, 2, 1), name="示范社工室")
    room.kind = StationKind.ROOM
    room.save()
    service(room)
    compute_month(OCTOBER)
    numbers = counted("太谷区")
    assert (numbers["rooms"], numbers["rooms_new_this_year"], numbers["services"]) == (1, 1, 1)
    assert "stations_completed" not in numbers
    assert "reports_expected" not in numbers
    assert "townships_covered" not in numbers


def test_workers_count_as_of_the_end_of_the_month(world):
    worker(world.station(), certified=True, full_time=True, since=date(2023, 9, 1))
    worker(world.station(), full_time=False, since=date(2023, 10, 31))
    worker(world.station(), since=date(2023, 11, 1))
    compute_month(OCTOBER)
    numbers = counted("晋中市")
    assert (numbers["workers"], numbers["workers_certified"], numbers["workers_full_time"]) == (2, 1, 1)


def test_a_missing_report_is_expected_and_not_there(world):
    report(world.station(), on_time=False)
    report(world.station(JINLUN), on_time=None)
    compute_month(OCTOBER)
    numbers = counted("榆次区")
    assert (numbers["reports_expected"], numbers["reports_submitted"], numbers["reports_late"]) == (2, 1, 1)
    assert "reports_on_time" not in numbers


def test_basics_are_due_once_their_day_is_over(world):
    station = world.station()
    station.due_on = date(2023, 10, 8)
    station.save()
    compute_month(OCTOBER)
    assert (counted(BEIGUAN)["basics_due"], counted(BEIGUAN).get("basics_on_time")) == (1, None)
    station.basics_entered_on = date(2023, 10, 8)
    station.save()
    compute_month(OCTOBER)
    assert counted(BEIGUAN)["basics_on_time"] == 1


def check(station: Station, met: bool, since: date, until: date | None = None) -> None:
    DimensionState.objects.create(
        station=station, dimension=Dimension.HARDWARE, met=met, starts_on=since, ends_on=until
    )


def test_a_dimension_counts_while_it_is_met(world):
    check(world.station(), True, date(2023, 9, 1), date(2023, 11, 2))
    check(world.station(), False, date(2023, 11, 2))
    for month, number in ((OCTOBER, 1), (Month(2023, 11), None)):
        compute_month(month)
        assert counted("榆次区", month).get("dimension_HARDWARE") == number


def target(unit, kind: ProvisionKind, **parameters: object) -> None:
    document, _ = PolicyDocument.objects.get_or_create(
        number="测试〔2023〕1号", issuer=unit, defaults={"title": "测试", "issued_on": date(2023, 1, 1)}
    )
    Provision.objects.create(document=document, unit=unit, kind=kind, parameters=parameters)


def test_targets_stand_at_the_unit_that_they_govern_and_are_not_summed(world):
    target(world.units["晋中市"], ProvisionKind.COVERAGE_TARGET, count=110, due="2023-12-31")
    target(world.units["榆次区"], ProvisionKind.COVERAGE_TARGET, count=None, due="2023-12-31")
    target(world.units["晋中市"], ProvisionKind.ROOM_TARGET, count=14, due="2023-12-31")
    compute_month(OCTOBER)
    assert (counted("晋中市")["township_target"], counted("晋中市")["room_target"]) == (110, 14)
    assert counted("榆次区")["township_target"] == 2
    assert "township_target" not in counted("山西省")


def test_a_target_of_rooms_says_nothing_of_another_year(world):
    target(world.units["晋中市"], ProvisionKind.ROOM_TARGET, count=14, due="2022-12-31")
    compute_month(OCTOBER)
    assert "room_target" not in counted("晋中市")


def test_the_running_month_is_counted_as_of_today(world):
    worker(world.station(), since=date(2023, 12, 20))
    compute_month(Month(2023, 12))
    assert "workers" not in counted(BEIGUAN, Month(2023, 12))


def test_computing_twice_gives_the_same_rows(world):
    service(world.station())
    compute_month(OCTOBER)
    before = list(UnitMonth.objects.order_by("id").values_list("id", "unit", "measures"))
    compute_month(OCTOBER)
    compute_station_month(world.station().pk, OCTOBER)
    assert list(UnitMonth.objects.order_by("id").values_list("id", "unit", "measures")) == before


def test_a_station_that_was_recounted_moves_everything_above_it(world):
    compute_month(OCTOBER)
    service(world.station())
    service(world.station(JINLUN))
    compute_station_month(world.station().pk, OCTOBER)
    assert counted("全国")["services"] == 1
    compute_station_month(world.station(JINLUN).pk, OCTOBER)
    assert (counted("榆次区")["services"], counted("全国")["services"]) == (2, 2)


def test_a_subtree_that_was_recounted_moves_everything_above_it(world):
    compute_month(OCTOBER)
    service(world.station())
    service(world.station("明星镇社工站"))
    compute_month(OCTOBER, top=world.units["榆次区"])
    assert counted("晋中市")["services"] == counted("全国")["services"] == 1
    assert "services" not in counted("太谷区")


def every_unit_above_townships_has_a_snapshot() -> bool:
    snapshots = UnitMonth.objects.filter(month=OCTOBER, unit__level__lt=Level.TOWNSHIP)
    return snapshots.count() == OrgUnit.objects.filter(level__lt=Level.TOWNSHIP).count()


@pytest.mark.parametrize("start", ["station", "county"])
def test_the_first_count_of_a_month_is_a_whole_one(world, start):
    service(world.station())
    service(world.station("酒泉路街道社工站"))
    if start == "station":
        compute_station_month(world.station().pk, OCTOBER)
    else:
        compute_month(OCTOBER, top=world.units["榆次区"])
    assert counted("全国")["services"] == 2
    assert every_unit_above_townships_has_a_snapshot()


def test_the_snapshot_of_a_unit_that_is_no_more_is_removed(world):
    compute_month(OCTOBER)
    unit = world.station().unit
    unit.opened_on = date(2023, 11, 1)
    unit.save()
    StatusSpell.objects.filter(station=unit.station).delete()
    Station.objects.update(completed_on=None)
    compute_month(OCTOBER)
    assert not UnitMonth.objects.filter(unit=unit).exists()
    assert every_unit_above_townships_has_a_snapshot()
    UnitMonth.objects.create(unit=unit, month=OCTOBER, measures={"services": 5}, computed_at=timezone.now())
    compute_station_month(unit.pk, OCTOBER)
    assert not UnitMonth.objects.filter(unit=unit).exists()
    assert "services" not in counted("全国")


def test_an_unknown_unit_is_passed_over(world):
    compute_month(OCTOBER)
    compute_station_month(10**9, OCTOBER)


def many_stations(world, number: int) -> list[int]:
    townships = [add_unit(parent=world.units["榆次区"], name=f"乡{n}") for n in range(number)]
    return [make_station(township, date(2023, 1, 1)).pk for township in townships]


def test_a_whole_month_costs_the_same_statements_whatever_its_size(world, django_assert_max_num_queries):
    many_stations(world, 30)
    with django_assert_max_num_queries(75):
        compute_month(OCTOBER)


def test_a_recount_costs_the_same_statements_whatever_the_size(world, django_assert_max_num_queries):
    stations = many_stations(world, 30)
    compute_month(OCTOBER)
    for some in (stations[:1], stations):
        with django_assert_max_num_queries(75):
            compute_unit_months(some, OCTOBER)


def test_a_month_without_any_unit_is_no_error(db):
    assert compute_month(OCTOBER) == 0


def test_figures_and_their_records_agree(world, rules):
    """The words of the lists (as-of querysets) and of the measures mean the same."""
    station, other = world.station(), world.station(JINLUN)
    for number, day in enumerate((date(2023, 10, 31), date(2023, 11, 2))):
        check(other if number else station, True, day)
    Station.objects.filter(pk=station.pk).update(due_on=date(2023, 9, 8), basics_entered_on=date(2023, 9, 7))
    Station.objects.filter(pk=other.pk).update(due_on=date(2023, 12, 15))
    worker(station, certified=True, full_time=True, since=date(2023, 10, 5))
    worker(other, full_time=False, since=date(2023, 11, 5))
    StatusSpell.objects.filter(station=other, ends_on=None).update(ends_on=date(2023, 11, 10))
    StatusSpell.objects.create(station=other, status="SUSPENDED", starts_on=date(2023, 11, 10))
    for month in (Month(2023, 9), OCTOBER, Month(2023, 11), Month(2023, 12)):
        compute_month(month)
        on = min(month.last, date(2023, 12, 15))
        stations = Station.objects.under(world.units["榆次区"])
        workers = Worker.objects.posted_at(on, stations)
        lists = {
            "stations_completed": stations.state_at(StationState.COMPLETED, on),
            "stations_sign_hung": stations.state_at(StationState.SIGN_HUNG, on),
            "stations_operating": stations.state_at(StationState.OPERATING, on),
            "stations_new_this_year": stations.state_at(StationState.NEW, on),
            "basics_due": stations.basics(BasicsFilter.DUE, on),
            "basics_on_time": stations.basics(BasicsFilter.ON_TIME, on),
            "dimension_HARDWARE": stations.dimension_at(Dimension.HARDWARE, on),
            "workers": workers,
            "workers_certified": workers.certified(on),
            "workers_full_time": workers.full_time(on),
            "services": ServiceRecord.objects.valid().filter(month=month),
            "reports_submitted": MonthlyReport.objects.filter(month=month),
        }
        assert {key: rows.count() for key, rows in lists.items()} == {
            key: counted("榆次区", month).get(key, 0) for key in lists
        }


def test_a_month_before_the_station_was_recorded_here_is_neither_owed_nor_idle(world):
    compute_month(OCTOBER)
    before = counted("榆次区")
    Station.objects.update(records_from=date(2023, 11, 1))
    compute_month(OCTOBER)
    after = counted("榆次区")
    assert (before["reports_expected"], before["stations_idle"]) == (2, 2)
    assert "reports_expected" not in after
    assert "stations_idle" not in after
    assert after["stations_operating"] == before["stations_operating"]


def test_the_month_in_which_recording_begins_is_owed(world):
    Station.objects.update(records_from=date(2023, 10, 31))
    compute_month(OCTOBER)
    assert counted("榆次区")["reports_expected"] == 2
