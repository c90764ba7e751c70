"""The dated life of a station: its statuses, and checks against the four dimensions (R3, R5)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from common import checks
from policies.queries import RuleBook
from stations import life, stale
from stations.actions.careers import close_posting
from stations.actions.judging import judge_basics
from stations.actions.locks import locked_station, locked_worker
from stations.models import (
    Dimension,
    DimensionState,
    Station,
    StationKind,
    StationPosting,
    StationStatus,
    StatusSpell,
    Worker,
)


def _current(station: Station, expected: int | None) -> StatusSpell:
    """The open spell. Raises ValidationError when it is not the one that the user looked at."""
    current = StatusSpell.objects.current().get(station=station)
    if expected is not None and expected != current.pk:
        raise ValidationError(
            f"他人刚刚把站点状态登记为“{current.get_status_display()}”（{current.starts_on}），请核对后重新登记"
        )
    return current


def _forget_completion(station: Station) -> None:
    station.completed_on = station.due_on = station.due_provision_id = None
    station.due_reason, station.due_provisional = "", False


def _close(station: Station, on: date, by: User | None) -> None:
    """Ends the postings, and the unit of the tree with the station."""
    after = StationPosting.objects.filter(station=station, starts_on__gt=on).order_by("-starts_on").first()
    ended = StationPosting.objects.filter(station=station, ends_on__gt=on).order_by("-ends_on").first()
    if after or ended:
        day = after.starts_on if after else ended.ends_on  # type: ignore[union-attr]
        raise ValidationError({"on": f"有社工在 {day} 仍有驻站记录，撤销日期不能早于该日"})
    station.closed_on = station.unit.closed_on = on
    station.unit.save(update_fields=["closed_on"])
    here = StationPosting.objects.current().filter(station=station)
    for worker in Worker.objects.filter(postings__in=here).order_by("pk"):
        locked_worker(worker)
        # Read again under the lock: the worker may just have been transferred.
        for posting in here.filter(worker=worker).select_related("worker", "station__unit"):
            close_posting(by=by, posting=posting, on=on, note="站点撤销")


@transaction.atomic
def record_status(
    *,
    by: User | None,
    station: Station,
    status: str,
    on: date,
    note: str = "",
    expected: int | None = None,
) -> StatusSpell:
    """End the current status on `on` and begin `status`. Completion judges when the basics are due (R5).

    `expected` is the id of the spell that the user saw; when another stands there by now, nothing is written.
    Raises ValidationError for a wrong order, a day in the future or before the current status began.
    """
    station = locked_station(station)
    current = _current(station, expected)
    new = StationStatus(checks.member(status, StationStatus, field="status", label="状态"))
    if reason := life.refusal(StationKind(station.kind), StationStatus(current.status), new):
        raise ValidationError({"status": reason})
    since_label = f"当前状态“{current.get_status_display()}”的起始日期"
    on = checks.past_day(on, field="on", label="日期", since=current.starts_on, since_label=since_label)
    note = checks.note(note)
    before = audit.told(station)
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    spell = StatusSpell.objects.create(station=station, status=new, starts_on=on, note=note)
    basis = {}
    if new == StationStatus.COMPLETED:
        station.completed_on = on
        rules = RuleBook.load([station.unit.path])
        basis = {"截止依据": [None, judge_basics(station, rules, on)]}
    elif new == StationStatus.CLOSED:
        _close(station, on, by)
    station.save()
    audit.record(
        by=by,
        verb="登记站点状态",
        target=station,
        unit=station.unit,
        changes={
            "状态": [current.get_status_display(), new.label],
            "起始日期": [str(current.starts_on), str(on)],
            **audit.changes(before, audit.told(station)),
            **basis,
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return spell


@transaction.atomic
def withdraw_status(*, by: User | None, station: Station, reason: str, expected: int | None = None) -> StatusSpell:
    """Take back the last status, recorded by mistake; the one before it is current again. Returns that one.

    Postings that closing ended stay ended. Raises ValidationError for the first status, and without a reason.
    """
    station = locked_station(station)
    wrong = _current(station, expected)
    previous = StatusSpell.objects.filter(station=station).exclude(pk=wrong.pk).order_by("-starts_on", "-pk").first()
    if previous is None:
        raise ValidationError("这是站点的第一个状态，不能撤回")
    reason = checks.withdrawal_reason(reason)
    before = audit.told(station)
    undone = StationStatus(wrong.status)
    if undone == StationStatus.COMPLETED:
        _forget_completion(station)
    elif undone == StationStatus.CLOSED:
        station.closed_on = station.unit.closed_on = None
        station.unit.save(update_fields=["closed_on"])
    wrong.delete()
    previous.ends_on = None
    previous.save(update_fields=["ends_on"])
    station.save()
    audit.record(
        by=by,
        verb="撤回站点状态",
        target=station,
        unit=station.unit,
        changes={
            "状态": [undone.label, previous.get_status_display()],
            "起始日期": [str(wrong.starts_on), str(previous.starts_on)],
            **audit.changes(before, audit.told(station)),
        },
        reason=reason,
    )
    stale.mark(station.pk, stale.months_since(wrong.starts_on))
    return previous


@transaction.atomic
def record_dimension(
    *, by: User | None, station: Station, dimension: str, met: bool, on: date, note: str = ""
) -> DimensionState:
    """A check of one dimension (R3); it holds until the next check.

    Raises ValidationError for a closed station, and a day in the future, before the station began or the last check.
    """
    station = locked_station(station)
    if station.closed_on:
        raise ValidationError("站点已撤销，不能再登记检查")
    checked = Dimension(checks.member(dimension, Dimension, field="dimension", label="维度"))
    current = DimensionState.objects.current().filter(station=station, dimension=checked).first()
    earlier = current or StatusSpell.objects.filter(station=station).order_by("starts_on", "pk").first()
    since = earlier.starts_on if earlier else None
    since_label = "上一次检查日期" if current else "站点筹建日期"
    on = checks.past_day(on, field="on", label="检查日期", since=since, since_label=since_label)
    note = checks.note(note)
    if current:
        current.ends_on = on
        current.save(update_fields=["ends_on"])
    state = DimensionState.objects.create(station=station, dimension=checked, met=met, starts_on=on, note=note)
    words = {True: "达标", False: "未达标"}
    audit.record(
        by=by,
        verb="登记建设标准检查",
        target=station,
        unit=station.unit,
        changes={
            checked.label: [words[current.met] if current else "未检查", words[met]],
            "检查日期": [str(current.starts_on) if current else None, str(on)],
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return state
