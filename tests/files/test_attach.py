"""Attaching and removing: rows, stored files, the trail, limits."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from files.actions import attach, remove
from files.checks import checked
from files.models import Attachment
from files.queries import attachments_of
from tests.files.samples import pdf, photo, upload


def test_a_photo_becomes_a_row_with_its_picture_and_thumbnail_in_storage(world, station, put):
    (row,) = put(station, photo())
    assert (row.target, row.unit, row.slot, row.uploaded_by) == (station, station.unit, "photo", world.worker)
    assert (row.name, row.kind, row.width, row.height) == ("现场.jpg", "JPEG", 64, 48)
    assert default_storage.size(row.stored_name) == row.size
    assert default_storage.exists(row.thumbnail_name)


def test_what_is_stored_does_not_carry_the_users_name(world, station, put):
    (row,) = put(station, photo("秘密.jpg"))
    assert "秘密" not in row.stored_name + row.thumbnail_name
    assert row.stored_name.endswith(".jpg")


def test_files_checked_by_a_form_are_taken_as_they_are(world, station, put):
    (row,) = put(station, checked(photo()))
    assert row.kind == "JPEG"


def test_no_files_leave_no_event(world, station, put):
    assert attach(by=None, target=station, unit=station.unit, files=[], slot="photo") == []
    assert not AuditEvent.objects.filter(verb="上传附件").exists()


def test_the_trail_of_the_target_names_the_files(world, station, put):
    put(station, photo("一.jpg"), photo("二.jpg", colour="green"))
    event = AuditEvent.objects.get(verb="上传附件")
    assert (event.target_type, event.target_id) == ("stations.station", str(station.pk))
    assert event.changes == {"站点照片": [None, ["一.jpg", "二.jpg"]]}


def test_one_bad_file_refuses_all_and_is_named_for_the_slots_field(world, station, put):
    with pytest.raises(ValidationError) as caught:
        put(station, photo(), upload("坏.jpg", b"MZ\x90" + b"\0" * 300))
    assert list(caught.value.message_dict) == ["photo"]
    assert "坏.jpg" in caught.value.messages[0]
    assert not Attachment.objects.exists()


def test_a_slot_takes_its_own_kinds_only(world, station, put):
    with pytest.raises(ValidationError, match="PDF"):
        put(station, upload("通知.pdf", pdf()))
    with pytest.raises(ValidationError, match="PDF"):
        put(station, checked(upload("通知.pdf", pdf())))


def test_a_slot_takes_so_many_and_no_more(world, station, put):
    put(station, *(photo(colour=(n, 0, 0)) for n in range(29)))
    with pytest.raises(ValidationError, match="最多 30 个文件，已有 29 个，这次又选了 2 个"):
        put(station, photo(colour="pink"), photo(colour="white"))
    assert Attachment.objects.count() == 29


def test_a_slot_or_model_that_nobody_declared_is_an_error_of_the_program(world, station, put):
    with pytest.raises(ImproperlyConfigured):
        attach(by=None, target=station, unit=station.unit, files=[photo()], slot="x")
    with pytest.raises(ImproperlyConfigured):
        attach(by=None, target=world.county, unit=station.unit, files=[photo()])


def test_a_rollback_leaves_no_row(world, station, put):
    with pytest.raises(RuntimeError), transaction.atomic():
        put(station, photo())
        raise RuntimeError
    assert not Attachment.objects.exists()
    assert not AuditEvent.objects.filter(verb="上传附件").exists()


def test_a_removed_file_is_kept_with_its_reason_and_no_longer_shown(world, station, put):
    (row,) = put(station, photo())
    remove(by=world.county, attachment=row, reason="拍错了地方")
    row.refresh_from_db()
    assert (row.removed_by, row.removal_reason) == (world.county, "拍错了地方")
    assert default_storage.exists(row.stored_name)
    assert attachments_of(world.county, [station]) == {station.pk: []}
    event = AuditEvent.objects.get(verb="移除附件")
    assert (event.target_id, event.reason) == (str(station.pk), "拍错了地方")
    assert event.changes == {"站点照片": ["现场.jpg", None]}


def test_removing_asks_for_a_reason_and_happens_once(world, station, put):
    (row,) = put(station, photo())
    with pytest.raises(ValidationError, match="请填写移除理由"):
        remove(by=world.county, attachment=row, reason="  ")
    remove(by=world.county, attachment=row, reason="重复")
    with pytest.raises(ValidationError, match="已经被移除"):
        remove(by=world.county, attachment=row, reason="重复")


@pytest.mark.parametrize(
    "wrong",
    [{"removal_reason": "没有时间"}, {"width": None}, {"thumbnail_name": ""}, {"size": 0}],
)
def test_the_database_refuses_half_a_row(station, put, wrong):
    (row,) = put(station, photo())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=row.pk).update(**wrong)
