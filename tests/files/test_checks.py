"""What is taken and what is refused, by content; with the name of the file and the reason."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from files import pictures
from files.checks import BOTH, DOCUMENTS, IMAGES, checked
from tests.files.samples import office, pdf, photo, picture, upload


def refusal(name: str, content: bytes, kinds=BOTH) -> str:
    with pytest.raises(ValidationError) as caught:
        checked(upload(name, content), kinds)
    (message,) = caught.value.messages
    assert message.startswith(f"“{name}”")
    return message


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (picture("JPEG"), "JPEG", "a.jpg"),
        (picture("PNG"), "PNG", "a.png"),
        (picture("WEBP"), "WEBP", "a.webp"),
        (pdf(), "PDF", "a.pdf"),
        (office("docx"), "DOCX", "a.docx"),
        (office("xlsx"), "XLSX", "a.xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_kind_follows_from_the_content_whatever_the_name_says(content, kind, name):
    file = checked(upload("a.bin", content))
    assert (file.kind, file.name) == (kind, f"a.bin.{kind.lower()}".replace("jpeg", "jpg"))
    assert checked(upload(name, content)).name == name


def test_an_empty_file_is_refused():
    assert "空文件（0 字节）" in refusal("空.jpg", b"")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("程序.jpg", b"MZ\x90\x00" + b"\0" * 400, "内容是 EXE"),
        ("脚本.png", b"\x7fELF\x02\x01\x01" + b"\0" * 400, "不能上传"),
        ("网页.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "网页或 SVG"),
        ("图.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "网页或 SVG"),
        ("图.jpg", b"\xef\xbb\xbf  <svg onload='alert(1)'/>", "网页或 SVG"),
        ("动图.jpg", b"GIF89a" + b"\0" * 60, "内容是 GIF"),
        ("压缩.docx", b"Rar!\x1a\x07\x00" + b"\0" * 60, "内容是 RAR"),
        ("记事.pdf", "今天入户探访了三户老人。".encode(), "内容无法识别"),
        ("旧.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "另存为 .docx 或 .xlsx"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "兼容性最佳"),
        ("IMG_2.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "兼容性最佳"),
    ],
)
def test_what_is_something_else_is_refused_and_says_what_to_do(name, content, said):
    assert said in refusal(name, content)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused(form):
    whole = picture(form, size=(300, 200))
    assert "已损坏或不完整" in refusal("半张.jpg", whole[: len(whole) * 2 // 3])


def test_a_head_of_a_picture_before_something_else_is_refused():
    assert "已损坏或不完整" in refusal("假.jpg", b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 40)


def test_a_field_for_pictures_takes_no_document_and_the_other_way_round():
    assert "是 PDF 文件，这里只收 JPEG、PNG、WebP" in refusal("a.pdf", pdf(), IMAGES)
    assert "这里只收 PDF、DOCX、XLSX" in refusal("a.jpg", picture(), DOCUMENTS)


def test_a_program_hung_behind_a_picture_is_not_stored():
    file = checked(upload("双.jpg", picture() + b"PK\x03\x04 evil <script>"))
    assert b"evil" not in file.picture.data


# ---- sizes


def test_a_picture_and_a_document_have_limits_of_their_own(settings):
    settings.IMAGE_MAX_BYTES, settings.DOCUMENT_MAX_BYTES = 100, 2048
    large = picture(size=(200, 200))
    assert 100 < len(large) < 2000
    assert "超过图片的上限 100" in refusal("大.jpg", large)
    assert checked(upload("a.pdf", pdf())).kind == "PDF"
    assert "超过文件的上限 2 KB" in refusal("大.pdf", pdf("x" * 3000))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    """A PNG of 40 KB that says that it is 60,000 × 60,000 would take 14 GB."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    rows = zlib.compress(b"\0" * 1_000_000)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert "像素过多（最多 4000 万像素）" in refusal("炸弹.png", bomb)


@pytest.mark.parametrize(("form", "limit"), [("JPEG", "MAX_PIXELS_JPEG"), ("PNG", "MAX_PIXELS")])
def test_a_picture_a_little_over_the_limit_of_pixels_is_refused_too(monkeypatch, form, limit):
    monkeypatch.setattr(pictures, limit, 64 * 48)
    assert checked(upload("够.jpg", picture(form))).picture
    monkeypatch.setattr(pictures, limit, 64 * 48 - 1)
    assert "像素过多" in refusal("大.jpg", picture(form))


# ---- PDF


def test_a_pdf_that_ends_before_its_end_is_refused():
    assert "不完整" in refusal("断.pdf", pdf()[:-40])


def test_a_pdf_with_an_archive_behind_it_is_refused():
    assert "夹带" in refusal("双.pdf", pdf() + b"PK\x05\x06" + b"\0" * 18)


def test_a_pdf_that_does_not_begin_as_one_is_refused():
    assert "网页" in refusal("双.pdf", b"<html>" + pdf())


# ---- Word and Excel


def test_an_archive_of_other_things_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("照片/1.jpg", picture())
    assert "是压缩包" in refusal("照片.docx", out.getvalue())


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
@pytest.mark.parametrize(
    "more",
    [
        {"parts": {"word/vbaProject.bin": b"x"}},
        {"parts": {"xl/macrosheets/sheet1.xml": b"x"}},
        {"parts": {"word/activeX/activeX1.bin": b"x"}},
        {"types": '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'},
        {"types": '<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'},
    ],
    ids=["vba", "macro sheet", "control", "type vba", "type macro"],
)
def test_macros_and_controls_are_refused(ending, more):
    assert "宏或控件" in refusal(f"表.{ending}", office(ending, **more))


def test_a_zip_bomb_is_refused_without_being_unpacked():
    content = office("xlsx", {"xl/sheet1.xml": b"\0" * 210 * 1024 * 1024})
    assert len(content) < 300_000
    assert "解压后过大" in refusal("炸弹.xlsx", content)


def test_a_part_that_is_packed_too_tightly_is_refused():
    assert "解压后过大" in refusal("炸弹.docx", office("docx", {"word/big.xml": b" " * 8 * 1024 * 1024}))


def test_a_package_that_lies_about_the_size_of_a_part_is_refused():
    content = bytearray(office("docx", {"word/big.xml": b" " * 100_000}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)
    assert "已损坏" in refusal("谎.docx", bytes(content))


def test_a_broken_part_is_refused():
    content = bytearray(office("docx", {"word/body.xml": bytes(range(256)) * 40}))
    middle = content.find(b"word/body.xml") + 60
    content[middle : middle + 20] = b"\xff" * 20
    assert "已损坏" in refusal("坏.docx", bytes(content))


def test_a_truncated_package_is_refused():
    assert "已损坏" in refusal("断.docx", office("docx")[:-30])


@pytest.mark.parametrize("part", ["../../etc/passwd", "/etc/passwd", "..\\..\\windows\\x.dll"])
def test_a_part_that_points_outside_is_refused(part):
    assert "结构异常" in refusal("出.docx", office("docx", {part: b"x"}))


def test_a_package_with_something_before_it_is_refused():
    """Two in one: another file in front, which zip readers skip."""
    assert "不能上传" in refusal("双.docx", b"PK\x03\x04" + b"\0" * 100 + office("docx"))


def test_a_package_with_a_password_is_refused():
    content = bytearray(office("docx"))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert "已加密" in refusal("密.docx", bytes(content))


def test_a_form_of_a_phone_with_two_pictures_in_one_keeps_the_first():
    """Samsung and Apple write MPO: a JPEG with a second picture behind it."""
    out = io.BytesIO()
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    file = checked(upload("双.jpg", out.getvalue()))
    stored = Image.open(io.BytesIO(file.picture.data))
    assert stored.format == "JPEG"
    assert stored.getpixel((20, 15))[0] > 200


def test_the_same_upload_is_known_by_its_digest():
    assert checked(photo()).sha256 == checked(photo("另名.jpg")).sha256
    assert checked(photo()).sha256 != checked(photo(colour="green")).sha256
