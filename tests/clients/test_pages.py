"""Pages of files: who sees them, what they show, and that no address or title tells of a person."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from clients.actions import add_contact, add_relation, give_consent, open_file, register_category, withdraw_consent
from clients.models import Client, Consent
from files.models import Attachment
from stations.models import SupervisorAssignment, Worker
from tests.clients.conftest import NUMBER, number_of
from tests.clients.make import make_client
from tests.clients.served import serve
from tests.files.samples import photo
from tests.world import make_user

NAME = "演示林大山"


@pytest.fixture
def known(station):
    """A file that holds something of everything."""
    client = open_file(
        by=None, station=station, name=NAME, id_number=NUMBER, phone="0354-0000777", residence="演示路 9 号",
        categories=["LIVING_ALONE"], level=2, opened_on=date(2026, 1, 5),
    )  # fmt: skip
    add_contact(by=None, client=client, kind="EMERGENCY", name="演示林小海", phone="0354-0000778")
    return client


@pytest.fixture
def supervisor(world, station):
    """Somebody without a posting at the station who supervises it."""
    user = make_user("du", "督导（演示）", (Role.STATION_WORKER, world.units["明星镇社工站"]))
    worker = Worker.objects.create(unit=world.units["太谷区"], name="某督导", user=user)
    SupervisorAssignment.objects.create(station=station, worker=worker, lead=True, starts_on=date(2024, 1, 1))
    return user


def get(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def find(client, text, **query):
    return client.post(reverse("client_list", query=query) if query else reverse("client_list"), {"q": text})


# ---- who sees what


def test_worker_and_township_read_the_file(world, known, sign_in):
    for user in (world.worker, world.township):
        html = get(sign_in(user), "client_detail", known.pk).content.decode()
        for word in (NAME, "0354-0000777", "演示林小海", "独居", "990*************"):
            assert word in html
        assert NUMBER not in html


@pytest.mark.parametrize("role", ["county", "city", "province", "auditor", "agency", "administrator"])
def test_officials_auditors_agencies_and_administrators_open_no_file(world, known, sign_in, role):
    client = sign_in(getattr(world, role))
    assert get(client, "client_detail", known.pk).status_code == 403
    assert get(client, "client_list").status_code == 403
    assert get(client, "client_history", known.pk).status_code == 403


def test_outside_the_reach_a_file_is_not_there(world, known, sign_in):
    assert get(sign_in(world.outsider), "client_detail", known.pk).status_code == 404


def test_a_supervisor_reads_the_files_of_the_stations_they_supervise_and_changes_none(
    world, known, supervisor, sign_in
):
    client = sign_in(supervisor)
    assert NAME in get(client, "client_list").content.decode()
    html = get(client, "client_detail", known.pk).content.decode()
    assert NAME in html
    assert reverse("client_edit", args=[known.pk]) not in html
    assert get(client, "client_edit", known.pk).status_code == 403
    elsewhere = make_client(world.station("锦纶街道社工站"))
    assert get(client, "client_detail", elsewhere.pk).status_code == 404


def test_supervision_that_ended_opens_nothing(known, supervisor, sign_in):
    SupervisorAssignment.objects.update(ends_on=date(2026, 1, 1))
    assert get(sign_in(supervisor), "client_detail", known.pk).status_code == 404


def test_neither_title_nor_address_names_the_person(world, known, sign_in):
    html = get(sign_in(world.worker), "client_detail", known.pk).content.decode()
    title = html[html.index("<title>") : html.index("</title>")]
    assert NAME not in title


def test_the_auditor_reads_the_trail_without_the_person(world, known, sign_in):
    html = sign_in(world.auditor).get(reverse("audit_list")).content.decode()
    assert f"档案 {known.pk}" in html
    for secret in (NAME, "0354-0000777", "演示林小海", NUMBER):
        assert secret not in html


def test_the_history_goes_with_the_file_and_opens_to_supervisors(world, known, supervisor, sign_in):
    for user in (world.worker, supervisor):
        assert "建立档案" in get(sign_in(user), "client_history", known.pk).content.decode()


# ---- list and search


@pytest.mark.parametrize("typed", ["林大", "yslds", "0" * 3])
def test_a_search_is_posted_and_shows_who_answers_to_it(world, known, sign_in, typed):
    response = find(sign_in(world.worker), typed)
    assert (NAME in response.content.decode()) is (typed != "000")


def test_a_whole_number_opens_its_file_and_stands_in_no_address(world, known, sign_in):
    response = find(sign_in(world.worker), NUMBER)
    assert response.status_code == 302
    assert response.url == reverse("client_detail", args=[known.pk])


def test_a_number_of_nobody_is_not_repeated_on_the_page(world, known, sign_in):
    other = number_of(date(1960, 1, 1))
    html = find(sign_in(world.worker), other).content.decode()
    assert "没有找到" in html
    assert other not in html


def test_a_search_by_get_finds_nothing_by_name(world, known, sign_in):
    make_client(known.station, "演示别人")
    html = get(sign_in(world.worker), "client_list", q=NAME).content.decode()
    assert "演示别人" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"category": "LIVING_ALONE"}, {NAME}),
        ({"focus": "elderly"}, {NAME}),
        ({"focus": "children"}, {"演示小周"}),
        ({"age": "6-13"}, {"演示小周"}),
        ({"age": "unknown"}, {"演示未填"}),
        ({"level": "2"}, {NAME}),
        ({"level": "none"}, {"演示小周", "演示未填"}),
        ({"consent": "missing"}, {NAME, "演示未填"}),
        ({"consent": "withdrawn"}, {"演示小周"}),
        ({"state": "closed"}, {"演示已归档"}),
        ({"state": "all"}, {NAME, "演示小周", "演示未填", "演示已归档"}),
        ({}, {NAME, "演示小周", "演示未填"}),
        ({"age": "x"}, set()),
    ],
)
def test_filters(world, station, known, sign_in, time_machine, query, found):
    time_machine.move_to("2026-10-20T10:00:00+08:00", tick=False)
    child = make_client(station, "演示小周", born_on=date(2016, 5, 1))
    make_client(station, "演示未填")
    make_client(station, "演示已归档", closed_on=date(2026, 1, 1))
    consent = give_consent(by=None, client=child, kind="SERVICE", given_on=date(2026, 1, 1), given_by="演示监护")
    withdraw_consent(by=None, consent=consent, withdrawn_on=date(2026, 2, 1))
    response = get(sign_in(world.worker), "client_list", **query)
    assert {row.name for row in response.context["rows"]} == found


@pytest.mark.parametrize("sort", ["name", "-age", "level", "-station", "opened", "nonsense"])
def test_every_order_is_served(world, known, sign_in, sort):
    assert get(sign_in(world.worker), "client_list", sort=sort).status_code == 200


def test_the_list_takes_the_same_queries_however_many_files(
    world, station, known, sign_in, django_assert_max_num_queries
):
    client = sign_in(world.worker)
    get(client, "client_list")
    with django_assert_max_num_queries(30) as few:
        get(client, "client_list")
    for number in range(8):
        made = make_client(station, f"演示{number}", categories=("DIBAO", "LIVING_ALONE"))
        Consent.objects.create(client=made, kind="SERVICE", given_on=date(2026, 1, 1))
    with django_assert_max_num_queries(30) as many:
        get(client, "client_list")
    assert len(many) == len(few) <= 12


# ---- the file


def test_a_minor_without_a_guardian_is_warned_of(world, station, sign_in):
    child = make_client(station, "演示小周", born_on=date(2016, 5, 1))
    client = sign_in(world.worker)
    assert "还没有登记监护人" in get(client, "client_detail", child.pk).content.decode()
    add_contact(by=None, client=child, kind="GUARDIAN", name="演示祖父")
    assert "还没有登记监护人" not in get(client, "client_detail", child.pk).content.decode()


def test_missing_and_withdrawn_consent_are_told(world, known, sign_in):
    client = sign_in(world.worker)
    assert "还没有登记知情同意" in get(client, "client_detail", known.pk).content.decode()
    consent = give_consent(by=None, client=known, kind="SERVICE", given_on=date(2026, 1, 1))
    withdraw_consent(by=None, consent=consent, withdrawn_on=date(2026, 2, 1))
    html = get(client, "client_detail", known.pk).content.decode()
    assert "已撤回服务同意" in html
    for begun in ("service_log", "visit_plan", "case_create"):
        assert f'href="{reverse(begun)}?' not in html


def test_a_family_link_shows_on_both_files(world, station, known, sign_in):
    child = make_client(station, "演示小周", born_on=date(2016, 5, 1))
    add_relation(by=None, client=child, relation="GRANDPARENT", other=known)
    client = sign_in(world.worker)
    rows = get(client, "client_detail", child.pk).context["relations"]
    assert [(row.relation, row.name) for row in rows] == [("祖父母（外祖父母）", NAME)]
    rows = get(client, "client_detail", known.pk).context["relations"]
    assert [(row.relation, row.name) for row in rows] == [("孙子女（外孙子女）", "演示小周")]


def test_kin_at_another_station_is_not_named(world, known, sign_in):
    other = make_client(world.station("锦纶街道社工站"), "演示远亲")
    add_relation(by=None, client=known, relation="SIBLING", other=other)
    html = get(sign_in(world.worker), "client_detail", known.pk).content.decode()
    assert "演示远亲" not in html
    assert "其他站点的服务对象" in html


def test_services_of_all_files_of_the_person_are_listed(world, station, known, sign_in):
    merged = make_client(station, "演示旧档", merged_into=known)
    serve(station, known)
    serve(station, merged, on=date(2026, 8, 1))
    panels = get(sign_in(world.worker), "client_detail", known.pk).context["panels"]
    card = next(built for built in panels if built.panel.key == "services")
    assert len(card.content["rows"]) == 2


def test_a_merged_file_leads_to_the_one_that_stands(world, station, known, sign_in):
    merged = make_client(station, "演示旧档", merged_into=known)
    client = sign_in(world.worker)
    assert get(client, "client_detail", merged.pk).url == reverse("client_detail", args=[known.pk])
    assert "已并入档案" in get(client, "client_detail", merged.pk, merged="1").content.decode()
    assert get(client, "client_edit", merged.pk).status_code == 403


def test_the_page_takes_the_same_queries_however_long_the_history(world, station, known, sign_in):
    client = sign_in(world.worker)
    get(client, "client_detail", known.pk)
    few = _queries(client, known)
    for number, category in enumerate(("DIBAO", "DISABILITY", "HIGH_EXPENSE", "HOMELESS")):
        register_category(by=None, client=known, category=category, starts_on=date(2026, 1, 5))
        add_contact(by=None, client=known, kind="EMERGENCY", name=f"演示亲友{number}")
        serve(station, known, on=date(2026, 1, 2 + number))
    serve(station, known)
    assert _queries(client, known) <= few + 2  # the services and their stations


def _queries(client, row):
    with CaptureQueriesContext(connection) as found:
        get(client, "client_detail", row.pk)
    return len(found)


# ---- forms


def test_a_file_is_opened_on_the_page(world, station, sign_in):
    client = sign_in(world.worker)
    assert get(client, "client_create").status_code == 200
    facts = {"name": NAME, "categories": ["DIBAO", "LIVING_ALONE"], "level": "3", "opened_on": "2026-01-05"}
    typed = {"station": station.pk, **facts}
    response = client.post(reverse("client_create"), typed)
    opened = Client.objects.get()
    assert response.url == reverse("client_detail", args=[opened.pk])
    assert set(opened.categories.values_list("category", flat=True)) == {"DIBAO", "LIVING_ALONE"}


@pytest.mark.parametrize("page", ["client_create", "client_quick"])
def test_a_worker_of_one_station_sends_the_page_as_it_came(world, station, sign_in, page):
    client = sign_in(world.worker)
    asked = get(client, page).context["form"]
    sent = {field.html_name: field.value() for field in asked.hidden_fields() if field.value() is not None}
    response = client.post(reverse(page), sent | {"name": NAME, "category": "DIBAO", "opened_on": "2026-01-05"})
    assert response.status_code == 302
    assert Client.objects.get().station_id == station.pk


def test_an_identity_number_is_no_telephone_number(world, station, sign_in):
    client = sign_in(world.worker)
    typed = {"station": station.pk, "name": NAME, "opened_on": "2026-01-05", "phone": NUMBER}
    response = client.post(reverse("client_create"), typed)
    assert response.context["form"].errors == {"phone": ["联系电话中不能填写身份证号"]}
    assert not Client.objects.exists()


def test_a_namesake_is_asked_about_and_then_opened(world, known, sign_in):
    client = sign_in(world.worker)
    typed = {"station": known.station_id, "name": NAME, "category": "DIBAO"}
    html = client.post(reverse("client_quick"), typed).content.decode()
    assert "不是同一人，仍要新建档案" in html
    assert Client.objects.count() == 1
    client.post(reverse("client_quick"), typed | {"another": "on", "seen": known.pk})
    assert Client.objects.count() == 2


def test_quick_opening_leads_back_with_the_new_file(world, station, sign_in):
    client = sign_in(world.worker)
    address = reverse("client_quick", query={"next": reverse("service_log") + "?station=1"})
    response = client.post(address, {"station": station.pk, "name": NAME, "category": "DIBAO"})
    assert response.url == f"{reverse('service_log')}?station=1&client={Client.objects.get().pk}"


def test_quick_opening_never_leads_away(world, station, sign_in):
    address = reverse("client_quick", query={"next": "//elsewhere.example/"})
    response = sign_in(world.worker).post(address, {"station": station.pk, "name": NAME, "category": "DIBAO"})
    assert response.url == reverse("client_detail", args=[Client.objects.get().pk])


def test_a_change_writes_only_what_was_changed_on_the_page(world, known, sign_in):
    client = sign_in(world.worker)
    typed = {"name": NAME, "phone": "0354-0000999", "residence": "演示路 9 号"}
    client.post(reverse("client_edit", args=[known.pk]), typed)
    known.refresh_from_db()
    assert (known.phone, known.id_number) == ("0354-0000999", NUMBER)
    assert AuditEvent.objects.latest("pk").changes == {"phone": ["已填写", "已更改"]}


def test_the_number_shows_in_the_answer_to_a_reason_only(world, known, sign_in):
    client = sign_in(world.worker)
    address = reverse("client_reveal", args=[known.pk])
    assert NUMBER not in client.get(address).content.decode()
    assert NUMBER not in client.post(address, {"reason": "看"}).content.decode()
    response = client.post(address, {"reason": "代办医保登记"})
    assert NUMBER in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(verb="查看完整身份证号", target_id=str(known.pk)).count() == 1


def test_consent_is_entered_with_its_scan_which_officials_do_not_open(world, known, sign_in):
    client = sign_in(world.worker)
    typed = {"kind": "SERVICE", "given_on": "2026-01-05", "scan": photo()}
    assert client.post(reverse("client_consent", args=[known.pk]), typed).status_code == 302
    scan = Attachment.objects.get()
    assert client.get(reverse("file_open", args=[scan.pk])).status_code == 200
    for user in (world.county, world.auditor, world.agency):
        assert sign_in(user).get(reverse("file_open", args=[scan.pk])).status_code == 404


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("client_category", {"category": "DIBAO", "starts_on": "2026-01-05"}),
        ("client_level", {"level": "1", "since": "2026-10-20"}),
        ("client_contact", {"kind": "EMERGENCY", "name": "演示邻居", "phone": ""}),
        ("client_relation", {"relation": "CHILD", "name": "演示子女"}),
    ],
)
def test_parts_are_entered_on_their_pages(world, known, sign_in, time_machine, page, typed):
    client = sign_in(world.worker)
    time_machine.move_to("2026-11-20T10:00:00+08:00", tick=False)
    assert get(client, page, known.pk).status_code == 200
    assert client.post(reverse(page, args=[known.pk]), typed).status_code == 302
    assert AuditEvent.objects.latest("pk").target_label == f"档案 {known.pk}"


def test_parts_are_ended_and_removed_on_their_pages(world, known, sign_in):
    client = sign_in(world.worker)
    category, contact = known.categories.get(), known.contacts.get()
    relation = add_relation(by=None, client=known, relation="CHILD", name="演示子女")
    consent = give_consent(by=None, client=known, kind="PHOTO", given_on=known.opened_on)
    today = known.opened_on.isoformat()
    for page, row, typed in (
        ("client_category_end", category, {"ends_on": today}),
        ("client_contact_edit", contact, {"kind": "EMERGENCY", "name": "演示林小海", "phone": "0354-0000779"}),
        ("client_contact_remove", contact, {}),
        ("client_relation_remove", relation, {}),
        ("client_consent_withdraw", consent, {"withdrawn_on": today}),
    ):
        assert get(client, page, row.pk).status_code == 200
        assert client.post(reverse(page, args=[row.pk]), typed).status_code == 302
    assert not known.contacts.exists()
    assert not known.relations.exists()
