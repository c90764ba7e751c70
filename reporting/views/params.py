"""What the reporting pages read from the address: unit and month, within scope and in words when they are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from accounts.models import OrgUnit
from accounts.queries import unit_in_scope
from accounts.requests import SignedIn
from accounts.roles import Permission
from common.months import Month
from reporting.forms import this_month

EARLIEST = Month(2018, 1)  # no station is older
OFFERED_MONTHS = 24


@dataclass(frozen=True)
class AskedMonth:
    """The month asked for; when it cannot be shown, `error` says why and `month` is the nearest that can."""

    month: Month
    error: str = ""


def asked_month(request: SignedIn, default: Month) -> AskedMonth:
    """`?month=2023-09`, at most the running month."""
    text = request.GET.get("month", "").strip()
    if not text:
        return AskedMonth(default)
    try:
        month = Month.parse(text)
    except ValueError as error:
        return AskedMonth(default, str(error))
    current = this_month()
    if month > current:
        return AskedMonth(current, f"{month.label}还没有到，最多可以看到{current.label}")
    return AskedMonth(month)


def asked_unit(request: SignedIn, permission: Permission) -> OrgUnit | None:
    """`?unit=` (a key), or None for the user's whole scope. 404 outside it."""
    return unit_in_scope(request.user, request.GET.get("unit", "").strip(), permission)


def with_query(request: SignedIn, **changes: Any) -> str:
    """This page's address with some parameters changed; None drops one."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def month_picker(request: SignedIn, month: Month, *, keep: Mapping[str, str] | None = None) -> dict[str, Any]:
    """For components/month_picker.html; to choose from, it offers two years and the Decembers before.

    Its links carry the page's other parameters on, or only those of `keep`.
    """
    current = this_month()

    given = request.GET if keep is None else keep
    rest = {name: value for name, value in given.items() if value and name not in ("month", "page")}
    query = f"&{urlencode(rest)}" if rest else ""

    def url(other: Month) -> str:
        return f"?month={other}{query}"

    newest = max(month, current)
    return {
        "label": month.label,
        "previous_url": url(month - 1) if month > EARLIEST else None,
        "next_url": url(month + 1) if month < current else None,
        "options": [{"label": other.label, "url": url(other), "active": other == month} for other in _offered(newest)],
    }


def _offered(newest: Month) -> list[Month]:
    recent = [newest - back for back in range(OFFERED_MONTHS)]
    return recent + [Month(year, 12) for year in range(recent[-1].year - 1, EARLIEST.year - 1, -1)]
