"""The pages about building, as tabs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission

PAGES = [
    ("building_progress", "进度", Permission.VIEW),
    ("plan_list", "计划", Permission.VIEW),
    ("milestone_list", "节点", Permission.VIEW),
    ("acceptance_list", "验收", Permission.VIEW),
    ("title_list", "示范社工室", Permission.VIEW),
    ("station_place", "布点", Permission.CREATE_STATION),
]


def building_tabs(user: User, active: str) -> list[dict[str, Any]]:
    """Those that the user may open; `active` is the url name of the current one."""
    return [
        {"label": label, "url": reverse(name), "active": name == active, "badge": None}
        for name, label, permission in PAGES
        if user.paths(permission)
    ]
