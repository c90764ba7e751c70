"""Opening, downloading and removing files: headers, and who may."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.roles import Permission
from files import registry
from files.actions import attach, remove
from files.models import Attachment
from files.queries import attachments_of
from files.registry import Slot, attachable
from stations.models import Station
from tests.files.samples import office, pdf, photo, upload


@pytest.fixture
def open_slot(monkeypatch):
    """Stations take any file, for this test."""
    monkeypatch.setattr(registry, "_ATTACHABLE", dict(registry._ATTACHABLE))
    attachable(Station, view=Permission.VIEW, change=Permission.EDIT_STATION, slots={"photo": Slot("材料")})


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_picture_opens_in_the_browser_and_nothing_of_it_may_run(world, sign_in, station, put):
    (row,) = put(station, photo("入户 走访.jpg"))
    response = sign_in(world.county).get(reverse("file_open", args=[row.pk]))
    assert body(response) == default_storage.open(row.stored_name).read()
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == f"inline; filename*=utf-8''{quote('入户 走访.jpg')}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert response["Cache-Control"] == "private, max-age=600"
    assert int(response["Content-Length"]) == row.size


def test_the_thumbnail_is_a_small_jpeg(world, sign_in, station, put):
    (row,) = put(station, photo(form="PNG", size=(800, 600)))
    response = sign_in(world.county).get(reverse("file_thumbnail", args=[row.pk]))
    assert response["Content-Type"] == "image/jpeg"
    assert body(response) == default_storage.open(row.thumbnail_name).read()


@pytest.mark.parametrize(
    ("name", "content", "disposition"),
    [
        ("报告.pdf", pdf(), "inline"),
        ("方案.docx", office("docx"), "attachment"),
        ("表.xlsx", office("xlsx"), "attachment"),
    ],
)
def test_a_pdf_opens_and_other_documents_are_saved(world, sign_in, station, put, open_slot, name, content, disposition):
    (row,) = put(station, upload(name, content))
    response = sign_in(world.county).get(reverse("file_open", args=[row.pk]))
    assert response["Content-Disposition"] == f"{disposition}; filename*=utf-8''{quote(name)}"
    assert response["Content-Type"] == row.file_kind.content_type
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert body(response) == content
    assert sign_in(world.county).get(reverse("file_thumbnail", args=[row.pk])).status_code == 404


def test_who_has_the_file_already_is_told_so(world, sign_in, station, put):
    (row,) = put(station)
    client, url = sign_in(world.county), reverse("file_open", args=[row.pk])
    etag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=600"


@pytest.mark.parametrize("page", ["file_open", "file_thumbnail", "file_remove"])
def test_another_county_and_another_station_get_404(world, sign_in, station, put, page):
    (row,) = put(station)
    url = reverse(page, args=[row.pk])
    assert sign_in(world.outsider).get(url).status_code == 404
    assert sign_in(world.outsider).post(url, {"reason": "x"}).status_code in (404, 405)
    assert sign_in(world.county).get(url).status_code == 200
    assert Attachment.objects.standing().count() == 1


def test_the_gate_is_the_targets_and_not_the_files_unit(world, sign_in, station):
    """The row says another county; its target decides."""
    (row,) = attach(by=None, target=station, unit=world.units["太谷区"], files=[photo()], slot="photo")
    url = reverse("file_open", args=[row.pk])
    assert sign_in(world.outsider).get(url).status_code == 404
    assert sign_in(world.county).get(url).status_code == 200


def test_the_right_that_the_targets_model_declares_is_asked_for(world, sign_in, station, put, monkeypatch):
    monkeypatch.setattr(registry, "_ATTACHABLE", {})
    attachable(Station, view=Permission.VIEW_FUNDS, change=Permission.SPEND_FUNDS, slots={"photo": "凭证"})
    (row,) = put(station)
    url = reverse("file_open", args=[row.pk])
    assert sign_in(world.worker).get(url).status_code == 404
    assert sign_in(world.auditor).get(url).status_code == 200
    assert attachments_of(world.worker, [station]) == {station.pk: []}


def test_a_removed_file_is_gone_for_everybody(world, sign_in, station, put):
    (row,) = put(station)
    remove(by=world.county, attachment=row, reason="错")
    for page in ("file_open", "file_thumbnail", "file_remove"):
        assert sign_in(world.county).get(reverse(page, args=[row.pk])).status_code == 404


def test_a_file_that_storage_lost_is_not_an_error_of_the_program(world, sign_in, station, put):
    (row,) = put(station)
    default_storage.delete(row.stored_name)
    assert sign_in(world.county).get(reverse("file_open", args=[row.pk])).status_code == 404


def test_removing_asks_why_and_goes_back_to_the_station(world, sign_in, station, put):
    (row,) = put(station, photo("错.jpg"))
    client, url = sign_in(world.worker), reverse("file_remove", args=[row.pk])
    assert "北关街道社工站（站点照片）" in client.get(url).content.decode()
    assert "必填" in client.post(url, {"reason": ""}).content.decode()
    assert Attachment.objects.standing().count() == 1
    response = client.post(url, {"reason": "拍错了地方"})
    assert response.url == reverse("station_detail", args=[station.pk])
    row.refresh_from_db()
    assert row.removal_reason == "拍错了地方"


def test_who_may_not_change_the_target_may_not_remove(world, sign_in, station, put):
    (row,) = put(station)
    response = sign_in(world.city).post(reverse("file_remove", args=[row.pk]), {"reason": "错"})
    assert response.status_code == 403
    assert Attachment.objects.standing().count() == 1


def test_opening_costs_two_queries_about_the_file(world, sign_in, station, put, django_assert_num_queries):
    (row,) = put(station)
    client = sign_in(world.county)
    with django_assert_num_queries(5):  # session, user, postings, the file, its target
        client.get(reverse("file_open", args=[row.pk]))


# ---- the component


def shown(items, **more) -> str:
    return render_to_string("components/attachments.html", {"items": items, **more})


def test_the_component_shows_pictures_documents_and_the_way_to_remove(world, station, put, open_slot):
    put(station, photo("一.jpg"), upload("表.xlsx", office("xlsx")))
    html = shown(attachments_of(world.worker, [station])[station.pk])
    picture, table = Attachment.objects.all()
    assert reverse("file_thumbnail", args=[picture.pk]) in html
    assert reverse("file_thumbnail", args=[table.pk]) not in html
    assert "Excel 表格" in html
    assert html.count(">移除<") == 2
    assert ">移除<" not in shown(attachments_of(world.city, [station])[station.pk])


def test_the_component_says_what_the_page_wants_when_there_is_nothing():
    assert shown([]).strip() == ""
    assert "还没有照片" in shown([], none="还没有照片")
