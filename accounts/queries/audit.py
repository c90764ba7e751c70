"""Reading the audit trail: pages of events as people read them, and the check of the seals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connection, models
from django.db.models import Count
from django.utils import timezone

from accounts import audit_guard, seals
from accounts.audit import UNTOLD, label_of
from accounts.gate import GatedQuerySet
from accounts.links import url_or_empty
from accounts.models import AuditEvent, AuditSeal, OrgUnit, User
from accounts.roles import Permission
from common.months import Month, MonthField

PAGE = 50
FOLDED_FROM = 5


def target_types() -> list[tuple[str, str]]:
    """Model label → its Chinese name, of every model that can be the target of an event."""
    return [
        (model._meta.label_lower, str(model._meta.verbose_name))
        for room in settings.ROOMS
        for model in apps.get_app_config(room).get_models()
    ]


@dataclass(frozen=True)
class Change:
    """A field in words; `old` is empty where there was nothing before."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """An event as the page shows it."""

    event: AuditEvent
    target_type: str
    unit: str
    unit_url: str
    history_url: str
    changes: list[Change]

    @property
    def more(self) -> int:
        """How many changes fold away."""
        return max(0, len(self.changes) - FOLDED_FROM)


@dataclass
class Page:
    """A page of lines, newest first, with the cursors of its neighbours (ids; None at an end)."""

    lines: list[Line]
    next_cursor: int | None = None
    previous_cursor: int | None = None


def page(
    events: models.QuerySet[AuditEvent], user: User, *, after: int | None = None, before: int | None = None
) -> Page:
    """One page of `events` (already through the gate): those older than `after`, or those just newer than `before`."""
    if before is not None:
        rows = list(events.filter(id__gt=before).order_by("id")[: PAGE + 1])
        more_newer, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        more_older = True
    else:
        if after is not None:
            events = events.filter(id__lt=after)
        rows = list(events.order_by("-id")[: PAGE + 1])
        more_older, rows = len(rows) > PAGE, rows[:PAGE]
        more_newer = after is not None
    if not rows:
        return Page([])
    return Page(
        lines(rows, user),
        next_cursor=rows[-1].pk if more_older else None,
        previous_cursor=rows[0].pk if more_newer else None,
    )


def lines(events: list[AuditEvent], user: User, *, with_units: bool = True) -> list[Line]:
    """Events with field names, choices and references in words. A fixed number of queries for a page."""
    kinds = dict(target_types())
    paths = {event.path for event in events} if with_units else set()
    units = {unit.path: unit for unit in OrgUnit.objects.filter(path__in=paths)}
    names = _names(events, user)
    result = []
    for event in events:
        unit = units.get(event.path)
        model = _model(event.target_type)
        history = url_or_empty("audit_target", event.target_type, event.target_id) if event.target_id else ""
        result.append(
            Line(
                event=event,
                target_type=kinds.get(event.target_type, event.target_type),
                unit=unit.name if unit else "",
                unit_url=url_or_empty("dashboard", unit.pk) if unit else "",
                history_url=history,
                changes=_changes(event, model, names),
            )
        )
    return result


def everything_of(target: models.Model) -> models.QuerySet[AuditEvent]:
    """What was done to one row, wherever it lay then. The gate of the row has to be passed first."""
    return AuditEvent.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


def events_of(target: models.Model, user: User, permission: Permission) -> models.QuerySet[AuditEvent]:
    """What was done to one row, within the scope of that right."""
    events = AuditEvent.objects.visible_to(user, permission)
    return events.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


def life_of(target: models.Model, user: User, permission: Permission, *, leave: Collection[str] = UNTOLD) -> list[Line]:
    """The row's whole life, the latest first, without its unit and the fields that `leave` names."""
    events = list(events_of(target, user, permission).order_by("-id"))
    for event in events:
        event.changes = {name: pair for name, pair in event.changes.items() if name not in leave}
    return lines(events, user, with_units=False)


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> Any:
    if model is None:
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _names(events: list[AuditEvent], user: User) -> dict[tuple[type[models.Model], Any], str]:
    """Names of the rows that foreign keys in the changes point to, as far as the reader may see them."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for event in events:
        model = _model(event.target_type)
        for name, pair in event.changes.items():
            found = _field(model, name)
            if found is not None and found.is_relation and isinstance(pair, list):
                wanted[found.related_model].update(key for key in pair if _is_key(found.related_model, key))
    names: dict[tuple[type[models.Model], Any], str] = {}
    for model, keys in wanted.items():
        rows = model._default_manager.filter(pk__in=keys).select_related()
        if isinstance(rows, GatedQuerySet):
            rows = rows.visible_to(user)
        names.update({(model, row.pk): label_of(row) for row in rows})
    return names


def _is_key(model: type[models.Model], value: Any) -> bool:
    """Is it a key of the model? An action may have written a name where the model has a foreign key."""
    try:
        return value not in (None, "") and model._meta.pk.to_python(value) == value
    except (ValidationError, TypeError, ValueError):
        return False


def _place_in(model: type[models.Model] | None) -> Callable[[tuple[str, Any]], int]:
    """Changes in the order of the model's fields; what is no field of it comes last."""
    fields = [*model._meta.fields, *model._meta.many_to_many] if model else []
    places = {found.name: place for place, found in enumerate(fields)}
    return lambda change: places.get(change[0], len(places))


def _changes(event: AuditEvent, model: type[models.Model] | None, names: dict[Any, str]) -> list[Change]:
    result = []
    for name, pair in sorted(event.changes.items(), key=_place_in(model)):
        found = _field(model, name)
        old, new = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        if old in (None, "") and new in (None, ""):
            continue
        label = str(getattr(found, "verbose_name", name)) if found is not None else name
        before = "" if old in (None, "") else _words(old, found, names)
        result.append(Change(label, before, _words(new, found, names)))
    return result


def _words(value: Any, found: Any, names: dict[Any, str]) -> str:
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_words(item, found, names) for item in value) or "（空）"
    if isinstance(value, dict):
        return "；".join(f"{key}：{_words(item, None, names)}" for key, item in value.items())
    return _of_field(value, found, names)


def _of_field(value: Any, found: Any, names: dict[Any, str]) -> str:
    """A plain value as the words of its field: the name of the row it points to, a month, a choice."""
    if found is not None and found.is_relation:
        unknown = f"编号 {value}" if _is_key(found.related_model, value) else str(value)
        return names.get((found.related_model, value), unknown)
    if isinstance(found, MonthField):
        return Month.parse(str(value)).label
    choices = dict(getattr(found, "flatchoices", None) or ())
    return str(choices.get(value, value))


@dataclass(frozen=True)
class SealState:
    """How far the trail is sealed, for the page."""

    last_at: datetime | None
    last_id: int
    unsealed: int


def seal_state() -> SealState:
    last = AuditSeal.objects.order_by("-last_id").first()
    last_id = last.last_id if last else 0
    unsealed = AuditEvent.objects.filter(id__gt=last_id).count()
    return SealState(last.sealed_at if last else None, last_id, unsealed)


@dataclass
class Verification:
    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    guarded: bool = True
    problems: list[str] = field(default_factory=list)


def verify() -> Verification:
    """Compute every seal again: problems name the run of events that was altered, removed from or added to."""
    found = Verification(guarded=audit_guard.installed(connection))
    previous, next_id = "", 1
    for seal in AuditSeal.objects.order_by("id").iterator():
        found.seals += 1
        digest, count = seals.digest(previous, seal.first_id, seal.last_id)
        where = f"第 {seal.first_id}–{seal.last_id} 条（{seal.sealed_at:%Y-%m-%d %H:%M} UTC 封签）"
        if seal.first_id != next_id or seal.previous != previous:
            found.problems.append(f"{where}：封签链断开")
        elif count != seal.count:
            found.problems.append(f"{where}：应有 {seal.count} 条，现有 {count} 条")
        elif digest != seal.digest:
            found.problems.append(f"{where}：内容被改动")
        found.sealed += count
        previous, next_id = seal.digest, seal.last_id + 1
    found.unsealed = AuditEvent.objects.filter(id__gte=next_id).aggregate(n=Count("id"))["n"]
    return found


def on_days(events: models.QuerySet[AuditEvent], first: date | None, last: date | None) -> models.QuerySet[AuditEvent]:
    """Events of these local days, both included."""
    if first:
        events = events.filter(at__gte=timezone.make_aware(datetime.combine(first, time.min)))
    if last:
        events = events.filter(at__lte=timezone.make_aware(datetime.combine(last, time.max)))
    return events
