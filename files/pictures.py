"""Pictures: decoded whole, turned upright, made smaller and written anew, so that nothing but the picture is kept.

What a camera or a phone writes beside it (position, device, owner, comments, a second file behind the end) is gone; the
time of capture goes into a column of its own.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from PIL import ExifTags, Image, ImageOps

from files.kinds import FileKind

LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 360
QUALITY = 85
# What phones give by default; a scan of A4 at 600 dpi. Looked at before anything is decoded: a PNG of 100 KB
# may unpack to gigabytes. A JPEG is decoded at a fraction of its size, anything else takes 4 bytes a pixel, twice.
MAX_PIXELS_JPEG = 65_000_000
MAX_PIXELS = 40_000_000
_SMOOTH = ("L", "RGB", "RGBA", "CMYK")  # modes in which neighbouring pixels can be mixed
FIRST_YEAR = 2000  # a camera whose clock was never set says 1970 or 1980

# Two at a time in each process, so that many phones at once do not add up to gigabytes.
_decoding = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Picture:
    """A picture as it is stored, with its thumbnail (always a JPEG). `taken_at` is aware, None when not known."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    taken_at: datetime | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def rewrite(file: IO[bytes], kind: FileKind) -> Picture:
    """The picture in `file` written anew. Raises ValidationError (why, without the file's name)."""
    with _decoding:
        try:
            return _rewrite(file, kind)
        except ValidationError:
            raise
        except Image.DecompressionBombError:
            raise _too_many_pixels(kind) from None
        except MemoryError:
            raise ValidationError("图片过大，无法处理，请缩小后再上传") from None
        except Exception as error:  # decoders raise anything at broken or hostile bytes
            raise ValidationError("图片已损坏或不完整，请重新拍摄或重新选择") from error


def _most_pixels(kind: FileKind) -> int:
    return MAX_PIXELS_JPEG if kind is FileKind.JPEG else MAX_PIXELS


def _too_many_pixels(kind: FileKind) -> ValidationError:
    return ValidationError(f"图片像素过多（最多 {_most_pixels(kind) // 10_000} 万像素），请缩小后再上传")


def _rewrite(file: IO[bytes], kind: FileKind) -> Picture:
    file.seek(0)
    with Image.open(file, formats=[kind.value]) as image:
        if image.width * image.height > _most_pixels(kind):
            raise _too_many_pixels(kind)
        exif = _exif(image)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        if image.mode in _SMOOTH and "transparency" not in image.info:
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)  # in place, before any copy of it
        upright = ImageOps.exif_transpose(image) if exif.get(ExifTags.Base.Orientation, 1) != 1 else image
        clean = _flat(upright) if kind is FileKind.JPEG else _with_alpha(upright)
    clean.info = {}  # else comments and profiles would be written again
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = _flat(clean)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(_encoded(clean, kind), _encoded(small, FileKind.JPEG), clean.width, clean.height, _taken_at(exif))


def _encoded(image: Image.Image, kind: FileKind) -> bytes:
    out = io.BytesIO()
    if kind is FileKind.PNG:
        image.save(out, "PNG")
    else:
        image.save(out, kind.value, quality=QUALITY)
    return out.getvalue()


def _with_alpha(image: Image.Image) -> Image.Image:
    """8 bits a channel; transparency is kept where there is any."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    return _eight_bits(image)


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if not image.has_transparency_data:
        return _eight_bits(image)
    whole = image.convert("RGBA")
    ground = Image.new("RGB", whole.size, "white")
    ground.paste(whole, mask=whole.getchannel("A"))
    return ground


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # convert() would cut off instead of scaling
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.copy() if image.mode in ("L", "RGB") else image.convert("RGB")


def _exif(image: Image.Image) -> dict[int, Any]:
    """The tags that are read (orientation, capture time); none when the block is broken."""
    try:
        exif = image.getexif()
        return {**dict(exif), **dict(exif.get_ifd(ExifTags.IFD.Exif))}
    except Exception:  # as above: anything
        return {}


def _taken_at(exif: dict[int, Any]) -> datetime | None:
    """DateTimeOriginal, aware: by its own offset where the camera wrote one, else as time of our zone."""
    stamp, offset = exif.get(ExifTags.Base.DateTimeOriginal), exif.get(ExifTags.Base.OffsetTimeOriginal)
    if not isinstance(stamp, str):
        return None
    day, _, clock = stamp.strip("\x00 ").partition(" ")
    try:
        naive = parse_datetime(f"{day.replace(':', '-')}T{clock}")
        zoned = parse_datetime(f"{day.replace(':', '-')}T{clock}{str(offset).strip(chr(0) + ' ')}") if offset else None
    except ValueError:
        return None
    taken = zoned or naive
    if taken is None or not FIRST_YEAR <= taken.year <= timezone.localdate().year + 1:
        return None
    taken = taken if timezone.is_aware(taken) else timezone.make_aware(taken)
    return taken if taken <= timezone.now() + timedelta(days=1) else None
