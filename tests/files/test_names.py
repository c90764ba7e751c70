"""Names as people give them, made safe to show; they never decide where anything is stored."""

from __future__ import annotations

import pytest

from files.kinds import FileKind
from files.names import safe_name, shown


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("现场照片.jpg", "现场照片.jpg"),
        ("IMG_0001.JPEG", "IMG_0001.jpeg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("../../x.jpg", "x.jpg"),
        ("..\\..\\windows\\system32\\x.jpg", "x.jpg"),
        ("C:\\Users\\张\\照片.jpg", "照片.jpg"),
        ("a\x00b\r\nc\x1b.jpg", "ab c.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe.jpg"),
        ("零\u200b宽\ufeff.jpg", "零宽.jpg"),
        ('"引号"<b>|?*.jpg', "引号b.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("...", "未命名.jpg"),
        ("", "未命名.jpg"),
        (".jpg", "jpg.jpg"),
        ("  前后  空格 .jpg", "前后 空格.jpg"),
        ("病毒.exe", "病毒.exe.jpg"),
        ("cafe\u0301.jpg", "caf\u00e9.jpg"),
        ("坏\ud800字.jpg", "坏字.jpg"),
    ],
)
def test_a_name_is_one_safe_line_that_ends_as_its_kind(given, safe):
    assert safe_name(given, FileKind.JPEG) == safe


def test_a_name_that_is_too_long_is_cut_and_keeps_its_ending():
    name = safe_name("长" * 5000 + ".pdf", FileKind.PDF)
    assert len(name) == 100
    assert name.endswith("长.pdf")


def test_an_identity_number_does_not_stand_in_a_name():
    for name in (safe_name("张三14070219900307123X.jpg", FileKind.JPEG), shown("140702 19900307 1234.exe")):
        assert "19900307" not in name


def test_messages_call_a_file_by_a_short_name():
    assert shown("a/b/短.jpg") == "短.jpg"
    assert len(shown("长" * 500 + ".jpg")) < 40
