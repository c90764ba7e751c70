"""How uploads come in: on disk, and never more of them than the limits allow, however much is sent."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class Overlong(UploadedFile):
    """An upload whose content was not kept, for its size (true in `size`). `beyond_request`: all files together were
    too much. Checks refuse it with a message; what comes after it on the form is still read."""

    def __init__(self, *, beyond_request: bool, **kwargs: Any) -> None:
        super().__init__(io.BytesIO(), **kwargs)
        self.beyond_request = beyond_request


class Watch(FileUploadHandler):
    """Stands before Django's own handlers and lets nothing through to them beyond the limits.

    The rest of the request is read and dropped: stopping in the middle would show the browser a broken connection
    instead of our message.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.kept = 0
        self.beyond_file = self.beyond_request = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.beyond_file = self.beyond_request = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        most = max(settings.IMAGE_MAX_BYTES, settings.DOCUMENT_MAX_BYTES)
        self.beyond_file = self.beyond_file or start + len(raw_data) > most
        self.beyond_request = self.beyond_request or self.kept + len(raw_data) > settings.UPLOAD_MAX_BYTES
        if self.beyond_file or self.beyond_request:
            return None
        self.kept += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if not (self.beyond_file or self.beyond_request):
            return None  # Django's own handlers have it
        return Overlong(
            beyond_request=not self.beyond_file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
