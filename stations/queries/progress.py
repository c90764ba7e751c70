"""How far building has come: a unit and its children on one day, out of a fixed number of grouped queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Substr

from accounts.models import Level, OrgUnit, User
from common.paths import STEP
from policies.queries import Target, coverage_targets, room_targets
from stations.milestones import DAYS_A_MONTH, PACE_MONTHS, Forecast, forecast
from stations.models import RoomTitle, Station, StationKind, StationStatus, StatusSpell
from stations.models.dated import at
from stations.models.stations import completed, standing
from stations.queries.coverage import townships

_S = StationStatus
EXACT = {_S.PLANNED: "planned", _S.BUILDING: "building", _S.OPERATING: "operating", _S.SUSPENDED: "suspended"}
REACHED = {_S.ACCEPTED: "accepted", _S.SIGN_HUNG: "sign_hung"}


@dataclass
class Figures:
    """Counts of one subtree on one day: `planned`, `building`, `operating`, `suspended` stand there now, `completed`,
    `accepted`, `sign_hung` have come at least so far; `lately` were completed in the months that make the pace."""

    townships: int = 0
    covered: int = 0
    planned: int = 0
    building: int = 0
    completed: int = 0
    accepted: int = 0
    sign_hung: int = 0
    operating: int = 0
    suspended: int = 0
    new: int = 0
    lately: int = 0
    rooms: int = 0
    rooms_new: int = 0
    titled: int = 0

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def coverage(self) -> float | None:
        return self.covered / self.townships if self.townships else None


@dataclass
class Row:
    """A unit with its figures, and what documents ask of it."""

    unit: OrgUnit
    figures: Figures = field(default_factory=Figures)
    target: Target | None = None
    room_target: Target | None = None

    @property
    def wanted(self) -> int | None:
        """The number of stations that the document names: its count, or one for each live township."""
        if self.target is None:
            return None
        return self.figures.townships if self.target.count is None else self.target.count

    def missing(self) -> int:
        """How many stations are still missing to what the document asks for; 0 without a target."""
        if self.target is None:
            return 0
        if self.target.count is None:
            return self.figures.townships - self.figures.covered
        return max(self.target.count - self.figures.completed, 0)


@dataclass
class Progress:
    """The unit and its children, worst coverage first among those that have townships."""

    total: Row
    rows: list[Row]
    on: date

    def ahead(self) -> Forecast | None:
        """What today's pace leads to by the target's due date, or by the end of the year when that has passed."""
        target, wanted, figures = self.total.target, self.total.wanted, self.total.figures
        if target is None or wanted is None:
            return None
        year_end = date(self.on.year, 12, 31)
        return forecast(
            built=figures.covered if target.count is None else figures.completed,
            target=wanted,
            lately=figures.lately,
            on=self.on,
            due=target.due if target.due >= self.on else year_end,
        )


def pace_since(on: date) -> date:
    """The first day of the months whose mean is the pace on `on`."""
    return on - timedelta(days=round(PACE_MONTHS * DAYS_A_MONTH))


def progress(user: User, unit: OrgUnit, on: date) -> Progress:
    """Eight queries, whatever the unit. Rows are the unit's children down to townships; stations are no rows."""
    below = OrgUnit.objects.visible_to(user).filter(parent=unit, level__lte=Level.TOWNSHIP)
    children = below.live(on).order_by("path")
    rows = {child.path: Row(child) for child in children}
    length = len(unit.path) + STEP if unit.level < Level.TOWNSHIP else len(unit.path)
    total = Row(unit)
    found = _figures(unit, on, length)
    for path, figures in found.items():
        total.figures.add(figures)
        if path in rows:
            rows[path].figures = figures
    stations, rooms = coverage_targets(on), room_targets(on)
    for row in (total, *rows.values()):
        row.target, row.room_target = stations.get(row.unit.pk), rooms.get(row.unit.pk)
    shown = [row for row in rows.values() if row.figures.townships or row.figures.completed or row.figures.rooms]
    worst_first = sorted(shown, key=lambda row: 2.0 if row.figures.coverage is None else row.figures.coverage)
    return Progress(total, worst_first, on)


def _figures(unit: OrgUnit, on: date, length: int) -> dict[str, Figures]:
    """The first `length` characters of the path → counts of that subtree."""
    found: dict[str, Figures] = defaultdict(Figures)

    def cut(rows: Any, column: str) -> Any:
        return rows.annotate(top=Substr(column, 1, length)).order_by()

    spells = StatusSpell.objects.under(unit).filter(station__kind=StationKind.STATION)
    place = "station__unit__path"
    now = cut(spells.filter(at(on), status__in=EXACT), place)
    for top, status, count in now.values_list("top", "status").annotate(n=Count("pk")):
        setattr(found[top], EXACT[StationStatus(status)], count)
    begun = cut(spells.filter(standing(on, "station__"), starts_on__lte=on, status__in=REACHED), place)
    for top, status, count in begun.values_list("top", "status").annotate(n=Count("station", distinct=True)):
        setattr(found[top], REACHED[StationStatus(status)], count)
    built = cut(Station.objects.under(unit).filter(completed(on)), "unit__path").values_list("top", "kind")
    new, lately = Q(completed_on__year=on.year), Q(completed_on__gt=pace_since(on))
    for top, kind, count, this_year, recent in built.annotate(
        n=Count("pk"), new=Count("pk", filter=new), lately=Count("pk", filter=lately)
    ):
        figures = found[top]
        if kind == StationKind.STATION:
            figures.completed, figures.new, figures.lately = count, this_year, recent
        elif kind == StationKind.ROOM:
            figures.rooms, figures.rooms_new = count, this_year
    due = cut(townships(OrgUnit.objects.under(unit), on), "path").values_list("top")
    for top, count, covered in due.annotate(n=Count("pk"), m=Count("pk", filter=Q(covered=True))):
        found[top].townships, found[top].covered = count, covered
    titles = cut(RoomTitle.objects.under(unit).held(on), "room__unit__path").values_list("top")
    for top, count in titles.annotate(n=Count("room", distinct=True)):
        found[top].titled = count
    return found


def forecast_words(ahead: Forecast, on: date, due: date) -> str:
    """“按目前进度……”, with how it is computed."""
    if ahead.built >= ahead.target:
        return f"目标 {ahead.target} 个已达到"
    day = f"{due.year}年{due.month}月{due.day}日"
    how = f"（近 {PACE_MONTHS} 个月平均每月建成 {ahead.per_month:.1f} 个，按日推算）"
    by_due = f"按目前进度，到{day}可建成 {ahead.by_due} 个，目标 {ahead.target} 个"
    if ahead.reached_on is None:
        return f"{by_due}；近 {PACE_MONTHS} 个月没有新建成，按此进度达不到目标"
    reached = f"预计 {ahead.reached_on.year}年{ahead.reached_on.month}月达到"
    return f"{by_due}，{reached}{how}"
