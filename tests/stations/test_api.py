"""API v1: stations."""

import pytest

STATIONS = "/api/v1/stations/"


def names(response):
    assert response.status_code == 200
    return [row["name"] for row in response.json()["results"]]


def test_stations_are_those_of_the_scope(world, sign_in):
    assert names(sign_in(world.county).get(STATIONS)) == ["北关街道社工站", "锦纶街道社工站"]
    assert names(sign_in(world.outsider).get(STATIONS)) == ["明星镇社工站"]


def test_a_station_outside_is_not_found(world, sign_in):
    assert sign_in(world.county).get(f"{STATIONS}{world.station('明星镇社工站').pk}/").status_code == 404


def test_a_station_tells_its_status_and_judgement(world, operating, sign_in):
    row = sign_in(world.county).get(f"{STATIONS}{operating.pk}/").json()
    assert (row["status"], row["status_since"]) == ("OPERATING", "2023-10-09")
    assert (row["basics"], row["due_on"], row["document"]) == ("OVERDUE", "2023-10-09", "市民函〔2023〕28号")
    assert row["parent"] == operating.unit.parent_id


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "ROOM"}, []),
        ({"state": "OPERATING", "month": "2023-09"}, ["北关街道社工站"]),
        ({"q": "jljd"}, ["锦纶街道社工站"]),
    ],
)
def test_filters_are_those_of_the_page(world, sign_in, query, expected):
    assert names(sign_in(world.county).get(STATIONS, query)) == expected


def test_unit_narrows_and_is_not_found_outside(world, sign_in):
    client = sign_in(world.county)
    assert names(client.get(STATIONS, {"unit": world.units["锦纶街道"].pk})) == ["锦纶街道社工站"]
    assert client.get(STATIONS, {"unit": world.units["太谷区"].pk}).status_code == 404


@pytest.mark.parametrize("query", [{"month": "2023-13"}, {"kind": "x"}, {"state": "x"}])
def test_a_wrong_filter_is_explained_in_chinese(world, sign_in, query):
    response = sign_in(world.county).get(STATIONS, query)
    assert response.status_code == 400
    (message,) = response.json()[next(iter(query))]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message)


def test_stations_are_read_only_and_cost_a_fixed_number_of_queries(world, sign_in, django_assert_num_queries):
    client = sign_in(world.city)
    assert client.post(STATIONS, {}, content_type="application/json").status_code == 405
    client.get(STATIONS)
    with django_assert_num_queries(7):
        client.get(STATIONS)
