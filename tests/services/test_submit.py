"""What a phone sends that it saved without a connection: one record, judged by when it was saved, answers in JSON."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.months import Month
from files.models import Attachment
from services import moments
from services.actions import lock_month
from services.models import ServiceRecord
from tests.files.samples import photo
from tests.services.conftest import NOW, TODAY

SUBMIT = reverse("service_submit")


@pytest.fixture(autouse=True)
def _at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(world, team, sign_in):
    return sign_in(world.worker)


def entry(world, team, *, saved=NOW, device=NOW, **changes) -> dict:
    """As the service worker sends it; None leaves a field out."""
    data = {
        "station_id": world.station().pk,
        "client_id": str(uuid.uuid4()),
        "when": TODAY.isoformat(),
        "method": "VISIT",
        "domain": "ELDERLY_CARE",
        "contacts": "3",
        "hours": "1.5",
        "workers": [team.zhang.pk],
        "title": "探访独居老人",
        "user": world.worker.pk,
        "captured_at": saved.isoformat(),
        "device_now": device.isoformat(),
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


# ---- one record -----------------------------------------------------------------------------------------------------


def test_an_entry_is_saved_with_its_photos_and_told_where_it_is(page, world, team):
    answer = page.post(SUBMIT, entry(world, team, photo=[photo(), photo("b.jpg", colour="teal")]))
    record = ServiceRecord.objects.get()
    assert answer.status_code == 201
    assert answer.json()["state"] == "saved"
    assert answer.json()["url"] == reverse("service_detail", args=[record.pk])
    assert Attachment.objects.filter(target_id=record.pk, slot="photo").count() == 2


def test_a_repeat_after_a_lost_answer_gives_the_first_record_and_no_photo_twice(page, world, team):
    data = entry(world, team)
    first = page.post(SUBMIT, {**data, "photo": [photo()]}).json()
    again = page.post(SUBMIT, {**data, "photo": [photo()]})
    assert (again.status_code, again.json()["state"], again.json()["url"]) == (200, "exists", first["url"])
    assert ServiceRecord.objects.count() == 1
    assert Attachment.objects.count() == 1


def test_a_repeat_that_says_something_else_is_told_so_and_changes_nothing(page, world, team):
    data = entry(world, team)
    page.post(SUBMIT, data)
    answer = page.post(SUBMIT, {**data, "contacts": "9"}).json()
    assert answer["state"] == "differs"
    assert ServiceRecord.objects.get().contacts == 3


def test_a_repeat_of_what_was_locked_meanwhile_is_still_the_first_record(page, world, team):
    data = entry(world, team)
    page.post(SUBMIT, data)
    lock_month(by=None, station=world.station(), month=Month.of(TODAY), reason="已报")
    assert page.post(SUBMIT, data).json()["state"] == "exists"


# ---- refusals -------------------------------------------------------------------------------------------------------


def test_errors_come_by_field_in_words(page, world, team):
    answer = page.post(SUBMIT, entry(world, team, method=None, contacts="0"))
    assert answer.status_code == 400
    assert answer.json()["state"] == "refused"
    assert answer.json()["errors"]["method"] == ["请选择方法"]
    assert not ServiceRecord.objects.exists()


def test_a_refused_photo_saves_nothing(page, world, team):
    broken = photo()
    broken.file.truncate(200)
    answer = page.post(SUBMIT, entry(world, team, photo=[broken]))
    assert answer.json()["state"] == "refused"
    assert "photo" in answer.json()["errors"]
    assert not ServiceRecord.objects.exists()


def test_a_locked_month_is_409_and_says_whom_to_ask(page, world, team):
    lock_month(by=None, station=world.station(), month=Month.of(TODAY), reason="已报")
    answer = page.post(SUBMIT, entry(world, team))
    assert answer.status_code == 409
    assert answer.json()["state"] == "locked"
    assert "联系县级民政部门" in answer.json()["errors"][""][0]


def test_a_station_outside_and_a_right_that_was_lost_are_told_in_json(page, world, team, sign_in):
    outside = page.post(SUBMIT, entry(world, team, station_id=world.station("明星镇社工站").pk))
    assert (outside.status_code, outside.json()["state"]) == (404, "forbidden")
    lost = sign_in(world.county).post(SUBMIT, entry(world, team, user=world.county.pk))
    assert (lost.status_code, lost.json()["state"]) == (403, "forbidden")
    assert lost.json()["errors"]["station_id"]


def test_another_users_entry_is_not_taken(page, world, team):
    answer = page.post(SUBMIT, entry(world, team, user=world.township.pk))
    assert (answer.status_code, answer.json()["state"]) == (409, "other_user")
    assert not ServiceRecord.objects.exists()


def test_signed_out_is_401_in_json_to_the_worker_and_a_page_to_people(client, world, team):
    answer = client.post(SUBMIT, entry(world, team), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["state"]) == (401, "signed_out")
    passed_on = client.post(reverse("service_log"), headers={"Accept": "text/html", "X-Offline-Worker": "1"})
    assert passed_on.status_code == 401
    assert client.post(reverse("service_log")).status_code == 302


def test_the_greeting_gives_each_user_keys_of_their_own(page, world, sign_in, settings):
    mine, theirs = page.get(SUBMIT).json(), sign_in(world.township).get(SUBMIT).json()
    assert mine["user"] == world.worker.pk
    assert mine["csrf"]
    assert mine["keys"] != theirs["keys"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert sign_in(world.worker).get(SUBMIT).json()["keys"][1:] == mine["keys"]


# ---- when an entry counts as made (R6) ------------------------------------------------------------------------------


def test_an_entry_saved_in_time_and_sent_late_is_on_time_and_says_when_it_arrived(page, world, team):
    served, saved = TODAY - timedelta(days=4), NOW - timedelta(days=3)
    page.post(SUBMIT, entry(world, team, saved=saved, when=served.isoformat()))
    record = ServiceRecord.objects.get()
    assert record.on_time
    assert (record.entered_at, record.captured_at, record.received_at) == (saved, saved, NOW)
    assert "离线登记，10月20日 10:00 送达" in page.get(reverse("service_detail", args=[record.pk])).content.decode()


def test_a_claim_that_cannot_be_true_is_shown_and_not_believed(page, world, team):
    served, saved = TODAY - timedelta(days=12), NOW - timedelta(days=12)
    page.post(SUBMIT, entry(world, team, saved=saved, when=served.isoformat()))
    record = ServiceRecord.objects.get()
    assert not record.on_time
    assert (record.entered_at, record.captured_at) == (NOW, saved)
    assert "不可采信" in page.get(reverse("service_detail", args=[record.pk])).content.decode()


def test_the_phones_clock_is_corrected_by_ours(page, world, team):
    wrong = timedelta(days=200)
    page.post(SUBMIT, entry(world, team, saved=NOW - wrong - timedelta(hours=2), device=NOW - wrong))
    assert ServiceRecord.objects.get().entered_at == NOW - timedelta(hours=2)


@pytest.mark.parametrize("said", ["", "gestern", "2026-10-20T10:00:00", "0001-01-01T00:00:00+00:00"])
def test_a_moment_that_cannot_be_read_claims_nothing(said, page, world, team):
    page.post(SUBMIT, entry(world, team, captured_at=said))
    record = ServiceRecord.objects.get()
    assert (record.entered_at, record.captured_at, record.received_at) == (NOW, None, None)


def test_the_ordinary_form_claims_nothing(page, world, team):
    data = entry(world, team, saved=NOW - timedelta(days=2), judged_for=TODAY.isoformat())
    page.post(reverse("service_log"), data)
    assert ServiceRecord.objects.get().captured_at is None


def test_the_database_keeps_the_moments_together(log):
    record = log()
    for wrong in ({"captured_at": NOW}, {"received_at": NOW}, {"captured_at": NOW, "received_at": NOW - timedelta(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ServiceRecord.objects.filter(pk=record.pk).update(**wrong)


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(claimed=INSTANTS, received=INSTANTS, ended=st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_no_claim_moves_an_entry_more_than_a_week_back_nor_ahead_of_its_arrival(claimed, received, ended):
    moment = moments.entered_at(claimed, received, ended)
    assert received - moments.BELIEVED <= moment <= received
    assert moment in (claimed, received)


# ---- pages and files of the app -------------------------------------------------------------------------------------


def test_manifest_worker_and_offline_page_open_before_sign_in(client, db):
    manifest = client.get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} >= {"192x192", "512x512"}
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    assert "importScripts(" in worker.content.decode()
    assert "worker-src 'self'" in worker["Content-Security-Policy"]
    assert "没有网络" in client.get("/offline/").content.decode()


def test_only_who_logs_services_gets_the_app(page, world, sign_in):
    assert "data-offline-app" in page.get(reverse("today")).content.decode()
    official = sign_in(world.county).get(reverse("service_list")).content.decode()
    assert "data-offline-app" not in official
    assert f'data-user="{world.county.pk}"' in official


def test_the_queue_page_holds_no_data(page):
    text = page.get(reverse("service_waiting")).content.decode()
    assert "待发送" in text
    assert "data-waiting" in text
