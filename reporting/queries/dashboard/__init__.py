"""What a unit's dashboard shows, from snapshots alone: headline figures, comparison, charts, what needs action."""

from reporting.queries.dashboard.data import DashboardData, load, settled_month, window

__all__ = ["DashboardData", "load", "settled_month", "window"]
