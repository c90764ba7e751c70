"""From facts to snapshots: a whole month, or one station's month and its ancestors; both give the same rows."""

from reporting.compute.stations import compute_station_month, compute_unit_months
from reporting.compute.whole import compute_month, is_counted

__all__ = ["compute_month", "compute_station_month", "compute_unit_months", "is_counted"]
