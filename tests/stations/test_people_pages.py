"""Pages of the team: trainings, supervisors, staffing against the standard."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent
from files.models import Attachment
from policies.models import PolicyDocument, Provision, ProvisionKind
from stations.actions import (
    assign_supervisor,
    create_worker,
    employ,
    end_posting,
    post_worker,
    record_training,
    set_attendance,
)
from stations.models import Attendance, EmployerKind, SupervisorAssignment, Training, TrainingKind
from tests.files.samples import photo
from tests.stations.test_pages import HTML, HUGE, page, post

DATA = {
    "topic": "个案工作实务", "kind": "SKILLS", "organiser": "区民政局", "held_from": "2023-10-18",
    "held_to": "2023-10-19", "hours": "12",
}  # fmt: skip


@pytest.fixture
def team(world, worker):
    """张伟 and 李娜 at 北关街道社工站 since 2023-09-05."""
    people = [worker, create_worker(by=None, unit=world.units["榆次区"], name="李娜（演示）")]
    for person in people:
        post_worker(by=None, worker=person, station=world.station(), on=date(2023, 9, 5))
    return people


@pytest.fixture
def training(world):
    return record_training(
        by=world.county, unit=world.units["榆次区"], topic="个案工作实务", kind=TrainingKind.SKILLS,
        organiser="区民政局", place="", held_from=date(2023, 10, 18), held_to=date(2023, 10, 19), hours=12, note="",
    )  # fmt: skip


# ---- trainings ------------------------------------------------------------------------------------------------------


def test_a_training_is_entered_with_its_papers_and_leads_on_to_attendance(world, sign_in):
    paper = photo("签到表.jpg")
    response = post(sign_in(world.county), "training_create", unit=world.units["榆次区"].pk, materials=paper, **DATA)
    training = Training.objects.get()
    assert response.url == reverse("training_attendance", args=[training.pk])
    assert Attachment.objects.get().target_id == training.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("topic", HTML),
        ("topic", HUGE),
        ("hours", "25"),
        ("hours", "x"),
        ("held_to", "2023-10-17"),
        ("held_to", "2023-13-01"),
        ("held_from", "2023-12-06"),
        ("unit", "0"),
    ],
)
def test_bad_input_about_a_training_saves_nothing(world, sign_in, field, value):
    data = {"unit": world.units["榆次区"].pk, **DATA, field: value}
    response = post(sign_in(world.county), "training_create", **data)
    assert field in response.context["form"].errors
    assert not Training.objects.exists()


def test_a_fake_file_saves_no_training(world, sign_in):
    fake = SimpleUploadedFile("签到表.pdf", b"MZ\x90\x00 not a pdf")
    response = post(sign_in(world.county), "training_create", unit=world.units["榆次区"].pk, materials=fake, **DATA)
    assert "materials" in response.context["form"].errors
    assert not Training.objects.exists()


def test_several_workers_are_ticked_at_once(world, training, team, sign_in):
    client = sign_in(world.county)
    first, second = team
    post(client, "training_attendance", training.pk, workers=[first.pk, second.pk], **{f"hours_{second.pk}": "6"})
    assert dict(Attendance.objects.values_list("worker", "hours")) == {first.pk: Decimal(12), second.pk: Decimal(6)}
    html = page(client, "training_detail", training.pk)
    assert "2 人，共 18.0 学时" in html


def test_a_form_of_1500_workers_reaches_its_page(world, training, team, sign_in):
    blank = {f"hours_{number}": "" for number in range(10_000_000, 10_001_500)}
    response = post(sign_in(world.county), "training_attendance", training.pk, workers=[team[0].pk], **blank)
    assert response.status_code == 302
    assert Attendance.objects.get().worker == team[0]


def test_one_bad_row_is_told_beside_it_and_nothing_is_saved(world, training, team, sign_in):
    first, second = team
    response = post(
        sign_in(world.county), "training_attendance", training.pk, workers=[first.pk, second.pk],
        **{f"hours_{first.pk}": "3", f"hours_{second.pk}": "99"},
    )  # fmt: skip
    assert [line.error for line in response.context["lines"] if line.error] == ["李娜（演示）的学时不能超过 12.0"]
    assert [line.ticked for line in response.context["lines"]] == [True, True]
    assert not Attendance.objects.exists()


def test_only_those_in_charge_are_offered(world, training, team, sign_in):
    stranger = create_worker(by=None, unit=world.units["太谷区"], name="外区（演示）")
    post_worker(by=None, worker=stranger, station=world.station("明星镇社工站"), on=date(2023, 11, 2))
    response = post(sign_in(world.county), "training_attendance", training.pk, workers=[stranger.pk])
    assert "workers" in response.context["form"].errors
    assert not Attendance.objects.exists()


def test_another_unit_whose_people_took_part_reads_but_does_not_change(world, training, team, sign_in):
    client = sign_in(world.township)
    assert client.get(reverse("training_detail", args=[training.pk])).status_code == 404
    set_attendance(by=None, training=training, hours={team[0]: ""})
    assert client.get(reverse("training_detail", args=[training.pk])).status_code == 200
    for name in ("training_edit", "training_attendance", "training_withdraw"):
        assert client.get(reverse(name, args=[training.pk])).status_code == 403


def test_people_of_others_are_counted_not_named(world, training, team, sign_in):
    stranger = create_worker(by=None, unit=world.units["太谷区"], name="外区（演示）")
    set_attendance(by=None, training=training, hours=dict.fromkeys([team[0], stranger]))
    html = page(sign_in(world.county), "training_detail", training.pk)
    assert "另有 1 人不在您的管辖范围内" in html
    assert "外区" not in html


def test_a_training_is_taken_back_on_its_page(world, training, team, sign_in):
    set_attendance(by=None, training=training, hours=dict.fromkeys(team))
    client = sign_in(world.county)
    assert "2 名参训人员" in page(client, "training_withdraw", training.pk)
    post(client, "training_withdraw", training.pk, reason="登记重复", expected=training.pk)
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "SKILLS"}, 1),
        ({"kind": "POLICY"}, 0),
        ({"year": "2023"}, 1),
        ({"month": "2023-09"}, 0),
        ({"q": "个案"}, 1),
        ({"year": "x"}, 0),
    ],
)
def test_trainings_are_filtered(world, training, sign_in, query, found):
    assert len(sign_in(world.county).get(reverse("training_list"), query).context["rows"]) == found


def test_the_list_and_the_page_of_trainings_cost_the_same_however_many(
    world, training, team, sign_in, django_assert_num_queries
):
    client = sign_in(world.county)
    set_attendance(by=None, training=training, hours={team[0]: ""})
    for size in (1, 4):
        for number in range(size):
            day = date(2023, 10, 1)
            record_training(
                by=None, unit=world.units["榆次区"], topic=f"{size}-{number}", kind=TrainingKind.POLICY,
                organiser="区民政局", place="", held_from=day, held_to=day, hours=6, note="",
            )  # fmt: skip
        for url in (reverse("training_list"), reverse("training_detail", args=[training.pk])):
            client.get(url)
        with django_assert_num_queries(12):
            client.get(reverse("training_list"))
        with django_assert_num_queries(11):
            client.get(reverse("training_detail", args=[training.pk]))
        set_attendance(by=None, training=training, hours={team[1]: ""})


# ---- supervisors ----------------------------------------------------------------------------------------------------


def test_a_supervisor_is_assigned_to_several_stations_on_the_page(world, team, sign_in):
    client = sign_in(world.county)
    keys = [world.station().pk, world.station("锦纶街道社工站").pk]
    response = post(client, "supervisor_create", worker=team[0].pk, stations=keys, lead="yes", on="2023-10-09")
    assert response.url == reverse("supervisor_list")
    html = page(client, "supervisor_list")
    assert "1 名督导，2 个站点" in html
    assert "主责" in page(client, "worker_detail", team[1].pk)


def test_a_station_outside_cannot_be_given(world, team, sign_in):
    response = post(
        sign_in(world.county), "supervisor_create", worker=team[0].pk, lead="yes", on="2023-10-09",
        stations=[world.station().pk, world.station("明星镇社工站").pk],
    )  # fmt: skip
    assert "stations" in response.context["form"].errors
    assert not SupervisorAssignment.objects.exists()


def test_a_supervision_is_ended_and_taken_back_on_pages(world, team, sign_in):
    (row,) = assign_supervisor(by=None, stations=[world.station()], worker=team[0], lead=True, on=date(2023, 10, 9))
    client = sign_in(world.county)
    post(client, "supervisor_end", row.pk, on="2023-11-01")
    row.refresh_from_db()
    assert row.ends_on == date(2023, 11, 1)
    assert client.get(reverse("supervisor_end", args=[row.pk])).status_code == 302
    post(client, "station_supervisor_withdraw", world.station().pk, reason="登记有误", expected=row.pk)
    assert not SupervisorAssignment.objects.exists()


# ---- staffing -------------------------------------------------------------------------------------------------------


def staffing(client, **query):
    return client.get(reverse("staffing"), query).context["found"]


def test_stations_short_of_workers_are_listed_with_the_rule(world, rules, team, sign_in):
    """北关 has two, 锦纶 none; the default asks for two."""
    client = sign_in(world.county)
    (row,) = staffing(client).short
    assert (row.name, row.have, row.need, row.missing) == ("锦纶街道社工站", 0, 2, 2)
    assert row.source["label"] == "缺省（无文件） 人员配备"


def test_a_countys_own_number_holds_from_its_day(world, rules, team, sign_in):
    county = world.units["榆次区"]
    document = PolicyDocument.objects.create(
        number="榆民〔2023〕9号", title="通知", issuer=county, issued_on=date(2023, 11, 1)
    )
    Provision.objects.create(
        document=document, unit=county, kind=ProvisionKind.STAFFING, clause="二", parameters={"workers": 3},
        in_force_from=date(2023, 11, 1),
    )  # fmt: skip
    client = sign_in(world.county)
    assert {row.name: row.missing for row in staffing(client).short} == {"北关街道社工站": 1, "锦纶街道社工站": 3}
    assert [row.name for row in staffing(client, month="2023-10").short] == ["锦纶街道社工站"]


def test_staffing_is_as_of_the_month(world, rules, team, sign_in):
    end_posting(by=None, posting=team[1].postings.get(), on=date(2023, 11, 16))
    client = sign_in(world.county)
    assert {row.name: row.have for row in staffing(client).short} == {"北关街道社工站": 1, "锦纶街道社工站": 0}
    assert [row.name for row in staffing(client, month="2023-10").short] == ["锦纶街道社工站"]


def test_uncertified_and_part_time_workers_are_found_with_document_and_clause(world, rules, team, sign_in):
    employ(
        by=None, worker=team[0], employer_kind=EmployerKind.AGENCY, employer_name="某社工", full_time=True,
        on=date(2023, 9, 5),
    )  # fmt: skip
    response = sign_in(world.county).get(reverse("staffing"))
    found = {each["key"]: each for each in response.context["lists"]}
    assert {row.name for row in found["uncertified"]["rows"]} == {"张伟（演示）", "李娜（演示）"}
    assert found["uncertified"]["source"]["label"] == "市民函〔2023〕28号 二(二)"
    assert [row.name for row in found["part_time"]["rows"]] == ["李娜（演示）"]
    assert found["part_time"]["source"]["label"] == "市民函〔2023〕28号 三"


@pytest.mark.parametrize("role", ["township", "worker", "agency", "city"])
def test_staffing_shows_the_own_places_only(world, rules, team, sign_in, role):
    names = {row.name for row in staffing(sign_in(getattr(world, role))).short}
    assert "明星镇社工站" in names if role == "city" else names == set()


def test_staffing_costs_the_same_for_one_county_and_the_city(world, rules, team, sign_in, django_assert_num_queries):
    for role in ("county", "city"):
        client = sign_in(getattr(world, role))
        client.get(reverse("staffing"))
        with django_assert_num_queries(37):
            client.get(reverse("staffing"))


def test_reading_the_teams_pages_leaves_no_event(world, rules, training, team, sign_in):
    client = sign_in(world.county)
    count = AuditEvent.objects.count()
    for name in ("staffing", "training_list", "training_create", "supervisor_list", "supervisor_create"):
        page(client, name)
    for name in ("training_detail", "training_edit", "training_attendance", "training_withdraw"):
        page(client, name, training.pk)
    assert AuditEvent.objects.count() == count
