"""Checks of a station by the standard: saved as a draft, submitted, taken back. The county's word decides (R3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from common import checks
from common.text import long_text
from files.actions import attach
from files.models import Attachment
from standards.actions.judging import judge_station
from standards.effective import Item, ItemKind
from standards.models import Check, CheckAnswer, CheckKind, CheckState
from standards.queries.in_force import StandardBook
from stations.actions.locks import locked_station
from stations.models import Station, StatusSpell

COMMENT_LENGTH, NOTE_LENGTH = 1000, 300
LARGEST = Decimal("99999999.99")


@dataclass(frozen=True)
class Found:
    """What was found of one item, as it comes from a form: text or values; None and "" mean not answered."""

    yes: bool | None = None
    number: Decimal | str | None = None
    choice: str = ""
    note: str = ""
    photos: Sequence[Any] = field(default_factory=tuple)


@transaction.atomic
def save_check(
    *,
    by: User | None,
    station: Station,
    kind: CheckKind,
    checked_on: date | None,
    found: Mapping[str, Found],
    comment: str = "",
    expected: int | None = None,
    submit: bool = False,
) -> Check:
    """Write the draft of this kind (there is one at a time), and with `submit` hand it in. Nothing half-saved.

    `found`: code → what was found; codes that are left out keep what the draft has. `expected` is the number of
    the last save that the user saw (`CheckQuerySet.seen`). Submitting takes an answer to every item that holds
    on the day; a county's answer that differs from the self-check takes a comment. A submitted county check decides:
    scores, failures and the four dimensions follow from its day on.
    Raises ValidationError: an answer out of range, an unknown item, a day in the future or before the last check.
    """
    station = locked_station(station)
    if station.closed_on:
        raise ValidationError("站点已撤销，不能再检查")
    seen = Check.objects.filter(station=station).seen(kind)
    if expected is not None and expected != seen:
        raise ValidationError("他人刚刚保存或提交了这份检查，请刷新页面核对后再填；您填写的内容没有保存")
    draft = Check.objects.filter(station=station, kind=kind, state=CheckState.DRAFT).first()
    clean = checks.all_of(
        checked_on=lambda: _day(station, kind, checked_on),
        comment=lambda: long_text(comment, field="comment", label="总体意见", max_length=COMMENT_LENGTH),
    )
    items = {
        item.code: item for item in StandardBook.load([station.unit.path]).items(station.unit.path, clean["checked_on"])
    }
    if not items:
        raise ValidationError("没有适用于该站点的建设标准：请先运行 manage.py load_standards 载入缺省标准")
    answers = _clean(items, found)
    check = draft or Check(station=station, kind=kind, opened_by=by)
    check.checked_on, check.comment = clean["checked_on"], clean["comment"]
    check.revision = seen + 1
    check.self_check = _self_check(station, clean["checked_on"]) if kind == CheckKind.COUNTY else None
    check.save()
    rows = _write(by, check, answers, found)
    if submit:
        _submit(by, check, items, rows)
    return check


def _day(station: Station, kind: CheckKind, value: date | None) -> date:
    last = Check.objects.submitted(kind).filter(station=station).order_by("-checked_on").first()
    begun = StatusSpell.objects.filter(station=station).order_by("starts_on", "pk").first()
    since = last.checked_on if last else begun.starts_on if begun else None
    label = f"上一次{CheckKind(kind).label}的日期" if last else "站点筹建日期"
    return checks.past_day(value, field="checked_on", label="检查日期", since=since, since_label=label)


def _self_check(station: Station, on: date) -> Check | None:
    """The self-check that a county's check of that day is held against."""
    rows = Check.objects.submitted(CheckKind.SELF).filter(station=station, checked_on__lte=on)
    return rows.order_by("-checked_on", "-pk").first()


def _clean(items: Mapping[str, Item], found: Mapping[str, Found]) -> dict[str, dict[str, Any]]:
    """Code → columns of the answer. ValidationError({"answer_CODE" or "note_CODE": message}), all at once."""
    clean: dict[str, dict[str, Any]] = {}
    errors: dict[str, Any] = {}
    for code, value in found.items():
        if code not in items:
            raise ValidationError("标准已经变动，请刷新页面后再填；您填写的内容没有保存")
        try:
            clean[code] = _columns(items[code], value)
        except ValidationError as error:
            errors.update(error.error_dict)
    if errors:
        raise ValidationError(errors)
    return clean


def _columns(item: Item, value: Found) -> dict[str, Any]:
    code, kind = item.code, item.demand.kind
    return {
        "yes": value.yes if kind == ItemKind.YES_NO else None,
        "number": _number(value.number, f"answer_{code}", item) if kind == ItemKind.NUMBER else None,
        "choice": _choice(value.choice, f"answer_{code}", item) if kind == ItemKind.CHOICE else "",
        "note": long_text(value.note, field=f"note_{code}", label="说明", max_length=NOTE_LENGTH),
    }


def _number(value: Decimal | str | None, name: str, item: Item) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value)[:40])
    except InvalidOperation:
        raise ValidationError({name: f"{item.demand.name}应为数字"}) from None
    if not number.is_finite() or not 0 <= number <= LARGEST:
        raise ValidationError({name: f"{item.demand.name}应在 0 至 {LARGEST:,} 之间"})
    if number != number.quantize(Decimal("0.01")):
        raise ValidationError({name: f"{item.demand.name}最多两位小数"})
    return number


def _choice(value: str, name: str, item: Item) -> str:
    if value and value not in item.demand.options:
        raise ValidationError({name: f"请在“{'、'.join(item.demand.options)}”中选择"})
    return value


def _write(
    by: User | None, check: Check, answers: Mapping[str, dict[str, Any]], found: Mapping[str, Found]
) -> dict[str, CheckAnswer]:
    """Save the answers in place, so that photos stay with theirs, and count each one's photos."""
    rows = {row.code: row for row in check.answers.all()}
    for code, columns in answers.items():
        row = rows.setdefault(code, CheckAnswer(check_of=check, code=code))
        for name, value in columns.items():
            setattr(row, name, value)
        row.save()
        if found[code].photos:
            attach(
                by=by,
                target=row,
                unit=check.station.unit,
                files=found[code].photos,
                slot="photo",
                field=f"photos_{code}",
            )
    _count_photos(check, rows)
    return rows


def _count_photos(check: Check, rows: Mapping[str, CheckAnswer]) -> None:
    """A county's answer also rests on the photos of the self-check that it was held against."""
    earlier = {row.code: row.photos for row in check.self_check.answers.all()} if check.self_check else {}
    standing = Attachment.objects.standing().on(CheckAnswer).filter(target_id__in=[row.pk for row in rows.values()])
    own: dict[int, int] = {}
    for key in standing.values_list("target_id", flat=True):
        own[key] = own.get(key, 0) + 1
    for row in rows.values():
        row.photos = own.get(row.pk, 0) + earlier.get(row.code, 0)
    CheckAnswer.objects.bulk_update(rows.values(), ["photos"])


def _submit(by: User | None, check: Check, items: Mapping[str, Item], rows: Mapping[str, CheckAnswer]) -> None:
    errors: dict[str, str] = {}
    for code, item in items.items():
        row = rows.get(code)
        if row is None or row.answer().value(item.demand.kind) is None:
            errors[f"answer_{code}"] = f"请填写“{item.demand.name}”"
    errors |= {
        f"note_{code}": "与站点自查不同，请说明理由"
        for code in differing(check, items)
        if code in rows and not rows[code].note
    }
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]
    # What an earlier version of the standard asked and this one does not is no part of the check.
    check.answers.exclude(code__in=items).delete()
    check.state, check.submitted_by, check.submitted_at = CheckState.SUBMITTED, by, timezone.now()
    check.save(update_fields=["state", "submitted_by", "submitted_at"])
    audit.record(
        by=by,
        verb=f"提交{check.get_kind_display()}",
        target=check,
        unit=check.station.unit,
        changes={"检查日期": [None, str(check.checked_on)], "项目数": [None, len(items)]},
        reason=check.comment,
    )
    if check.kind == CheckKind.COUNTY:
        judge_station(by=by, station=check.station, since=check.checked_on)


def differing(check: Check, items: Mapping[str, Item]) -> list[str]:
    """Codes of the items whose answer differs from that of the self-check (both given)."""
    if check.self_check is None:
        return []
    mine = {row.code: row.answer() for row in check.answers.all()}
    theirs = {row.code: row.answer() for row in check.self_check.answers.all()}
    result = []
    for code, item in items.items():
        kind = item.demand.kind
        if code not in mine or code not in theirs or kind == ItemKind.PHOTO:
            continue
        here, there = mine[code].value(kind), theirs[code].value(kind)
        if here is not None and there is not None and here != there:
            result.append(code)
    return result


@transaction.atomic
def withdraw_check(*, by: User | None, check: Check, reason: str) -> Check:
    """Take back the last submitted check of its kind, sent by mistake; the one before it counts again.

    Raises ValidationError: a draft, one that is not the last, no reason.
    """
    station = locked_station(check.station)
    check = Check.objects.select_for_update(of=("self",)).select_related("station__unit").get(pk=check.pk)
    if check.state != CheckState.SUBMITTED:
        raise ValidationError(f"这份检查是“{check.get_state_display()}”，不能撤回")
    last = Check.objects.submitted(CheckKind(check.kind)).filter(station=station).order_by("checked_on", "pk").last()
    if last is None or last.pk != check.pk:
        raise ValidationError("只能撤回最近一次；此后已有新的检查")
    if Check.objects.submitted().filter(self_check=check).exists():
        raise ValidationError("县级检查已经以这份自查为对照，不能撤回")
    reason = checks.withdrawal_reason(reason)
    check.state = CheckState.WITHDRAWN
    check.save(update_fields=["state"])
    audit.record(
        by=by,
        verb=f"撤回{check.get_kind_display()}",
        target=check,
        unit=station.unit,
        changes={"检查日期": [str(check.checked_on), None]},
        reason=reason,
    )
    if check.kind == CheckKind.COUNTY:
        judge_station(by=by, station=station, since=check.checked_on)
    return check
