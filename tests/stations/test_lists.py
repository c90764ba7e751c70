"""The station list and the worker list: filters, sorting, scope, cost."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.actions import add_unit
from accounts.models import OrgUnit
from stations.actions import (
    add_certificate,
    create_station,
    create_worker,
    employ,
    end_posting,
    post_worker,
)
from stations.models import (
    CertificateLevel,
    Dimension,
    EmployerKind,
    Hosting,
    Station,
    StationKind,
    StationStatus,
    Worker,
)
from tests.dimensions import record_dimension
from tests.stations.conftest import ID_NUMBER, advance

S = StationStatus
OURS = {"北关街道社工站", "锦纶街道社工站"}


@pytest.fixture
def listed(sign_in):
    """`listed(user, name, **query)`: the response and the names of its rows."""

    def get(user, name="station_list", **query):
        response = sign_in(user).get(reverse(name), query)
        assert response.status_code == 200
        return {row.name for row in response.context["rows"]}

    return get


# ---- stations -------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_stations_of_the_scope(world, listed):
    assert listed(world.county) == OURS
    assert listed(world.outsider) == {"明星镇社工站"}
    assert listed(world.worker) == {"北关街道社工站"}
    assert listed(world.administrator) == {*OURS, "明星镇社工站", "北坛街道社工站"}


def test_unit_narrows_to_a_subtree(world, listed):
    assert listed(world.city, unit=world.units["太谷区"].pk) == {"明星镇社工站"}


@pytest.mark.parametrize("unit", ["太谷区", "晋中市"])
def test_a_unit_outside_the_scope_is_not_found(world, sign_in, unit):
    client = sign_in(world.county)
    assert client.get(reverse("station_list"), {"unit": world.units[unit].pk}).status_code == 404
    assert client.get(reverse("worker_list"), {"unit": world.units[unit].pk}).status_code == 404


@pytest.mark.parametrize("unit", ["abc", "-1", "999999", "9" * 30])
def test_a_senseless_unit_is_not_found(world, sign_in, unit):
    assert sign_in(world.county).get(reverse("station_list"), {"unit": unit}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"month": "2023-13"},
        {"month": "<script>"},
        {"kind": "PALACE"},
        {"state": "HAPPY"},
        {"basics": "x"},
        {"dimension": "x"},
        {"met": "x"},
        {"hosting": "x"},
        {"q": "长" * 100_000},
    ],
)
def test_a_wrong_filter_gives_a_message_and_no_rows(world, sign_in, query):
    response = sign_in(world.county).get(reverse("station_list"), query)
    assert response.status_code == 200
    assert response.context["rows"] == []
    assert next(iter(query)) in response.context["form"].errors
    assert "筛选条件有误" in response.content.decode()


@pytest.mark.parametrize("query", [{"sort": "nonsense"}, {"sort": "-"}, {"page": "zzz"}, {"page": "999"}])
def test_a_senseless_sort_or_page_shows_the_list(world, listed, query):
    assert listed(world.county, **query) == OURS


def test_state_is_as_of_the_end_of_the_month(world, listed):
    """北关 was completed and operating on 2023-09-01, 锦纶 on 2023-10-01."""
    assert listed(world.county, state="COMPLETED", month="2023-08") == set()
    assert listed(world.county, state="COMPLETED", month="2023-09") == {"北关街道社工站"}
    assert listed(world.county, state="OPERATING", month="2023-10") == OURS


def test_stations_that_did_not_exist_yet_are_not_shown_for_a_past_month(world, listed):
    assert listed(world.county, month="2023-09") == {"北关街道社工站"}


def test_kind_tells_rooms_from_stations(world, rules, listed):
    create_station(
        by=None, township=world.units["北关街道"], name="社区社工室", kind=StationKind.ROOM, started_on=date(2023, 9, 1)
    )
    assert listed(world.county, kind="ROOM") == {"社区社工室"}
    assert listed(world.county, kind="STATION") == OURS


def test_basics_on_time_and_late(world, operating, listed):
    assert listed(world.county, basics="due") == {"东阳镇社工站"}
    assert listed(world.county, basics="late") == {"东阳镇社工站"}
    assert listed(world.county, basics="on_time") == set()


def test_dimension_met_and_not(world, listed):
    station = world.station()
    record_dimension(by=None, station=station, dimension=Dimension.SIGNAGE, met=True, on=date(2023, 10, 20))
    assert listed(world.county, dimension="SIGNAGE", met="yes") == {"北关街道社工站"}
    assert listed(world.county, dimension="SIGNAGE", met="no") == {"锦纶街道社工站"}
    assert listed(world.county, dimension="SIGNAGE", met="yes", month="2023-09") == set()
    assert listed(world.county, met="yes") == set()
    for dimension in set(Dimension) - {Dimension.SIGNAGE}:
        record_dimension(by=None, station=station, dimension=dimension, met=True, on=date(2023, 10, 20))
    assert listed(world.county, met="yes") == {"北关街道社工站"}
    assert listed(world.county, met="no") == {"锦纶街道社工站"}


@pytest.mark.parametrize("word", ["北关", "bgjd", "BGJD", " 北关 "])
def test_a_station_is_found_by_name_or_initials(world, listed, word):
    assert listed(world.county, q=word) == {"北关街道社工站"}


def test_hosting(world, listed):
    Station.objects.filter(pk=world.station().pk).update(hosting=Hosting.AGENCY)
    assert listed(world.county, hosting="AGENCY") == {"北关街道社工站"}


def test_stations_are_sorted_with_missing_dates_last(world, planned, sign_in):
    def order(sort):
        rows = sign_in(world.county).get(reverse("station_list"), {"sort": sort}).context["rows"]
        return [row.name[:2] for row in rows]

    assert order("completed_on") == ["北关", "锦纶", "东阳"]
    assert order("-completed_on") == ["锦纶", "北关", "东阳"]


def test_a_late_row_names_document_and_clause(world, operating, sign_in):
    html = sign_in(world.county).get(reverse("station_list"), {"basics": "late"}).content.decode()
    assert "已逾期 57 天" in html
    assert "市民函〔2023〕28号 二(三)" in html


def test_names_in_the_table_are_escaped(world, sign_in):
    OrgUnit.objects.filter(pk=world.station().pk).update(name="<b>站</b>")
    html = sign_in(world.county).get(reverse("station_list")).content.decode()
    assert "&lt;b&gt;站&lt;/b&gt;" in html
    assert "<b>站</b>" not in html


def test_certified_workers_are_counted_once_each(world, sign_in):
    """Two certificates of one worker are one holder; one issued later does not count yet."""
    for name, issued in [("甲", [date(2021, 9, 1), date(2022, 9, 1)]), ("乙", [date(2023, 10, 15)]), ("丙", [])]:
        worker = create_worker(by=None, unit=world.units["榆次区"], name=f"{name}（演示）")
        for number, day in enumerate(issued):
            level = CertificateLevel.values[number]
            add_certificate(by=None, worker=worker, level=level, number=f"SW{worker.pk:08d}{number}", issued_on=day)
        post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))

    def counted(**query):
        rows = sign_in(world.county).get(reverse("station_list"), {"q": "北关", **query}).context["rows"]
        return [(row.certified, row.workers) for row in rows]

    assert counted(month="2023-09") == [(1, 3)]
    assert counted(month="2023-10") == [(2, 3)]


def test_units_to_choose_lead_up_to_the_users_own_and_one_step_down(world, sign_in):
    def offered(user, **query):
        form = sign_in(user).get(reverse("station_list"), query).context["form"]
        return [name for _, name in form.fields["unit"].choices]

    assert offered(world.county) == ["全部", "榆次区", *("　" + name for name in ("北关街道", "锦纶街道"))]
    assert offered(world.county, unit=world.units["北关街道"].pk) == ["全部", "榆次区", "　北关街道"]


def test_an_empty_list_says_what_to_do(world, sign_in):
    Station.objects.all().delete()
    html = sign_in(world.county).get(reverse("station_list")).content.decode()
    assert "还没有站点" in html
    assert reverse("station_create") in html
    assert reverse("station_create") not in sign_in(world.city).get(reverse("station_list")).content.decode()


# ---- workers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def team(world) -> dict[str, Worker]:
    """张伟: certified in 2022, full time, at 北关 since 09-05. 李娜: no certificate, part time, there 09-05 to 11-01.
    王芳: file at 榆次区, never posted. 赵军: of 太谷区."""
    station = world.station()
    workers = {
        name: create_worker(by=None, unit=world.units[unit], name=f"{name}（演示）")
        for name, unit in [("张伟", "榆次区"), ("李娜", "榆次区"), ("王芳", "榆次区"), ("赵军", "太谷区")]
    }
    add_certificate(
        by=None,
        worker=workers["张伟"],
        level=CertificateLevel.SENIOR,
        number="SW2022000001",
        issued_on=date(2022, 9, 1),
    )
    for name, full_time in [("张伟", True), ("李娜", False)]:
        employ(
            by=None,
            worker=workers[name],
            employer_kind=EmployerKind.AGENCY,
            employer_name="阳光社工（演示）",
            full_time=full_time,
            on=date(2023, 9, 5),
        )
        posting = post_worker(by=None, worker=workers[name], station=station, on=date(2023, 9, 5))
    end_posting(by=None, posting=posting, on=date(2023, 11, 1))
    return workers


@pytest.fixture
def people(listed):
    def get(user, **query):
        return {name.removesuffix("（演示）") for name in listed(user, "worker_list", **query)}

    return get


def test_the_list_shows_the_workers_of_the_scope(world, team, people):
    assert people(world.county) == {"张伟", "李娜", "王芳"}
    assert people(world.outsider) == {"赵军"}
    assert people(world.worker) == {"张伟", "李娜"}


def test_a_month_shows_who_was_posted_at_its_end(world, team, people):
    assert people(world.county, month="2023-08") == set()
    assert people(world.county, month="2023-10") == {"张伟", "李娜"}
    assert people(world.county, month="2023-11") == {"张伟"}


def test_a_month_and_a_unit_show_who_was_posted_there(world, team, people):
    assert people(world.county, month="2023-10", unit=world.units["北关街道"].pk) == {"张伟", "李娜"}
    assert people(world.county, month="2023-10", unit=world.units["锦纶街道"].pk) == set()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"certified": "yes"}, {"张伟"}),
        ({"certified": "no"}, {"李娜", "王芳"}),
        ({"certified": "SENIOR"}, {"张伟"}),
        ({"certified": "ASSISTANT"}, set()),
        ({"full_time": "yes"}, {"张伟"}),
        ({"full_time": "no", "month": "2023-10"}, {"李娜"}),
        ({"posted": "yes"}, {"张伟"}),
        ({"posted": "no"}, {"李娜", "王芳"}),
        ({"employer": "AGENCY"}, {"张伟", "李娜"}),
        ({"employer": "BUREAU"}, set()),
        ({"q": "张"}, {"张伟"}),
        ({"q": "阳光"}, {"张伟", "李娜"}),
    ],
)
def test_worker_filters(world, team, people, query, expected):
    assert people(world.county, **query) == expected


@pytest.mark.parametrize("sort", ["name", "-name", "since", "-since", "station", "-station", "x"])
def test_workers_are_sorted(world, team, people, sort):
    assert people(world.county, sort=sort) == {"张伟", "李娜", "王芳"}


def test_a_worker_who_left_the_scope_is_shown_without_where_they_went(world, team, sign_in):
    post_worker(by=None, worker=team["李娜"], station=world.station("明星镇社工站"), on=date(2023, 11, 2))
    html = sign_in(world.township).get(reverse("worker_list")).content.decode()
    assert "管辖范围以外" in html
    assert "明星镇" not in html


def test_identity_numbers_are_masked_in_the_list(world, worker, sign_in):
    html = sign_in(world.county).get(reverse("worker_list")).content.decode()
    assert "140*************16" in html
    assert ID_NUMBER not in html


# ---- cost -----------------------------------------------------------------------------------------------------------


def grow(world, prefix, count):
    """More stations with a check and a worker each, at townships of their own."""
    for number in range(count):
        township = add_unit(parent=world.units["榆次区"], name=f"{prefix}{number}镇")
        station = create_station(
            by=None,
            township=township,
            name=f"{prefix}{number}站",
            kind=StationKind.STATION,
            started_on=date(2023, 6, 1),
        )
        advance(station, (S.BUILDING, date(2023, 6, 2)), (S.COMPLETED, date(2023, 7, 1)))
        record_dimension(by=None, station=station, dimension=Dimension.HARDWARE, met=True, on=date(2023, 7, 2))
        worker = create_worker(by=None, unit=world.units["榆次区"], name=f"{prefix}{number}人")
        post_worker(by=None, worker=worker, station=station, on=date(2023, 7, 2))


def test_a_filtered_page_of_stations_costs_twelve_queries(world, rules, sign_in, django_assert_num_queries):
    client = sign_in(world.county)
    grow(world, "甲", 8)
    with django_assert_num_queries(12):
        response = client.get(reverse("station_list"), {"unit": world.units["榆次区"].pk, "month": "2023-11"})
    assert len(response.context["rows"]) >= 8


@pytest.mark.parametrize(("name", "cost"), [("station_list", 12), ("worker_list", 18)])
def test_a_list_costs_the_same_whatever_its_length(world, rules, sign_in, name, cost, django_assert_num_queries):
    client = sign_in(world.county)
    for prefix, count in [("甲", 2), ("乙", 6)]:
        grow(world, prefix, count)
        client.get(reverse(name))
        with django_assert_num_queries(cost):
            response = client.get(reverse(name))
    assert len(response.context["rows"]) >= 8
