"""The menu: one declaration. An item shows when the user holds its permission somewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.queries import home_unit
from accounts.roles import Permission
from agencies.models import is_member
from clients.gate import supervises
from config.offline import app_of

P = Permission
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Item:
    """A page of the menu. Items of one `group` stand as one entry, with a row of tabs on their pages."""

    label: str
    url_name: str
    icon: str
    permission: Permission
    group: str = ""
    also: Callable[[User], bool] | None = None  # who sees it without the permission
    dock: bool = False  # also in the bottom bar of a phone

    @property
    def entry(self) -> str:
        return self.group or self.label


ITEMS = [
    Item("今天", "today", "calendar-check", P.LOG_SERVICE, dock=True),
    Item("总览", "home_dashboard", "layout-dashboard", P.VIEW, dock=True),
    Item("站点台账", "station_list", "building-community", P.VIEW, "站点", dock=True),
    Item("建设进度", "building_progress", "chart-bar", P.VIEW, "站点"),
    Item("建设标准", "check_list", "clipboard-check", P.VIEW, "站点"),
    Item("发展阶段", "stage_list", "stairs-up", P.VIEW, "站点"),
    Item("一站一品", "feature_gallery", "award", P.VIEW, "站点"),
    Item("社工名册", "worker_list", "users", P.VIEW_WORKERS, "队伍"),
    Item("人员配备", "staffing", "user-check", P.VIEW_WORKERS, "队伍"),
    Item("培训", "training_list", "school", P.VIEW_WORKERS, "队伍"),
    Item("督导", "supervisor_list", "eye-check", P.VIEW_WORKERS, "队伍"),
    Item("承接机构", "agency_list", "building", P.VIEW_CONTRACTS, "承接机构", also=is_member),
    Item("合同", "contract_list", "file-certificate", P.VIEW_CONTRACTS, "承接机构", also=is_member),
    Item("采购", "procurement_list", "gavel", P.VIEW_CONTRACTS, "承接机构", also=is_member),
    Item("评估", "evaluation_list", "clipboard-check", P.VIEW_CONTRACTS, "承接机构", also=is_member),
    Item("服务对象", "client_list", "user-heart", P.VIEW_CLIENTS, "服务对象", also=supervises),
    Item("疑似重复", "duplicate_list", "users", P.EDIT_CLIENTS, "服务对象"),
    Item("档案转移", "transfer_list", "arrows-exchange", P.EDIT_CLIENTS, "服务对象"),
    Item("服务", "service_list", "heart-handshake", P.VIEW_RECORDS, dock=True),
    Item("个案", "case_list", "folder-open", P.VIEW_RECORDS, "专业服务", also=supervises),
    Item("小组", "group_list", "users-group", P.VIEW_RECORDS, "专业服务", also=supervises),
    Item("社区活动", "activity_list", "confetti", P.VIEW_RECORDS, "专业服务", also=supervises),
    Item("探访", "visit_list", "home-heart", P.VIEW_RECORDS, "探访", also=supervises),
    Item("日历", "visit_calendar", "calendar", P.VIEW_CLIENTS, "探访", also=supervises),
    Item("探访任务", "batch_list", "clipboard-list", P.VIEW_RECORDS, "探访", also=supervises),
    Item("探访统计", "visit_counts", "chart-bar", P.VIEW_RECORDS, "探访"),
    Item("月报", "report_list", "report", P.VIEW_RECORDS, dock=True),
    Item("志愿者", "volunteer_list", "heart", P.VIEW_RECORDS, "五社联动"),
    Item("社区社会组织", "organisation_list", "users-group", P.VIEW_RECORDS, "五社联动"),
    Item("慈善资源", "donation_list", "gift", P.VIEW_RECORDS, "五社联动"),
    Item("联席会议", "meeting_list", "messages", P.VIEW_RECORDS, "五社联动"),
    Item("转介", "referral_list", "arrows-exchange", P.VIEW_RECORDS, "五社联动", also=supervises),
    Item("资金", "fund_list", "coin-yuan", P.VIEW_FUNDS, "资金"),
    Item("待确认到账", "allocation_list", "cash-banknote", P.VIEW_FUNDS, "资金"),
    Item("资金台账", "fund_ledger", "list-details", P.VIEW_FUNDS, "资金"),
    Item("资金疑点", "fund_findings", "alert-triangle", P.VIEW_FUNDS, "资金"),
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


def _permitted(items: list[Item], user: User) -> list[tuple[Item, str]]:
    """The items that the user may open, with their addresses."""
    return [
        (item, reverse(item.url_name))
        for item in items
        if user.paths(item.permission) or (item.also is not None and item.also(user))
    ]


def _shown(item: Item, label: str, url: str, *, active: bool) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": item.icon, "dock": item.dock, "active": active, "badge": None}


def _menu(user: User, path: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The entries, and the tabs of the entry that is open (none when it has a single page)."""
    permitted = _permitted(ITEMS, user)
    # The longest address that the path begins with: /stations/progress/ is not the list of stations.
    here = max((pair for pair in permitted if path.startswith(pair[1])), key=lambda pair: len(pair[1]), default=None)
    open_item = here[0] if here else None
    entries: dict[str, dict[str, Any]] = {}
    for item, url in permitted:
        if item.entry not in entries:
            active = open_item is not None and open_item.entry == item.entry
            entries[item.entry] = _shown(item, item.entry, url, active=active)
    siblings = [(item, url) for item, url in permitted if open_item and item.entry == open_item.entry]
    tabs = [_shown(item, item.label, url, active=item is open_item) for item, url in siblings]
    return list(entries.values()), tabs if len(tabs) > 1 else []


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
        "nav_tabs": [],
        "dock_items": [],
        "user_menu_items": [],
        "user_label": user.name,
        "unit_label": unit.name if unit else "",
        "today_label": day_label(timezone.localdate()),
        "offline_app": "" if user.must_change_password else app_of(user),
    }
    if not user.must_change_password:
        context["nav_items"], context["nav_tabs"] = _menu(user, request.path)
        context["dock_items"] = [entry for entry in context["nav_items"] if entry["dock"]]
        context["user_menu_items"] = [
            _shown(item, item.label, url, active=request.path.startswith(url))
            for item, url in _permitted(USER_MENU, user)
        ]
    return context
