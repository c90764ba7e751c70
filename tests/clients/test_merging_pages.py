"""Pages on two files, closing and moving: who sees what, and what they write."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from clients.actions.closing import close_file
from clients.actions.merging import merge_clients, not_duplicate
from clients.actions.transfers import ask_for_transfer, offer_transfer, refuse_transfer
from clients.models import Client, ClientMerge, NotDuplicate, Transfer, TransferState
from clients.queries import duplicates
from clients.vocabulary import Ending
from tests.clients.conftest import NUMBER
from tests.clients.make import make_client
from tests.world import make_station, make_user

pytestmark = [pytest.mark.django_db]
BORN = date(1950, 3, 1)


@pytest.fixture
def pair(world) -> tuple[Client, Client]:
    first = make_client(world.station(), "演示林大山", born_on=BORN, residence="北关街道 3 号院")
    second = make_client(
        world.station(), "演示林大山", born_on=BORN, residence="榆次区北关街道3号院", phone="13800000000"
    )
    return first, second


@pytest.fixture
def there(world):
    return world.station("明星镇社工站")


@pytest.fixture
def receiver(world, there):
    return make_user("receiver", "何（演示）", (Role.STATION_WORKER, there.unit))


def page(client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# ---- proposals ------------------------------------------------------------------------------------------------------


def test_same_name_birth_and_place_are_proposed(world, pair):
    assert [(row.client, row.other, row.why) for row in duplicates.proposals(world.worker)] == [
        (pair[0], pair[1], duplicates.SAME_PLACE)
    ]


def test_a_number_is_found_at_other_stations_and_told_without_a_name(world, sign_in, there):
    own = make_client(world.station(), "演示甲", id_number=NUMBER)
    make_client(there, "演示乙", id_number=NUMBER)
    assert [(row.client, row.other) for row in duplicates.proposals(world.worker)] == [(own, None)]
    shown = page(sign_in(world.worker), "duplicate_list")
    assert "其他站点的档案" in shown and "演示乙" not in shown and "明星镇" not in shown


def test_who_reads_both_stations_sees_both(world):
    second = make_station(world.units["北关街道"], date(2024, 1, 1), name="北关第二社工站")
    first = make_client(world.station(), "演示甲", id_number=NUMBER)
    other = make_client(second, "演示甲", id_number=NUMBER)
    assert [(row.client, row.other) for row in duplicates.proposals(world.township)] == [(first, other)]


def test_two_numbers_or_another_birth_are_two_people(world, pair):
    make_client(world.station(), "演示林大山", born_on=date(1951, 3, 1))
    pair[0].id_number_index, pair[1].id_number_index = "a", "b"
    for row in pair:
        row.save()
    assert duplicates.proposals(world.worker) == []


def test_what_is_said_to_be_two_people_and_what_is_merged_is_not_proposed(world, pair):
    not_duplicate(by=world.worker, client=pair[0], other=pair[1])
    assert duplicates.proposals(world.worker) == []
    NotDuplicate.objects.all().delete()
    merge_clients(by=world.worker, client=pair[0], kept=pair[1], reason="重复")
    assert duplicates.proposals(world.worker) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("榆次区 北关街道３号", "北关街道3号"),
        ("（北关）街道，3号", "北关街道3号"),
        ("北关街道3号", "榆次 北关街道 3 号"),
    ],
)
def test_addresses_are_compared_as_people_write_them(one, other):
    first, second = duplicates.normal_place(one), duplicates.normal_place(other)
    assert first.endswith(second) or second.endswith(first)


def test_a_new_person_is_compared_before_the_file_is_opened(world, pair, there):
    make_client(there, "演示乙", id_number=NUMBER)
    found = duplicates.of(
        world.worker, station=world.station(), name=" 演示林大山 ", born_on=BORN, id_number=NUMBER, residence="x"
    )
    assert {row.client for row in found.found} == set(pair)
    assert found.elsewhere
    assert not duplicates.of(world.worker, station=world.station(), name="演示丙", born_on=BORN)


def test_proposals_take_a_fixed_number_of_queries(world, sign_in, pair, django_assert_max_num_queries):
    client = sign_in(world.worker)
    page(client, "duplicate_list")
    for number in range(10):
        for _ in range(2):
            make_client(world.station(), f"演示{number}", born_on=BORN)
    with django_assert_max_num_queries(14):
        assert "11 组" in page(client, "duplicate_list")


def test_opening_a_file_asks_first_whether_it_is_the_same_person(world, sign_in, there):
    make_client(there, "演示乙", id_number=NUMBER)
    client, address = sign_in(world.worker), reverse("client_create")
    typed = {"station": world.station().pk, "name": "演示甲", "id_number": NUMBER, "opened_on": date(2026, 1, 5)}
    shown = client.post(address, typed).content.decode()
    assert "其他站点有身份证号相同的档案" in shown and "演示乙" not in shown
    assert Client.objects.count() == 1
    assert client.post(address, typed | {"another": "on"}).status_code == 302
    assert Client.objects.count() == 2


# ---- merging --------------------------------------------------------------------------------------------------------


def test_two_files_stand_side_by_side_and_the_chosen_one_stays(world, sign_in, pair):
    client = sign_in(world.worker)
    shown = page(client, "client_merge", pair[0].pk, pair[1].pk)
    assert "北关街道 3 号院" in shown and "13800000000" in shown
    address = reverse("client_merge", args=[pair[0].pk, pair[1].pk])
    answer = client.post(address, {"kept": pair[1].pk, "reason": "重复建档"})
    assert answer.url == reverse("client_detail", args=[pair[1].pk])
    assert Client.objects.get(pk=pair[0].pk).merged_into == pair[1]


def test_the_page_of_a_merged_file_leads_to_the_kept_one(world, sign_in, pair):
    merge_clients(by=world.worker, client=pair[0], kept=pair[1], reason="重复")
    client = sign_in(world.worker)
    answer = client.get(reverse("client_detail", args=[pair[0].pk]), follow=True)
    assert answer.redirect_chain[0][0] == reverse("client_detail", args=[pair[1].pk])
    assert f"档案 {pair[0].pk}" in answer.content.decode() and "合并与转移" in answer.content.decode()
    assert "已并入档案" in page(client, "client_detail", pair[0].pk, merged="1")


def test_a_merge_is_undone_from_its_page(world, sign_in, pair):
    merge = merge_clients(by=world.worker, client=pair[0], kept=pair[1], reason="重复")
    client = sign_in(world.worker)
    client.post(reverse("client_unmerge", args=[merge.pk]), {"reason": "实为兄弟"})
    assert Client.objects.get(pk=pair[0].pk).merged_into is None
    assert ClientMerge.objects.get().undo_reason == "实为兄弟"


def test_a_file_out_of_reach_is_not_merged(world, sign_in, pair, there):
    other = make_client(there, "演示乙")
    client = sign_in(world.worker)
    assert client.get(reverse("client_merge", args=[pair[0].pk, other.pk])).status_code == 404
    answer = client.post(reverse("client_merge_choose", args=[pair[0].pk]), {"other": other.pk})
    assert "没有这份档案" in answer.content.decode()


def test_a_merge_across_stations_is_undone_by_who_writes_at_both(world, sign_in, pair):
    second = make_station(world.units["北关街道"], date(2024, 1, 1), name="北关第二社工站")
    other = make_client(second, "演示林大山", born_on=BORN)
    merge = merge_clients(by=world.township, client=pair[0], kept=other, reason="重复")
    address = reverse("client_unmerge", args=[merge.pk])
    assert sign_in(world.worker).get(address).status_code == 403
    assert sign_in(world.township).get(address).status_code == 200


def test_two_people_are_said_to_be_two(world, sign_in, pair):
    client = sign_in(world.worker)
    client.post(reverse("client_not_duplicate", args=[pair[1].pk, pair[0].pk]), {"reason": "堂兄弟"})
    assert NotDuplicate.objects.get().client == pair[0]


# ---- closing and moving ---------------------------------------------------------------------------------------------


def test_a_file_is_closed_and_opened_again(world, sign_in, pair):
    client = sign_in(world.worker)
    today = timezone.localdate()
    client.post(reverse("client_close", args=[pair[0].pk]), {"on": today, "ending": "LOST", "note": ""})
    assert Client.objects.get(pk=pair[0].pk).closed_on == today
    assert "失联" in page(client, "client_detail", pair[0].pk)
    client.post(reverse("client_reopen", args=[pair[0].pk]), {"on": today, "reason": "重新联系上"})
    assert Client.objects.get(pk=pair[0].pk).closed_on is None


def test_a_file_is_offered_and_accepted(world, sign_in, pair, there, receiver):
    sender = sign_in(world.worker)
    sender.post(reverse("client_transfer", args=[pair[0].pk]), {"to_station": there.pk, "reason": "迁居"})
    transfer = Transfer.objects.get()
    to = sign_in(receiver)
    assert "演示林大山" in page(to, "transfer_list", state="mine")
    to.post(reverse("transfer_detail", args=[transfer.pk]), {"decision": "accept", "answer": ""})
    assert Client.objects.get(pk=pair[0].pk).station == there
    shown = page(sender, "transfer_list")  # the sender reads the file no more
    assert f"档案 {pair[0].pk}" in shown and "演示林大山" not in shown


def test_only_the_other_side_decides(world, sign_in, pair, there):
    transfer = offer_transfer(by=world.worker, client=pair[0], to_station=there, reason="迁居")
    address = reverse("transfer_detail", args=[transfer.pk])
    assert sign_in(world.worker).post(address, {"decision": "accept"}).status_code == 403
    assert Transfer.objects.get().state == TransferState.ASKED


def test_only_who_asked_takes_it_back(world, sign_in, pair, there, receiver):
    transfer = offer_transfer(by=world.worker, client=pair[0], to_station=there, reason="迁居")
    address = reverse("transfer_withdraw", args=[transfer.pk])
    assert sign_in(receiver).post(address, {"reason": "误"}).status_code == 403
    sign_in(world.worker).post(address, {"reason": "写错站点"})
    assert Transfer.objects.get().state == TransferState.WITHDRAWN


def test_who_asks_is_not_told_where_the_file_is_nor_keeps_the_name(world, sign_in, there, receiver):
    make_client(world.station(), "演示甲", id_number=NUMBER)
    asked = {"to_station": there.pk, "name": "演示甲", "id_number": NUMBER, "reason": "迁来"}
    client = sign_in(receiver)
    client.post(reverse("transfer_ask"), asked)
    transfer = Transfer.objects.get()
    assert "北关" not in page(client, "transfer_detail", transfer.pk)
    refuse_transfer(by=world.worker, transfer=transfer, answer="仍住本地")
    shown = page(client, "transfer_list")
    assert "演示甲" not in shown and "北关" not in shown


def test_a_refusal_without_a_reason_is_told_on_the_form(world, sign_in, there, receiver):
    make_client(world.station(), "演示甲", id_number=NUMBER)
    transfer = ask_for_transfer(by=receiver, to_station=there, name="演示甲", id_number=NUMBER, reason="迁来")
    answer = sign_in(world.worker).post(reverse("transfer_detail", args=[transfer.pk]), {"decision": "refuse"})
    assert "请写明理由" in answer.content.decode()


@pytest.mark.parametrize("who", ["county", "city", "auditor", "agency"])
@pytest.mark.parametrize("name", ["duplicate_list", "transfer_list", "transfer_ask"])
def test_officials_open_none_of_these_lists(world, sign_in, who, name):
    assert sign_in(getattr(world, who)).get(reverse(name)).status_code == 403


def test_officials_read_nothing_of_a_file(world, sign_in, pair, there):
    transfer = offer_transfer(by=world.worker, client=pair[0], to_station=there, reason="迁居")
    county = sign_in(world.county)
    for name, key in (("client_close", pair[0].pk), ("transfer_detail", transfer.pk)):
        answer = county.get(reverse(name, args=[key]))
        assert answer.status_code == 403 and "演示林大山" not in answer.content.decode()


def test_the_list_of_transfers_takes_a_fixed_number_of_queries(world, sign_in, there, django_assert_max_num_queries):
    for number in range(12):
        row = make_client(world.station(), f"演示{number}", opened_on=date(2024, 1, 1))
        offer_transfer(by=world.worker, client=row, to_station=there, reason="迁居")
    client = sign_in(world.worker)
    page(client, "transfer_list")
    with django_assert_max_num_queries(14):
        assert "演示11" in page(client, "transfer_list")


def test_a_closed_file_says_why(world, sign_in, pair):
    close_file(by=world.worker, client=pair[0], on=date(2026, 1, 5), ending=Ending.DIED)
    assert "去世" in page(sign_in(world.worker), "client_detail", pair[0].pk)
