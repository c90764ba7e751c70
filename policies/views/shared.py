"""What the pages of this room share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def tabs(active: str) -> list[dict[str, Any]]:
    """The three pages of the room; `active` is the url name of the current one."""
    pages = [("document_list", "制度文件"), ("rules_home", "现行规定"), ("calendar_year_list", "工作日历")]
    return [{"label": label, "url": reverse(name), "active": name == active, "badge": None} for name, label in pages]
