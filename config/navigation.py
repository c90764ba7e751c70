"""The menu: one declaration. An item shows when the user holds its permission somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.queries import home_unit
from accounts.roles import Permission

P = Permission
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    icon: str
    permission: Permission
    dock: bool = False  # also in the bottom bar of a phone


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
# In the menu behind the user's name; who administers.
USER_MENU = [
    Item("数据后台", "admin:index", "database", P.MANAGE_USERS),
    Item("接口文档", "api_docs", "api", P.MANAGE_USERS),
]


def _entries(items: list[Item], user: User, path: str) -> list[dict[str, Any]]:
    entries = []
    for item in items:
        if not user.paths(item.permission):
            continue
        url = reverse(item.url_name)
        active = path.startswith(url)
        entries.append(
            {"label": item.label, "url": url, "icon": item.icon, "dock": item.dock, "active": active, "badge": None}
        )
    return entries


def day_label(day: date) -> str:
    """“11月21日 星期六”"""
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of the shell (docs/frontend.md). Who must first change the password gets no menu: it leads nowhere."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav_items": [], "dock_items": []}
    unit = home_unit(user)
    context: dict[str, Any] = {
        "nav_items": [],
        "dock_items": [],
        "user_menu_items": [],
        "user_label": user.name,
        "unit_label": unit.name if unit else "",
        "today_label": day_label(timezone.localdate()),
    }
    if not user.must_change_password:
        context["nav_items"] = _entries(ITEMS, user, request.path)
        context["dock_items"] = [entry for entry in context["nav_items"] if entry["dock"]]
        context["user_menu_items"] = _entries(USER_MENU, user, request.path)
    return context
