"""What plans of groups and activities share: locks, checks of what was typed, workers, the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from accounts import audit
from accounts.models import User
from casework.models.satisfaction import SCORE_FIELDS
from common import checks
from common.months import FIRST_DAY, LAST_DAY
from services.actions import SERVING
from services.actions.months import hold
from services.queries import postings_between
from stations.models import Station, Worker

MOST_PEOPLE = 9999
MOST_MONEY = Decimal("99999999.99")


def held_station(station: Station) -> Station:
    """The station with its row locked: whoever writes casework or services of it waits."""
    hold(station)
    return Station.objects.select_related("unit").get(pk=station.pk)


def require_serving(station: Station, day: date) -> None:
    """Raises ValidationError unless the station stands and serves on the day."""
    spell = station.spells.at(day).order_by("-starts_on", "-id").first()
    if spell is None or spell.status not in SERVING:
        raise ValidationError({"station": f"{station}在 {day} 没有在建成或运营状态，不能登记"})


def plan_day(value: date | None, *, field: str, label: str) -> date:
    """A day of a plan: it may lie ahead."""
    if value is None:
        raise ValidationError({field: f"请填写{label}"})
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValidationError({field: f"{label}不是有效的日期"})
    return value


def whole(value: Any, *, field: str, label: str, least: int = 0, most: int = MOST_PEOPLE) -> int:
    """A whole number in its range; None counts as 0."""
    number = int(value or 0)
    if not least <= number <= most:
        raise ValidationError({field: f"{label}应在 {least} 至 {most} 之间"})
    return number


def money(value: Decimal | None, *, field: str, label: str) -> Decimal | None:
    if value is None:
        return None
    if not 0 <= value <= MOST_MONEY or value != value.quantize(Decimal("0.01")):
        raise ValidationError({field: f"{label}应为不小于 0 的金额，最多两位小数"})
    return value


def scores(given: dict[str, Any]) -> dict[str, int]:
    """The counts of marks 5 … 1, by column."""
    return checks.all_of(
        **{
            name: lambda name=name, score=score: whole(given.get(name), field=name, label=f"{score} 分人数")
            for score, name in SCORE_FIELDS.items()
        }
    )


def team(station: Station, workers: Iterable[Worker], first: date) -> list[Worker]:
    """The workers once each; each was posted here since `first` at some time. Raises ValidationError."""
    chosen = sorted({worker.pk: worker for worker in workers}.values(), key=lambda worker: worker.pk)
    if not chosen:
        raise ValidationError({"workers": "请至少选择一名社工"})
    today = timezone.localdate()
    posted = postings_between(station, min(first, today), max(first, today)).filter(worker__in=chosen)
    here = set(posted.values_list("worker_id", flat=True))
    absent = [worker.name for worker in chosen if worker.pk not in here]
    if absent:
        raise ValidationError({"workers": f"{'、'.join(absent)}不驻本站"})
    return chosen


def tell(
    by: User | None, verb: str, row: Model, station: Station, changes: dict[str, Any] | None = None, reason: str = ""
) -> None:
    audit.record(by=by, verb=verb, target=row, unit=station.unit, changes=changes, reason=reason)


LONG = frozenset(
    {"purpose", "goals", "difficulties", "answers", "content", "result", "evaluation", "process", "summary", "observed"}
)


def shortened(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The trail keeps no narratives, only how long they are."""
    return {
        name: [f"{len(text)} 字" if text else text for text in pair] if name in LONG else pair
        for name, pair in changes.items()
    }
