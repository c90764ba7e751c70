"""/api/v1/services/"""

from __future__ import annotations

import uuid

import pytest
import time_machine

from common.months import Month
from services.actions import lock_month
from services.models import ServiceRecord
from services.queries import listing
from tests.services.conftest import NOW

SERVICES = "/api/v1/services/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(world, team, sign_in):
    return sign_in(world.worker)


def body(world, team, **changes) -> dict:
    return {
        "client_id": str(uuid.uuid4()),
        "station": world.station().pk,
        "workers": [team.zhang.pk],
        "starts_on": "2026-10-19",
        "title": "探访独居老人",
        "domain": "ELDERLY_CARE",
        "method": "VISIT",
        "contacts": 3,
        "elderly": 3,
        "hours": "1.5",
        **changes,
    }


def post(client, data):
    return client.post(SERVICES, data, content_type="application/json")


def test_creating_answers_201_then_200_with_the_same_record(client, world, team):
    data = body(world, team)
    first, second = post(client, data), post(client, {**data, "contacts": 9})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    made = first.json()
    assert made["on_time"] is True
    assert made["due_on"] == "2026-10-20"
    assert made["clause"] == "二(三)"
    assert made["nature"] == "professional"
    assert made["month"] == "2026-10"
    assert made["workers"] == [{"id": team.zhang.pk, "name": "张（演示）"}]
    assert ServiceRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"starts_on": "2026-10-21"}, "starts_on", "不能登记今天以后的服务"),
        ({"ends_on": "2026-10-18"}, "ends_on", "结束日期不能早于开始日期"),
        ({"contacts": -1}, "contacts", "0"),
        ({"contacts": 2}, "elderly", "不能超过服务人次 2"),
        ({"hours": "30"}, "hours", "不能超过 24 小时"),
        ({"hours": "0"}, "hours", "应大于 0"),
        ({"title": "<b>x</b>"}, "title", "不能包含"),
        ({"title": ""}, "title", "不能为空"),
        ({"result": "x" * 10 * 2**20}, "result", "2000"),
        ({"result": "110101199003077715"}, "result", "身份证号"),
        ({"method": "DANCING"}, "method", "不是合法选项"),
        ({"workers": []}, "workers", "为空"),
        ({"workers": [999999]}, "workers", "没有编号为 999999 的社工"),
        ({"client_id": "x"}, "client_id", "UUID"),
        ({"volunteer_hours": "2"}, "volunteers", "请填写志愿者人数"),
    ],
)
def test_problems_are_told_by_field_in_chinese(client, world, team, changes, field, words):
    response = post(client, body(world, team, **changes))
    assert response.status_code == 400
    assert words in "".join(response.json()[field])
    assert not ServiceRecord.objects.exists()


def test_workers_of_another_station_are_unknown_here(client, world, team):
    response = post(client, body(world, team, workers=[team.chen.pk]))
    assert (response.status_code, set(response.json())) == (400, {"workers"})


def test_an_id_of_another_user_is_not_given_away(client, sign_in, world, team):
    data = body(world, team)
    post(client, data)
    response = post(sign_in(world.township), data)
    assert (response.status_code, set(response.json())) == (400, {"client_id"})


def test_a_locked_month_is_a_conflict(client, world, team):
    lock_month(by=None, station=world.station(), month=Month(2026, 10), reason="月报已上报")
    response = post(client, body(world, team))
    assert response.status_code == 409
    assert response.json() == {
        "detail": "2026年10月已上报锁定，如需修改请联系县级民政部门退回月报",
        "code": "month_locked",
    }


def test_the_gate_holds(client, sign_in, world, team, log):
    record = log()
    outside = body(world, team, station=world.station("明星镇社工站").pk)
    assert post(client, outside).status_code == 404
    assert post(sign_in(world.county), body(world, team)).status_code == 403
    assert sign_in(world.county).get(f"{SERVICES}{record.pk}/").status_code == 200
    assert sign_in(world.outsider).get(f"{SERVICES}{record.pk}/").status_code == 404
    assert sign_in(world.outsider).get(SERVICES).json()["results"] == []
    assert sign_in(world.administrator).get(SERVICES).status_code == 403
    assert sign_in(world.administrator).get(f"{SERVICES}{record.pk}/").status_code == 403
    assert client.get(f"{SERVICES}abc/").status_code == 404
    assert client.put(f"{SERVICES}{record.pk}/", {}, content_type="application/json").status_code == 405
    assert client.delete(f"{SERVICES}{record.pk}/").status_code == 405


def test_without_sign_in_it_is_401(db, client):
    client.logout()
    assert client.get(SERVICES).status_code == 401


def test_the_list_pages_to_the_end(client, log, monkeypatch):
    monkeypatch.setattr("services.api.PAGE", 3)
    expected = [log(title=str(number)).pk for number in range(7)][::-1]
    seen, address = [], f"{SERVICES}?month=2026-10"
    while address:
        answer = client.get(address).json()
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert seen == expected


def test_the_list_takes_the_filters_of_the_page(client, log, monkeypatch):
    log(title="小组", method="GROUP")
    log(title="探访")
    assert [row["title"] for row in client.get(f"{SERVICES}?method=GROUP").json()["results"]] == ["小组"]
    response = client.get(f"{SERVICES}?month=2023-13")
    assert (response.status_code, set(response.json())) == (400, {"month"})
    monkeypatch.setattr(listing, "NARROW", 0)
    assert client.get(f"{SERVICES}?q=探").status_code == 400


def test_the_list_takes_a_fixed_number_of_queries(client, team, log, django_assert_max_num_queries):
    for number in range(52):
        log(title=str(number), workers=[team.zhang, team.liu])
    client.get(SERVICES)
    with django_assert_max_num_queries(8):
        assert len(client.get(SERVICES).json()["results"]) == 50


def test_the_schema_documents_every_field(client):
    schema = client.get("/api/schema/?format=json").json()
    request = schema["components"]["schemas"]["Log"]
    assert set(schema["paths"][SERVICES]) == {"get", "post"}
    undescribed = [name for name, field in request["properties"].items() if not field.get("description")]
    assert undescribed == []
    assert {"201", "200", "400", "409"} <= set(schema["paths"][SERVICES]["post"]["responses"])


def test_the_schema_describes_the_page_that_the_list_answers(client):
    schema = client.get("/api/schema/", {"format": "json"}).json()
    answer = schema["paths"][SERVICES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/PageOfServices"}
    assert set(schema["components"]["schemas"]["PageOfServices"]["properties"]) == {"next", "results"}
