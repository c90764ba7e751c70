"""What the writes of this room have in common: where a row lies, a submit sent twice, numbers that people type."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts import audit
from accounts.gate import may
from accounts.models import Level, OrgUnit, User
from accounts.roles import Permission
from common import checks
from linkage.models.shared import Withdrawable

Row = TypeVar("Row", bound=models.Model)
MOST = Decimal("999999999.99")  # of a quantity


def held_unit(by: User | None, unit: OrgUnit) -> OrgUnit:
    """The station's or township's unit with its row locked, where `by` may write. Raises ValidationError.

    NO KEY: rows that refer to a unit may be inserted by others meanwhile.
    """
    unit = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if unit.level < Level.TOWNSHIP:
        raise ValidationError({"unit": "登记单位应为乡镇（街道）或站点"})
    if unit.closed_on:
        raise ValidationError({"unit": f"{unit}已撤销"})
    if by is not None and not may(by, Permission.EDIT_LINKAGE, unit.path):
        raise ValidationError({"unit": f"您没有在{unit}登记的权限"})
    return unit


def once(token: uuid.UUID | str, model: type[Row], by_field: str, by: User | None, make: Callable[[Any], Row]) -> Row:
    """The row that `make(token)` inserts, or the one of an earlier submit with this number; `fresh` tells which.

    Raises ValidationError when the number was used by somebody else.
    """
    key = checks.uuid_or_none(token)
    if key is None:
        raise ValidationError("提交编号无效，请刷新页面后重新填写")
    manager: Any = model._default_manager
    row = manager.filter(token=key).first()
    fresh = row is None
    if fresh:
        try:
            with transaction.atomic():  # the same number may come for another unit, whose lock we do not hold
                row = make(key)
        except IntegrityError:
            row, fresh = manager.filter(token=key).first(), False
            if row is None:
                raise
    if not fresh and getattr(row, f"{by_field}_id") != (by.pk if by else None):
        raise ValidationError("提交编号已被使用，请刷新页面后重新填写")
    row.fresh = fresh
    return row


def quantity(value: object, *, field: str = "quantity", label: str = "数量") -> Decimal:
    """A typed number of things, more than 0, at most two decimals."""
    text = "" if value is None else "".join(unicodedata.normalize("NFKC", str(value)).split()).replace(",", "")
    if not text:
        raise ValidationError({field: f"请填写{label}"})
    try:
        number = Decimal(text[:30])
    except InvalidOperation:
        raise ValidationError({field: f"{label}应为数字"}) from None
    if not number.is_finite() or not 0 < number <= MOST:
        raise ValidationError({field: f"{label}应大于 0，不超过 {MOST:,}"})
    if number != number.quantize(Decimal("0.01")):
        raise ValidationError({field: f"{label}最多两位小数"})
    return number.quantize(Decimal("0.01"))


def withdraw(row: Withdrawable, reason: str, *names: str) -> str:
    """Mark the locked row as withdrawn and save it; the clean reason, which the trail keeps.

    Raises ValidationError: already withdrawn, no reason, a reason that names one of the people.
    """
    if row.withdrawn_at:
        raise ValidationError("已经撤回，不必重复办理")
    clean = checks.without_names(checks.withdrawal_reason(reason), names)
    row.withdrawn_at, row.withdrawal_reason = timezone.now(), clean
    row.save(update_fields=["withdrawn_at", "withdrawal_reason"])
    return clean


def tell_change(by: User | None, verb: str, row: Any, before: dict[str, Any], *, unit: OrgUnit) -> bool:
    """One event with what differs; False (and no event) when nothing does."""
    changes = audit.changes(before, audit.told(row))
    if not changes:
        return False
    audit.record(by=by, verb=verb, target=row, unit=unit, changes=changes)
    return True
