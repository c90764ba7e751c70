"""The roster 人员花名册: its filters, orders, the file in Excel, what the API says of workers."""

from datetime import date

import pytest
from django.urls import reverse

from jobs.models import Job, JobState
from policies.models import PolicyDocument, Provision, ProvisionKind
from stations.actions import (
    add_certificate,
    assign_supervisor,
    create_worker,
    edit_worker,
    leave,
    post_worker,
    record_training,
    set_attendance,
)
from stations.models import CertificateLevel, LeavingReason, TrainingKind, Worker
from tests.jobs.test_tables import export, sheet_of, texts  # noqa: F401
from tests.stations.conftest import ID_NUMBER

WORKERS = "/api/v1/workers/"


@pytest.fixture
def team(world, rules, worker):
    """At 北关街道社工站: 张伟 (expired, 12 hours, left), 李娜 (runs out on 2024-01-31), 王芳 (lasting)."""
    people = [worker]
    for name, born, language in (
        ("李娜（演示）", date(1985, 5, 1), "TIBETAN"),
        ("王芳（演示）", date(1999, 5, 1), "MANDARIN"),
    ):
        people.append(
            create_worker(
                by=None, unit=world.units["榆次区"], name=name, born_on=born, education="BACHELOR",
                languages=[language],
            )
        )  # fmt: skip
    ends = [date(2023, 8, 31), date(2024, 1, 31), date(2026, 1, 31)]
    for number, (person, end) in enumerate(zip(people, ends, strict=True)):
        add_certificate(
            by=None, worker=person, level=CertificateLevel.ASSISTANT, number=f"SW202000000{number}",
            issued_on=date(2020, 9, 1), valid_until=end,
        )  # fmt: skip
        post_worker(by=None, worker=person, station=world.station(), on=date(2023, 9, 5 + number))
    training = record_training(
        by=None, unit=world.units["榆次区"], topic="个案", kind=TrainingKind.SKILLS, organiser="区民政局", place="",
        held_from=date(2023, 10, 18), held_to=date(2023, 10, 20), hours=30, note="",
    )  # fmt: skip
    set_attendance(by=None, training=training, hours={people[0]: "12", people[1]: ""})
    assign_supervisor(by=None, stations=[world.station()], worker=people[2], lead=True, on=date(2023, 10, 9))
    leave(by=None, worker=people[0], on=date(2023, 11, 16), reason=LeavingReason.RESIGNED)
    return people


@pytest.fixture
def listed(world, sign_in):
    """`listed(**query)`: names of the county's list, in order."""

    def get(**query):
        response = sign_in(world.county).get(reverse("worker_list"), query)
        assert response.status_code == 200
        return [row.name.removesuffix("（演示）") for row in response.context["rows"]]

    return get


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"certified": "expiring"}, {"李娜"}),
        ({"certified": "expired"}, {"张伟"}),
        ({"certified": "yes"}, {"李娜", "王芳"}),
        ({"certified": "no"}, {"张伟"}),
        ({"education": "BACHELOR"}, {"李娜", "王芳"}),
        ({"language": "TIBETAN"}, {"李娜"}),
        ({"training": "none"}, {"王芳"}),
        ({"training": "short"}, {"张伟", "王芳"}),
        ({"training": "met"}, {"李娜"}),
        ({"moved": "left_month", "month": "2023-11"}, {"张伟"}),
        ({"moved": "left_month", "month": "2023-10"}, set()),
        ({"moved": "left_year"}, {"张伟"}),
        ({"moved": "joined_month", "month": "2023-09"}, {"张伟", "李娜", "王芳"}),
        ({"moved": "joined_year"}, {"张伟", "李娜", "王芳"}),
    ],
)
def test_filters(team, listed, query, expected):
    assert set(listed(**query)) == expected


def test_those_of_a_supervisor(team, listed):
    assert listed(supervisor=f"w{team[2].pk}") == ["李娜", "王芳"]
    assert listed(supervisor=f"w{team[0].pk}") == []  # not offered: the filter is wrong


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("age", ["王芳", "张伟", "李娜"]),
        ("-age", ["李娜", "张伟", "王芳"]),
        ("expiry", ["张伟", "李娜", "王芳"]),
        ("tenure", ["张伟", "王芳", "李娜"]),
        ("-since", ["王芳", "李娜", "张伟"]),
    ],
)
def test_orders(team, listed, sort, expected):
    assert listed(sort=sort) == expected


@pytest.mark.parametrize("query", [{"certified": "x"}, {"moved": "x"}, {"supervisor": "w1; DROP"}, {"education": "x"}])
def test_a_senseless_filter_shows_nobody_and_says_so(team, world, sign_in, query):
    response = sign_in(world.county).get(reverse("worker_list"), query)
    assert response.context["rows"] == []
    assert response.context["form"].errors


def test_how_many_days_ahead_is_the_documents_matter(world, team, listed):
    document = PolicyDocument.objects.create(
        number="榆民〔2023〕9号", title="通知", issuer=world.units["榆次区"], issued_on=date(2023, 1, 1)
    )
    Provision.objects.create(
        document=document, unit=world.units["榆次区"], kind=ProvisionKind.CERTIFICATE_EXPIRY, clause="二",
        parameters={"days": 30},
    )  # fmt: skip
    assert listed(certified="expiring") == []


def test_the_list_says_what_runs_out_and_what_has(world, team, sign_in):
    html = sign_in(world.county).get(reverse("worker_list")).content.decode()
    assert "2024-01-31 到期" in html
    assert "证书已于 2023-08-31 到期" in html
    assert "差 12.0" in html


def test_an_agency_manager_sees_and_manages_the_own_stations_people_only(world, team, sign_in):
    elsewhere = create_worker(by=None, unit=world.units["榆次区"], name="外站（演示）")
    post_worker(by=None, worker=elsewhere, station=world.station("锦纶街道社工站"), on=date(2023, 11, 5))
    client = sign_in(world.agency)
    rows = client.get(reverse("worker_list")).context["rows"]
    assert {row.name for row in rows} == {"张伟（演示）", "李娜（演示）", "王芳（演示）"}
    assert client.get(reverse("worker_edit", args=[team[1].pk])).status_code == 200
    assert client.get(reverse("worker_edit", args=[team[0].pk])).status_code == 403  # has left
    assert client.get(reverse("worker_detail", args=[elsewhere.pk])).status_code == 404
    form = client.get(reverse("worker_post", args=[team[1].pk])).context["form"]
    assert list(form.fields["station"].queryset) == []  # no other station of theirs
    form = client.get(reverse("supervisor_create")).context["form"]
    assert set(form.fields["worker"].queryset) == set(team[1:])
    assert list(form.fields["stations"].queryset) == [world.station()]


# ---- Excel ----------------------------------------------------------------------------------------------------------


def test_the_roster_holds_the_list_with_masked_numbers(world, team, export):  # noqa: F811
    job = export(world.county, "workers", "certified=expired")
    assert job.state == JobState.DONE, job.message
    words = texts(sheet_of(job))
    assert any("人员花名册" in word for word in words)
    assert "张伟（演示）" in words
    assert "140*************16" in words
    assert "李娜（演示）" not in words
    assert ID_NUMBER not in "".join(words)


def test_trainings_are_exported(world, team, export):  # noqa: F811
    job = export(world.county, "trainings")
    assert job.state == JobState.DONE, job.message
    assert "个案" in texts(sheet_of(job))


def test_a_wrong_filter_makes_no_file(world, team, sign_in):
    sign_in(world.county).post(reverse("table_export", args=["workers"]), {"query": "certified=x"})
    assert not Job.objects.exists()


# ---- API ------------------------------------------------------------------------------------------------------------


def test_workers_of_the_scope_are_told_without_their_number(world, team, sign_in):
    response = sign_in(world.county).get(WORKERS, {"certified": "expired"})
    (row,) = response.json()["results"]
    assert (row["name"], row["id_number"], row["certified"]) == ("张伟（演示）", "140*************16", False)
    assert ID_NUMBER not in response.content.decode()
    assert sign_in(world.outsider).get(WORKERS).json()["results"] == []


def test_a_worker_is_told_with_certificate_and_training(world, team, sign_in):
    row = sign_in(world.county).get(f"{WORKERS}{team[1].pk}/").json()
    assert (row["valid_until"], row["expiring"], row["training_hours"]) == ("2024-01-31", True, "30.0")
    assert (row["station_name"], row["tenure_days"]) == ("北关街道社工站", 90)


def test_who_may_not_see_workers_gets_none(world, team, sign_in):
    client = sign_in(world.administrator)
    assert client.get(WORKERS).status_code == 403
    assert client.get(f"{WORKERS}{team[1].pk}/").status_code == 403
    assert client.get("/api/v1/trainings/").status_code == 403


def test_a_training_tells_who_took_part(world, team, sign_in):
    client = sign_in(world.county)
    (row,) = client.get("/api/v1/trainings/", {"year": "2023"}).json()["results"]
    assert (row["topic"], row["people"], row["hours"]) == ("个案", 2, "42.0")
    detail = client.get(f"/api/v1/trainings/{row['id']}/").json()
    assert [person["hours"] for person in detail["attendees"]] == ["12.0", "30.0"]
    assert client.get("/api/v1/trainings/", {"year": "2022"}).json()["results"] == []
    assert client.get("/api/v1/trainings/", {"month": "2023-13"}).status_code == 400


@pytest.mark.parametrize(("url", "cost"), [(WORKERS, 21), ("/api/v1/trainings/", 9)])
def test_api_lists_cost_the_same_for_few_and_many(world, team, sign_in, django_assert_num_queries, url, cost):
    client = sign_in(world.county)
    for number in range(3):
        person = create_worker(by=None, unit=world.units["榆次区"], name=f"新{number}（演示）")
        post_worker(by=None, worker=person, station=world.station("锦纶街道社工站"), on=date(2023, 11, 5))
        edit_worker(by=None, worker=person, languages=["YI"])
        client.get(url)
        with django_assert_num_queries(cost):
            client.get(url)
    assert Worker.objects.count() == 6


def test_stations_short_of_workers_are_exported_with_the_rule(world, team, export):  # noqa: F811
    job = export(world.county, "staffing", "month=2023-10")
    assert job.state == JobState.DONE, job.message
    words = texts(sheet_of(job))
    assert "锦纶街道社工站" in words
    assert "北关街道社工站" not in words
    assert any("人员配备" in word for word in words)


def test_supervisors_are_exported_one_row_for_each_station(world, team, export):  # noqa: F811
    elsewhere = [world.station("北坛街道社工站")]  # in another county
    assign_supervisor(by=None, worker=team[2], stations=elsewhere, on=date(2023, 10, 9), lead=True)
    words = texts(sheet_of(export(world.county, "supervisors", "month=2023-10")))
    assert words.count("王芳（演示）") == 1
    assert "北关街道社工站" in words
    assert "北坛街道社工站" not in words
    assert "王芳（演示）" not in texts(sheet_of(export(world.county, "supervisors", "month=2023-08")))
