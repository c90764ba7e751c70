"""The way from the top to a unit, as links where the user may follow them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.gate import may
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.months import Month


def dashboard_url(unit_id: int, month: Month | None = None) -> str:
    """The dashboard of a unit, at a month."""
    url = reverse("dashboard", args=[unit_id])
    return f"{url}?month={month}" if month else url


def crumbs_of(user: User, unit: OrgUnit | None, *tail: str, month: Month | None = None) -> list[dict[str, Any]]:
    """Names from the top down to `unit` (virtual levels left out), then `tail`. One query.

    The last name before `tail` is a link too; without `tail` it is where the page stands.
    """
    crumbs: list[dict[str, Any]] = []
    steps: list[OrgUnit] = list(OrgUnit.objects.ancestors_of(unit)) if unit else []
    for step in steps:
        visible = may(user, Permission.VIEW, step.path)
        if step != unit and (step.is_virtual or (step.level == Level.NATION and not visible)):
            continue
        here = step == unit and not tail
        inside = visible and not here
        crumbs.append({"label": step.name, "url": dashboard_url(step.pk, month) if inside else None})
    return crumbs + [{"label": label} for label in tail]
