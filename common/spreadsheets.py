"""Reading what people upload: .xlsx and .csv as rows of text, with bombs refused before they go off.

A 1.5 KB sparse .xlsx makes the parser take gigabytes. So sizes and cell references are looked at first, and the parser
runs in a process of its own (common/xlsx_child.py) with a memory limit and a deadline.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from django.core.files import File

CHILD = Path(__file__).with_name("xlsx_child.py")
MEGABYTE = 1024 * 1024
_CHUNK = MEGABYTE
_OVERLAP = 64  # a cell reference is shorter, so none hides at the border of two chunks
_REFERENCE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,7})([0-9]{1,18})\s*["']""")
# What reading a package that is broken or made to deceive raises.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    UnicodeDecodeError,
    struct.error,
)
_SMALL = 4 * MEGABYTE  # a part below this may be packed as tightly as it likes


class SpreadsheetError(ValueError):
    """The file cannot be read; the message says why, in Chinese, for the person who sent it."""


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 5 * MEGABYTE
    unpacked_bytes: int = 100 * MEGABYTE
    parts: int = 500
    ratio: int = 200  # unpacked : packed, for a part that is not small
    rows: int = 20_000
    columns: int = 200
    characters: int = 20_000_000
    memory_bytes: int = 768 * MEGABYTE
    seconds: int = 20


DEFAULT = Limits()


def read_rows(data: bytes, *, limits: Limits = DEFAULT) -> list[list[str]]:
    """Rows of the first sheet as text, row 1 first, empty rows kept in place and cut off at the end.

    Dates read 2027-01-01, whole numbers have no ".0". Raises SpreadsheetError.
    """
    if not data:
        raise SpreadsheetError("文件是空的")
    _refuse_large(len(data), limits)
    if data.startswith(b"PK\x03\x04"):
        _check_package(data, limits)
        rows = _parse_apart(data, limits)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SpreadsheetError("不支持旧版或加密的 Excel 文件，请另存为不加密的 .xlsx 或 .csv 再上传")
    else:
        rows = _parse_csv(data, limits)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def read_upload(upload: File[bytes], *, limits: Limits = DEFAULT) -> list[list[str]]:
    """`read_rows` of what came with a form; by its size alone when that is too much: then it was perhaps not kept."""
    _refuse_large(upload.size, limits)
    return read_rows(upload.read(), limits=limits)


def _refuse_large(size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise SpreadsheetError(f"文件超过 {limits.file_bytes // MEGABYTE} MB，请拆分后再上传")


def _check_package(data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _check_sizes(parts, len(data), limits)
            for part in parts:
                with package.open(part) as stream:
                    _check_references(stream, limits)
    except BROKEN as error:
        raise SpreadsheetError("文件已损坏，或不是 Excel 表格（.xlsx）") from error


def _check_sizes(parts: list[zipfile.ZipInfo], total: int, limits: Limits) -> None:
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or len(names) != len(parts):
        raise SpreadsheetError("文件不是 Excel 表格（.xlsx）")
    if any(part.flag_bits & 1 for part in parts):
        raise SpreadsheetError("文件已加密，请取消密码后再上传")
    if unpacks_too_large(parts, total, limits):
        raise SpreadsheetError("文件解压后过大，请只保留需要的数据再上传")


def unpacks_too_large(parts: list[zipfile.ZipInfo], total: int, limits: Limits) -> bool:
    """Is a package of `total` bytes a bomb, by what its directory says of its parts?"""
    return (
        len(parts) > limits.parts
        or sum(part.file_size for part in parts) > limits.unpacked_bytes
        or sum(part.compress_size for part in parts) > total  # parts that share the same bytes
        or any(part.file_size > _SMALL and part.file_size > limits.ratio * part.compress_size for part in parts)
    )


def _check_references(stream: IO[bytes], limits: Limits) -> None:
    """Refuse a cell far out: the parser would fill everything between it and the first one."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        for match in _REFERENCE.finditer(tail + chunk):
            if int(match[2]) > limits.rows or _column(match[1]) > limits.columns:
                where = (match[1] + match[2]).decode()
                raise SpreadsheetError(
                    f"单元格 {where} 超出范围（最多 {limits.rows} 行、{limits.columns} 列），请删除多余的行列后再上传"
                )
        tail = chunk[-_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _parse_apart(data: bytes, limits: Limits) -> list[list[str]]:
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(CHILD), json.dumps(asdict(limits))],
            input=data,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpreadsheetError("读取文件超时，请只保留需要的数据再上传") from None
    if child.returncode:
        raise SpreadsheetError("文件已损坏，或内容过大，无法读取")
    answer = json.loads(child.stdout)
    if "error" in answer:
        raise SpreadsheetError(answer["error"])
    return answer["rows"]


def _parse_csv(data: bytes, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(_decode(data), newline=""), strict=True):
            if len(rows) >= limits.rows or len(row) > limits.columns:
                raise SpreadsheetError(f"最多 {limits.rows} 行、{limits.columns} 列，请拆分后再上传")
            rows.append(row)
    except csv.Error as error:
        raise SpreadsheetError(f"第 {len(rows) + 1} 行不是有效的 CSV，请检查引号") from error
    return rows


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # gb18030: what Excel in China saves as “CSV”
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SpreadsheetError("无法识别的文件，请上传 .xlsx，或 UTF-8、GBK 编码的 .csv")
