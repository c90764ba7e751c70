"""The rows of 建设进度 as cells: for the page's table, the paper and the workbook alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import Level
from common.months import Month
from stations.models import StationState
from stations.queries.progress import Figures, Progress, Row


@dataclass(frozen=True)
class Count:
    """One column of counts. `state` opens the stations behind the number in the list."""

    label: str
    value: Callable[[Figures], int]
    group: str
    state: StationState | None = None
    kind: str = "STATION"

    def of_row(self, row: Row) -> int:
        return self.value(row.figures)


COUNTS = (
    Count("筹建", lambda f: f.planned, "推进情况（个）", StationState.PLANNED),
    Count("建设中", lambda f: f.building, "推进情况（个）", StationState.BUILDING),
    Count("建成", lambda f: f.completed, "推进情况（个）", StationState.COMPLETED),
    Count("验收", lambda f: f.accepted, "推进情况（个）", StationState.ACCEPTED),
    Count("挂牌", lambda f: f.sign_hung, "推进情况（个）", StationState.SIGN_HUNG),
    Count("运营", lambda f: f.operating, "推进情况（个）", StationState.OPERATING),
    Count("本年新建成", lambda f: f.new, "推进情况（个）", StationState.NEW),
    Count("社工室", lambda f: f.rooms, "社区社工室（个）", StationState.COMPLETED, "ROOM"),
    Count("本年新增", lambda f: f.rooms_new, "社区社工室（个）", StationState.NEW, "ROOM"),
    Count("示范", lambda f: f.titled, "社区社工室（个）"),
)


def progress_table(found: Progress, month: Month | None) -> dict[str, Any]:
    """For components/data_table.html: a row for each child, the unit itself below them."""
    columns = [
        {"label": "单位", "kind": "text"},
        {"label": "目标", "kind": "num", "hint": "文件规定的建站数"},
        {"label": "应建乡镇", "kind": "num"},
        {"label": "覆盖率", "kind": "bar"},
        *({"label": count.label, "kind": "num"} for count in COUNTS),
    ]
    rows = [{"cells": _cells(row, found, month)} for row in found.rows]
    total = _cells(found.total, found, month) if rows else None
    if total:
        total[0] = {"text": "合计"}
    alone = [{"cells": _cells(found.total, found, month)}]
    return {"columns": columns, "rows": rows or alone, "total": total, "caption": "建设进度", "dense": True}


def _cells(row: Row, found: Progress, month: Month | None) -> list[dict[str, Any]]:
    figures, tail = row.figures, f"&month={month}" if month else ""
    down = row.unit.pk != found.total.unit.pk and row.unit.level < Level.STATION
    missed = row.target is not None and row.target.due < found.on and row.missing() > 0
    stations = f"{reverse('station_list')}?unit={row.unit.pk}{tail}"
    return [
        {"text": row.unit.name, "href": f"{reverse('building_progress')}?unit={row.unit.pk}{tail}" if down else ""},
        {"value": row.wanted, "note": f"{row.target.due.year}年底" if row.target else ""},
        {"value": figures.townships},
        {"ratio": figures.coverage, "fraction": f"{figures.covered}/{figures.townships}", "bad": missed},
        *(_count(count, figures, stations) for count in COUNTS),
    ]


def _count(count: Count, figures: Figures, stations: str) -> dict[str, Any]:
    """The number, which opens its stations unless it is 0."""
    value = count.value(figures)
    opens = bool(count.state and value)
    return {"value": value, "href": f"{stations}&kind={count.kind}&state={count.state}" if opens else ""}
