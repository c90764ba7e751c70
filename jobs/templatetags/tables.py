"""`{% export_of "stations" as export %}`: whether the user may export a list, for components/export_button.html."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.roles import Permission
from jobs.tables import TABLES

register = template.Library()
LEFT_OUT = ("page", "after", "before", "part")  # where a reader stands in the list, not what the list holds


@register.simple_tag(takes_context=True)
def export_of(context: dict[str, Any], key: str, query: str = "") -> dict[str, str] | None:
    """{key, query} for the form, None when the user may not. `query` replaces the page's own query string.

    Raises KeyError for a table that no room declares.
    """
    request = context["request"]
    table = TABLES[key]
    if not request.user.paths(Permission.EXPORT) or not request.user.paths(table.permission):
        return None
    params = request.GET.copy()
    for name in LEFT_OUT:
        params.pop(name, None)
    return {"key": key, "query": query or params.urlencode()}
