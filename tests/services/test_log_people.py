"""The entry form names people: chips, a list of names, new files; counts that follow; photos; what it belongs to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, Consent, ConsentKind
from files.models import Attachment
from services import links
from services.links import Link
from services.models import ServiceRecord
from services.queries.people import match_names
from tests.clients.make import make_client
from tests.files.samples import photo
from tests.services.conftest import NOW, TODAY
from tests.services.test_log_page import LOG, typed

PEOPLE = reverse("service_people")


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(world, team, sign_in):
    return sign_in(world.worker)


@pytest.fixture
def jia(world):
    return make_client(world.station(), "演示甲", born_on=date(1940, 1, 1), categories=("DIBAO",))


@pytest.fixture
def yi(world):
    return make_client(world.station(), "演示乙", born_on=date(2016, 1, 1))


def blank(world, team, **changes) -> dict:
    """A sent form whose numbers were left alone."""
    return typed(world, team, **{"contacts": "1", "elderly": "", **changes})


def withdraw(client: Client) -> None:
    Consent.objects.create(
        client=client, kind=ConsentKind.SERVICE, given_on=date(2025, 1, 1), withdrawn_on=date(2026, 1, 1)
    )


def offers(html: str) -> str:
    """What a page that was just shown has offered for the lines of the list."""
    return re.search(r'name="offers"[^>]* value="([^"]*)"', html)[1]


def counts(record: ServiceRecord) -> tuple[int, ...]:
    return record.contacts, record.elderly, record.children, record.orphans, record.hardship


def test_contacts_and_groups_follow_from_the_people_named(page, world, team, jia, yi):
    page.post(LOG, blank(world, team, clients=[jia.pk, yi.pk], others="2"))
    record = ServiceRecord.objects.get()
    assert counts(record) == (4, 1, 1, 0, 1)
    assert set(record.service_clients.values_list("client_id", flat=True)) == {jia.pk, yi.pk}


def test_groups_are_those_of_the_day_of_the_service(page, world, team):
    almost = make_client(world.station(), "演示丙", born_on=date(1966, 10, 20))  # sixty today, not yesterday
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    page.post(LOG, blank(world, team, clients=[almost.pk], when=yesterday, judged_for=yesterday))
    page.post(LOG, blank(world, team, clients=[almost.pk]))
    assert sorted(ServiceRecord.objects.values_list("elderly", flat=True)) == [0, 1]


def test_a_typed_number_wins_and_so_does_a_typed_zero(page, world, team, jia):
    page.post(LOG, blank(world, team, clients=[jia.pk], contacts="20", elderly="18", hardship="0"))
    assert counts(ServiceRecord.objects.get()) == (20, 18, 0, 0, 0)


def test_fewer_contacts_than_people_named_are_refused(page, world, team, jia, yi):
    three = make_client(world.station(), "演示丙")
    html = page.post(LOG, blank(world, team, clients=[jia.pk, yi.pk, three.pk], contacts="2")).content.decode()
    assert "已选 3 名服务对象，服务人次不能少于 3" in html


def test_a_list_of_names_is_matched_and_what_has_no_file_is_said(page, world, team, jia, yi):
    html = page.post(LOG, blank(world, team, names="演示甲\n演示 乙\n演示丁")).content.decode()
    assert "没有在档的档案：演示丁" in html
    assert not ServiceRecord.objects.exists()
    page.post(LOG, blank(world, team, names="演示甲\n演示 乙\n"))
    assert ServiceRecord.objects.get().contacts == 2


def test_namesakes_on_a_list_are_not_guessed(page, world, team, jia):
    make_client(world.station(), "演示甲")
    assert "有同名的几份档案：演示甲" in page.post(LOG, blank(world, team, names="演示甲")).content.decode()


def test_a_name_finds_the_one_file_that_adds_a_remark(page, world, team):
    wang = make_client(world.station(), "王秀英（演示）")
    make_client(world.station(), "王秀英子")
    page.post(LOG, blank(world, team, names="王秀英"))
    assert list(ServiceRecord.objects.get().service_clients.values_list("client_id", flat=True)) == [wang.pk]


def test_a_part_of_a_name_is_offered_and_settled_by_a_tick(page, world, team, jia, yi):
    html = page.post(LOG, blank(world, team, names="示甲\n演示乙")).content.decode()
    assert "没有在档的档案：示甲。请勾选相近的人" in html
    assert f'value="{jia.pk}"' in html
    assert "示甲" not in offers(html)  # it stays in the draft on the phone
    ticked = {"names": "示甲\n演示乙", "clients": [jia.pk], "offers": offers(html)}
    asked = {"station_id": world.station().pk, "match": "1"} | ticked
    assert "核对到 2 人" in page.post(PEOPLE, asked).content.decode()
    refused = page.post(LOG, blank(world, team, **ticked, hours="x")).content.decode()
    page.post(LOG, blank(world, team, **ticked | {"offers": offers(refused)}))
    assert ServiceRecord.objects.get().contacts == 2


def test_who_was_ticked_for_another_reason_settles_no_line(page, world, team, jia, yi):
    sent = blank(world, team, names="甲", clients=[jia.pk])
    html = page.post(LOG, sent).content.decode()
    assert "没有在档的档案：甲。请从名单删去" in html
    assert "与已勾选的人相近：甲。如是同一人，从名单删去即可" in html
    assert "没有在档的档案：甲" in page.post(LOG, sent | {"offers": offers(html)}).content.decode()
    html = page.post(LOG, blank(world, team, names="示乙")).content.decode()  # she is offered for another line
    sent = blank(world, team, names="乙", clients=[yi.pk], offers=offers(html))
    assert "没有在档的档案：乙" in page.post(LOG, sent).content.decode()
    assert not ServiceRecord.objects.exists()


@pytest.mark.parametrize("wrong", ["x", ":", "a:b,c", f"a:{'9' * 40}", "a:1,,² b"])
def test_offers_that_were_tampered_with_offer_nothing(page, world, team, jia, wrong):
    sent = blank(world, team, names="甲", clients=[jia.pk], offers=wrong)
    assert "没有在档的档案：甲" in page.post(LOG, sent).content.decode()


def test_one_tick_settles_one_line(page, world, team, jia, yi):
    shown = offers(page.post(LOG, blank(world, team, names="甲\n示甲")).content.decode())
    html = page.post(LOG, blank(world, team, names="甲\n示甲", clients=[jia.pk], offers=shown)).content.decode()
    assert "没有在档的档案：示甲" in html
    html = page.post(LOG, blank(world, team, names="甲\n演示甲", offers=shown)).content.decode()  # by its whole name
    assert "没有在档的档案：甲" in html


def test_a_tick_chooses_among_namesakes(page, world, team, jia):
    other = make_client(world.station(), "演示甲")
    shown = offers(page.post(LOG, blank(world, team, names="演示甲")).content.decode())
    page.post(LOG, blank(world, team, names="演示甲", clients=[other.pk], offers=shown))
    assert list(ServiceRecord.objects.get().service_clients.values_list("client_id", flat=True)) == [other.pk]


@pytest.mark.parametrize("length", [3, 30])
def test_a_list_is_matched_in_a_fixed_number_of_queries(world, jia, length):
    station, names = world.station(), [f"甲{number}" for number in range(length)]
    with CaptureQueriesContext(connection) as seen:
        match_names(world.worker, station, ["甲", *names], [jia.pk])
    assert len([query for query in seen if "clients_client" in query["sql"]]) == 2


def test_a_new_file_is_opened_with_the_entry_once(page, world, team):
    data = blank(world, team, new_clients="演示新、演示又新")
    page.post(LOG, data)
    response = page.post(LOG, data, follow=True)
    assert "没有重复登记" in response.content.decode()
    assert sorted(Client.objects.values_list("name", "opened_on")) == [("演示又新", TODAY), ("演示新", TODAY)]
    assert ServiceRecord.objects.get().contacts == 2


def test_a_name_that_has_a_file_opens_no_second_and_saves_nothing(page, world, team, jia):
    html = page.post(LOG, blank(world, team, new_clients="演示新、演示甲")).content.decode()
    assert "本站已有“演示甲”的档案" in html
    assert not ServiceRecord.objects.exists()
    assert Client.objects.count() == 1


def test_who_withdrew_consent_is_shown_and_cannot_be_chosen(page, world, team, jia):
    withdraw(jia)
    html = page.get(LOG).content.decode()
    assert "已撤回同意" in html
    assert f'value="{jia.pk}"' in html
    assert "演示甲已撤回服务同意" in page.post(LOG, blank(world, team, clients=[jia.pk])).content.decode()


def test_a_list_leaves_out_who_withdrew_and_says_so(page, world, team, jia, yi):
    withdraw(jia)
    html = page.post(
        PEOPLE, {"station_id": world.station().pk, "match": "1", "names": "演示甲\n演示乙"}
    ).content.decode()
    assert "核对到 1 人" in html
    assert "已撤回服务同意：演示甲。请从名单删去" in html
    assert f'value="{jia.pk}"' not in html


def test_the_form_of_a_person_who_withdrew_says_why_nobody_is_chosen(page, jia):
    withdraw(jia)
    html = page.get(f"{LOG}?client={jia.pk}").content.decode()
    assert "演示甲已撤回服务同意，不能登记到名下" in html


def test_people_of_another_station_are_no_choice(page, world, team):
    other = make_client(world.station("锦纶街道社工站"), "演示外")
    html = page.post(LOG, blank(world, team, clients=[other.pk])).content.decode()
    assert "不在本站档案中" in html
    assert "演示外" not in html
    assert "演示外" not in page.post(PEOPLE, {"station_id": world.station().pk, "q": "演示"}).content.decode()


def test_people_are_found_by_a_part_of_the_name_in_the_body_only(page, world, jia, yi):
    station = world.station().pk
    assert page.get(PEOPLE, {"station_id": station, "q": "甲"}).status_code == 405
    html = page.post(PEOPLE, {"station_id": station, "q": "甲"}).content.decode()
    assert "演示甲" in html
    assert "演示乙" not in html
    assert 'data-focus="elderly hardship "' in html


def test_all_open_files_come_ticked_but_for_who_withdrew(page, world, jia, yi):
    withdraw(yi)
    html = page.post(PEOPLE, {"station_id": world.station().pk, "all": "1"}).content.decode()
    assert html.count(" checked") == 1


def test_who_may_not_log_is_refused_the_search(sign_in, world, team):
    for user in (world.county, world.auditor, world.agency):
        assert sign_in(user).post(PEOPLE, {"station_id": world.station().pk, "q": "甲"}).status_code == 403


def test_the_same_page_with_other_people_is_not_lost(page, world, team, jia, yi):
    data = blank(world, team, contacts="2", clients=[jia.pk])
    page.post(LOG, data)
    assert "还没有保存" in page.post(LOG, {**data, "clients": [yi.pk]}).content.decode()


# ---- the record's page, the API, the copy ---------------------------------------------------------


@pytest.fixture
def record(page, world, team, jia):
    page.post(LOG, blank(world, team, clients=[jia.pk], place="演示路 2 号", result="演示甲情绪稳定"))
    return ServiceRecord.objects.get()


def test_names_place_and_result_are_for_the_station_and_a_count_for_officials(sign_in, world, record):
    url = reverse("service_detail", args=[record.pk])
    for user in (world.worker, world.township):
        html = sign_in(user).get(url).content.decode()
        assert "演示甲" in html
        assert "演示路 2 号" in html
    for user in (world.county, world.city, world.province, world.auditor):
        html = sign_in(user).get(url).content.decode()
        assert "1 人（姓名仅本站可见）" in html
        assert "演示甲" not in html
        assert "演示路 2 号" not in html


def test_the_api_gives_a_count_and_no_text_of_named_people(sign_in, world, record):
    for user, place in ((world.worker, "演示路 2 号"), (world.county, "（涉及具名服务对象，仅本站可见）")):
        body = sign_in(user).get(f"/api/v1/services/{record.pk}/").json()
        assert (body["people"], body["place"]) == (1, place)
    assert "演示甲" not in sign_in(world.county).get("/api/v1/services/").content.decode()


def test_the_trail_tells_that_text_of_named_people_changed_and_not_what_it_says(page, sign_in, world, record):
    data = {
        "reason": "改正", "starts_on": TODAY, "method": "VISIT", "domain": "ELDERLY_CARE", "contacts": 1,
        "hours": "1.5", "workers": [record.workers.get().pk], "title": record.title, "result": "演示甲搬家",
        "clients": [record.service_clients.get().client_id],
    }  # fmt: skip
    page.post(reverse("service_correct", args=[record.pk]), data)
    record.refresh_from_db()
    assert record.result == "演示甲搬家"
    html = sign_in(world.county).get(reverse("service_detail", args=[record.pk])).content.decode()
    assert "演示甲" not in html


def test_people_are_corrected(page, world, team, record, yi):
    data = {
        "reason": "选错人", "starts_on": TODAY, "method": "VISIT", "domain": "ELDERLY_CARE", "contacts": 1,
        "hours": "1.5", "workers": [team.zhang.pk], "title": record.title, "clients": [yi.pk], "elderly": "",
        "place": record.place, "result": record.result,
    }  # fmt: skip
    page.post(reverse("service_correct", args=[record.pk]), data)
    record.refresh_from_db()
    assert counts(record) == (1, 0, 1, 0, 0)
    assert record.service_clients.get().client_id == yi.pk


def test_a_copy_takes_the_people_but_those_who_withdrew(page, world, team, jia, yi):
    page.post(LOG, blank(world, team, clients=[jia.pk, yi.pk]))
    record = ServiceRecord.objects.get()
    withdraw(yi)
    response = page.get(f"{LOG}?copy={record.pk}")
    assert response.context["form"].initial["clients"] == [jia.pk]
    assert "其中 1 人已不在档或已撤回同意，没有带入" in response.content.decode()


# ---- photos ---------------------------------------------------------------------------------------


def test_photos_are_kept_with_the_record_and_counted_on_the_list(page, world, team):
    page.post(LOG, blank(world, team, photo=[photo("一.jpg"), photo("二.jpg")]))
    record = ServiceRecord.objects.get()
    assert Attachment.objects.on(ServiceRecord).filter(target_id=record.pk, slot="photo").count() == 2
    assert "照片 2" in page.get(reverse("service_list")).content.decode()


def test_a_file_that_is_no_photo_saves_nothing(page, world, team):
    upload = SimpleUploadedFile("报告.pdf", b"%PDF-1.4", "application/pdf")
    page.post(LOG, blank(world, team, photo=[upload]))
    assert not ServiceRecord.objects.exists()


def test_a_photo_can_be_added_with_a_correction_that_changes_nothing_else(page, world, team, record):
    form = page.get(reverse("service_correct", args=[record.pk])).context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, "")}
    page.post(
        reverse("service_correct", args=[record.pk]),
        {**data, "reason": "补充照片", "photo": [photo("三.jpg")]},
    )
    assert Attachment.objects.on(ServiceRecord).filter(target_id=record.pk).count() == 1


# ---- what it belongs to ---------------------------------------------------------------------------


@pytest.fixture
def case(world, monkeypatch, jia):
    """A kind of link without a room: the row is a client, its attachments a list."""
    attached: list[tuple[int, int]] = []

    def find(user, key):
        return Client.objects.select_related("station").get(pk=key)

    kind = Link(
        key="test",
        label="演示事项",
        find=find,
        name=lambda row: f"事项 {row.name}",
        page=lambda row: "/today/",
        station=lambda row: row.station_id,
        presets=lambda row: {"method": "CASE", "clients": [row.pk], "title": "面谈"},
        attach=lambda *, by, record, row: attached.append((record.pk, row.pk)),
        of=lambda record: [Client.objects.get(pk=key) for pk, key in attached if pk == record.pk],
    )
    monkeypatch.setitem(links.LINKS, "test", kind)
    return attached


def test_a_form_opened_from_something_says_so_and_is_attached_to_it(page, sign_in, world, team, jia, case):
    response = page.get(f"{LOG}?link=test:{jia.pk}")
    html = response.content.decode()
    assert "这条服务记入演示事项" in html
    initial = response.context["form"].initial
    assert (initial["method"], initial["clients"], initial["title"]) == ("CASE", [jia.pk], "面谈")
    page.post(LOG, blank(world, team, clients=[jia.pk], link=f"test:{jia.pk}"))
    record = ServiceRecord.objects.get()
    assert case == [(record.pk, jia.pk)]
    url = reverse("service_detail", args=[record.pk])
    assert "事项 演示甲" in page.get(url).content.decode()
    assert "事项 演示甲" not in sign_in(world.county).get(url).content.decode()


def test_a_link_of_another_station_or_of_no_kind_is_refused(page, world, team, case):
    other = make_client(world.station("锦纶街道社工站"), "演示外")
    assert "不属于" in page.post(LOG, blank(world, team, link=f"test:{other.pk}")).content.decode()
    assert "所属事项无效" in page.post(LOG, blank(world, team, link="nothing:1")).content.decode()
    assert page.get(f"{LOG}?link=nothing:1").status_code == 404
    assert not ServiceRecord.objects.exists()


def test_an_entry_whose_link_is_gone_offers_to_be_saved_without_it(page, world, team, case):
    html = page.post(LOG, blank(world, team, link="gone:1")).content.decode()
    assert 'value="gone:1"' in html  # sent as before, until somebody says otherwise
    assert "已不能记入" in html
    assert "data-unlink" in html
    assert "data-unlink" not in page.get(LOG).content.decode()
    page.post(LOG, blank(world, team, link=""))
    assert ServiceRecord.objects.count() == 1


# ---- cost -----------------------------------------------------------------------------------------


def queries(act) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert act().status_code in (200, 302)
    return len(caught)


def test_people_cost_a_number_of_queries_that_does_not_grow_with_them(page, world, team, jia):
    def post(keys):
        return lambda: page.post(LOG, blank(world, team, clients=keys))

    page.post(LOG, blank(world, team, clients=[jia.pk]))
    seen = []
    for size in (13, 60):
        for number in range(size):
            make_client(world.station(), f"演示{size}之{number}", categories=("LIVING_ALONE",))
        keys = list(Client.objects.values_list("pk", flat=True))
        everybody = {"station_id": world.station().pk, "all": "1"}
        opening, searching = partial(page.get, LOG), partial(page.post, PEOPLE, everybody)
        seen.append([queries(opening), queries(searching), queries(post(keys))])
    assert all(later <= first for first, later in zip(*seen, strict=True)), seen
    assert (seen[0][0] <= 30, seen[0][1] <= 15, seen[0][2] <= 55) == (True, True, True), seen[0]
