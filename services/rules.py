"""What a service record may say: pure checks over the facts that a person types, before any row is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from common.months import FIRST_DAY, Month
from common.text import long_text, plain_name
from services.vocabulary import ADMINISTRATIVE, Domain, FocusGroup, Method

MAX_CONTACTS = 99_999
MAX_VOLUNTEERS = 9_999
MAX_HOURS = Decimal("9999.9")
MAX_VOLUNTEER_HOURS = Decimal("99999.9")
MAX_TITLE = 100
MAX_PLACE = 100
MAX_RESULT = 2000
MAX_REASON = 200

LABELS = {
    "starts_on": "开始日期",
    "ends_on": "结束日期",
    "starts_at": "开始时间",
    "title": "服务内容",
    "domain": "领域",
    "method": "方法",
    "place": "地点",
    "contacts": "服务人次",
    **{group.value: f"{group.label}人次" for group in FocusGroup},
    "hours": "服务时长",
    "volunteers": "志愿者人数",
    "volunteer_hours": "志愿服务时长",
    "result": "服务结果",
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was done, when, where and for how many; hours in hours with one decimal."""

    starts_on: date
    ends_on: date
    title: str
    domain: str
    method: str
    place: str
    contacts: int
    elderly: int
    children: int
    orphans: int
    hardship: int
    hours: Decimal
    volunteers: int
    volunteer_hours: Decimal
    result: str
    starts_at: time | None = None

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def administrative(self) -> bool:
        """R20: follows from the method."""
        return self.method in ADMINISTRATIVE

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


DEFAULTS: dict[str, Any] = {
    "place": "",
    "elderly": 0,
    "children": 0,
    "orphans": 0,
    "hardship": 0,
    "volunteers": 0,
    "volunteer_hours": Decimal(0),
    "result": "",
}


# ---- one field at a time --------------------------------------------------------------------------------------------


def _missing(value: Any) -> bool:
    return value is None or value == ""


def _date(name: str, value: Any) -> date:
    if _missing(value):
        raise ValidationError({name: f"请填写{LABELS[name]}"})
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValidationError({name: f"{LABELS[name]}应写作 2023-09-01"}) from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValidationError({name: f"{LABELS[name]}不是有效的日期"})
    if value < FIRST_DAY:
        raise ValidationError({name: f"{LABELS[name]}不能早于 {FIRST_DAY.year} 年"})
    return value


def _time(name: str, value: Any) -> time | None:
    if _missing(value):
        return None
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value)
        except ValueError:
            raise ValidationError({name: f"{LABELS[name]}应写作 09:30"}) from None
    if not isinstance(value, time):
        raise ValidationError({name: f"{LABELS[name]}不是有效的时间"})
    return value.replace(second=0, microsecond=0, tzinfo=None)


def _count(maximum: int) -> Callable[[str, Any], int]:
    def check(name: str, value: Any) -> int:
        if _missing(value):
            raise ValidationError({name: f"请填写{LABELS[name]}"})
        if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,9}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError({name: f"{LABELS[name]}应为整数"})
        if value < 0:
            raise ValidationError({name: f"{LABELS[name]}不能是负数"})
        if value > maximum:
            raise ValidationError({name: f"{LABELS[name]}不能超过 {maximum}"})
        return value

    return check


def _hours(maximum: Decimal) -> Callable[[str, Any], Decimal]:
    def check(name: str, value: Any) -> Decimal:
        if _missing(value):
            raise ValidationError({name: f"请填写{LABELS[name]}"})
        try:
            hours = Decimal(str(value).strip()[:20])
        except InvalidOperation:
            hours = Decimal("NaN")
        if not hours.is_finite():
            raise ValidationError({name: f"{LABELS[name]}应为数字"})
        if hours < 0:
            raise ValidationError({name: f"{LABELS[name]}不能是负数"})
        if hours > maximum:
            raise ValidationError({name: f"{LABELS[name]}不能超过 {maximum} 小时"})
        tenths = hours.quantize(Decimal("0.1"))
        if tenths != hours:
            raise ValidationError({name: f"{LABELS[name]}最多一位小数"})
        return tenths

    return check


def _line(max_length: int, *, required: bool) -> Callable[[str, Any], str]:
    def check(name: str, value: Any) -> str:
        text = str(value or "")
        if not required and not text.strip():
            return ""
        return plain_name(text, field=name, label=LABELS[name], max_length=max_length)

    return check


def _result(name: str, value: Any) -> str:
    return long_text(str(value or ""), field=name, label=LABELS[name], max_length=MAX_RESULT)


def _choice(choices: type[Domain] | type[Method]) -> Callable[[str, Any], str]:
    def check(name: str, value: Any) -> str:
        if _missing(value):
            raise ValidationError({name: f"请选择{LABELS[name]}"})
        if value not in choices.values:
            raise ValidationError({name: f"“{str(value)[:20]}”不是有效的{LABELS[name]}"})
        return str(choices(value))

    return check


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "starts_on": _date,
    "ends_on": _date,
    "starts_at": _time,
    "title": _line(MAX_TITLE, required=True),
    "domain": _choice(Domain),
    "method": _choice(Method),
    "place": _line(MAX_PLACE, required=False),
    "contacts": _count(MAX_CONTACTS),
    **{group.value: _count(MAX_CONTACTS) for group in FocusGroup},
    "hours": _hours(MAX_HOURS),
    "volunteers": _count(MAX_VOLUNTEERS),
    "volunteer_hours": _hours(MAX_VOLUNTEER_HOURS),
    "result": _result,
}


# ---- the whole record -----------------------------------------------------------------------------------------------


def clean(fields: Mapping[str, Any], *, today: date) -> Facts:
    """The facts, trimmed and typed. A missing `ends_on` is `starts_on`.

    Raises one ValidationError with every field's problem; TypeError for a field that no record has.
    """
    unknown = fields.keys() - CHECKS.keys()
    if unknown:
        raise TypeError(f"unknown fields of a service record: {sorted(unknown)}")
    given = {**DEFAULTS, **{name: value for name, value in fields.items() if value is not None}}
    if _missing(given.get("ends_on")):
        given["ends_on"] = given.get("starts_on")
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, check in CHECKS.items():
        try:
            values[name] = check(name, given.get(name))
        except ValidationError as error:
            errors.update(error.message_dict)
    if "starts_on" in errors and _missing(fields.get("ends_on")):
        errors.pop("ends_on", None)  # it only echoes the other
    for name, problem in _together(values, today):
        errors.setdefault(name, [problem])
    if errors:
        raise ValidationError(errors)
    return Facts(**values)


def _together(values: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """Problems between fields that are each well formed: (field, words)."""
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    days = None
    if starts_on and starts_on > today:
        yield "starts_on", "不能登记今天以后的服务"
    elif ends_on and ends_on > today:
        yield "ends_on", "不能登记今天以后的服务"
    elif starts_on and ends_on and ends_on < starts_on:
        yield "ends_on", "结束日期不能早于开始日期"
    elif starts_on and ends_on:
        days = (ends_on - starts_on).days + 1
    yield from _counts_together(values)
    yield from _hours_together(values, days)


def _counts_together(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    contacts, method = values.get("contacts"), values.get("method")
    if contacts is None:
        return
    # Clerk's work (forms, ledgers) may serve nobody in person; every professional service serves someone.
    if contacts == 0 and method and method not in ADMINISTRATIVE:
        yield "contacts", "服务人次至少为 1；只有民政事务性协助可以填 0"
    for group in FocusGroup:
        if values.get(group.value, 0) > contacts:
            yield group.value, f"{group.label}人次不能超过服务人次 {contacts}"


def _hours_together(values: Mapping[str, Any], days: int | None) -> Iterator[tuple[str, str]]:
    hours = values.get("hours")
    if hours is not None and hours <= 0:
        yield "hours", "服务时长应大于 0"
    elif hours is not None and days and hours > 24 * days:
        yield "hours", f"服务时长不能超过 {24 * days} 小时（{days} 天）"
    volunteers, volunteer_hours = values.get("volunteers"), values.get("volunteer_hours")
    if volunteers is None or not volunteer_hours:
        return
    if volunteers == 0:
        yield "volunteers", "填写了志愿服务时长，请填写志愿者人数"
    elif days and volunteer_hours > volunteers * 24 * days:
        limit = volunteers * 24 * days
        yield "volunteer_hours", f"志愿服务时长不能超过 {limit} 小时（{volunteers} 人 {days} 天）"


def locked_words(month: Month) -> str:
    """Why a month takes no changes, and whom to ask."""
    return f"{month.label}已上报锁定，如需修改请联系县级民政部门退回月报"


def clean_reason(value: Any) -> str:
    """The reason of a correction or a voiding: one line, no markup, no identity number."""
    return plain_name(str(value or ""), field="reason", label="理由", max_length=MAX_REASON)
