"""Where files lie: under var/ or in a bucket, and the sweep of what no row names."""

from __future__ import annotations

from datetime import timedelta

import boto3
import environ
import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from moto import mock_aws

from config.media import attachment_storage
from files import stored
from files.actions import sweep
from files.models import Attachment
from files.tasks import sweep as sweep_task
from tests.files.samples import photo

BUCKET = "shezhan-files"
KEYS = {"S3_BUCKET": BUCKET, "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret", "S3_REGION": "us-east-1"}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def bucket(settings, monkeypatch):
    """The default storage is a bucket, as the environment sets it."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        settings.STORAGES = {**settings.STORAGES, "default": attachment_storage(environ.Env())}
        yield client


def keys_in(client) -> set[str]:
    return {item["Key"] for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


# ---- the sweep


def strays(media) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def test_what_a_rollback_left_is_dropped_when_it_is_older_than_a_day(media, station, put, time_machine):
    time_machine.move_to("2026-10-18T10:00:00+08:00", tick=False)
    (row,) = put(station)
    with pytest.raises(RuntimeError), transaction.atomic():
        put(station, photo(colour="green"))
        raise RuntimeError
    assert len(strays(media)) == 4
    time_machine.move_to("2026-10-19T23:00:00+08:00", tick=False)
    assert sweep() == 0  # a transaction may still be open, a clock may differ
    time_machine.move_to("2026-10-20T03:20:00+08:00", tick=False)
    assert sweep() == 2
    assert strays(media) == {row.stored_name, row.thumbnail_name}
    assert sweep() == 0


def test_a_thumbnail_that_was_stored_after_midnight_is_not_swept(media, station, put, time_machine):
    time_machine.move_to("2026-10-18T23:59:59+08:00", tick=False)
    (row,) = put(station)
    time_machine.move_to("2026-10-19T00:00:01+08:00", tick=False)
    row.thumbnail_name = stored.keep(b"a thumbnail", ".jpg")
    row.save()
    time_machine.move_to("2026-10-25T03:20:00+08:00", tick=False)
    sweep()
    assert row.thumbnail_name in strays(media)


def test_a_removed_file_is_not_swept(media, world, station, put, time_machine):
    time_machine.move_to("2026-10-18T10:00:00+08:00", tick=False)
    put(station)
    Attachment.objects.update(removed_at=timezone.now() + timedelta(minutes=1), removal_reason="错")
    time_machine.move_to("2026-10-25T03:20:00+08:00", tick=False)
    sweep_task()
    assert len(strays(media)) == 2


def test_what_lies_elsewhere_in_storage_is_let_be(media, db, time_machine):
    time_machine.move_to("2026-10-20T03:20:00+08:00", tick=False)
    default_storage.save("attachments/notes.txt", ContentFile(b"x"))
    default_storage.save("other/2026/10/18/a.jpg", ContentFile(b"x"))
    assert sweep() == 0
    assert len(strays(media)) == 2


def test_a_stray_is_found_for_a_month(media, db, time_machine):
    time_machine.move_to("2026-10-01T10:00:00+08:00", tick=False)
    stored.keep(b"x", ".jpg")
    time_machine.move_to("2026-11-01T03:20:00+08:00", tick=False)
    assert sweep() == 1


# ---- S3


def test_with_a_bucket_files_are_stored_served_and_swept_there(bucket, world, sign_in, station, put, time_machine):
    (row,) = put(station)
    assert keys_in(bucket) == {row.stored_name, row.thumbnail_name}
    client = sign_in(world.county)
    response = client.get(reverse("file_open", args=[row.pk]))
    assert b"".join(response.streaming_content) == bucket.get_object(Bucket=BUCKET, Key=row.stored_name)["Body"].read()
    assert response["Content-Type"] == "image/jpeg"
    assert sign_in(world.outsider).get(reverse("file_open", args=[row.pk])).status_code == 404
    stray = stored.keep(b"x", ".jpg")
    time_machine.move_to(timezone.now() + timedelta(days=3), tick=False)
    assert sweep() == 1
    assert stray not in keys_in(bucket)
    assert row.stored_name in keys_in(bucket)


def test_a_file_that_the_bucket_lost_is_404(bucket, world, sign_in, station, put):
    (row,) = put(station)
    bucket.delete_object(Bucket=BUCKET, Key=row.stored_name)
    assert sign_in(world.county).get(reverse("file_open", args=[row.pk])).status_code == 404


def test_stored_files_have_no_public_address_and_no_public_rights(bucket, station, put):
    (row,) = put(station)
    with pytest.raises(NotImplementedError):
        storages["default"].url(row.stored_name)
    grants = bucket.get_object_acl(Bucket=BUCKET, Key=row.stored_name)["Grants"]
    assert not any("AllUsers" in grant["Grantee"].get("URI", "") for grant in grants)


def test_a_prefix_keeps_the_product_in_its_part_of_the_bucket(bucket, settings, monkeypatch, station, put):
    monkeypatch.setenv("S3_PREFIX", "shezhan")
    settings.STORAGES = {**settings.STORAGES, "default": attachment_storage(environ.Env())}
    (row,) = put(station)
    assert f"shezhan/{row.stored_name}" in keys_in(bucket)
    assert stored.names_of(timezone.localdate()) == {row.stored_name, row.thumbnail_name}


def test_an_endpoint_and_its_way_of_addressing_are_passed_on(monkeypatch):
    more = {"S3_ENDPOINT_URL": "https://minio.example:9000", "S3_ADDRESSING_STYLE": "path"}
    for name, value in {**KEYS, **more}.items():
        monkeypatch.setenv(name, value)
    options = attachment_storage(environ.Env())["OPTIONS"]
    assert (options["endpoint_url"], options["addressing_style"]) == ("https://minio.example:9000", "path")


def test_without_a_bucket_files_lie_on_disk(monkeypatch):
    monkeypatch.delenv("S3_BUCKET", raising=False)
    assert attachment_storage(environ.Env())["BACKEND"].endswith("FileSystemStorage")


def test_a_bucket_without_keys_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("S3_BUCKET", BUCKET)
    monkeypatch.delenv("S3_ACCESS_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured):
        attachment_storage(environ.Env())


def test_the_mocked_bucket_is_a_real_check():
    with mock_aws(), pytest.raises(ClientError):
        boto3.client("s3", region_name="us-east-1").get_object(Bucket=BUCKET, Key="x")
