"""Pictures are written anew: smaller, upright, without what the camera wrote; the time of capture is kept."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from files.checks import checked
from files.pictures import Picture
from tests.files.samples import picture, upload

BASE = ExifTags.Base
SHANGHAI = ZoneInfo("Asia/Shanghai")


def exif(taken: str | None = "2026:09:18 14:03:05", offset: str | None = None, orientation: int = 1) -> Image.Exif:
    """What a phone writes: maker, model, serial number, owner, position, capture time."""
    block = Image.Exif()
    block[BASE.Make], block[BASE.Model], block[BASE.Software] = "HUAWEI", "ALN-AL10", "HarmonyOS"
    block[BASE.Orientation], block[BASE.Artist] = orientation, "张某某"
    inner = block.get_ifd(ExifTags.IFD.Exif)
    inner[BASE.BodySerialNumber] = "SN-778899"
    if taken:
        inner[BASE.DateTimeOriginal] = taken
    if offset:
        inner[BASE.OffsetTimeOriginal] = offset
    place = block.get_ifd(ExifTags.IFD.GPSInfo)
    place[1], place[2], place[3], place[4] = "N", (37.0, 41.0, 52.0), "E", (112.0, 44.0, 10.0)
    return block


def rewritten(content: bytes) -> Picture:
    found = checked(upload("a.jpg", content)).picture
    assert found is not None
    return found


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_position_device_and_owner_are_gone_and_the_time_stays(form):
    content = picture(form, exif=exif())
    before = opened(content).getexif()
    assert before.get_ifd(ExifTags.IFD.GPSInfo)
    assert before[BASE.Model] == "ALN-AL10"
    found = rewritten(content)
    for data in (found.data, found.thumbnail):
        assert not dict(opened(data).getexif())
        for trace in (b"ALN-AL10", b"HUAWEI", b"SN-778899", b"Exif", "张某某".encode()):
            assert trace not in data
    assert found.taken_at == datetime(2026, 9, 18, 14, 3, 5, tzinfo=SHANGHAI)


def test_comments_and_profiles_are_gone_too():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "geo:37.69,112.73")
    assert b"37.69" not in rewritten(picture("PNG", pnginfo=text)).data
    assert b"37.69" not in rewritten(picture("JPEG", comment=b"geo:37.69", icc_profile=b"geo:37.69")).data


def test_a_time_with_its_own_offset_is_read_by_it():
    found = rewritten(picture(exif=exif(offset="+00:00")))
    assert found.taken_at == datetime(2026, 9, 18, 14, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "stamp",
    [None, "0000:00:00 00:00:00", "1980:01:01 00:00:00", "2099:01:01 00:00:00", "2026:13:45 99:99:99", "昨天", ""],
)
def test_a_time_that_cannot_be_is_not_known(stamp):
    assert rewritten(picture(exif=exif(stamp))).taken_at is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_block_of_data_does_not_refuse_the_picture():
    found = rewritten(picture(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f garbage"))
    assert (found.width, found.taken_at) == (64, None)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (59, 39)), (6, (39, 0)), (8, (0, 59))])
def test_a_picture_taken_sideways_stands_upright(orientation, corner):
    image = Image.new("RGB", (60, 40), "white")
    image.paste("black", (0, 0, 12, 12))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif(orientation=orientation))
    found = rewritten(out.getvalue())
    stored = opened(found.data)
    assert stored.size == ((60, 40) if orientation in (1, 3) else (40, 60)) == (found.width, found.height)
    assert sum(stored.getpixel(corner)) < 100


def test_a_large_picture_is_made_smaller_with_its_proportions():
    found = rewritten(picture(size=(4000, 3000)))
    assert (found.width, found.height) == (2560, 1920) == opened(found.data).size
    assert opened(found.thumbnail).size == (360, 270)


def test_a_small_picture_is_not_blown_up():
    found = rewritten(picture(size=(64, 48)))
    assert opened(found.data).size == opened(found.thumbnail).size == (64, 48)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_transparency_is_kept_and_the_thumbnail_lies_on_white(form):
    found = rewritten(picture(form, mode="RGBA", colour=(10, 20, 30, 0)))
    stored = opened(found.data)
    assert (stored.format, stored.mode, stored.getpixel((5, 30))[3]) == (form, "RGBA", 0)
    thumbnail = opened(found.thumbnail)
    assert (thumbnail.format, thumbnail.mode) == ("JPEG", "RGB")
    assert min(thumbnail.getpixel((5, 40))) > 240


@pytest.mark.parametrize(
    ("form", "mode", "colour"),
    [("JPEG", "CMYK", (0, 0, 0, 0)), ("JPEG", "L", 200), ("PNG", "1", 1), ("PNG", "P", 3), ("PNG", "LA", (9, 9))],
)
def test_every_way_of_colour_is_taken(form, mode, colour):
    out = io.BytesIO()
    Image.new(mode, (30, 20), colour).save(out, form)
    assert opened(rewritten(out.getvalue()).data).mode in ("L", "RGB", "RGBA")


def test_sixteen_bits_are_scaled_and_not_cut_off():
    out = io.BytesIO()
    Image.new("I;16", (30, 20), 32768).save(out, "PNG")
    assert opened(rewritten(out.getvalue()).data).getpixel((0, 0)) == 128


def test_the_same_photo_with_other_metadata_has_the_same_stored_content():
    one, other = checked(upload("a.jpg", picture(exif=exif()))), checked(upload("b.jpg", picture()))
    assert one.sha256 != other.sha256
    assert one.picture.sha256 == other.picture.sha256
