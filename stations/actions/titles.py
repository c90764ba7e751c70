"""Titles of demonstration rooms 示范社区社工室: applied for, decided, withdrawn (R2, R14)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Permission
from common import checks
from common.text import long_text
from files.actions import attach
from stations import stale
from stations.actions.locks import locked_station
from stations.actions.plans import FIRST_YEAR, LAST_YEAR
from stations.actions.spells import EVIDENCE, Evidence, require_step
from stations.models import RoomTitle, Station, StationKind, TitleState

STATEMENT_LENGTH = 1000


@transaction.atomic
def apply_for_title(
    *, by: User | None, room: Station, year: int, on: date, statement: str, uploads: Evidence = ()
) -> RoomTitle:
    """The township asks for the title of `year`.

    Raises ValidationError: not a completed room, a closed one, an application or title of that year already.
    """
    room = locked_station(room)
    require_step(by, room.unit.path, Permission.BUILD_STATION, step="示范社工室申请", field="year")
    if room.kind != StationKind.ROOM:
        raise ValidationError("只有社区社工室可以申请示范社区社工室")
    if room.closed_on or room.completed_on is None:
        raise ValidationError("社工室已撤销，不能申请" if room.closed_on else "社工室建成以后才能申请")
    completed_on = room.completed_on
    clean = checks.all_of(
        year=lambda: _year(year),
        on=lambda: checks.past_day(on, field="on", label="申请日期", since=completed_on, since_label="社工室建成日期"),
        statement=lambda: _statement(statement),
    )
    standing = RoomTitle.objects.filter(room=room, year=year, state__in=[TitleState.APPLIED, TitleState.GRANTED])
    if found := standing.first():
        raise ValidationError({"year": f"该社工室 {year} 年的申请{found.get_state_display()}，不能重复申请"})
    title = RoomTitle.objects.create(
        room=room, year=clean["year"], applied_on=clean["on"], statement=clean["statement"], applied_by=by
    )
    attach(by=by, target=title, unit=room.unit, files=uploads, slot=EVIDENCE, field="uploads")
    _record(by, "申请示范社工室", title, {"年度": [None, year], "申请日期": [None, str(title.applied_on)]})
    return title


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError({"year": f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"})
    return year


def _statement(text: str) -> str:
    return checks.required_text(text, field="statement", label="申请说明", max_length=STATEMENT_LENGTH)


@transaction.atomic
def decide_title(*, by: User | None, title: RoomTitle, granted: bool, on: date, comment: str = "") -> RoomTitle:
    """The county grants or refuses what waits; refusing needs a comment. Raises ValidationError once it is decided."""
    title = _locked(title)
    require_step(by, title.room.unit.path, Permission.ACCEPT_STATION, step="示范社工室评定", field="granted")
    if title.state != TitleState.APPLIED:
        raise ValidationError(f"他人刚刚评定为“{title.get_state_display()}”（{title.decided_on}），请核对")
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="评定日期", since=title.applied_on, since_label="申请日期"),
        comment=lambda: long_text(comment, field="comment", label="评定意见", max_length=checks.NOTE_LENGTH),
    )
    if not granted and not clean["comment"]:
        raise ValidationError({"comment": "不通过的，请写明评定意见"})
    title.state = TitleState.GRANTED if granted else TitleState.REFUSED
    title.decided_on, title.comment, title.decided_by = clean["on"], clean["comment"], by
    title.save()
    changes = {"状态": [TitleState.APPLIED.label, TitleState(title.state).label], "评定日期": [None, str(clean["on"])]}
    _record(by, "评定示范社工室", title, changes, reason=title.comment)
    stale.mark(title.room_id, stale.months_since(clean["on"]))
    return title


@transaction.atomic
def withdraw_title(*, by: User | None, title: RoomTitle, on: date, reason: str) -> RoomTitle:
    """The county takes a title away from `on`. Raises ValidationError for one not held, and without a reason."""
    title = _locked(title)
    require_step(by, title.room.unit.path, Permission.ACCEPT_STATION, step="取消示范社工室", field="on")
    if title.state != TitleState.GRANTED:
        raise ValidationError(f"该命名现为“{title.get_state_display()}”，不能取消")
    decided_on = title.decided_on
    clean = checks.all_of(
        on=lambda: checks.past_day(on, field="on", label="取消日期", since=decided_on, since_label="评定日期"),
        reason=lambda: checks.withdrawal_reason(reason),
    )
    title.state, title.withdrawn_on, title.reason = TitleState.WITHDRAWN, clean["on"], clean["reason"]
    title.save()
    changes = {"状态": [TitleState.GRANTED.label, TitleState.WITHDRAWN.label], "取消日期": [None, str(clean["on"])]}
    _record(by, "取消示范社工室", title, changes, reason=title.reason)
    stale.mark(title.room_id, stale.months_since(clean["on"]))
    return title


def _locked(title: RoomTitle) -> RoomTitle:
    locked_station(title.room)
    return RoomTitle.objects.select_related("room__unit").get(pk=title.pk)


def _record(by: User | None, verb: str, title: RoomTitle, changes: dict[str, object], reason: str = "") -> None:
    audit.record(by=by, verb=verb, target=title.room, unit=title.room.unit, changes=changes, reason=reason)
