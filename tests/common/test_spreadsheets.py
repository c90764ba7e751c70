"""Uploaded tables: read as text, bombs refused before or while they go off."""

import io
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from common.spreadsheets import MEGABYTE, Limits, SpreadsheetError, read_rows


def workbook(*rows, sheet_change=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if sheet_change:
        sheet_change(book.active)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def package(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def repacked(data: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return package(parts | {name: content})


SHEET = "xl/worksheets/sheet1.xml"


def test_cells_become_text():
    row = ["元旦", date(2027, 1, 1), datetime(2027, 1, 1, 8, 30), 3, 3.5, True]  # noqa: DTZ001 (cells have no zone)
    assert read_rows(workbook(row)) == [["元旦", "2027-01-01", "2027-01-01T08:30:00", "3", "3.5", "TRUE"]]


def test_empty_rows_keep_their_place_and_are_cut_at_the_end():
    rows = read_rows(workbook(["a"], [None], ["b"], [None]))
    assert [row[0] for row in rows] == ["a", "", "b"]


def test_only_the_first_sheet_is_read():
    def add_sheet(sheet):
        sheet.parent.create_sheet("二").append(["x"])

    assert read_rows(workbook(["a"], sheet_change=add_sheet)) == [["a"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_excel(encoding):
    assert read_rows("日期,休/班\r\n2027-01-01,休\r\n\r\n".encode(encoding)) == [
        ["日期", "休/班"],
        ["2027-01-01", "休"],
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的"),
        (b"x" * (5 * MEGABYTE + 1), "超过 5 MB"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为不加密的 .xlsx"),
        (b"PK\x03\x04 but no more", "已损坏"),
        (package({"hello.txt": b"hello"}), "不是 Excel 表格"),
        (package({"[Content_Types].xml": b"<x/>"}), "已损坏"),
        (b"\xff\xfe\x00\x01", "无法识别"),
        (b'a,"b', "第 1 行不是有效的 CSV"),
        (b"," * 200, "最多 20000 行、200 列"),
        (b"a\n" * 20_001, "最多 20000 行"),
    ],
)
def test_what_cannot_be_read_says_why(data, message):
    with pytest.raises(SpreadsheetError, match=message):
        read_rows(data)


def test_a_sparse_sheet_is_refused_before_it_is_parsed():
    def far_out(sheet):
        sheet["XFD1048576"] = "x"

    data = workbook(["a"], sheet_change=far_out)
    assert len(data) < 10_000
    started = time.perf_counter()
    with pytest.raises(SpreadsheetError, match="单元格 XFD1048576 超出范围"):
        read_rows(data)
    assert time.perf_counter() - started < 1


def test_a_sparse_sheet_that_slips_through_is_stopped_by_its_memory():
    def far_out(sheet):
        sheet["XFD1048576"] = "x"

    lenient = Limits(rows=2_000_000, columns=20_000, memory_bytes=256 * MEGABYTE)
    with pytest.raises(SpreadsheetError, match="无法读取"):
        read_rows(workbook(["a"], sheet_change=far_out), limits=lenient)


def test_a_reference_across_two_chunks_is_seen():
    head = b"<worksheet><sheetData>"
    pad = b" " * (MEGABYTE - len(head) - 6)
    far = head + pad + b'<c r="ZZ99999"/></sheetData></worksheet>'
    with pytest.raises(SpreadsheetError, match="ZZ99999"):
        read_rows(repacked(workbook(["a"]), SHEET, far))


def test_a_tightly_packed_part_is_refused_unread():
    data = repacked(workbook(["a"]), SHEET, b"<x>" + b" " * (50 * MEGABYTE))
    assert len(data) < MEGABYTE
    with pytest.raises(SpreadsheetError, match="解压后过大"):
        read_rows(data)


def test_too_many_parts_are_refused():
    with pytest.raises(SpreadsheetError, match="解压后过大"):
        read_rows(package({"[Content_Types].xml": b""} | {f"{n}.xml": b"" for n in range(600)}))


def test_a_part_named_twice_is_refused():
    data = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("[Content_Types].xml", b"")
    with pytest.raises(SpreadsheetError, match="不是 Excel"):
        read_rows(data.getvalue())


def test_an_encrypted_part_is_told():
    data = bytearray(workbook(["a"]))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    with pytest.raises(SpreadsheetError, match="已加密"):
        read_rows(bytes(data))


def test_a_part_whose_packing_is_broken_is_told():
    data = bytearray(package({"[Content_Types].xml": bytes(range(256)) * 40}))
    data[60:90] = b"\xff" * 30
    with pytest.raises(SpreadsheetError, match="已损坏"):
        read_rows(bytes(data))


def test_a_slow_file_is_given_up():
    with pytest.raises(SpreadsheetError, match="超时"):
        read_rows(workbook(["a"]), limits=Limits(seconds=0))
