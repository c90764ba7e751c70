"""Where files lie: STORAGES["default"], under random names a folder for each day, so that a sweep reads few."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

ROOT = "attachments"


def folder_of(day: date) -> str:
    return f"{ROOT}/{day:%Y/%m/%d}"


def keep(content: File[bytes] | bytes, extension: str) -> str:
    """Store it under a random name; gives that name."""
    file: File[bytes] = ContentFile(content) if isinstance(content, bytes) else content
    file.seek(0)
    return default_storage.save(f"{folder_of(timezone.localdate())}/{uuid4().hex}{extension}", file)


def open_stored(name: str) -> File[bytes]:
    """Raises FileNotFoundError."""
    return default_storage.open(name)


def names_of(day: date) -> set[str]:
    """Everything stored on that day."""
    folder = folder_of(day)
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return set()
    return {f"{folder}/{name}" for name in files if name}


def drop(name: str) -> None:
    default_storage.delete(name)


def days_to_sweep(today: date, days: int) -> list[date]:
    """The `days` days that are over for at least a day: what was stored then is committed, or never will be."""
    return [today - timedelta(days=number) for number in range(2, days + 2)]
