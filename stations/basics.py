"""The basics of a station (R5): when they are complete, and how their entry is judged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models

from policies.deadlines import Due
from stations.models import Station

REQUIRED = ("address", "contact_name", "contact_phone", "hosting")


class BasicsState(models.TextChoices):
    """Where the entry of a station's basics stands."""

    NO_DUE = "NO_DUE", "尚无期限"
    OPEN = "OPEN", "未到期"
    OVERDUE = "OVERDUE", "已逾期"
    ON_TIME = "ON_TIME", "按时录入"
    LATE = "LATE", "逾期录入"


@dataclass(frozen=True)
class Judgement:
    """`days_late` counts to the day of entry, or to today while nothing is entered."""

    state: BasicsState
    days_late: int = 0

    @property
    def needs_action(self) -> bool:
        return self.state == BasicsState.OVERDUE

    @property
    def words(self) -> str:
        if self.state == BasicsState.OVERDUE:
            return f"已逾期 {self.days_late} 天"
        if self.state == BasicsState.LATE:
            return f"逾期 {self.days_late} 天录入"
        return self.state.label


def label(field: str) -> str:
    """The name of a basic in Chinese."""
    return str(getattr(Station._meta.get_field(field), "verbose_name", field))


def complete(station: Station) -> bool:
    """Are address, contact, telephone and way of running all there?"""
    return all(getattr(station, field) for field in REQUIRED)


def judge(due: Due | None, entered_on: date | None, today: date) -> Judgement:
    """R5: on time, late, overdue or still open."""
    if due is None:
        return Judgement(BasicsState.NO_DUE)
    if entered_on is None:
        late = due.days_late(today)
        return Judgement(BasicsState.OVERDUE, late) if late else Judgement(BasicsState.OPEN)
    if due.is_late(entered_on):
        return Judgement(BasicsState.LATE, due.days_late(entered_on))
    return Judgement(BasicsState.ON_TIME)
