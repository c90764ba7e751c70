"""Warnings at entry, and the checker's review."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from files.actions import attach, remove
from files.models import Attachment
from services.actions import answer_review, correct_service, log_service, review_many, review_service, void_service
from services.models import Doubt, EntryWarning, Method, ReviewState, ServiceRecord
from stations.models import StationPosting, Worker
from tests.files.samples import photo

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 10)
LONG = "上门了解老人近况，协助整理房间并提醒按时服药，老人情绪稳定，下周继续探访。"


@pytest.fixture
def log(world, rules):
    station = world.station()
    worker = Worker.objects.create(unit=station.unit, name="演示社工")
    StationPosting.objects.create(worker=worker, station=station, starts_on=date(2024, 1, 1))

    def log(**fields) -> ServiceRecord:
        by = fields.pop("by", world.worker)
        given = {
            "starts_on": DAY, "title": "演示服务", "domain": "ELDERLY_CARE", "method": "VISIT", "contacts": 1,
            "hours": 1,
        } | fields  # fmt: skip
        record, _ = log_service(by=by, station=station, client_id=uuid.uuid4(), workers=[worker], **given)
        return record

    return log


def standing(record: ServiceRecord) -> list[str]:
    return list(record.warnings.filter(cleared_at=None).order_by("kind").values_list("kind", flat=True))


def kinds(record: ServiceRecord) -> list[str]:
    return [kind for kind in standing(record) if kind != Doubt.WEEKS_LATE]


def test_two_services_of_one_worker_at_the_same_time_are_warned_of(log):
    first = log(starts_at=time(9, 0), hours=2)
    second = log(starts_at=time(10, 30))
    assert kinds(first) == []
    assert kinds(second) == [Doubt.OVERLAP]
    assert second.warnings.get(kind=Doubt.OVERLAP).other == first


def test_one_after_the_other_is_no_overlap(log):
    log(starts_at=time(9, 0), hours=2)
    assert kinds(log(starts_at=time(11, 0))) == []


def test_more_hours_than_a_day_holds_are_warned_of_without_times(log):
    log(hours=9)
    assert kinds(log(hours=7)) == []
    assert kinds(log(hours=1)) == [Doubt.OVERLAP]


def test_the_fortieth_visit_of_a_day_is_warned_of(log):
    for _ in range(39):
        last = log(hours="0.1")
    assert kinds(last) == []
    assert kinds(log(hours="0.1")) == [Doubt.MANY_VISITS]
    assert kinds(log(hours="0.1", method=Method.HOTLINE)) == []


def test_a_result_copied_from_another_entry_is_warned_of(log):
    first = log(result=LONG)
    copied = log(result=LONG.replace("。", "！"))
    assert copied.warnings.get(kind=Doubt.COPIED_TEXT).other == first
    assert kinds(log(result="已完成。")) == []


def test_an_entry_weeks_after_its_due_day_is_warned_of(log):
    assert standing(log(starts_on=date(2026, 9, 1))) == [Doubt.WEEKS_LATE]


def test_a_photo_that_stands_at_another_record_is_warned_of_until_it_is_removed(world, log):
    first, second = log(), log()
    attach(by=world.worker, target=first, unit=first.station.unit, files=[photo()], slot="photo")
    attach(by=world.worker, target=second, unit=second.station.unit, files=[photo()], slot="photo")
    assert kinds(first) == []
    assert kinds(second) == [Doubt.SAME_PHOTO]
    mine = Attachment.objects.on(ServiceRecord).get(target_id=second.pk)
    remove(by=world.worker, attachment=mine, reason="传错了")
    assert kinds(second) == []


def test_a_photo_of_a_voided_record_may_stand_at_the_one_that_takes_its_place(world, log):
    wrong, anew = log(), log()
    attach(by=world.worker, target=wrong, unit=wrong.station.unit, files=[photo()], slot="photo")
    void_service(by=world.worker, record=wrong, reason="登记错")
    attach(by=world.worker, target=anew, unit=anew.station.unit, files=[photo()], slot="photo")
    assert kinds(anew) == []


def test_a_correction_clears_the_warning_and_keeps_it_on_record(world, log):
    log(starts_at=time(9, 0), hours=2)
    second = log(starts_at=time(10, 0))
    correct_service(by=world.worker, record=second, reason="时间填错", starts_at=time(14, 0))
    assert kinds(second) == []
    assert EntryWarning.objects.filter(service=second, kind=Doubt.OVERLAP).exclude(cleared_at=None).exists()


def test_warnings_hold_nothing_up(log):
    assert ServiceRecord.objects.filter(pk=log(hours=24).pk).exists()


def test_a_checker_reviews_accepts_and_asks_back(world, log):
    record = review_service(by=world.county, record=log(), state=ReviewState.REVIEWED)
    assert record.review_state == ReviewState.REVIEWED
    record = review_service(by=world.county, record=record, state=ReviewState.ASKED, comment="地点是否填错？")
    record = answer_review(by=world.worker, record=record, comment="地点无误")
    record = review_service(by=world.county, record=record, state=ReviewState.ACCEPTED)
    assert [step.state for step in record.reviews.order_by("pk")] == ["REVIEWED", "ASKED", "ANSWERED", "ACCEPTED"]
    verbs = AuditEvent.objects.filter(target_type="services.servicerecord", target_id=str(record.pk))
    assert {"审阅服务", "退回询问服务", "答复询问", "认可服务"} <= set(verbs.values_list("verb", flat=True))


def test_a_question_needs_words_and_an_answer_a_question(world, log):
    record = log()
    with pytest.raises(ValidationError, match="要问的内容"):
        review_service(by=world.county, record=record, state=ReviewState.ASKED)
    with pytest.raises(ValidationError, match="没有待答复"):
        answer_review(by=world.worker, record=record, comment="好的")


def test_nobody_reviews_an_own_entry_or_what_moved_meanwhile(world, log):
    with pytest.raises(ValidationError, match="自己登记"):
        review_service(by=world.township, record=log(by=world.township), state=ReviewState.ACCEPTED)
    record = log()
    review_service(by=world.county, record=record, state=ReviewState.REVIEWED)
    with pytest.raises(ValidationError, match="刚刚变了"):
        review_service(by=world.township, record=record, state=ReviewState.ACCEPTED, expected=ReviewState.PENDING)


def test_a_corrected_record_waits_for_review_again(world, log):
    record = review_service(by=world.county, record=log(), state=ReviewState.ASKED, comment="人次？")
    correct_service(by=world.worker, record=record, reason="人次更正", contacts=2)
    record.refresh_from_db()
    assert record.review_state == ReviewState.ANSWERED


def test_a_bulk_review_takes_the_open_ones_of_others(world, log):
    open_ = [log() for _ in range(3)]
    own = log(by=world.township)
    asked = review_service(by=world.county, record=log(), state=ReviewState.ASKED, comment="？？？")
    number = review_many(by=world.township, records=ServiceRecord.objects.all(), state=ReviewState.REVIEWED)
    assert number == 3
    states = dict(ServiceRecord.objects.values_list("pk", "review_state"))
    assert {states[record.pk] for record in open_} == {"REVIEWED"}
    assert (states[own.pk], states[asked.pk]) == ("PENDING", "ASKED")


class TestPages:
    def test_the_record_shows_warnings_and_offers_the_review_to_the_checker_only(self, world, log, sign_in):
        log(starts_at=time(9, 0), hours=2)
        record = log(starts_at=time(10, 0))
        url = reverse("service_detail", args=[record.pk])
        county, worker = sign_in(world.county).get(url), sign_in(world.worker).get(url)
        assert "时间重叠" in county.content.decode()
        assert reverse("service_review", args=[record.pk]) in county.content.decode()
        assert "时间重叠" in worker.content.decode()
        assert reverse("service_review", args=[record.pk]) not in worker.content.decode()

    def test_asking_back_and_answering_on_the_pages(self, world, log, sign_in):
        record = log()
        page = sign_in(world.county)
        url = reverse("service_review", args=[record.pk])
        refused = page.post(url, {"state": "ASKED", "comment": "", "expected": "PENDING"})
        assert "请填写要问的内容" in refused.content.decode()
        assert page.post(url, {"state": "ASKED", "comment": "人次对吗", "expected": "PENDING"}).status_code == 302
        answer = sign_in(world.worker).get(reverse("service_answer", args=[record.pk]))
        assert "人次对吗" in answer.content.decode()
        sign_in(world.worker).post(reverse("service_answer", args=[record.pk]), {"comment": "对的"})
        record.refresh_from_db()
        assert record.review_state == ReviewState.ANSWERED

    def test_a_filtered_list_is_reviewed_at_once(self, world, log, sign_in):
        log(starts_at=time(9, 0), hours=2)
        doubtful = log(starts_at=time(10, 0))
        client = sign_in(world.county)
        month = str(doubtful.month)
        listed = client.get(reverse("service_list"), {"warned": "OVERLAP", "month": month})
        assert [row.pk for row in listed.context["page"].rows] == [doubtful.pk]
        url = f"{reverse('service_review_many')}?warned=OVERLAP&month={month}"
        assert client.get(url).context["count"] == 1
        assert client.post(url, {"state": "ACCEPTED"}).status_code == 302
        assert set(ServiceRecord.objects.values_list("review_state", flat=True)) == {"PENDING", "ACCEPTED"}
        open_ = client.get(reverse("service_list"), {"review": "open", "month": month})
        assert doubtful.pk not in [row.pk for row in open_.context["page"].rows]

    def test_the_bulk_review_lists_what_it_will_mark_those_to_doubt_first(self, world, log, sign_in, monkeypatch):
        log(starts_at=time(9, 0), hours=2)
        doubtful = log(starts_at=time(10, 0))
        later = log(starts_on=DAY + timedelta(days=3), title="演示讲座", method=Method.ACTIVITY)
        own = log(by=world.county)
        EntryWarning.objects.exclude(kind=Doubt.OVERLAP).update(cleared_at=timezone.now())
        monkeypatch.setattr("services.views.review.PAGE", 2)
        page = sign_in(world.county).get(reverse("service_review_many"))
        shown = page.content.decode()
        assert [row.pk for row in page.context["rows"]] == [doubtful.pk, later.pk]
        assert "时间重叠" in shown
        assert "演示讲座" in shown
        assert reverse("service_detail", args=[doubtful.pk]) in shown
        assert reverse("service_detail", args=[own.pk]) not in shown
        assert "还有 1 条" in shown

    def test_the_bulk_review_takes_the_same_queries_for_many(self, world, log, sign_in):
        client, url, taken = sign_in(world.county), reverse("service_review_many"), []
        for size in (2, 9):
            for number in range(size):
                log(result=f"第 {size} 批第 {number} 条")
            client.get(url)
            with CaptureQueriesContext(connection) as caught:
                client.get(url)
            taken.append(len(caught))
        assert taken[0] == taken[1] <= 16, taken

    def test_a_worker_has_no_bulk_review(self, world, sign_in):
        assert sign_in(world.worker).get(reverse("service_review_many")).status_code == 403

    def test_another_county_reviews_nothing_here(self, world, log, sign_in):
        record = log()
        client = sign_in(world.outsider)
        assert client.get(reverse("service_review", args=[record.pk])).status_code == 404
        client.post(reverse("service_review_many"), {"state": "ACCEPTED"})
        record.refresh_from_db()
        assert record.review_state == ReviewState.PENDING
