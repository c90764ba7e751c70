"""The pages: who sees names, what a list costs, what a form does."""

import re
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.tables import table_of
from linkage.actions import hand_out, record_meeting, set_taking_part
from linkage.models import Donation, Handout, Meeting, MeetingService, Referral, Volunteer, VolunteerService
from services.links import find
from stations.models import SupervisorAssignment, Worker
from tests.linkage import gate_rows

LISTS = ["volunteer_list", "organisation_list", "donation_list", "donation_stock", "handout_list", "meeting_list",
         "meeting_tasks", "referral_list"]  # fmt: skip


def text_of(response):
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.fixture
def full(world, rules, volunteer, organisation, donation, referral, step, log, client_file):
    """One of each, with names in them."""
    one = volunteer("演示志愿者赵六", phone="13900000009", birth_year=2012)
    record = log(volunteers=1, volunteer_hours=Decimal("2.0"))
    group = organisation()
    set_taking_part(by=world.worker, record=record, hours={one: "2"}, organisations=[group])
    rice = donation(donor_kind="PERSON", donor="演示好心人")
    hand_out(
        by=world.worker, donation=rice, token=uuid.uuid4(), given_on=date(2026, 10, 5), amount="2", to_kind="CLIENT",
        client=client_file,
    )  # fmt: skip
    row = step(referral(), "CONTACTED", 2)
    return {"volunteer": one, "record": record, "organisation": group, "donation": rice, "referral": row}


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_to_the_station_and_open_empty_too(world, rules, sign_in, name):
    assert "还没有" in (empty := text_of(sign_in(world.worker).get(reverse(name)))) or "没有" in empty


def test_the_worker_reads_names_the_county_numbers(world, full, sign_in, client_file):
    pages = [reverse("volunteer_list"), reverse("donation_detail", args=[full["donation"].pk]),
             reverse("handout_list"), reverse("referral_list"),
             reverse("service_detail", args=[full["record"].pk])]  # fmt: skip
    secrets = ["演示志愿者赵六", client_file.name, "白内障", "演示好心人", "区人民医院", "13900000009"]
    own = "".join(text_of(sign_in(world.worker).get(url)) for url in pages)
    assert all(secret in own for secret in secrets[:5])
    for who in (world.county, world.city, world.province, world.auditor, world.agency):
        seen = "".join(text_of(sign_in(who).get(url)) for url in pages if "services" not in url or who != world.auditor)
        assert [secret for secret in secrets if secret in seen] == []
        assert f"志愿者 {full['volunteer'].pk}" in seen
        assert "一名服务对象" in seen


def test_phones_are_for_who_writes_there(world, full, sign_in):
    url = reverse("volunteer_detail", args=[full["volunteer"].pk])
    assert "13900000009" in text_of(sign_in(world.worker).get(url))
    assert "未成年" in text_of(sign_in(world.township).get(url))
    assert sign_in(world.county).get(url).status_code == 403
    organisation = reverse("organisation_detail", args=[full["organisation"].pk])
    assert "13800000001" in text_of(sign_in(world.worker).get(organisation))
    assert "13800000001" not in text_of(sign_in(world.county).get(organisation))


def test_a_supervisor_reads_the_referral_of_the_assigned_station(world, full, sign_in):
    url = reverse("referral_detail", args=[full["referral"].pk])
    assert sign_in(world.outsider).get(url).status_code == 404
    worker = Worker.objects.create(unit=world.units["太谷区"], name="督导（演示）", user=world.outsider)
    SupervisorAssignment.objects.create(
        station=world.station(), worker=worker, lead=False, starts_on=date(2026, 1, 1)
    )  # fmt: skip
    client = sign_in(world.outsider)
    assert "白内障" in text_of(client.get(url))
    assert "白内障" in text_of(client.get(reverse("referral_list")))
    assert client.get(reverse("referral_step", args=[full["referral"].pk])).status_code == 403


def exported(user, key):
    table = table_of(key)
    rows = table.rows(user.narrowed_to("EXPORT"), QueryDict("")).rows
    return str([[column.read(row) for column in table.columns] for row in rows])


def test_exports_name_people_only_for_who_may_export_them(world, full, client_file):
    for key, secret in (
        ("volunteers", "赵六"), ("referrals", client_file.name), ("donations", "好心人"),
        ("handouts", client_file.name),
    ):  # fmt: skip
        assert secret in exported(world.township, key)
        assert secret not in exported(world.worker, key)
        assert secret not in exported(world.county, key)
    assert "区人民医院" not in exported(world.county, "referrals")
    for key in ("organisations", "meetings"):
        exported(world.county, key)


MAKERS = {
    "volunteer_list": gate_rows.volunteer,
    "organisation_list": gate_rows.organisation,
    "donation_list": gate_rows.donation,
    "handout_list": gate_rows.handout,
    "meeting_list": gate_rows.task,
    "meeting_tasks": gate_rows.task,
    "referral_list": gate_rows.referral,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_list_costs_the_same_with_many_rows(world, rules, sign_in, name):
    client, costs = sign_in(world.township), []
    client.get(reverse(name))
    for more in (2, 10):
        for _ in range(more):
            MAKERS[name](world, "北关街道社工站")
        with CaptureQueriesContext(
            connection,
        ) as found:
            text_of(client.get(reverse(name)))
        costs.append(len(found))
    assert costs[0] == costs[1]
    assert costs[0] <= 22


def test_volunteers_are_entered_on_the_records_page(world, full, sign_in, log, volunteer):
    record = log(volunteers=2, volunteer_hours=Decimal("3.0"))
    one = volunteer("演示志愿者钱七")
    client = sign_in(world.worker)
    assert reverse("service_taking_part", args=[record.pk]) in text_of(
        client.get(reverse("service_detail", args=[record.pk]))
    )
    url = reverse("service_taking_part", args=[record.pk])
    assert "演示志愿者钱七" in text_of(client.get(url))
    wrong = client.post(url, {"volunteers": [one.pk], f"hours_{one.pk}": "9"})
    assert "共 9.0 小时" in text_of(wrong)
    client.post(url, {"volunteers": [one.pk], f"hours_{one.pk}": "", "organisations": [full["organisation"].pk]})
    assert VolunteerService.objects.get(service=record).hours == Decimal("1.5")


def token_in(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def test_a_donation_is_entered_and_handed_out_by_forms(world, rules, sign_in, client_file):
    client = sign_in(world.worker)
    url = reverse("donation_create")
    form = {
        "token": token_in(text_of(client.get(url))), "unit": world.units["北关街道社工站"].pk, "form": "GOODS",
        "donor_kind": "ANONYMOUS", "item": "棉被", "quantity": "3", "measure": "床", "value": "300",
        "received_on": "2026-10-01",
    }  # fmt: skip
    for _ in range(2):
        client.post(url, form)
    quilt = Donation.objects.get()
    out = reverse("hand_out", args=[quilt.pk])
    page = text_of(client.get(out))
    assert client_file.name in page
    body = {"token": token_in(page), "client": client_file.pk, "amount": "2", "given_on": "2026-10-02"}
    client.post(out, body)
    body["token"] = token_in(text_of(client.get(out)))
    assert "结存只有 1 床" in text_of(client.post(out, body))
    assert Handout.objects.count() == 1


def test_a_referral_goes_its_way_by_forms(world, rules, sign_in, client_file):
    client = sign_in(world.worker)
    url = reverse("referral_create") + f"?client={client_file.pk}"
    form = {
        "token": token_in(text_of(client.get(url))), "kind": "REFERRAL", "client": client_file.pk, "need": "轮椅",
        "urgency": "NORMAL", "to_kind": "DISABLED", "opened_on": "2026-10-01",
    }  # fmt: skip
    client.post(url, form)
    row = Referral.objects.get()
    page, step = reverse("referral_detail", args=[row.pk]), reverse("referral_step", args=[row.pk])
    assert "没有“向转介单位提供信息”的同意书" in text_of(client.get(page))
    for to in ("CONTACTED", "REFERRED", "SUCCEEDED", "FOLLOWED_UP"):
        expected = re.search(r'name="expected" value="(\d+)"', text_of(client.get(step)))[1]
        body = {"to": to, "on": "2026-10-10", "note": "已办", "expected": expected, "to_name": "区残联"}
        assert client.post(step, body).status_code == 302
    assert "已回访" in text_of(client.get(page))
    assert client.get(step).status_code == 302  # nothing left to do


def test_services_that_followed_stand_on_the_meetings_page(world, rules, sign_in, log):
    meeting = record_meeting(
        by=world.worker, unit=world.units["北关街道社工站"], token=uuid.uuid4(), held_on=date(2026, 10, 8),
        chair="某主任", topics="冬季取暖", parties={"COMMUNITY": "", "VOLUNTEER": "互助队"},
    )  # fmt: skip
    log(title="送煤上门", link=find(world.worker, f"meeting:{meeting.pk}"))
    assert MeetingService.objects.count() == 1
    assert "送煤上门" in text_of(sign_in(world.county).get(reverse("meeting_detail", args=[meeting.pk])))


def test_a_meeting_is_entered_with_what_was_agreed(world, rules, sign_in, organisation):
    client, group = sign_in(world.worker), organisation()
    url = reverse("meeting_create")
    form = {
        "token": token_in(text_of(client.get(url))), "unit": world.units["北关街道社工站"].pk, "held_on": "2026-10-08",
        "chair": "某主任", "topics": "助老", "there": ["COMMUNITY"], "party_ORGANISATION": "队长", "text_0": "排班",
        "responsible_0": "互助队", "due_on_0": "2026-10-10", "organisations": [group.pk],
    }  # fmt: skip
    assert "责任方" in text_of(client.post(url, form | {"responsible_0": ""}))
    client.post(url, form)
    meeting = Meeting.objects.get()
    assert set(meeting.parties.values_list("party", flat=True)) == {"COMMUNITY", "ORGANISATION"}
    task = meeting.tasks.get()
    assert task.is_late(date(2026, 10, 20))
    assert "1 项逾期" in text_of(client.get(reverse("meeting_list")))
    client.post(reverse("task_finish", args=[task.pk]), {"done_on": "2026-10-12", "result": "已排"})
    assert "没有未完成的事项" in text_of(client.get(reverse("meeting_tasks")))


def test_a_volunteer_leaves_and_comes_back(world, rules, sign_in, volunteer):
    one, client = volunteer(), sign_in(world.worker)
    client.post(reverse("volunteer_leave", args=[one.pk]), {"left_on": "2026-10-10", "reason": "外出务工"})
    assert not Volunteer.objects.at(date(2026, 10, 10)).exists()
    client.post(reverse("volunteer_return", args=[one.pk]), {})
    assert Volunteer.objects.at(date(2026, 10, 10)).get() == one


def test_two_of_one_name_and_telephone_are_one(volunteer):
    volunteer(phone="13900000001")
    with pytest.raises(Exception, match="同名"):
        volunteer(phone="13900000001")


def test_filters_of_figures_open_their_rows(world, full, sign_in):
    client = sign_in(world.county)
    for name, query, hit in (
        ("volunteer_list", "month=2026-10", True), ("volunteer_list", "month=2026-09", False),
        ("organisation_list", "month=2026-10&active=yes", True), ("donation_list", "month=2026-10&stock=yes", True),
        ("donation_list", "month=2026-09", False), ("referral_list", "month=2026-10", True),
        ("referral_list", "month=2026-10&event=open", True), ("referral_list", "month=2026-10&event=FAILED", False),
        ("referral_list", "q=区人民医院", False), ("meeting_list", "month=2026-10&tasks=late&party=WORKER", False),
    ):  # fmt: skip
        page = text_of(client.get(f"{reverse(name)}?{query}"))
        assert ("没有符合条件" not in page) is hit, (name, query)
