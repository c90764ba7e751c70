"""Documents and provisions: added and ended, never changed or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Level, OrgUnit, User
from common.paths import within
from common.text import long_text, plain_name
from policies.kinds import KINDS
from policies.models import PolicyDocument, Provision, ProvisionKind
from policies.signals import rules_changed

FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2099, 12, 31)


@transaction.atomic
def add_document(
    *,
    by: User | None,
    issuer: OrgUnit,
    number: str,
    title: str,
    issued_on: date,
    issuer_name: str = "",
    source: str = "",
) -> PolicyDocument:
    """A document of `issuer`; its number once for an issuer. ValidationError({field: 中文说明})."""
    errors = _Errors()
    number = errors.of(plain_name, number, field="number", label="文号", max_length=60)
    title = errors.of(plain_name, title, field="title", label="标题", max_length=200)
    if issuer_name.strip():
        issuer_name = errors.of(plain_name, issuer_name, field="issuer_name", label="发文机关", max_length=60)
    source = errors.of(long_text, source, field="source", label="出处", max_length=300)
    if issuer.level > Level.COUNTY:
        errors.add("issuer", "发文单位应为县级以上单位")
    if not FIRST_DAY <= issued_on <= timezone.localdate():
        errors.add("issued_on", "发文日期不能晚于今天" if issued_on > FIRST_DAY else "发文日期太早，请核对")
    OrgUnit.objects.select_for_update().get(pk=issuer.pk)  # the same number twice at once
    if not errors and PolicyDocument.objects.filter(issuer=issuer, number=number).exists():
        errors.add("number", f"{issuer.name}已有文号为“{number}”的文件")
    errors.raise_any()
    document = PolicyDocument.objects.create(
        issuer=issuer, number=number, title=title, issuer_name=issuer_name.strip(), issued_on=issued_on, source=source
    )
    audit.record(
        by=by, verb="新增制度文件", target=document, unit=issuer, changes=audit.changes({}, audit.state(document))
    )
    return document


@transaction.atomic
def add_provision(
    *,
    by: User | None,
    document: PolicyDocument,
    unit: OrgUnit,
    kind: ProvisionKind | str,
    clause: str,
    parameters: Mapping[str, Any],
    in_force_from: date | None,
    in_force_to: date | None = None,
    text: str = "",
) -> Provision:
    """A provision of `document` for `unit` and what lies below it. ValidationError({field or parameter: 中文说明})."""
    declared = KINDS[ProvisionKind(kind)]
    errors = _Errors()
    clause = errors.of(plain_name, clause, field="clause", label="条款", max_length=40)
    text = errors.of(long_text, text, field="text", label="原文摘录", max_length=500)
    try:
        values = declared.clean(parameters)
    except ValidationError as error:
        values = {}
        errors.take(error)
    if document.is_default:
        errors.add(None, "缺省规则随系统提供，不能增加条款；请新增文件")
    if not within(unit.path, document.issuer.path):
        errors.add("unit", f"适用单位应为发文单位{document.issuer.name}或其下级")
    if unit.level == Level.STATION:
        errors.add("unit", "适用单位应为乡镇（街道）以上单位")
    _check_dates(errors, in_force_from, in_force_to)
    PolicyDocument.objects.select_for_update().get(pk=document.pk)  # the same rule twice at once
    provision = Provision(
        document=document,
        unit=unit,
        kind=kind,
        clause=clause,
        parameters=values,
        text=text,
        in_force_from=in_force_from,
        in_force_to=in_force_to,
    )
    if not errors:
        _refuse_double(errors, provision)
    errors.raise_any()
    provision.save()
    _leave_trace(provision, by=by, verb="新增条款", before={}, since=in_force_from)
    return provision


@transaction.atomic
def end_provision(*, by: User | None, provision: Provision, on: date, reason: str) -> Provision:
    """`on` is the last day that the provision governs; it stays for the days before. ValidationError as above."""
    provision = (
        Provision.objects.select_for_update(of=("self",)).select_related("document", "unit").get(pk=provision.pk)
    )
    errors = _Errors()
    reason = errors.of(plain_name, reason, field="reason", label="理由", max_length=200)
    if provision.document.is_default:
        errors.add(None, "缺省规则不能终止：没有文件规定的日期都依据它；请新增文件取代")
    elif provision.in_force_to is not None:
        errors.add("on", f"该条款已定于 {provision.in_force_to} 终止，不能再改")
    elif provision.in_force_from is not None and on < provision.in_force_from:
        errors.add("on", f"终止日期不能早于适用起日 {provision.in_force_from}")
    elif not FIRST_DAY <= on <= LAST_DAY:
        errors.add("on", "终止日期无效，请核对")
    errors.raise_any()
    before = audit.state(provision)
    provision.in_force_to = on
    provision.save(update_fields=["in_force_to"])
    _leave_trace(provision, by=by, verb="终止条款", before=before, since=on, reason=reason)
    return provision


def _leave_trace(
    provision: Provision, *, by: User | None, verb: str, before: dict[str, Any], since: date | None, reason: str = ""
) -> None:
    audit.record(
        by=by,
        verb=verb,
        target=provision,
        unit=provision.unit,
        changes=audit.changes(before, audit.state(provision)),
        reason=reason,
    )
    rules_changed.send(sender=Provision, path=provision.unit.path, kind=ProvisionKind(provision.kind), since=since)


def _check_dates(errors: _Errors, start: date | None, end: date | None) -> None:
    for field, day in (("in_force_from", start), ("in_force_to", end)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            errors.add(field, "日期应在 1949 年至 2099 年之间")
    if start and end and end < start:
        errors.add("in_force_to", "适用止日不能早于适用起日")


def _refuse_double(errors: _Errors, new: Provision) -> None:
    """Two rows of one document that begin on the same day for the same thing: nobody could say which one holds."""
    declared = KINDS[ProvisionKind(new.kind)]
    subject = declared.subject_of(new.parameters)
    alike = Provision.objects.filter(
        document=new.document, unit=new.unit, kind=new.kind, in_force_from=new.in_force_from
    )
    if any(declared.subject_of(row.parameters) == subject for row in alike):
        errors.add("in_force_from", "本文件对该单位的同一事项已有同日起适用的条款")


class _Errors(dict[str | None, list[str]]):
    """Every problem of an input, told at once."""

    def add(self, field: str | None, message: str) -> None:
        self.setdefault(field, []).append(message)

    def take(self, error: ValidationError) -> None:
        for field, messages in error.message_dict.items():
            for message in messages:
                self.add(field, message)

    def of(self, check: Any, value: str, **options: Any) -> str:
        """The checked value; its problem is noted and the value passed on as it is."""
        try:
            return check(value, **options)
        except ValidationError as error:
            self.take(error)
            return value

    def raise_any(self) -> None:
        if self:
            raise ValidationError({field or "__all__": messages for field, messages in self.items()})
