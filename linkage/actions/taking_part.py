"""Who of the volunteers and community organisations took part in a service.

The record's own numbers stay what they are: named volunteers are at most so many, their hours at most so long.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from linkage.models import Organisation, OrganisationService, Volunteer, VolunteerService
from linkage.queries.taking_part import organisations_for, volunteers_for
from services.actions.months import hold
from services.models import ServiceRecord
from services.queries import is_locked
from services.rules import locked_words
from stations import stale

TENTH = Decimal("0.1")


@transaction.atomic
def set_taking_part(
    *,
    by: User | None,
    record: ServiceRecord,
    hours: Mapping[Volunteer, Any],
    organisations: Collection[Organisation] = (),
    seen: Collection[int] = (),
    seen_organisations: Collection[int] = (),
) -> ServiceRecord:
    """Volunteers with their hours (empty: an equal share of the record's), organisations; all in one step.

    `seen` are the keys of those that the user saw as entered: of these, who is no longer given is taken off; others
    that somebody else entered meanwhile stay. Raises ValidationError({"hours_<volunteer>": …}) and others; nothing is
    saved then.
    """
    hold(record.station)
    record = ServiceRecord.objects.select_related("station__unit").get(pk=record.pk)
    if record.voided_at:
        raise ValidationError("已作废的记录不能再登记志愿者和社会组织")
    if is_locked(record.station, record.month):
        raise ValidationError(locked_words(record.month))
    rows = _checked(record, hours)
    _write_volunteers(by, record, rows, seen)
    _write_organisations(by, record, list(organisations), seen_organisations)
    return record


def share(record: ServiceRecord) -> Decimal:
    """An equal share of the record's volunteer hours, rounded down to a tenth, at least one."""
    if not record.volunteers:
        return TENTH
    return max((record.volunteer_hours / record.volunteers).quantize(TENTH, ROUND_DOWN), TENTH)


def agree(record: ServiceRecord, named: Mapping[int, Decimal]) -> None:
    """Raises ValidationError unless the named (key → hours) fit into the record's numbers."""
    if len(named) > record.volunteers:
        raise ValidationError(
            {"volunteers": f"服务记录的志愿者人数是 {record.volunteers} 人，登记姓名的有 {len(named)} 人；"
             "请先更正记录的人数，或减少姓名"}
        )  # fmt: skip
    total = sum(named.values(), Decimal(0))
    if total > record.volunteer_hours:
        raise ValidationError(
            {"volunteer_hours": f"服务记录的志愿服务时长是 {record.volunteer_hours} 小时，登记到人的共 {total} 小时；"
             "请先更正记录的时长，或减少各人的时长"}
        )  # fmt: skip


def _checked(record: ServiceRecord, hours: Mapping[Volunteer, Any]) -> dict[Volunteer, Decimal]:
    clean: dict[Volunteer, Decimal] = {}
    errors: dict[str, Any] = {}
    days = (record.ends_on - record.starts_on).days + 1
    may = set(volunteers_for(record).filter(pk__in=[one.pk for one in hours]).values_list("pk", flat=True))
    for volunteer, value in hours.items():
        field = f"hours_{volunteer.pk}"
        try:
            if volunteer.pk not in may:
                raise ValidationError({field: "服务日期不是本站或本乡镇（街道）在册的志愿者"})
            clean[volunteer] = share(record) if value in (None, "") else _hours(value, field, most=24 * days)
        except ValidationError as error:
            errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return clean


def _hours(value: Any, field: str, *, most: int) -> Decimal:
    try:
        number = Decimal(str(value).strip()[:20])
    except InvalidOperation:
        raise ValidationError({field: "时长应为数字"}) from None
    if not number.is_finite() or not 0 < number <= most:
        raise ValidationError({field: f"时长应大于 0，不超过 {most} 小时"})
    if number != number.quantize(TENTH):
        raise ValidationError({field: "时长最多一位小数"})
    return number.quantize(TENTH)


def _write_volunteers(
    by: User | None, record: ServiceRecord, rows: dict[Volunteer, Decimal], seen: Collection[int]
) -> None:
    standing = {row.volunteer_id: row for row in VolunteerService.objects.filter(service=record)}
    given = {volunteer.pk: value for volunteer, value in rows.items()}
    off = [row for key, row in standing.items() if key in seen and key not in given]
    named = {key: row.hours for key, row in standing.items() if row not in off} | given
    if given:
        agree(record, named)
    changed = {key: value for key, value in given.items() if key not in standing or standing[key].hours != value}
    if not off and not changed:
        return
    VolunteerService.objects.filter(pk__in=[row.pk for row in off]).delete()
    for key, value in changed.items():
        if key in standing:
            standing[key].hours = value
            standing[key].save(update_fields=["hours"])
    VolunteerService.objects.bulk_create(
        VolunteerService(service=record, volunteer_id=key, hours=value, **_place(record))
        for key, value in changed.items()
        if key not in standing
    )
    told = {
        "登记志愿者": [None, [f"志愿者 {key} {value} 小时" for key, value in changed.items()]],
        "移除志愿者": [[f"志愿者 {row.volunteer_id}" for row in off], None],
    }
    changes = {label: pair for label, pair in told.items() if any(pair)}
    audit.record(by=by, verb="登记志愿服务", target=record, unit=record.station.unit, changes=changes)
    stale.mark(record.station.unit_id, [record.month])


def _write_organisations(
    by: User | None, record: ServiceRecord, chosen: list[Organisation], seen: Collection[int]
) -> None:
    given = {one.pk: one for one in chosen}
    standing = dict(OrganisationService.objects.filter(service=record).values_list("organisation_id", "pk"))
    new = [one for key, one in given.items() if key not in standing]
    may = set(organisations_for(record).filter(pk__in=[one.pk for one in new]).values_list("pk", flat=True))
    if strange := [one.name for one in new if one.pk not in may]:
        raise ValidationError({"organisations": f"{'、'.join(strange)}在服务日期不是本站或本乡镇（街道）的社会组织"})
    off = [key for key in standing if key in seen and key not in given]
    if not new and not off:
        return
    gone = list(Organisation.objects.filter(pk__in=off).values_list("name", flat=True))
    OrganisationService.objects.filter(service=record, organisation__in=off).delete()
    OrganisationService.objects.bulk_create(
        OrganisationService(service=record, organisation=one, **_place(record)) for one in new
    )
    changes = {"参与的社会组织": [gone, [one.name for one in new]]}
    audit.record(by=by, verb="登记社会组织参与", target=record, unit=record.station.unit, changes=changes)
    stale.mark(record.station.unit_id, [record.month])


def _place(record: ServiceRecord) -> dict[str, Any]:
    return {"station_id": record.station_id, "month": record.month, "counted": record.voided_at is None}
