"""Small true files, made when they are needed: pictures by Pillow, documents by hand."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

_OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{_OFFICE}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml"),
}


def picture(form: str = "JPEG", *, size: tuple[int, int] = (64, 48), colour: Any = "navy", mode: str = "RGB", **more):
    """The bytes of a picture with a gradient, so that no two colours give the same and turning it shows."""
    image = Image.new(mode, size, colour)
    for x in range(size[0] // 2):
        image.putpixel(
            (x, 0),
            image.getpixel((size[0] - 1, size[1] - 1))
            if mode == "P"
            else Image.new(mode, (1, 1), "red").getpixel((0, 0)),
        )
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def pdf(text: str = "one page") -> bytes:
    body = (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%{text}\n"
    )
    return (body + "xref\n0 1\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF\n").encode()


def office(ending: str = "docx", parts: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A .docx or .xlsx package with its main part, further `parts`, and more text in its list of types."""
    main, content_type = MAIN[ending]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/{main}" ContentType="{content_type}"/>{types}</Types>'
        )
        package.writestr(main, "<document/>")
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return out.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As it comes from a browser that takes every file for a picture."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def photo(name: str = "现场.jpg", **more: Any) -> SimpleUploadedFile:
    return upload(name, picture(**more))
