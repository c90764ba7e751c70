"""Figures of a station's month: in the monthly report, and so far on Today."""

from __future__ import annotations

from collections.abc import Iterator

from clients.models import FocusGroup
from reporting.facets import FACETS, Facet
from reporting.indicators import Indicator
from reporting.registry import INDICATORS

REPORT_SECTIONS: list[tuple[str, list[str]]] = [
    ("服务情况", ["services", "contacts", "hours", "volunteers", "volunteer_hours", "entry_on_time", "administrative"]),
    ("服务对象", ["people", *(f"people_{group.value}" for group in FocusGroup), "client_files", "client_files_opened"]),
    (
        "专业服务",
        [
            "cases_opened",
            "cases_open",
            "cases_closed",
            "groups_running",
            "group_sessions",
            "activities",
            "visits_due",
            "visits_made",
            "visits_in_time",
            "focus_over_interval",
        ],
    ),
    (
        "五社联动",
        [
            "named_volunteers",
            "named_hours",
            "organisations_serving",
            "donations",
            "donations_value",
            "handouts_value",
            "meetings",
            "referrals_opened",
            "referral_success",
        ],
    ),
    ("站点队伍", ["workers", "certified", "full_time", "training_attendances", "training_hours"]),
]

TODAY_FIGURES = [("services", "服务"), ("contacts", "人次"), ("hours", "小时"), ("entry_on_time", "次日录入")]


def parts(facet: Facet, measure: str) -> Iterator[tuple[str, Indicator]]:
    """(name of the part, its indicator) for "services" or "contacts"."""
    for choice in FACETS[facet].choices:
        yield str(choice.label), INDICATORS[f"{measure}_{choice.value}"]
