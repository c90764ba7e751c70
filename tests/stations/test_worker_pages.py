"""Pages of a worker, through the browser's eyes."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from stations.actions import (
    add_certificate,
    assign_supervisor,
    employ,
    end_posting,
    evaluate_worker,
    grant_reward,
    post_worker,
    record_training,
    renew_certificate,
    set_attendance,
)
from stations.models import (
    Certificate,
    CertificateLevel,
    EmployerKind,
    Employment,
    Grade,
    RewardLevel,
    StationPosting,
    TrainingKind,
    Worker,
)
from tests.stations.conftest import ID_NUMBER, OTHER_ID_NUMBER
from tests.stations.test_career_pages import expired
from tests.stations.test_pages import HTML, HUGE, page, post


def test_a_worker_shows_a_masked_number_only(world, worker, sign_in):
    for name in ("worker_detail", "worker_edit", "worker_history"):
        assert ID_NUMBER not in page(sign_in(world.county), name, worker.pk)
    assert "140*************16" in page(sign_in(world.county), "worker_detail", worker.pk)


def test_a_worker_without_certificate_is_shown_with_the_rule(world, rules, worker, sign_in):
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "未持证" in html
    assert "市民函〔2023〕28号 二(二)" in html


def test_a_worker_is_created_and_led_on(world, sign_in):
    response = post(
        sign_in(world.township),
        "worker_create",
        name="李娜（演示）",
        id_number=ID_NUMBER,
        unit=world.units["北关街道"].pk,
    )
    created = Worker.objects.get()
    assert response.url == reverse("worker_detail", args=[created.pk])
    assert (created.unit, created.id_number) == (world.units["北关街道"], ID_NUMBER)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", HTML),
        ("name", HUGE),
        ("id_number", "123"),
        ("id_number", "1" * 10_000_000),
        ("phone", HTML),
        ("unit", "0"),
    ],
)
def test_bad_input_about_a_worker_saves_nothing(world, sign_in, field, value):
    data = {"name": "李娜（演示）", "unit": world.units["榆次区"].pk, field: value}
    response = post(sign_in(world.county), "worker_create", **data)
    assert field in response.context["form"].errors
    assert not Worker.objects.exists()


def test_a_file_cannot_be_kept_outside_the_scope(world, sign_in):
    response = post(sign_in(world.county), "worker_create", name="李娜（演示）", unit=world.units["太谷区"].pk)
    assert "unit" in response.context["form"].errors


def test_a_known_number_outside_the_scope_gives_away_nothing(world, worker, sign_in):
    response = post(
        sign_in(world.outsider), "worker_create", name="某人", id_number=ID_NUMBER, unit=world.units["太谷区"].pk
    )
    html = response.content.decode()
    assert "管辖范围之外" in html
    assert "张伟" not in html


def test_an_edit_with_an_empty_number_keeps_it(world, worker, sign_in):
    client = sign_in(world.county)
    post(client, "worker_edit", worker.pk, name="张伟（演示）", unit=worker.unit_id, phone="0354-0001234")
    worker.refresh_from_db()
    assert (worker.phone, worker.id_number) == ("0354-0001234", ID_NUMBER)
    post(client, "worker_edit", worker.pk, name="张伟（演示）", unit=worker.unit_id, id_number=OTHER_ID_NUMBER)
    worker.refresh_from_db()
    assert worker.id_number == OTHER_ID_NUMBER


def test_an_account_of_the_scope_is_joined_to_the_worker(world, worker, sign_in):
    client = sign_in(world.county)
    form = client.get(reverse("worker_edit", args=[worker.pk])).context["form"]
    assert list(form.fields["user"].queryset) == [world.worker]
    post(client, "worker_edit", worker.pk, name=worker.name, unit=worker.unit_id, user=world.worker.pk)
    worker.refresh_from_db()
    assert worker.user == world.worker


def test_a_career_is_recorded_step_by_step(world, worker, sign_in):
    client, station = sign_in(world.county), world.station()
    post(client, "worker_certificate", worker.pk, level="ASSISTANT", number="SW2022000001", issued_on="2022-09-01")
    post(
        client,
        "worker_employ",
        worker.pk,
        employer_kind="AGENCY",
        employer_name="阳光社工（演示）",
        full_time="yes",
        on="2023-09-05",
    )
    post(client, "worker_post", worker.pk, station=station.pk, on="2023-09-05")
    assert Certificate.objects.filter(worker=worker).count() == 1
    assert Employment.objects.get(worker=worker).full_time is True
    post(client, "worker_post", worker.pk, station=world.station("锦纶街道社工站").pk, on="2023-10-09")
    post(client, "worker_posting_end", worker.pk, on="2023-11-01", note="离职（演示）")
    post(client, "worker_employment_end", worker.pk, on="2023-11-01")
    assert StationPosting.objects.filter(worker=worker, ends_on=None).count() == 0
    context = client.get(reverse("worker_detail", args=[worker.pk])).context
    assert [step.what for step in context["timeline"]] == ["聘用结束", "离站", "调动", "聘用", "驻站", "取得证书"]


def test_an_end_before_the_start_is_refused(world, worker, sign_in):
    client = sign_in(world.county)
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    response = post(client, "worker_posting_end", worker.pk, on="2023-09-04")
    assert "不能早于驻站起始日期（2023-09-05）" in response.context["form"].errors["on"][0]


def test_a_worker_is_posted_within_the_scope_only(world, worker, sign_in):
    response = post(
        sign_in(world.county), "worker_post", worker.pk, station=world.station("明星镇社工站").pk, on="2023-11-02"
    )
    assert "station" in response.context["form"].errors


def test_nothing_to_end_leads_back(world, worker, sign_in):
    client = sign_in(world.county)
    for name in ("worker_posting_end", "worker_employment_end"):
        assert client.get(reverse(name, args=[worker.pk])).url == reverse("worker_detail", args=[worker.pk])


def test_who_had_the_worker_before_sees_but_no_longer_changes(world, worker, sign_in):
    """李 manages 北关街道; the file is kept by 榆次区."""
    client, detail = sign_in(world.township), reverse("worker_detail", args=[worker.pk])
    assert client.get(detail).status_code == 404
    posting = post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    assert client.get(detail).status_code == 200
    assert client.get(reverse("worker_edit", args=[worker.pk])).status_code == 200
    end_posting(by=None, posting=posting, on=date(2023, 11, 1))
    assert client.get(detail).status_code == 200
    assert client.get(reverse("worker_edit", args=[worker.pk])).status_code == 403
    assert reverse("worker_edit", args=[worker.pk]) not in client.get(detail).content.decode()


def test_a_manager_of_the_posting_does_not_move_a_file_kept_above(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    form = sign_in(world.township).get(reverse("worker_edit", args=[worker.pk])).context["form"]
    assert "unit" not in form.fields


def test_where_a_worker_went_outside_the_scope_is_not_named(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    post_worker(by=None, worker=worker, station=world.station("明星镇社工站"), on=date(2023, 11, 1), note="支援明星镇")
    html = page(sign_in(world.county), "worker_detail", worker.pk)
    assert "管辖范围以外" in html
    assert "明星镇" not in html


@pytest.mark.parametrize("history", [1, 5])
def test_the_page_of_a_worker_costs_the_same_whatever_the_history(
    world, rules, worker, sign_in, history, django_assert_num_queries
):
    stations = [world.station(), world.station("锦纶街道社工站")]
    for number in range(history):
        day = date(2023, 10, 9 + number)
        post_worker(by=None, worker=worker, station=stations[number % 2], on=day)
        employ(
            by=None, worker=worker, employer_kind=EmployerKind.AGENCY, employer_name="某社工", full_time=True, on=day
        )
        number_text = f"SW20220000{number:02d}"
        add_certificate(
            by=None, worker=worker, level=CertificateLevel.ASSISTANT, number=number_text, issued_on=date(2022, 9, 1)
        )
    client = sign_in(world.county)
    page(client, "worker_detail", worker.pk)
    with django_assert_num_queries(22):
        page(client, "worker_detail", worker.pk)


# ---- the file -------------------------------------------------------------------------------------------------------


def test_languages_education_and_birth_stand_in_the_file(world, sign_in):
    client = sign_in(world.county)
    post(
        client, "worker_create", name="卓玛（演示）", id_number=OTHER_ID_NUMBER, unit=world.units["榆次区"].pk,
        education="BACHELOR", major="社会工作", languages=["MANDARIN", "TIBETAN", "OTHER"], other_language="羌语",
    )  # fmt: skip
    html = page(client, "worker_detail", Worker.objects.get().pk)
    for words in ("普通话、藏语、羌语", "本科", "社会工作", "1990年3月7日（33 岁）", "女"):
        assert words in html


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("born_on", "1991-03-07", "身份证号中是 1990-03-07"),
        ("sex", "FEMALE", "身份证号中是“男”"),
        ("other_language", "羌语", "请同时勾选“其他”"),
        ("education", "GENIUS", "选择一个有效的选项"),
    ],
)
def test_what_contradicts_the_number_is_told_at_its_field(world, sign_in, field, value, message):
    data = {"name": "张伟（演示）", "id_number": ID_NUMBER, "unit": world.units["榆次区"].pk, field: value}
    response = post(sign_in(world.county), "worker_create", **data)
    assert message in response.context["form"].errors[field][0]
    assert not Worker.objects.exists()


def test_a_file_without_a_number_keeps_what_was_typed(world, sign_in):
    post(
        sign_in(world.county), "worker_create", name="李娜（演示）", unit=world.units["榆次区"].pk, sex="FEMALE",
        born_on="1992-05-01",
    )  # fmt: skip
    assert (Worker.objects.get().sex, Worker.objects.get().born_on) == ("FEMALE", date(1992, 5, 1))


def test_sex_and_birth_are_not_asked_where_the_number_tells_them(world, worker, sign_in):
    form = sign_in(world.county).get(reverse("worker_edit", args=[worker.pk])).context["form"]
    assert not {"sex", "born_on"} & form.fields.keys()


# ---- the whole number -----------------------------------------------------------------------------------------------


def test_the_whole_number_is_shown_for_a_reason_that_the_trail_keeps(world, worker, sign_in):
    client = sign_in(world.county)
    assert ID_NUMBER not in page(client, "worker_reveal", worker.pk)
    response = post(client, "worker_reveal", worker.pk, reason="核对社保缴费")
    assert ID_NUMBER in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    event = AuditEvent.objects.first()
    assert (event.verb, event.actor, event.reason) == ("查看完整身份证号", world.county, "核对社保缴费")
    assert ID_NUMBER not in str(event.changes)


@pytest.mark.parametrize("reason", ["", "看", "  ", "长" * 201])
def test_without_a_reason_the_number_stays_hidden(world, worker, sign_in, reason):
    count = AuditEvent.objects.count()
    response = post(sign_in(world.county), "worker_reveal", worker.pk, reason=reason)
    assert ID_NUMBER not in response.content.decode()
    assert AuditEvent.objects.count() == count


@pytest.mark.parametrize("role", ["worker", "city", "auditor"])
def test_who_does_not_manage_workers_does_not_see_the_number(world, worker, sign_in, role):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    client = sign_in(getattr(world, role))
    assert client.get(reverse("worker_detail", args=[worker.pk])).status_code == 200
    assert post(client, "worker_reveal", worker.pk, reason="核对社保缴费").status_code == 403


# ---- cost and trail -------------------------------------------------------------------------------------------------


def fill(world, worker, size):
    """As many trainings, evaluations, rewards, renewals and supervised stations."""
    day = date(2023, 10, 9)
    certificate = expired(worker, until=date(2020, 12, 31))
    end = certificate.valid_until
    for number in range(size):
        until = date(2024 + number, 12, 31)
        renew_certificate(by=None, certificate=certificate, registered_on=day, valid_until=until, expected=end)
        end = until
        training = record_training(
            by=None, unit=world.units["榆次区"], topic=f"第{number}期", kind=TrainingKind.SKILLS, organiser="区民政局",
            place="", held_from=day, held_to=day, hours=6, note="",
        )  # fmt: skip
        set_attendance(by=None, training=training, hours={worker: ""})
        worker.employments.create(
            employer_kind="AGENCY", employer_name="某社工", full_time=True, starts_on=date(2010 + number, 1, 1),
            ends_on=date(2011 + number, 1, 1),
        )  # fmt: skip
        evaluate_worker(by=None, worker=worker, year=2010 + number, grade=Grade.GOOD, evaluator="区民政局", on=day)
        grant_reward(by=None, worker=worker, title=f"奖{number}", level=RewardLevel.CITY, granted_by="市局", on=day)
    for name in ("北关街道社工站", "锦纶街道社工站")[:size]:
        assign_supervisor(by=None, stations=[world.station(name)], worker=worker, lead=True, on=day)


@pytest.mark.parametrize("size", [1, 5])
def test_the_personal_file_costs_the_same_however_full(world, rules, worker, sign_in, size, django_assert_num_queries):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    fill(world, worker, size)
    client = sign_in(world.county)
    page(client, "worker_detail", worker.pk)
    with django_assert_num_queries(22):
        page(client, "worker_detail", worker.pk)


def test_writes_about_workers_take_post_and_reads_leave_no_event(world, worker, sign_in):
    post_worker(by=None, worker=worker, station=world.station(), on=date(2023, 9, 5))
    expired(worker)
    client = sign_in(world.county)
    count = AuditEvent.objects.count()
    for name in (
        "worker_edit", "worker_certificate", "worker_renew", "worker_employ", "worker_post", "worker_leave",
        "worker_evaluation", "worker_reward", "worker_reveal",
    ):  # fmt: skip
        assert client.get(reverse(name, args=[worker.pk])).status_code == 200
        assert client.put(reverse(name, args=[worker.pk])).status_code == 405
    assert AuditEvent.objects.count() == count
