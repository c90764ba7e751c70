"""Names of files as people gave them, made safe to show and to write into a header. Never used to store anything."""

from __future__ import annotations

import re
import unicodedata

from common.citizen_numbers import has_identity_number
from files.kinds import FileKind

LENGTH = 100
NAMELESS = "未命名"
_SEPARATORS = re.compile(r"[\\/]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_ALIASES = {FileKind.JPEG: (".jpg", ".jpeg")}


def plain(name: str) -> str:
    """The last part of a path as one line, without control and format characters (right-to-left override)."""
    text = unicodedata.normalize("NFC", name[-1000:])
    text = _SEPARATORS.split(text)[-1]
    text = "".join(" " if c.isspace() else c for c in text)
    text = "".join(c for c in text if not unicodedata.category(c).startswith("C"))
    return " ".join(_FORBIDDEN.sub("", text).split()).strip(". ")


def safe_name(name: str, kind: FileKind) -> str:
    """A name of at most LENGTH characters that ends as `kind` does; identity numbers do not stand in it."""
    text = plain(name)
    stem, dot, ending = text.rpartition(".")
    extension = kind.extension
    for known in _ALIASES.get(kind, (kind.extension,)):
        if dot and f".{ending.lower()}" == known:
            extension, text = f".{ending.lower()}", stem
    if has_identity_number(text):
        text = "文件（原名含身份证号，已隐去）"
    return (text.strip(". ")[: LENGTH - len(extension)].strip(". ") or NAMELESS) + extension


def shown(name: str) -> str:
    """How messages call an upload, before its kind is known."""
    text = plain(name)
    if has_identity_number(text):
        return "文件"
    return text if len(text) <= 40 else f"{text[:24]}…{text[-12:]}"
