"""Loading what ships with the product: the defaults, the two public documents, the official calendar 2004–2026."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chinese_calendar import holidays, workdays
from django.db import transaction

from accounts import audit
from accounts.models import Level, OrgUnit
from policies import kinds
from policies.models import CalendarDay, CalendarYear, PolicyDocument, Provision

DOCUMENTS = Path(__file__).resolve().parent.parent / "data" / "documents.json"
NATION = "nation"

_HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass
class Loaded:
    """What a load did: counts of new rows, and in words what had to wait."""

    documents: int = 0
    provisions: int = 0
    years: int = 0
    skipped: list[str] = field(default_factory=list)


@transaction.atomic
def load_documents(path: Path = DOCUMENTS) -> Loaded:
    """Load shipped documents whose issuer is in the tree; again after more units are loaded adds what was missing.

    Rows that stand, ended or not, are left alone: administrators own them.
    """
    shipped = json.loads(path.read_text(encoding="utf-8"))
    units = _units(shipped)
    loaded = Loaded()
    for entry in shipped:
        issuer = units.get(entry["issuer"])
        if issuer is None:
            loaded.skipped.append(f"{entry['number']}：发文单位 {entry['issuer']} 尚未载入，跳过")
            continue
        document, created = PolicyDocument.objects.get_or_create(
            issuer=issuer,
            number=entry["number"],
            defaults={
                "title": entry["title"],
                "issuer_name": entry["issuer_name"],
                "issued_on": date.fromisoformat(entry["issued_on"]),
                "source": entry["source"],
                "is_default": entry.get("is_default", False),
            },
        )
        added = _load_provisions(document, entry["provisions"], units, loaded.skipped)
        loaded.documents += created
        loaded.provisions += added
        if created or added:
            audit.record(by=None, verb="载入制度文件", target=document, unit=issuer, changes={"条款数": [None, added]})
    return loaded


def _units(shipped: list[dict[str, Any]]) -> dict[str, OrgUnit]:
    codes = {entry["issuer"] for entry in shipped}
    codes |= {code for entry in shipped for row in entry["provisions"] for code in row.get("units", ())}
    units = {str(unit.code): unit for unit in OrgUnit.objects.filter(code__in=codes)}
    root = OrgUnit.objects.filter(level=Level.NATION).first()
    return units | ({NATION: root} if root else {})


def _load_provisions(
    document: PolicyDocument, rows: list[dict[str, Any]], units: dict[str, OrgUnit], skipped: list[str]
) -> int:
    standing = defaultdict(list)
    for known in document.provisions.all():
        standing[known.unit_id, known.kind, known.in_force_from].append(known.parameters)
    new = []
    for row in rows:
        parameters = kinds.clean(row["kind"], row["parameters"])
        since = date.fromisoformat(row["from"]) if "from" in row else None
        for unit in _governed(document, row, units, skipped):
            if parameters in standing[unit.pk, row["kind"], since]:
                continue
            new.append(
                Provision(
                    document=document,
                    unit=unit,
                    kind=row["kind"],
                    clause=row["clause"],
                    parameters=parameters,
                    text=row.get("text", ""),
                    in_force_from=since,
                    in_force_to=date.fromisoformat(row["to"]) if "to" in row else None,
                )
            )
    Provision.objects.bulk_create(new)
    return len(new)


def _governed(
    document: PolicyDocument, row: dict[str, Any], units: dict[str, OrgUnit], skipped: list[str]
) -> list[OrgUnit]:
    if "units" not in row:
        return [document.issuer]
    for code in row["units"]:
        if code not in units:
            skipped.append(f"{document.number} {row['clause']}：单位 {code} 尚未载入，跳过该单位的条款")
    return [units[code] for code in row["units"] if code in units]


@transaction.atomic
def seed_calendar() -> Loaded:
    """The notices 2004–2026 of the chinesecalendar package, for years that are not confirmed yet."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    days = {day: (True, name) for day, name in holidays.items()} | {
        day: (False, name) for day, name in workdays.items()
    }
    years = sorted({day.year for day in days} - known)
    # bulk_create, so that confirmed_at is set once for all; a seeded year was confirmed by nobody.
    CalendarYear.objects.bulk_create(
        CalendarYear(year=year, source="国务院办公厅节假日安排（随系统提供）") for year in years
    )
    taken = set(CalendarDay.objects.values_list("date", flat=True))
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, year_id=day.year, rest=rest, name=_HOLIDAY_NAMES[name])
        for day, (rest, name) in sorted(days.items())
        if day.year in years and day not in taken
    )
    return Loaded(years=len(years))
