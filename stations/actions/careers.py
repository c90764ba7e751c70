"""Who employs a worker, and where they serve: employment, postings, transfers, leaving (R17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from common import checks
from common.months import Month
from common.text import plain_name
from policies.models import ProvisionKind
from policies.queries import RuleBook
from stations import life, stale
from stations.actions.locks import locked_station, locked_worker
from stations.actions.supervision import close_supervision
from stations.models import (
    Certificate,
    EmployerKind,
    Employment,
    LeavingReason,
    Station,
    StationPosting,
    StatusSpell,
    SupervisorAssignment,
    Worker,
)


def mark_where_posted(worker: Worker, since: date) -> None:
    """Every month from `since` on in which the worker was posted, at the station of the posting."""
    postings = StationPosting.objects.filter(Q(ends_on=None) | Q(ends_on__gt=since), worker=worker)
    for posting in postings:
        months = stale.months_since(max(since, posting.starts_on))
        last = Month.of(posting.ends_on) if posting.ends_on else None
        stale.mark(posting.station_id, [month for month in months if last is None or month <= last])


def _since_last(worker: Worker, model: type[Employment] | type[StationPosting]) -> tuple[Any, date | None]:
    """The spell that stands open (or None), and the day before which no new one may begin."""
    spells: list[Any] = list(model._default_manager.filter(worker=worker))
    current = next((spell for spell in spells if spell.ends_on is None), None)
    days = [spell.ends_on or spell.starts_on for spell in spells]
    return current, max(days, default=None)


@transaction.atomic
def employ(
    *, by: User | None, worker: Worker, employer_kind: str, employer_name: str, full_time: bool, on: date
) -> Employment:
    """End the current employment on `on` and begin this one.

    Raises ValidationError for a future day and for one before the last employment began or ended.
    """
    worker = locked_worker(worker)
    current, since = _since_last(worker, Employment)
    clean = checks.all_of(
        employer_kind=lambda: checks.member(employer_kind, EmployerKind, field="employer_kind", label="用人单位类型"),
        employer_name=lambda: plain_name(employer_name, field="employer_name", label="用人单位", max_length=80),
        starts_on=lambda: checks.past_day(
            on, field="on", label="聘用起始日期", since=since, since_label="上一段聘用的日期"
        ),
    )
    if current:
        current.ends_on = clean["starts_on"]
        current.save(update_fields=["ends_on"])
    employment = Employment.objects.create(worker=worker, full_time=full_time, **clean)
    audit.record(
        by=by,
        verb="登记聘用",
        target=worker,
        unit=worker.unit,
        changes={
            "聘用": [str(current) if current else None, str(employment)],
            "起始日期": [None, str(employment.starts_on)],
        },
    )
    mark_where_posted(worker, employment.starts_on)
    return employment


def _close_employment(employment: Employment, on: date, reason: str, note: str) -> None:
    employment.ends_on, employment.end_reason, employment.end_note = on, reason, note
    employment.save(update_fields=["ends_on", "end_reason", "end_note"])


@transaction.atomic
def end_employment(
    *, by: User | None, employment: Employment, on: date, reason: str = "", note: str = ""
) -> Employment:
    """The employment ends: `on` is the first day without it."""
    worker = locked_worker(employment.worker)
    employment = Employment.objects.get(pk=employment.pk)
    if employment.ends_on:
        raise ValidationError(f"这段聘用已于 {employment.ends_on} 结束")
    on = checks.past_day(on, field="on", label="聘用结束日期", since=employment.starts_on, since_label="聘用起始日期")
    reason = checks.member(reason, LeavingReason, field="reason", label="结束原因", blank=True)
    note = checks.note(note)
    _close_employment(employment, on, reason, note)
    audit.record(
        by=by,
        verb="结束聘用",
        target=worker,
        unit=worker.unit,
        changes={"聘用": [str(employment), None], "结束日期": [None, str(on)], **_why(reason)},
        reason=note,
    )
    mark_where_posted(worker, on)
    return employment


def _why(reason: str) -> dict[str, list[str | None]]:
    return {"原因": [None, LeavingReason(reason).label]} if reason else {}


def _staffable(station: Station, on: date) -> None:
    """Raises ValidationError unless workers may be posted to the station on that day."""
    if station.closed_on:
        raise ValidationError({"station": f"{station}已于 {station.closed_on} 撤销，不能派驻社工"})
    spell = StatusSpell.objects.at(on).filter(station=station).first()
    if spell is None or spell.status not in life.STAFFED:
        status = spell.get_status_display() if spell else "尚未筹建"
        raise ValidationError({"station": f"{station}在 {on} 的状态是“{status}”，建设开始后才能派驻社工"})


def _certified(worker: Worker, station: Station, on: date) -> None:
    """Raises ValidationError when a rule asks for a certificate (R4) and the worker holds none that counts on `on`."""
    rule = RuleBook.load([station.unit.path]).provision(ProvisionKind.CERTIFICATE_REQUIRED, station.unit.path, on)
    if rule is None or not rule.parameters.get("required") or Certificate.objects.valid(on).filter(worker=worker):
        return
    ended: Any = Certificate.objects.with_end(on).filter(worker=worker, issued_on__lte=on).order_by("-runs_to").first()
    what = f"证书登记有效期已于 {ended.runs_to} 届满" if ended else f"到 {on} 没有登记资格证书"
    raise ValidationError(
        {
            "accept_uncertified": f"{worker}{what}；持证是驻站的必要条件（{rule.citation}）。"
            "请先登记证书或新的有效期，确需派驻的请勾选“仍然派驻”"
        }
    )


def _seen(current: StationPosting | None, expected: int | None) -> None:
    """Raises ValidationError when the worker is posted elsewhere than the user saw (0: nowhere)."""
    if expected is None or expected == (current.pk if current else 0):
        return
    now = f"派驻到{current.station}（{current.starts_on} 起）" if current else "调离原站点"
    raise ValidationError(f"他人刚刚把该社工{now}，请核对后重新登记")


@transaction.atomic
def post_worker(
    *,
    by: User | None,
    worker: Worker,
    station: Station,
    on: date,
    note: str = "",
    expected: int | None = None,
    accept_uncertified: bool = True,
) -> StationPosting:
    """Post the worker to a station from `on`; a posting elsewhere ends that day, in the same step (transfer).

    `expected` is the id of the posting that the user saw, 0 for none; when another stands there by now, nothing is
    written. Raises ValidationError: a future day, before the last posting began or ended, a station not yet begun or
    closed; with `accept_uncertified=False` also a worker without a certificate that counts (R4).
    """
    station = locked_station(station)
    worker = locked_worker(worker)
    current, since = _since_last(worker, StationPosting)
    _seen(current, expected)
    if current and current.station_id == station.pk:
        raise ValidationError({"station": f"{worker}已在{station}驻站（{current.starts_on} 起）"})
    on = checks.past_day(on, field="on", label="驻站起始日期", since=since, since_label="上一段驻站的日期")
    note = checks.note(note)
    _staffable(station, on)
    if not accept_uncertified:
        _certified(worker, station, on)
    if current:
        # The reason stands on the new posting only: it may name a place that the old one's people do not see.
        current.ends_on, current.end_reason = on, LeavingReason.TRANSFERRED
        current.save(update_fields=["ends_on", "end_reason"])
        stale.mark(current.station_id, stale.months_since(on))
    posting = StationPosting.objects.create(worker=worker, station=station, starts_on=on, note=note)
    audit.record(
        by=by,
        verb="调动驻站" if current else "派驻站点",
        target=worker,
        unit=station.unit,
        changes={
            "站点": [str(current.station) if current else None, str(station)],
            "驻站起始日期": [None, str(on)],
        },
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))
    return posting


def close_posting(*, by: User | None, posting: StationPosting, on: date, note: str, reason: str = "") -> None:
    """End an open posting whose worker is locked, `on` checked."""
    posting.ends_on, posting.end_reason, posting.end_note = on, reason, note
    posting.save(update_fields=["ends_on", "end_reason", "end_note"])
    station = posting.station
    audit.record(
        by=by,
        verb="结束驻站",
        target=posting.worker,
        unit=station.unit,
        changes={"站点": [str(station), None], "驻站结束日期": [None, str(on)], **_why(reason)},
        reason=note,
    )
    stale.mark(station.pk, stale.months_since(on))


@transaction.atomic
def end_posting(
    *, by: User | None, posting: StationPosting, on: date, reason: str = "", note: str = ""
) -> StationPosting:
    """The posting ends: `on` is the first day without it.

    Raises ValidationError: ended already, a future day, before it began.
    """
    locked_worker(posting.worker)
    posting = StationPosting.objects.select_related("worker", "station__unit").get(pk=posting.pk)
    if posting.ends_on:
        raise ValidationError(f"这段驻站已于 {posting.ends_on} 结束")
    on = checks.past_day(on, field="on", label="驻站结束日期", since=posting.starts_on, since_label="驻站起始日期")
    reason = checks.member(reason, LeavingReason, field="reason", label="离站原因", blank=True)
    close_posting(by=by, posting=posting, on=on, note=checks.note(note), reason=reason)
    return posting


@transaction.atomic
def leave(*, by: User | None, worker: Worker, on: date, reason: str, note: str = "") -> Worker:
    """The worker leaves: posting, employment and supervision end together; `on` is the first day without them.

    Raises ValidationError: nothing to end, no reason, an “other” reason without words, a day before one of them began.
    """
    worker = locked_worker(worker)
    posting = worker.postings.current().select_related("worker", "station__unit").first()
    employment = worker.employments.current().first()
    supervising = list(
        SupervisorAssignment.objects.current().filter(worker=worker).select_related("station__unit", "worker")
    )
    begun = [row.starts_on for row in (posting, employment, *supervising) if row]
    if posting is None and employment is None:
        raise ValidationError("该社工现在没有驻站和聘用，不需要登记离职")
    clean = checks.all_of(
        on=lambda: checks.past_day(
            on, field="on", label="离职日期", since=max(begun), since_label="现在的驻站、聘用或督导的起始日期"
        ),
        reason=lambda: checks.member(reason, LeavingReason, field="reason", label="离职原因"),
        note=lambda: checks.note(note),
    )
    if clean["reason"] == LeavingReason.OTHER and not clean["note"]:
        raise ValidationError({"note": "原因为“其他”的，请说明"})
    if employment:
        _close_employment(employment, **clean)
    if posting:
        close_posting(by=by, posting=posting, **clean)
    for assignment in supervising:
        # Not the worker's own note: the stations' people need not see why someone left elsewhere.
        close_supervision(by=by, assignment=assignment, on=clean["on"], note="督导人员离职")
    audit.record(
        by=by,
        verb="登记离职",
        target=worker,
        unit=worker.unit,
        changes={
            "聘用": [str(employment) if employment else None, None],
            "驻站": [str(posting.station) if posting else None, None],
            "督导": [[str(row.station) for row in supervising], None] if supervising else [None, None],
            "离职日期": [None, str(clean["on"])],
            **_why(clean["reason"]),
        },
        reason=clean["note"],
    )
    mark_where_posted(worker, clean["on"])
    return worker
