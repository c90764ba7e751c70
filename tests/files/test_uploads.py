"""Files over the wire: the field, its widget, and what is larger than the limits."""

from __future__ import annotations

import tracemalloc

import pytest
from django.conf import settings as product
from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile

from files.checks import checked
from files.uploads import Overlong
from tests.files.samples import pdf, photo, picture, upload
from tests.files.upload_site import PhotoForm

pytestmark = pytest.mark.urls("tests.files.upload_site")
MEGABYTE = 1024 * 1024


@pytest.fixture
def send(world, sign_in):
    client = sign_in(world.worker)
    return lambda *files, **more: client.post("/upload/", {"title": "入户", "photos": list(files), **more})


def test_several_files_come_in_at_once(send):
    assert send(photo("一.jpg"), photo("二.jpg")).content.decode() == "一.jpg；二.jpg"


def test_a_path_as_a_name_is_only_a_name(send):
    assert send(photo("../../x.jpg")).content.decode() == "x.jpg"


def test_a_file_of_50_megabytes_gets_a_message_and_not_an_error(send):
    response = send(upload("视频.jpg", b"\xff\xd8\xff\xe0" + b"\0" * (50 * MEGABYTE)))
    assert response.status_code == 200
    assert "“视频.jpg”有 50 MB，超过文件的上限 15 MB，请压缩或拆分后再上传" in response.content.decode()


def test_an_empty_file_over_the_wire_is_named(send):
    assert "“空.jpg”是空文件（0 字节）" in send(upload("空.jpg", b"")).content.decode()


def test_every_bad_file_is_named_and_none_is_taken(send):
    html = send(
        upload("一.jpg", b"GIF89a" + b"\0" * 60), upload("二.jpg", b"MZ" + b"\0" * 99), photo()
    ).content.decode()
    assert "“一.jpg”" in html
    assert "“二.jpg”" in html


def test_more_files_than_the_field_takes_are_refused(send):
    html = send(*(photo(f"{n}.jpg") for n in range(4))).content.decode()
    assert "最多选择 3 个文件，这次选了 4 个" in html


def test_a_required_field_asks_for_a_file(send):
    assert "请选择文件" in send().content.decode()


def test_when_the_form_comes_back_it_says_that_the_files_must_be_chosen_again(send):
    html = send(photo(), photo("二.jpg"), title="").content.decode()
    assert "刚才选择的 2 个文件没有保存，请重新选择" in html


def test_the_picker_offers_what_is_taken_and_does_not_force_the_camera():
    html = str(PhotoForm()["photos"])
    assert "multiple" in html
    assert "image/jpeg,.jpg,image/png,.png,image/webp,.webp" in html
    assert "capture" not in html
    assert "JPEG、PNG、WebP 每个不超过 15 MB" in PhotoForm()["photos"].help_text
    assert PhotoForm().is_multipart()


def parsed(rf, *files):
    """The uploads of a request, as the handlers of the product leave them."""
    return rf.post("/upload/", {"photos": list(files)}).FILES.getlist("photos")


def test_a_large_upload_lies_on_disk(rf):
    (found,) = parsed(rf, upload("a.pdf", b"\0" * (5 * MEGABYTE)))
    assert isinstance(found, TemporaryUploadedFile)


def test_what_is_beyond_the_limit_is_counted_and_not_kept(rf, settings):
    settings.DOCUMENT_MAX_BYTES = settings.IMAGE_MAX_BYTES = 3 * MEGABYTE
    large, small = parsed(rf, upload("大.pdf", b"\0" * (8 * MEGABYTE)), upload("小.pdf", pdf()))
    assert isinstance(large, Overlong)
    assert (large.size, large.read()) == (8 * MEGABYTE, b"")
    assert small.read() == pdf()


def test_all_files_of_a_request_together_have_a_limit(rf, settings):
    settings.UPLOAD_MAX_BYTES = 3 * MEGABYTE
    found = parsed(rf, *(upload(f"{n}.pdf", b"\0" * (2 * MEGABYTE)) for n in range(3)))
    assert [getattr(file, "beyond_request", False) for file in found] == [False, True, True]


def test_a_file_beyond_the_requests_limit_is_named_with_what_to_do(send, settings):
    settings.UPLOAD_MAX_BYTES = len(picture()) + 10
    html = send(photo("一.jpg"), photo("二.jpg")).content.decode()
    assert "“二.jpg”没有收完：一次上传合计不能超过" in html
    assert "“一.jpg”" not in html


def test_the_limits_are_settings_of_the_product():
    assert product.FILE_UPLOAD_HANDLERS[0] == "files.uploads.Watch"
    assert (product.IMAGE_MAX_BYTES, product.DOCUMENT_MAX_BYTES) == (15 * MEGABYTE, 30 * MEGABYTE)


def test_reading_a_large_document_takes_little_memory(tmp_path):
    """Sparse on disk, 28 MB to whoever reads it."""
    path = tmp_path / "大.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(28 * MEGABYTE)
        file.seek(0, 2)
        file.write(b"startxref\n9\n%%EOF\n")
    with path.open("rb") as file:
        tracemalloc.start()
        assert checked(File(file, name="大.pdf")).kind == "PDF"
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 * MEGABYTE
