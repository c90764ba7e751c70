"""What recording and taking back a status have in common (R5, R14). Called with the station's row locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils import timezone

from accounts import audit
from accounts.gate import may
from accounts.models import User
from accounts.roles import Permission
from common import checks
from files.checks import CheckedFile
from policies.queries import RuleBook
from stations import life, stale
from stations.actions.careers import close_posting
from stations.actions.judging import judge_basics
from stations.actions.locks import locked_worker
from stations.models import Station, StationKind, StationPosting, StationStatus, StatusSpell, Worker

EVIDENCE = "evidence"  # the slot of files that prove a step (stations.attachables)
Evidence = Sequence[File | CheckedFile]


def current_spell(station: Station, expected: int | None = None) -> StatusSpell:
    """The open spell. Raises ValidationError when it is not the one that the user looked at."""
    current = StatusSpell.objects.current().get(station=station)
    if expected is not None and expected != current.pk:
        raise ValidationError(
            f"他人刚刚把站点状态登记为“{current.get_status_display()}”（{current.starts_on}），请核对后重新登记"
        )
    return current


def require_step(by: User | None, path: str, permission: Permission, *, step: str, field: str = "status") -> None:
    """Raises ValidationError that says who may record the step, unless `by` may (None: the system itself)."""
    if by is not None and not may(by, permission, path):
        raise ValidationError({field: f"“{step}”由{life.who_may(permission)}登记，您在这里没有登记的权限"})


def begin(station: Station, status: StationStatus, on: date, by: User | None, note: str = "") -> StatusSpell:
    """The spell of `status` since `on`, saved; the one before must have ended."""
    return StatusSpell.objects.create(
        station=station, status=status, starts_on=on, note=note, recorded_by=by, recorded_at=timezone.now()
    )


def advance(
    *,
    by: User | None,
    station: Station,
    current: StatusSpell,
    new: StationStatus,
    on: date,
    note: str,
    field: str = "on",
) -> StatusSpell:
    """End `current` on `on` and begin `new`; completion judges when the basics are due (R5), closing ends the unit.

    Raises ValidationError for a wrong order, who may not record it, and a wrong day (under `field`).
    """
    old = StationStatus(current.status)
    if reason := life.refusal(StationKind(station.kind), old, new):
        raise ValidationError({"status": reason})
    require_step(by, station.unit.path, life.permission(old, new), step=new.label)
    since_label = f"当前状态“{old.label}”的起始日期"
    on = checks.past_day(on, field=field, label="日期", since=current.starts_on, since_label=since_label)
    note = checks.note(note)
    before = audit.told(station)
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    spell = begin(station, new, on, by, note)
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
            "状态": [old.label, new.label],
            "起始日期": [str(current.starts_on), str(on)],
            **audit.changes(before, audit.told(station)),
            **basis,
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return spell


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


def take_back(*, by: User | None, station: Station, wrong: StatusSpell, reason: str) -> StatusSpell:
    """Delete the last spell (with the acceptance that caused it); the one before it is current again. Returns that."""
    previous = StatusSpell.objects.filter(station=station).exclude(pk=wrong.pk).order_by("-starts_on", "-pk").first()
    if previous is None:
        raise ValidationError("这是站点的第一个状态，不能撤回")
    undone = StationStatus(wrong.status)
    right = life.permission(StationStatus(previous.status), undone)
    require_step(by, station.unit.path, right, step=undone.label, field="reason")
    reason = checks.withdrawal_reason(reason)
    before = audit.told(station)
    if undone == StationStatus.COMPLETED:
        if station.acceptances.exists():
            raise ValidationError("站点已有验收记录，请先撤回验收")
        _forget_completion(station)
    elif undone == StationStatus.CLOSED:
        _reopen(station)
    told = _acceptance_told(station, wrong)
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
            **told,
        },
        reason=reason,
    )
    stale.mark(station.pk, stale.months_since(wrong.starts_on))
    return previous


def _acceptance_told(station: Station, spell: StatusSpell) -> dict[str, Any]:
    found = station.acceptances.filter(spell=spell).first()
    return {"验收": [str(found), None]} if found else {}


def _forget_completion(station: Station) -> None:
    station.completed_on = station.due_on = station.due_provision_id = None
    station.due_reason, station.due_provisional = "", False


def _reopen(station: Station) -> None:
    """Raises ValidationError when the township has another station by now (R1: one a township)."""
    if station.kind == StationKind.STATION:
        beside = Station.objects.filter(unit__parent=station.unit.parent_id, kind=station.kind, closed_on=None)
        if other := beside.exclude(pk=station.pk).select_related("unit").first():
            raise ValidationError(f"该乡镇（街道）已另设“{other}”，不能恢复本站")
    station.closed_on = station.unit.closed_on = None
    station.unit.save(update_fields=["closed_on"])
