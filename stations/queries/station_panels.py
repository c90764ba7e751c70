"""The room's own cards of a station's page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from policies.models import ProvisionKind
from stations.models import Station, StationKind
from stations.panels import panel
from stations.queries.citations import rules_for, source
from stations.queries.people_rules import Ruled, ruled
from stations.queries.station_page import basics_due, missing_basics, posted_rows, spell_rows
from stations.queries.steps import steps_for
from stations.queries.worker_page import supervisors_at

P = Permission


def _link(label: str, name: str, station: Station) -> dict[str, str]:
    return {"label": label, "url": reverse(name, args=[station.pk])}


@panel(key="basics", title="基础信息", order=10, template="stations/panels/basics.html", half=True)
def basics(user: User, station: Station) -> dict[str, Any]:
    """No query: all of it stands on the station."""
    missing = [] if station.closed_on else missing_basics(station)
    editable = may(user, P.EDIT_STATION, station.unit.path) and not station.closed_on
    return {
        "due": basics_due(station, timezone.localdate()),
        "missing": missing,
        "links": [_link("录入" if missing else "编辑", "station_edit", station)] if editable else [],
    }


def _staffing(station: Station, today: date) -> Ruled:
    """How many workers the station must have by now: completed stations only, rooms have no staff of their own."""
    if station.kind != StationKind.STATION or station.completed_on is None or station.closed_on:
        return Ruled(None, None)
    return ruled(rules_for(station), ProvisionKind.STAFFING, "workers", station.unit.path, today)


@panel(key="workers", title="驻站社工", order=30, template="stations/panels/workers.html", permission=P.VIEW_WORKERS)
def workers(user: User, station: Station) -> dict[str, Any]:
    """Four queries, and the rules."""
    today = timezone.localdate()
    here, before = posted_rows(station, today)
    provision = rules_for(station).provision(ProvisionKind.CERTIFICATE_REQUIRED, station.unit.path, today)
    rule = source(provision)
    staffing = _staffing(station, today)
    missing = max((staffing.value or 0) - len(here), 0)
    uncertified = sum(1 for row in here if not row.qualification.certified)
    late = [f"{uncertified} 人未持证"] if uncertified else []
    late += [f"按规定缺 {missing} 人"] if missing else []
    return {
        "here": here,
        "before": before,
        "staffing": {"need": staffing.value, "source": staffing.source} if staffing.value else None,
        "supervisors": supervisors_at(station.pk, today),
        "note": f"现有 {len(here)} 人" if here else "",
        "late": "，".join(late),
        "source": rule and rule | {"label": f"持证为驻站必要条件，{rule['label']}"},
        "may_manage": may(user, P.MANAGE_WORKERS, station.unit.path),
    }


@panel(key="statuses", title="状态记录", order=40, template="stations/panels/statuses.html")
def statuses(user: User, station: Station) -> dict[str, Any]:
    """Three queries, a few more where there are files."""
    withdrawable = steps_for(user, station).may_withdraw
    return {
        "rows": spell_rows(user, station, timezone.localdate()),
        "links": [_link("撤回最近一次登记", "station_status_withdraw", station)] if withdrawable else [],
    }
