"""The menu: one declaration. An item shows when the user holds its permission somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.roles import Permission, Role

P = Permission


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    icon: str
    permission: Permission
    dock: bool = False  # also in the bottom bar of a phone
    roles: frozenset[Role] = frozenset()  # empty: every role that holds the permission


ITEMS = [
    Item("今天", "today", "calendar-check", P.LOG_SERVICE, dock=True),
    Item("总览", "home_dashboard", "layout-dashboard", P.VIEW, dock=True),
    Item("站点", "station_list", "building-community", P.VIEW, dock=True),
    Item("队伍", "worker_list", "users", P.VIEW_WORKERS),
    Item("服务", "service_list", "heart-handshake", P.VIEW_RECORDS, dock=True),
    Item("月报", "report_list", "report", P.VIEW_RECORDS, dock=True),
    Item("制度", "document_list", "file-text", P.VIEW),
    Item("任务", "job_list", "download", P.EXPORT),
    Item("账号", "user_list", "user-cog", P.MANAGE_USERS),
    Item("审计", "audit_list", "shield-check", P.VIEW_AUDIT),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/base.html: `nav_items` and `dock_items`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav_items": [], "dock_items": []}
    shown = []
    for item in ITEMS:
        if user.paths(item.permission):
            url = reverse(item.url_name)
            shown.append(
                {
                    "label": item.label,
                    "url": url,
                    "icon": item.icon,
                    "dock": item.dock,
                    "active": request.path.startswith(url),
                }
            )
    return {"nav_items": shown, "dock_items": [entry for entry in shown if entry["dock"]]}
