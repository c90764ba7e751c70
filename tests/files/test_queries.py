"""What pages read: files of many rows at once, and the same picture somewhere else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Permission
from files.actions import remove
from files.models import Attachment
from files.queries import attachments_of, duplicates_of, visible_attachment
from stations.models import Station
from tests.files.samples import photo, picture, upload
from tests.files.test_pictures import exif


def test_a_row_says_all_that_a_page_shows(world, station, put):
    put(station, upload("入户.jpg", picture(exif=exif())))
    (row,) = attachments_of(world.county, [station])[station.pk]
    assert (row.name, row.kind, row.slot_label, row.uploaded_by) == ("入户.jpg", "JPEG 图片", "站点照片", "张（演示）")
    assert row.taken_at == datetime(2026, 9, 18, 14, 3, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert row.size.endswith("bytes") or row.size.endswith("字节") or row.size.endswith("KB")
    assert (row.is_image, bool(row.thumbnail_url), bool(row.remove_url)) == (True, True, True)
    assert not row.duplicates


def test_files_come_in_the_order_of_upload_and_a_target_without_any_has_none(world, put):
    one, two = world.station(), world.station("锦纶街道社工站")
    put(one, photo("一.jpg"))
    put(one, photo("二.jpg", colour="green"))
    found = attachments_of(world.county, [one, two])
    assert [row.name for row in found[one.pk]] == ["一.jpg", "二.jpg"]
    assert found[two.pk] == []
    assert attachments_of(world.county, []) == {}


def test_a_slot_can_be_asked_for(world, station, put):
    put(station)
    assert attachments_of(world.county, [station], slot="scan")[station.pk] == []
    assert len(attachments_of(world.county, [station], slot="photo")[station.pk]) == 1


def test_files_of_a_target_outside_are_not_shown_even_when_a_page_asks(world, put):
    outside = world.station("明星镇社工站")
    put(outside)
    assert attachments_of(world.county, [outside]) == {outside.pk: []}


def test_the_number_of_queries_does_not_grow_with_rows(world, put):
    one, two = world.station(), world.station("锦纶街道社工站")
    for number, name in enumerate("一二三四五六"):
        put(two, photo(f"{name}.jpg", colour=(number, 0, 0)))
    put(one)
    put(one, photo(colour=(1, 0, 0)))
    world.county.current_postings()
    counts = []
    for some in ([one], [one, two]):
        with CaptureQueriesContext(connection) as queries:
            attachments_of(world.county, some)
        counts.append(len(queries))
    assert counts == [4, 4]  # files, what may be removed, the same pictures, the stations that have them


def test_without_files_it_costs_one_query(world, station, django_assert_num_queries):
    world.county.current_postings()
    with django_assert_num_queries(1):
        attachments_of(world.county, [station])


def test_one_file_and_many_are_asked_for_by_the_same_gate(world, put):
    rows = [put(station)[0] for station in Station.objects.select_related("unit")]
    for user in world.users.values():
        many = set(Attachment.objects.visible_to(user).values_list("pk", flat=True))
        assert many == {row.pk for row in rows if visible_attachment(user, row.pk)}
    assert Attachment.objects.visible_to(world.root).count() == len(rows)
    assert Attachment.objects.visible_to(world.root, Permission.MANAGE_WORKERS).count() == 0


# ---- duplicates


def only(world, user, station):
    (row,) = attachments_of(user, [station])[station.pk]
    return row.duplicates


def test_the_same_photo_with_other_metadata_is_found_and_leads_to_the_other_station(world, put):
    one, two = world.station(), world.station("锦纶街道社工站")
    put(one, upload("一.jpg", picture(exif=exif())))
    put(two, upload("二.jpg", picture()))
    found = only(world, world.county, one)
    assert [(place.label, place.url) for place in found.places] == [
        ("锦纶街道社工站（站点照片）", reverse("station_detail", args=[two.pk]))
    ]
    assert found.hidden == 0


def test_a_photo_that_was_downloaded_here_and_sent_again_is_found_from_both_sides(world, put):
    one, two = world.station(), world.station("锦纶街道社工站")
    (row,) = put(one, photo(size=(400, 300)))
    put(two, upload("下载.jpg", default_storage.open(row.stored_name).read()))
    assert only(world, world.county, one).places[0].label.startswith("锦纶街道")
    assert only(world, world.county, two).places[0].label.startswith("北关街道")


def test_what_lies_outside_the_scope_is_counted_and_not_named(world, put):
    one = world.station()
    put(one)
    put(world.station("明星镇社工站"))
    put(world.station("酒泉路街道社工站"))
    found = only(world, world.county, one)
    assert (found.places, found.hidden) == ([], 2)
    html = render_to_string("components/attachments.html", {"items": attachments_of(world.county, [one])[one.pk]})
    assert "另有 2 处使用，不在您的管辖范围内" in html
    assert "明星镇" not in html
    assert [place.label for place in only(world, world.city, one).places] == ["明星镇社工站（站点照片）"]


def test_the_same_photo_twice_at_one_station_is_told_too(world, station, put):
    put(station, photo("一.jpg"), photo("二.jpg"))
    rows = attachments_of(world.county, [station])[station.pk]
    assert [len(row.duplicates.places) for row in rows] == [1, 1]
    html = render_to_string("components/attachments.html", {"items": rows})
    assert "同一张照片还用于" in html


def test_a_removed_photo_is_no_duplicate(world, put):
    (row,) = put(world.station("锦纶街道社工站"))
    put(world.station())
    remove(by=world.county, attachment=row, reason="重复")
    assert not only(world, world.county, world.station())


def test_another_photo_is_no_duplicate(world, put):
    put(world.station(), photo())
    put(world.station("锦纶街道社工站"), photo(colour="green"))
    assert not only(world, world.county, world.station())


def test_nothing_asked_nothing_found(world):
    assert duplicates_of(world.county, []) == {}
    assert not Attachment.objects.exists()
