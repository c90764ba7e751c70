"""What the pages of this room share."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from accounts.models import OrgUnit
from accounts.requests import GET_OR_POST, SignedIn
from accounts.roles import Permission
from stations.views.lists import list_context, top_of

__all__ = ["GET_OR_POST", "PAGE", "list_context", "tabs", "top"]

PAGE = 50
PAGES = [
    ("check_list", "检查情况"),
    ("standard_list", "标准"),
    ("asset_list", "设备"),
    ("institution_list", "制度"),
    ("sign_list", "标识"),
]


def tabs(active: str, request: SignedIn) -> list[dict[str, Any]]:
    """The pages of the room, each with the unit that this one is about."""
    query = QueryDict(mutable=True)
    if request.GET.get("unit"):
        query["unit"] = request.GET["unit"]
    text = f"?{query.urlencode()}" if query else ""
    return [{"label": label, "url": reverse(name) + text, "active": name == active} for name, label in PAGES]


def top(request: SignedIn, unit: OrgUnit | None) -> str:
    """The path below which places are told: the chosen unit, or the user's only one."""
    return top_of(request, unit, Permission.VIEW)
