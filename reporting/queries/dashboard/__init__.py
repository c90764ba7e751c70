"""What a unit's dashboard shows, from snapshots alone: headline figures, comparison, charts, what needs action."""

from reporting.queries.dashboard.data import DashboardData, closed_lists, last_counted, load, settled_month

__all__ = ["DashboardData", "closed_lists", "last_counted", "load", "settled_month"]
