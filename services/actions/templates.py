"""Write the templates of services of a unit."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import OrgUnit, User
from common.text import plain_name
from services import rules
from services.models import ServiceTemplate

MOST = 30
NAME_LENGTH = 20
_REQUIRED = ("domain", "method")
_OPTIONAL = ("title", "place", "hours", "result")


@transaction.atomic
def save_template(
    *, by: User | None, unit: OrgUnit, template: ServiceTemplate | None = None, **fields: Any
) -> ServiceTemplate:
    """A new template of the unit, or `template` changed. `fields`: name, domain, method and, each may be blank, title,
    place, hours, result. Raises ValidationError by field."""
    _hold(unit)
    facts = _clean(fields)
    others = ServiceTemplate.objects.filter(unit=unit)
    if template:
        others = others.exclude(pk=template.pk)
    if others.filter(name=facts["name"]).exists():
        raise ValidationError({"name": f"已有名为“{facts['name']}”的模板"})
    if template is None and others.count() >= MOST:
        raise ValidationError(f"最多 {MOST} 个模板，请先删除不用的")
    row = ServiceTemplate(unit=unit) if template is None else ServiceTemplate.objects.filter(pk=template.pk).first()
    if row is None:
        raise ValidationError("模板已被他人删除")
    before = audit.state(row) if template else {}
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    changes = audit.changes(before, audit.state(row)) if template else audit.first(row)
    if changes:
        audit.record(by=by, verb="修改模板" if template else "新建模板", target=row, unit=unit, changes=changes)
    return row


@transaction.atomic
def delete_template(*, by: User | None, template: ServiceTemplate) -> None:
    """Take a template away; nothing happens to one that is gone. What was logged by it stays as it is."""
    _hold(template.unit)
    if not ServiceTemplate.objects.filter(pk=template.pk).exists():
        return
    audit.record(by=by, verb="删除模板", target=template, unit=template.unit)
    template.delete()


def _hold(unit: OrgUnit) -> None:
    """Whoever writes templates of the unit waits for the others."""
    OrgUnit.objects.select_for_update(no_key=True).values_list("pk").get(pk=unit.pk)


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    checks: list[tuple[str, Any]] = [
        ("name", lambda name, value: plain_name(value, field=name, label="模板名称", max_length=NAME_LENGTH)),
        *((name, rules.CHECKS[name]) for name in _REQUIRED),
        *((name, _or_blank(name)) for name in _OPTIONAL),
    ]
    for name, check in checks:
        try:
            clean[name] = check(name, fields.get(name) or "")
        except ValidationError as error:
            errors.update(error.error_dict)
    if clean.get("hours") is not None and clean["hours"] <= 0:
        errors["hours"] = [ValidationError("服务时长应大于 0")]
    if errors:
        raise ValidationError(errors)
    return clean


def _or_blank(name: str) -> Any:
    blank = None if name == "hours" else ""
    return lambda field, value: rules.CHECKS[field](field, value) if value != "" else blank
