"""Acceptance of a completed station or room: rounds over the checklist, passed or failed with corrections (R3, R14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.roles import Permission
from common import checks
from common.text import long_text, plain_name
from files.actions import attach
from stations import life, stale
from stations.actions.locks import locked_station
from stations.actions.spells import EVIDENCE, Evidence, advance, current_spell, require_step, take_back
from stations.models import Acceptance, AcceptanceItem, Station, StationKind, StationStatus, StatusSpell
from stations.queries.checklist import ChecklistItem, checklist

MEMBERS_LENGTH = 200
COMMENTS_LENGTH = 1000


@dataclass(frozen=True)
class Finding:
    """What was found about one item of the checklist."""

    met: bool
    comment: str = ""


def next_round(station: Station) -> int:
    """The number of the next round: that of the last one and one more."""
    last = Acceptance.objects.filter(station=station).order_by("-round").values_list("round", flat=True).first()
    return (last or 0) + 1


@transaction.atomic
def record_acceptance(
    *,
    by: User | None,
    station: Station,
    held_on: date,
    passed: bool,
    members: str,
    findings: Mapping[int, Finding],
    comments: str = "",
    correct_by: date | None = None,
    uploads: Evidence = (),
    expected: int | None = None,
) -> Acceptance:
    """One round. `findings`: a Finding for each key of the checklist of that day; `expected`: the round that was begun.

    Passing needs every necessary item met, and begins the ACCEPTED status. Failing leaves the station completed, with
    comments and a day by which to correct. Raises ValidationError; an item's problem stands under “item_<key>”.
    """
    station = locked_station(station)
    current = _completed(station, expected)
    require_step(by, station.unit.path, Permission.ACCEPT_STATION, step="验收", field="passed")
    clean = _clean(station, current, held_on, passed, members, comments, correct_by)
    items = _items(checklist(station.unit.path, clean["held_on"]), findings, passed)
    spell = None
    if passed:
        spell = advance(
            by=by,
            station=station,
            current=current,
            new=StationStatus.ACCEPTED,
            on=clean["held_on"],
            note=f"第 {next_round(station)} 轮验收合格",
            field="held_on",
        )
    acceptance = _saved(station, by, spell, passed=passed, **clean)
    for item in items:
        item.acceptance = acceptance
    AcceptanceItem.objects.bulk_create(items)
    attach(by=by, target=acceptance, unit=station.unit, files=uploads, slot=EVIDENCE, field="uploads")
    audit.record(
        by=by,
        verb="登记验收",
        target=station,
        unit=station.unit,
        changes={
            "验收": [None, str(acceptance)],
            "验收日期": [None, str(clean["held_on"])],
            "验收人员": [None, clean["members"]],
            **({"整改期限": [None, str(clean["correct_by"])]} if clean["correct_by"] else {}),
            **({"不符合": [None, [item.label for item in items if not item.met]]} if not passed else {}),
        },
        reason=clean["comments"][:500],
    )
    stale.mark(station.pk, stale.months_since(clean["held_on"]))
    return acceptance


def _completed(station: Station, expected: int | None) -> StatusSpell:
    """The COMPLETED spell that waits for acceptance. Raises ValidationError when another round came between."""
    if expected is not None and expected != next_round(station):
        last = Acceptance.objects.filter(station=station).order_by("-round").first()
        told = f"登记了{last}（{last.held_on}）" if last else "撤回了上一轮验收"
        raise ValidationError(f"他人刚刚{told}，请核对后重新登记")
    current = current_spell(station)
    kind, old = StationKind(station.kind), StationStatus(current.status)
    if reason := life.refusal(kind, old, StationStatus.ACCEPTED):
        raise ValidationError(reason)
    return current


def _clean(
    station: Station,
    current: StatusSpell,
    held_on: date,
    passed: bool,
    members: str,
    comments: str,
    correct_by: date | None,
) -> dict[str, Any]:
    last = Acceptance.objects.filter(station=station).order_by("-round").first()
    since, label = (last.held_on, "上一轮验收日期") if last else (current.starts_on, "建成日期")
    clean = checks.all_of(
        held_on=lambda: checks.past_day(held_on, field="held_on", label="验收日期", since=since, since_label=label),
        members=lambda: plain_name(members, field="members", label="验收人员", max_length=MEMBERS_LENGTH),
        comments=lambda: long_text(comments, field="comments", label="验收意见", max_length=COMMENTS_LENGTH),
    )
    if passed:
        return clean | {"correct_by": None}
    problems = {}
    if not clean["comments"]:
        problems["comments"] = "验收不合格的，请写明意见和需要整改的内容"
    if correct_by is None:
        problems["correct_by"] = "验收不合格的，请填写整改期限"
    elif correct_by < clean["held_on"]:
        problems["correct_by"] = f"整改期限不能早于验收日期（{clean['held_on']}）"
    if problems:
        raise ValidationError(problems)
    return clean | {"correct_by": correct_by}


def _items(wanted: list[ChecklistItem], findings: Mapping[int, Finding], passed: bool) -> list[AcceptanceItem]:
    """The rows, unsaved. Every item needs its finding; passing needs the necessary ones met."""
    if not wanted:
        raise ValidationError("没有适用的验收内容：请先运行 manage.py load_policies 载入缺省规则，或录入验收文件")
    problems: dict[str, str] = {}
    items = []
    for position, item in enumerate(wanted, 1):
        found = findings.get(item.key)
        if found is None:
            problems[f"item_{item.key}"] = "请选择是否符合"
            continue
        if passed and item.necessary and not found.met:
            problems[f"item_{item.key}"] = f"必备内容不符合，不能登记为合格（{item.provision.citation}）"
        comment = checks.optional_name(
            found.comment, field=f"comment_{item.key}", label="说明", max_length=checks.NOTE_LENGTH
        )
        items.append(
            AcceptanceItem(
                position=position,
                label=item.label,
                necessary=item.necessary,
                met=found.met,
                comment=comment,
                provision=item.provision,
            )
        )
    if problems:
        raise ValidationError(problems)
    return items


def _saved(station: Station, by: User | None, spell: StatusSpell | None, **values: Any) -> Acceptance:
    return Acceptance.objects.create(
        station=station, round=next_round(station), spell=spell, recorded_by=by, recorded_at=timezone.now(), **values
    )


@transaction.atomic
def note_old_acceptance(*, by: User | None, station: Station, on: date) -> Acceptance:
    """The acceptance of a station that stood before it was entered here: its day, without the items of a checklist."""
    station = locked_station(station)
    current = _completed(station, None)
    spell = advance(by=by, station=station, current=current, new=StationStatus.ACCEPTED, on=on, note="补录")
    comments = "建站时补录：验收在录入本系统之前完成"
    return _saved(station, by, spell, held_on=on, passed=True, members="（补录）", comments=comments)


@transaction.atomic
def withdraw_acceptance(*, by: User | None, station: Station, reason: str, expected: int | None = None) -> Station:
    """Take back the last round, recorded by mistake. A passed one goes with its status, while nothing came after it.

    `expected`: the id of the acceptance that the user saw. Raises ValidationError without a reason.
    """
    station = locked_station(station)
    last = Acceptance.objects.filter(station=station).order_by("-round").first()
    if last is None:
        raise ValidationError("没有可以撤回的验收")
    if expected is not None and expected != last.pk:
        raise ValidationError(f"他人刚刚登记了{last}（{last.held_on}），请核对后再撤回")
    if last.passed:
        current = current_spell(station)
        if current.pk != last.spell_id:
            raise ValidationError(f"验收之后已登记“{current.get_status_display()}”，请先撤回后面的状态")
        take_back(by=by, station=station, wrong=current, reason=reason)
        return station
    require_step(by, station.unit.path, Permission.ACCEPT_STATION, step="验收", field="reason")
    reason = checks.withdrawal_reason(reason)
    audit.record(
        by=by,
        verb="撤回验收",
        target=station,
        unit=station.unit,
        changes={"验收": [str(last), None], "验收日期": [str(last.held_on), None]},
        reason=reason,
    )
    last.delete()
    stale.mark(station.pk, stale.months_since(last.held_on))
    return station
