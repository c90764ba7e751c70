"""Everything a dashboard reads, in a number of queries that does not grow with the number of children."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone

from accounts.gate import may
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common.months import Month
from policies.models import Provision
from policies.queries import RuleBook, Target, coverage_targets
from reporting.figures import Figures, figures_of_many
from reporting.indicators import Indicator
from reporting.layout import LAYOUTS, TODOS, Layout
from reporting.models import UnitMonth
from reporting.registry import INDICATORS
from stations.models import month_end

WINDOW = 36  # months back, the shown one included: for the curve of coverage
TREND_MONTHS = 24


@dataclass(frozen=True)
class DashboardData:
    """`own` holds every month of the window, `theirs` (unit id, month) the months that the comparison needs."""

    unit: OrgUnit
    month: Month
    settled: Month
    now: datetime
    children: list[OrgUnit]
    own: dict[Month, Figures]
    theirs: dict[tuple[int, Month], Figures]
    rules: RuleBook
    target: Target | None
    closed: frozenset[str]  # names of lists that the reader may not open
    local: frozenset[str]  # kinds that documents of units below settle; only told above cities

    @property
    def layout(self) -> Layout:
        return LAYOUTS[Level(self.unit.level)]

    @property
    def day(self) -> date:
        """As of which dated facts count."""
        return month_end(self.month, self.today)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @property
    def running(self) -> bool:
        """Is the shown month not over yet?"""
        return self.settled != self.month

    @property
    def figures(self) -> Figures:
        return self.own[self.month]

    @property
    def months(self) -> list[Month]:
        """The window, oldest first."""
        return sorted(self.own)

    def month_of(self, indicator: Indicator) -> Month:
        """The month whose figure of this indicator the page shows."""
        return self.settled if indicator.settled else self.month


def settled_month(month: Month, today: date) -> Month:
    """The month itself once it is over, else the one before: its reports and silences can be judged."""
    return month if month.last < today else month - 1


def window(month: Month) -> list[Month]:
    """The months whose snapshots a dashboard of `month` reads for its own unit."""
    return [month - back for back in range(WINDOW)]


def last_counted(unit: OrgUnit, month: Month) -> datetime | None:
    """The latest count of any month in the window: every change below the unit moves it.

    None also for a township where nothing stands: it has no snapshot until something does.
    """
    rows = UnitMonth.objects.filter(unit=unit, month__lte=month, month__gt=month - WINDOW)
    return rows.order_by("-computed_at").values_list("computed_at", flat=True).first()


def closed_lists(user: User, unit: OrgUnit) -> frozenset[str]:
    """Names of the lists behind figures and tasks that `user` may not open for the unit."""
    names = {indicator.records.url_name for indicator in INDICATORS.values() if indicator.records}
    names |= {todo.url_name for todo in TODOS}
    return frozenset(name for name in names if not may(user, _permission_of(name), unit.path))


@lru_cache(maxsize=256)
def _permission_of(url_name: str) -> Permission:
    view: Any = resolve(reverse(url_name)).func
    return view.gate[1]


def load(unit: OrgUnit, month: Month, now: datetime, closed: frozenset[str] = frozenset()) -> DashboardData:
    """At most eleven queries, however many children. `closed`: lists to which nothing leads (closed_lists)."""
    today = timezone.localdate(now)
    day = month_end(month, today)
    settled = settled_month(month, today)
    has_children = bool(LAYOUTS[Level(unit.level)].columns)
    children = list(OrgUnit.objects.filter(parent=unit).live(day).order_by("path")) if has_children else []
    own = figures_of_many([unit.pk], window(month))
    compared = sorted({month, month - 1, settled, settled - 1})
    theirs = figures_of_many([child.pk for child in children], compared) if children else {}
    return DashboardData(
        unit=unit,
        month=month,
        settled=settled,
        now=now,
        children=children,
        own={of: _shut(figures, closed) for (_, of), figures in own.items()},
        theirs={key: _shut(figures, closed) for key, figures in theirs.items()},
        rules=RuleBook.load([child.path for child in children] or [unit.path]),
        target=coverage_targets(day).get(unit.pk) if LAYOUTS[Level(unit.level)].building else None,
        closed=closed,
        local=_settled_below(unit, day),
    )


def _shut(figures: Figures, closed: frozenset[str]) -> Figures:
    return Figures(figures.measures, figures.computed_at, closed) if closed else figures


def _settled_below(unit: OrgUnit, day: date) -> frozenset[str]:
    """Kinds of rules that documents below a nation or province set: its stations are judged by different papers."""
    if unit.level >= Level.CITY:
        return frozenset()
    rows = Provision.objects.under(unit).in_force(day).filter(document__is_default=False).exclude(unit=unit)
    return frozenset(rows.order_by().values_list("kind", flat=True).distinct())
