"""Checks of uploads, by content. `checked` gives what `files.actions.attach` stores, or says in Chinese why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import puremagic
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.template.defaultfilters import filesizeformat

from files import documents, pictures
from files.kinds import BOTH, DOCUMENTS, IMAGES, FileKind, kinds_words
from files.names import safe_name, shown

__all__ = ["BOTH", "DOCUMENTS", "IMAGES", "CheckedFile", "checked", "size_words"]

_HEAD = 4096
_CHUNK = 256 * 1024
_HEIF = ("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis")
HEIC_HELP = (
    "是苹果或安卓手机的 HEIC（高效）照片，电脑多数打不开。iPhone 请在“设置 → 相机 → 格式”中选“兼容性最佳”，"
    "安卓手机请在相机设置中关闭“HEIF／高效图片”，再重新拍摄；已有的照片可以截屏或用微信发送后另存为 JPEG"
)
_OLE_HELP = "是旧版或加了密码的 Office 文件，请取消密码，另存为 .docx 或 .xlsx 后再上传"


@dataclass(frozen=True)
class CheckedFile:
    """An upload that passed. `source` is what came; `picture` what is stored instead of it, for images."""

    name: str
    kind: FileKind
    sha256: str
    source: File[bytes]
    picture: pictures.Picture | None = None


def size_words(size: int) -> str:
    """“2.4 MB”"""
    return str(filesizeformat(size)).replace("\xa0", " ").replace(".0 ", " ")


def most_bytes(kind: FileKind) -> int:
    """The size that an upload of the kind may have."""
    return settings.IMAGE_MAX_BYTES if kind.is_image else settings.DOCUMENT_MAX_BYTES


def largest(kinds: frozenset[FileKind]) -> int:
    """The size that no upload of these kinds may exceed."""
    return max(most_bytes(kind) for kind in kinds)


def checked(upload: File[bytes], kinds: frozenset[FileKind] = BOTH) -> CheckedFile:
    """The upload, looked at whole. Raises ValidationError with the name of the file and the reason."""
    try:
        return _checked(upload, kinds)
    except ValidationError as error:
        raise ValidationError([f"“{shown(upload.name or '')}”{message}" for message in error.messages]) from error


def _checked(upload: File[bytes], kinds: frozenset[FileKind]) -> CheckedFile:
    if getattr(upload, "beyond_request", False):
        raise ValidationError(f"没有收完：一次上传合计不能超过 {size_words(settings.UPLOAD_MAX_BYTES)}，请分几次上传")
    if not upload.size:
        raise ValidationError("是空文件（0 字节），请重新选择")
    _refuse_large(upload.size, largest(kinds), "文件")
    kind = _kind(upload, upload.size, kinds)
    _refuse_large(upload.size, most_bytes(kind), "图片" if kind.is_image else "文件")
    picture = pictures.rewrite(_stream(upload), kind) if kind.is_image else None
    return CheckedFile(safe_name(upload.name or "", kind), kind, _sha256(upload), upload, picture)


def _refuse_large(size: int, most: int, what: str) -> None:
    if size > most:
        raise ValidationError(f"有 {size_words(size)}，超过{what}的上限 {size_words(most)}，请压缩或拆分后再上传")


def _stream(upload: File[bytes]) -> IO[bytes]:
    upload.seek(0)
    stream: Any = upload.file if upload.file is not None else upload
    return stream


def _kind(upload: File[bytes], size: int, kinds: frozenset[FileKind]) -> FileKind:
    upload.seek(0)
    head = upload.read(_HEAD)
    kind = _magic(head)
    if kind is None and head.startswith(b"PK\x03\x04"):
        kind = documents.office_kind(_stream(upload), size)
    if kind is None:
        raise ValidationError(_what_else(head, kinds))
    if kind not in kinds:
        raise ValidationError(f"是 {kind.label}，这里只收 {kinds_words(kinds)}")
    if kind is FileKind.PDF:
        documents.check_pdf(_stream(upload), size)
    return kind


def _magic(head: bytes) -> FileKind | None:
    """The kind by its first bytes; a file whose beginning is something else is not of the kind (two in one)."""
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.WEBP
    return FileKind.PDF if head.startswith(b"%PDF-") else None


def _what_else(head: bytes, kinds: frozenset[FileKind]) -> str:
    """What the file is instead, and what to do."""
    if head[4:8] == b"ftyp" and head[8:12].decode("latin-1") in _HEIF:
        return HEIC_HELP
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _OLE_HELP
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start or start.startswith((b"<!doctype", b"<html", b"<script", b"<?xml", b"<")):
        return f"的内容是网页或 SVG，不能上传；这里只收 {kinds_words(kinds)}"
    try:
        guess = puremagic.from_string(head).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        guess = ""
    what = f"的内容是 {guess}" if guess else "的内容无法识别"
    return f"{what}，不能上传（按内容判断，与文件名无关）；这里只收 {kinds_words(kinds)}"


def _sha256(upload: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks_of(upload):
        digest.update(chunk)
    return digest.hexdigest()


def chunks_of(upload: File[bytes]) -> Iterator[bytes]:
    """The upload from its beginning, in pieces."""
    upload.seek(0)
    while chunk := upload.read(_CHUNK):
        yield chunk
