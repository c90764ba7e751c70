"""Milestones as pages and figures show them: judged from the facts and one day, in a fixed number of queries."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from common.paths import END
from stations.milestones import Forecast, Life, Standing, enough_since, forecast, judge, standing_on
from stations.models import Milestone, MilestoneKind, StationKind, StationStatus, StatusSpell
from stations.queries.progress import pace_since
from stations.queries.where import Scope

TONES = {
    Standing.LATE: "bad",
    Standing.AT_RISK: "warn",
    Standing.OPEN: "info",
    Standing.DONE_LATE: "muted",
    Standing.DONE: "ok",
}
ORDER = {standing: number for number, standing in enumerate(Standing)}
_LIFE: list[StationStatus] = [status for status in StationStatus if status != StationStatus.CLOSED]


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone on a day. `reached`: how many stations have come so far, None for a step."""

    pk: int
    name: str
    url: str
    plan: str
    plan_url: str
    year: int
    unit: str
    responsible: str
    due_on: date
    aim: str
    count: int | None
    reached: int | None
    done_on: date | None
    standing: Standing
    days_late: int
    ahead: str
    kind: str
    note: str
    is_step: bool

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def late(self) -> bool:
        return self.standing == Standing.LATE


def milestone_rows(milestones: Iterable[Milestone], today: date, user: User | None = None) -> list[MilestoneRow]:
    """In the order given; join `plan__unit` and `unit`. One query. `user`: links only what they may open."""
    found = list(milestones)
    lives = Lives.of([one for one in found if one.kind == MilestoneKind.COUNTED])
    scope = Scope(user, Permission.VIEW) if user else None
    return [_row(one, lives, today, scope) for one in found]


def late_first(rows: Iterable[MilestoneRow]) -> list[MilestoneRow]:
    """Late ones first, then those at risk; of one standing by due date."""
    return sorted(rows, key=lambda row: (ORDER[row.standing], row.due_on, row.name))


def sorted_rows(rows: Iterable[MilestoneRow], sort: str) -> list[MilestoneRow]:
    """In the order of `?sort=` (due_on, name, unit); late ones first for an unknown key."""
    keys = {"due_on": lambda row: (row.due_on, row.name), "name": lambda row: row.name, "unit": lambda row: row.unit}
    key = keys.get(sort.removeprefix("-"))
    return sorted(rows, key=key, reverse=sort.startswith("-")) if key else late_first(rows)


def late_by_unit(on: date, units: Collection[int] | None = None) -> dict[int, int]:
    """Responsible unit id → its milestones that are late on `on`; of these units, or of all. Two queries."""
    milestones = Milestone.objects.filter(due_on__lt=on).select_related("plan", "unit")
    found = list(milestones if units is None else milestones.filter(unit__in=units))
    return Counter(one.unit_id for one, row in zip(found, milestone_rows(found, on), strict=True) if row.late)


def aim_of(milestone: Milestone) -> str:
    """What it takes, in words: “建成 118 个社工站”."""
    if milestone.kind == MilestoneKind.STEP:
        return "完成后登记"
    new = "当年新增" if milestone.within_year else ""
    status = StationStatus(milestone.status).label
    return f"{new}{status} {milestone.count} 个{StationKind(milestone.station_kind).label}"


class Lives:
    """When each station below the milestones' units had come at least so far, and when it closed."""

    def __init__(self, rows: Iterable[tuple[str, str, str, date, date | None]]) -> None:
        self._by_kind: dict[str, dict[str, dict[StationStatus, date]]] = defaultdict(dict)
        self._closed: dict[str, date | None] = {}
        for path, kind, status, first, closed_on in rows:
            self._by_kind[kind].setdefault(path, {})[StationStatus(status)] = first
            self._closed[path] = closed_on
        self._paths = {kind: sorted(known) for kind, known in self._by_kind.items()}

    @classmethod
    def of(cls, milestones: Sequence[Milestone]) -> Lives:
        """One query; none without a counted milestone."""
        if not milestones:
            return cls([])
        paths = {one.unit.path for one in milestones}
        spells = StatusSpell.objects.in_paths(paths).filter(station__kind__in={one.station_kind for one in milestones})
        columns = ("station__unit__path", "station__kind", "status", "first", "station__closed_on")
        grouped = spells.exclude(status=StationStatus.CLOSED).order_by().values("station", "status")
        return cls(grouped.annotate(first=Min("starts_on")).values_list(*columns))

    def reached(self, milestone: Milestone) -> list[Life]:
        """From when to when each station counts for the milestone."""
        paths = self._paths.get(milestone.station_kind, [])
        top = milestone.unit.path
        here = paths[bisect_left(paths, top) : bisect_left(paths, top + END)]
        enough = _LIFE[_LIFE.index(StationStatus(milestone.status)) :]
        lives: list[Life] = []
        for path in here:
            firsts = self._by_kind[milestone.station_kind][path]
            days = [firsts[status] for status in enough if status in firsts]
            if days and (not milestone.within_year or min(days).year == milestone.plan.year):
                lives.append((min(days), self._closed[path]))
        return lives


def _row(milestone: Milestone, lives: Lives, today: date, scope: Scope | None) -> MilestoneRow:
    done_on, reached, ahead = milestone.done_on, None, None
    if milestone.kind == MilestoneKind.COUNTED:
        count = milestone.count or 0
        counted = lives.reached(milestone)
        done_on = enough_since(counted, count, due=milestone.due_on, today=today)
        # What is done shows the number of its day, whatever closed since.
        reached = standing_on(counted, min(max(milestone.due_on, done_on), today) if done_on else today)
        if done_on is None:
            lately = sum(1 for start, _ in counted if pace_since(today) < start <= today)
            ahead = forecast(built=reached, target=count, lately=lately, on=today, due=milestone.due_on)
    elif done_on and done_on > today:
        done_on = None
    standing = judge(due_on=milestone.due_on, done_on=done_on, today=today, ahead=ahead)
    plan = milestone.plan
    may_open_plan = scope is not None and plan.unit in scope
    return MilestoneRow(
        pk=milestone.pk,
        name=milestone.name,
        url=reverse("milestone_detail", args=[milestone.pk]),
        plan=plan.title,
        plan_url=reverse("plan_detail", args=[plan.pk]) if may_open_plan else "",
        year=plan.year,
        unit=milestone.unit.name,
        responsible=milestone.responsible,
        due_on=milestone.due_on,
        aim=aim_of(milestone),
        count=milestone.count,
        reached=reached,
        done_on=done_on,
        standing=standing,
        days_late=_days_late(milestone.due_on, done_on, today),
        ahead=_ahead_words(ahead, standing, (milestone.due_on - today).days),
        kind=MilestoneKind(milestone.kind).label,
        note=milestone.done_note,
        is_step=milestone.kind == MilestoneKind.STEP,
    )


def _days_late(due_on: date, done_on: date | None, today: date) -> int:
    return max(((done_on or today) - due_on).days, 0)


def _ahead_words(ahead: Forecast | None, standing: Standing, days: int) -> str:
    """What lies ahead of a milestone that is not due yet: where the pace leads, or the days that a step has left."""
    if standing not in (Standing.OPEN, Standing.AT_RISK):
        return ""
    if ahead is not None:
        return f"按目前进度到期可达 {ahead.by_due} 个"
    return ("今天到期" if days == 0 else f"距期限 {days} 天") if standing == Standing.AT_RISK else ""
