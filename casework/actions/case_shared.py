"""What the actions of cases share: locks, one way to take a step, events that name no person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import audit
from accounts.models import User
from casework.case_steps import State, Step, holes
from casework.models import Case, CaseStep
from casework.queries.case_history import history, last_step
from common.text import long_text
from files.actions import attach
from services.actions.months import hold
from services.queries import postings_between
from stations import stale
from stations.models import Station, Worker

NOTE = 500


def locked(case: Case) -> Case:
    """The case as it stands once its station, then its own row, are held until the end of the transaction."""
    hold(case.station)
    rows = Case.objects.select_for_update(of=("self",)).select_related("station__unit", "client", "worker")
    return rows.get(pk=case.pk)


def seen(case: Case, expected: int) -> None:
    """Raises ValidationError when somebody took a step, or took one back, since the user looked."""
    last = last_step(case)
    if last is None or last.pk != expected:
        words = f"“{last.get_kind_display()}”（{last.on}）" if last else "撤回"
        raise ValidationError(f"这个个案刚刚已登记{words}，请核对后重新办理")


def refuses_change(case: Case) -> str:
    """Why the case cannot be changed outside its steps; "" when it can."""
    return "" if case.is_open else f"个案{case.get_state_display()}，不能再修改"


def require_open(case: Case) -> None:
    if words := refuses_change(case):
        raise ValidationError(words)


def refuse_holes(case: Case) -> None:
    """Raises ValidationError when a change outside the steps (a voided or moved service) left a hole."""
    found = holes(history(case))
    if found:
        raise ValidationError(f"这条服务属于{case}，这样改动会使个案记录不完整：{found[0]}")


def posted_worker(station: Station, worker: Worker, on: date, field: str = "worker") -> Worker:
    """The worker, who is posted at the station on the day."""
    if not postings_between(station, on, on).filter(worker=worker).exists():
        raise ValidationError({field: f"{worker.name}在 {on} 不驻本站"})
    return worker


def text(value: str, field: str, label: str, most: int = NOTE, *, required: bool = False) -> str:
    found = long_text(value or "", field=field, label=label, max_length=most)
    if required and not found:
        raise ValidationError({field: f"请填写{label}"})
    return found


def take(
    by: User | None, case: Case, kind: Step, on: date, *, state: State, note: str = "", files: Iterable[Any] = ()
) -> CaseStep:
    """Save the step and the case in its new state, attach the evidence, leave the event, mark the months."""
    step = CaseStep.objects.create(case=case, kind=kind, on=on, note=note, by=by, at=timezone.now())
    attach(by=by, target=step, unit=case.station.unit, files=list(files), slot="evidence", field="evidence")
    case.state = state
    case.save()
    tell(by, f"个案{kind.label}", case, {"所处环节": [None, state.label], "日期": [None, str(on)]})
    mark(case, on)
    return step


def tell(by: User | None, verb: str, case: Case, changes: dict[str, Any]) -> None:
    """The trail holds no text of a case: reasons and notes stand with the case."""
    audit.record(by=by, verb=verb, target=case, unit=case.station.unit, changes=changes)


def mark(case: Case, since: date) -> None:
    stale.mark(case.station_id, stale.months_since(since))
