"""`{% load accounts %}{% history_link station %}`: the way from a record to its change history."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.gate import may, places_of
from accounts.roles import Permission
from common.templatetags.shezhan import icon

register = template.Library()


@register.simple_tag(takes_context=True)
def history_link(context: dict[str, Any], record: Model) -> SafeString | str:
    """A button to the record's audit events, for who may read them there; nothing for everybody else."""
    user = context["request"].user
    if not user.paths(Permission.VIEW_AUDIT):
        return ""
    if not any(may(user, Permission.VIEW_AUDIT, path) for path in places_of(record)):
        return ""
    url = reverse("audit_target", args=[record._meta.label_lower, record.pk])
    return format_html('<a class="btn" href="{}">{}变更历史</a>', url, icon("history"))
