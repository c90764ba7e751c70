"""Documents: PDF, Word and Excel files, looked at without being opened. They are stored as they came."""

from __future__ import annotations

import re
import zipfile
from typing import IO

from django.core.exceptions import ValidationError

from common.spreadsheets import BROKEN, Limits, unpacks_too_large
from files.kinds import FileKind

_PDF_TAIL = 2048
_TYPES = "[Content_Types].xml"
_TYPES_BYTES = 1024 * 1024
_CHUNK = 1024 * 1024
_PACKAGE = Limits(unpacked_bytes=200 * 1024 * 1024, parts=3000)
_MAIN_PARTS = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX}
_ACTIVE = re.compile(r"(^|/)(vbaproject.*\.bin|vbadata\.xml|macrosheets/.*|activex/.*)$", re.IGNORECASE)
_ACTIVE_TYPES = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
_BROKEN_WORDS = "文件已损坏或不完整，请重新导出后再上传"


def check_pdf(file: IO[bytes], size: int) -> None:
    """Raises ValidationError when the file ends before its end, or another file hangs behind it."""
    file.seek(max(0, size - _PDF_TAIL))
    tail = file.read(_PDF_TAIL)
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail:
        raise ValidationError("PDF 文件不完整，请重新扫描或重新导出")
    if b"PK\x05\x06" in tail[end:]:
        raise ValidationError("PDF 文件后面夹带了其他文件，不能上传")


def office_kind(file: IO[bytes], size: int) -> FileKind:
    """What a zip package is. Raises ValidationError for other archives, macros, passwords, bombs and broken ones."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            kind = _kind_of(package, size)
            _read_through(package)
            return kind
    except BROKEN as error:
        raise ValidationError(_BROKEN_WORDS) from error


def _kind_of(package: zipfile.ZipFile, size: int) -> FileKind:
    parts = package.infolist()
    names = {part.filename for part in parts}
    found = {kind for main, kind in _MAIN_PARTS.items() if main in names}
    if _TYPES not in names or len(found) != 1:
        raise ValidationError("是压缩包，不是 Word 或 Excel 文件；请解压后分别上传")
    if any(part.flag_bits & 1 for part in parts):
        raise ValidationError("文件已加密，请取消密码后再上传")
    strange = any(name.startswith(("/", "\\")) or ".." in re.split(r"[\\/]", name) for name in names)
    if strange or len(names) != len(parts) or min(part.header_offset for part in parts) != 0:
        raise ValidationError("文件结构异常，可能夹带了其他内容，不能上传")
    if unpacks_too_large(parts, size, _PACKAGE):
        raise ValidationError("文件解压后过大，请只保留需要的内容再上传")
    with package.open(_TYPES) as stream:
        types = stream.read(_TYPES_BYTES)
    if any(_ACTIVE.search(name) for name in names) or _ACTIVE_TYPES.search(types):
        raise ValidationError("文件带有宏或控件，可能夹带程序；请另存为不带宏的 .docx 或 .xlsx 后再上传")
    return found.pop()


def _read_through(package: zipfile.ZipFile) -> None:
    """Every part once: one that is cut off, or that unpacks to more than it says, fails its check sum."""
    for part in package.infolist():
        with package.open(part) as stream:
            while stream.read(_CHUNK):
                pass
