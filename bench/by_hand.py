"""The yardstick: a whole month counted by hand-written SQL, added up in Python, upserted. It knows no registry.

Written as one would for this one job and these two databases: a grouped statement for each table of facts, one pass
up the tree, COPY or executemany. It writes the same rows as `compute_month`, which bench.month checks.
"""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common.months import Month

DOMAINS = ["RELIEF", "ELDERLY_CARE", "CHILD_WELFARE", "COMMUNITY", "MARRIAGE_FUNERAL", "DISABILITY"]
METHODS = [
    "VISIT", "CASE", "GROUP", "ACTIVITY", "EMOTIONAL_SUPPORT", "HOTLINE", "RESOURCE_LINK", "VOLUNTEERING",
    "POLICY_ADVOCACY", "SUPPORT_NETWORK", "COMMUNITY_CARE", "CLERICAL",
]  # fmt: skip
GROUPS = ["elderly", "children", "orphans", "hardship"]
DIMENSIONS = ["HARDWARE", "INSTITUTIONS", "STAFFING", "SIGNAGE"]
STATION_KEYS = [
    "stations_completed", "stations_new_this_year", "rooms", "rooms_new_this_year", "basics_due", "basics_on_time",
]  # fmt: skip
SPELL_KEYS = ["stations_sign_hung", "stations_operating", "reports_expected"]
DIMENSION_KEYS = [f"dimension_{name}" for name in DIMENSIONS]
POSTING_KEYS = ["workers", "workers_certified", "workers_full_time"]
REPORT_KEYS = ["reports_submitted", "reports_on_time", "reports_late", "reports_approved"]
SERVICE_KEYS = [
    "services", "contacts", "services_on_time", "services_administrative", "services_with_volunteers", "volunteers",
    "hours", "volunteer_hours",
    *(f"{what}_{name}" for name in [*DOMAINS, *METHODS] for what in ("services", "contacts")),
    *(f"{what}_{name}" for name in GROUPS for what in ("services", "contacts")),
]  # fmt: skip
DERIVED_KEYS = ["stations_idle", "townships_due", "townships_covered", "counties_due", "counties_complete"]
KEYS = [*STATION_KEYS, *SPELL_KEYS, *DIMENSION_KEYS, *POSTING_KEYS, *REPORT_KEYS, *SERVICE_KEYS, *DERIVED_KEYS]
AT = {key: number for number, key in enumerate(KEYS)}

STATIONS = """
SELECT unit_id,
  CASE WHEN kind = 'STATION' AND completed_on <= %(day)s THEN 1 ELSE 0 END,
  CASE WHEN kind = 'STATION' AND completed_on BETWEEN %(new_year)s AND %(day)s THEN 1 ELSE 0 END,
  CASE WHEN kind = 'ROOM' AND completed_on <= %(day)s THEN 1 ELSE 0 END,
  CASE WHEN kind = 'ROOM' AND completed_on BETWEEN %(new_year)s AND %(day)s THEN 1 ELSE 0 END,
  CASE WHEN kind = 'STATION' AND completed_on <= %(day)s AND due_on <= %(day)s
    AND (due_on < %(today)s OR basics_entered_on <= due_on) THEN 1 ELSE 0 END,
  CASE WHEN kind = 'STATION' AND completed_on <= %(day)s AND due_on <= %(day)s
    AND basics_entered_on <= due_on THEN 1 ELSE 0 END
FROM stations_station WHERE closed_on IS NULL OR closed_on > %(day)s"""
SPELLS = """
SELECT p.station_id,
  MAX(CASE WHEN p.status = 'SIGN_HUNG' AND p.starts_on <= %(day)s AND (s.closed_on IS NULL OR s.closed_on > %(day)s)
    THEN 1 ELSE 0 END),
  MAX(CASE WHEN p.status = 'OPERATING' AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on > %(day)s)
    THEN 1 ELSE 0 END),
  MAX(CASE WHEN p.status = 'OPERATING' AND p.starts_on <= %(last)s
    AND (s.records_from IS NULL OR s.records_from <= %(last)s)
    AND (p.ends_on IS NULL OR (p.ends_on > %(first)s AND p.ends_on > p.starts_on)) THEN 1 ELSE 0 END)
FROM stations_statusspell p JOIN stations_station s ON s.unit_id = p.station_id
WHERE s.kind = 'STATION' GROUP BY p.station_id"""
DIMENSION_STATES = f"""
SELECT d.station_id, {", ".join(f"SUM(CASE WHEN d.dimension = '{name}' THEN 1 ELSE 0 END)" for name in DIMENSIONS)}
FROM stations_dimensionstate d JOIN stations_station s ON s.unit_id = d.station_id
WHERE d.met AND d.starts_on <= %(day)s AND (d.ends_on IS NULL OR d.ends_on > %(day)s) AND s.kind = 'STATION'
  AND s.completed_on <= %(day)s AND (s.closed_on IS NULL OR s.closed_on > %(day)s)
GROUP BY d.station_id"""
POSTINGS = """
SELECT p.station_id, COUNT(*), COUNT(c.worker_id), COUNT(e.worker_id)
FROM stations_stationposting p
LEFT JOIN (SELECT DISTINCT worker_id FROM stations_certificate WHERE issued_on <= %(day)s) c
  ON c.worker_id = p.worker_id
LEFT JOIN (SELECT worker_id FROM stations_employment
  WHERE full_time AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on > %(day)s)) e ON e.worker_id = p.worker_id
WHERE p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on > %(day)s)
GROUP BY p.station_id"""
REPORTS = """
SELECT r.station_id, COUNT(r.submitted_at), SUM(CASE WHEN r.on_time THEN 1 ELSE 0 END),
  SUM(CASE WHEN NOT r.on_time THEN 1 ELSE 0 END), SUM(CASE WHEN r.state = 'APPROVED' THEN 1 ELSE 0 END)
FROM reporting_monthlyreport r JOIN stations_station s ON s.unit_id = r.station_id
WHERE r.month = %(month)s AND s.kind = 'STATION' AND (s.records_from IS NULL OR s.records_from <= %(last)s) AND EXISTS (
  SELECT 1 FROM stations_statusspell p WHERE p.station_id = r.station_id AND p.status = 'OPERATING'
  AND p.starts_on <= %(last)s AND (p.ends_on IS NULL OR (p.ends_on > %(first)s AND p.ends_on > p.starts_on)))
GROUP BY r.station_id"""


def _parts(column: str, names: list[str]) -> str:
    return ", ".join(
        f"COUNT(*) FILTER (WHERE {column} = '{name}'), COALESCE(SUM(contacts) FILTER (WHERE {column} = '{name}'), 0)"
        for name in names
    )


SERVICES = f"""
SELECT station_id, COUNT(*), SUM(contacts), COUNT(*) FILTER (WHERE on_time), COUNT(*) FILTER (WHERE administrative),
  COUNT(*) FILTER (WHERE volunteers > 0), SUM(volunteers),
  CAST(ROUND(SUM(hours) * 10) AS integer), CAST(ROUND(SUM(volunteer_hours) * 10) AS integer),
  {_parts("domain", DOMAINS)}, {_parts("method", METHODS)},
  {", ".join(f"COUNT(*) FILTER (WHERE {name} > 0), SUM({name})" for name in GROUPS)}
FROM services_servicerecord WHERE month = %(month)s AND voided_at IS NULL GROUP BY station_id"""
SOURCES = [
    (STATIONS, STATION_KEYS), (SPELLS, SPELL_KEYS), (DIMENSION_STATES, DIMENSION_KEYS), (POSTINGS, POSTING_KEYS),
    (REPORTS, REPORT_KEYS), (SERVICES, SERVICE_KEYS),
]  # fmt: skip
UPSERT = (
    """ON CONFLICT (unit_id, month) DO UPDATE SET measures = excluded.measures, computed_at = excluded.computed_at"""
)


@transaction.atomic
def count_month(month: Month) -> int:
    """Count, add up, upsert; returns the number of units."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "month": int(month), "first": month.first, "last": month.last, "day": min(month.last, today), "today": today,
        "new_year": date(month.year, 1, 1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL jit = off")
        else:
            values = {key: str(value) if isinstance(value, date) else value for key, value in values.items()}
        facts = []
        for statement, keys in SOURCES:
            cursor.execute(statement, values)
            facts.append(({row[0]: row[1:] for row in cursor.fetchall()}, (0,) * len(keys)))
        cursor.execute(
            "SELECT id, path, level, is_virtual FROM accounts_orgunit"
            " WHERE (opened_on IS NULL OR opened_on <= %(day)s) AND (closed_on IS NULL OR closed_on > %(day)s)"
            " ORDER BY level DESC, path",
            values,
        )
        rows = _add_up(cursor.fetchall(), facts)
        _write(cursor, rows, month)
    return len(rows)


def _add_up(units: list[tuple[Any, ...]], facts: list[tuple[dict[int, tuple[int, ...]], tuple[int, ...]]]) -> list:
    nothing = [0] * len(KEYS)
    sums: dict[str, list[int]] = {}
    rows = []
    for unit_id, path, level, virtual in units:
        if level == 5:
            row = [number for found, none in facts for number in found.get(unit_id, none)] + [0] * len(DERIVED_KEYS)
            busy = row[AT["services"]] or not row[AT["reports_expected"]]
            row[AT["stations_idle"]] = int(row[AT["stations_operating"]] and not busy)
        else:
            row = sums.get(path, nothing)[:]
        kept = level != 4 or any(row)
        if level == 4 and not virtual:
            row[AT["townships_due"]] = 1
            row[AT["townships_covered"]] = int(row[AT["stations_completed"]] > 0)
        if level == 3 and not virtual and row[AT["townships_due"]]:
            row[AT["counties_due"]] = 1
            row[AT["counties_complete"]] = int(row[AT["townships_covered"]] >= row[AT["townships_due"]])
        above = path[:-4]
        sums[above] = [a + b for a, b in zip(sums[above], row, strict=True)] if above in sums else row
        if kept:
            rows.append((unit_id, json.dumps({key: n for key, n in zip(KEYS, row, strict=True) if n})))
    return rows


def _write(cursor: Any, rows: list[tuple[int, str]], month: Month) -> None:
    now = timezone.now()
    if connection.vendor == "postgresql":
        cursor.execute("CREATE TEMPORARY TABLE by_hand (unit_id bigint, measures text) ON COMMIT DROP")
        text = io.StringIO("".join(f"{unit_id}\t{measures}\n" for unit_id, measures in rows))
        cursor.copy_expert("COPY by_hand FROM STDIN", text)
        cursor.execute(
            "INSERT INTO reporting_unitmonth (unit_id, measures, month, computed_at)"
            f" SELECT unit_id, measures, %s, %s FROM by_hand {UPSERT}",
            [int(month), now],
        )
        return
    cursor.executemany(
        f"INSERT INTO reporting_unitmonth (unit_id, measures, month, computed_at) VALUES (%s, %s, %s, %s) {UPSERT}",
        [(unit_id, measures, int(month), str(now)) for unit_id, measures in rows],
    )
