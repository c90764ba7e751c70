"""Reads of the services room: what an entry is judged by, what the form offers, the list."""

from services.queries.entry import (
    differs,
    last_record,
    loggable_stations,
    recent_titles,
    stations_in_reach,
    team_choices,
    usual_station,
)
from services.queries.judging import is_locked, postings_between, preview_due
from services.queries.listing import (
    PAGE,
    Cursor,
    Page,
    Row,
    Selection,
    Totals,
    list_rows,
    ordered,
    totals,
    unit_choices,
)

__all__ = [
    "PAGE",
    "Cursor",
    "Page",
    "Row",
    "Selection",
    "Totals",
    "differs",
    "is_locked",
    "last_record",
    "list_rows",
    "loggable_stations",
    "ordered",
    "postings_between",
    "preview_due",
    "recent_titles",
    "stations_in_reach",
    "team_choices",
    "totals",
    "unit_choices",
    "usual_station",
]
