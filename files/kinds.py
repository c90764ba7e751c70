"""The kinds of file that may be attached. The kind follows from the content, never from a name or a browser's word."""

from __future__ import annotations

from django.db import models


class FileKind(models.TextChoices):
    JPEG = "JPEG", "JPEG 图片"
    PNG = "PNG", "PNG 图片"
    WEBP = "WEBP", "WebP 图片"
    PDF = "PDF", "PDF 文件"
    DOCX = "DOCX", "Word 文档"
    XLSX = "XLSX", "Excel 表格"

    @property
    def is_image(self) -> bool:
        return self in IMAGES

    @property
    def extension(self) -> str:
        """With its dot."""
        return ".jpg" if self is FileKind.JPEG else f".{self.value.lower()}"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTENT_TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
}

IMAGES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
DOCUMENTS = frozenset({FileKind.PDF, FileKind.DOCX, FileKind.XLSX})
BOTH = IMAGES | DOCUMENTS


def kinds_words(kinds: frozenset[FileKind]) -> str:
    """“JPEG、PNG、PDF”, in the order of the enumeration."""
    return "、".join(kind.value if kind is not FileKind.WEBP else "WebP" for kind in FileKind if kind in kinds)
