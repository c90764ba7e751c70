"""What a person is registered as 类别, and the follow-up level 跟进级别: dated facts of a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from clients.actions import trail
from clients.actions.locks import in_use
from clients.models import Category, Client, ClientCategory, LevelSpell
from clients.vocabulary import LEVELS
from common import checks
from stations import stale


@transaction.atomic
def register_category(*, by: User | None, client: Client, category: str, starts_on: date) -> ClientCategory:
    """The person is registered as `category` (of Category) since that day, which may lie before the file.

    Raises ValidationError by field: registered as that already, a day in the future, or within an ended registration.
    """
    client = in_use(client)
    chosen = category_of(category)
    starts_on = checks.past_day(starts_on, field="starts_on", label="起始日期")
    if client.born_on and starts_on < client.born_on:
        raise ValidationError({"starts_on": "起始日期不能早于出生日期"})
    held = ClientCategory.objects.filter(client=client, category=chosen)
    over = held.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on) & Q(ends_on__gt=F("starts_on"))).first()
    if over is not None and over.ends_on is None:
        raise ValidationError({"category": f"已登记为“{chosen.label}”（{over.starts_on} 起）"})
    if over is not None:
        raise ValidationError({"starts_on": f"“{chosen.label}”登记到 {over.ends_on} 止，新的起始日期不能早于该日"})
    row = ClientCategory.objects.create(client=client, category=chosen, starts_on=starts_on)
    trail.record(by=by, verb="登记类别", client=client, changes=trail.rows_changes({}, row))
    stale.mark(client.station_id, stale.months_since(max(starts_on, client.opened_on)))
    return row


@transaction.atomic
def end_category(*, by: User | None, registration: ClientCategory, ends_on: date, reason: str = "") -> ClientCategory:
    """The person is that no more from `ends_on` on. One that begins and ends on the same day was a mistake.

    Raises ValidationError by field: ended already, a day before its beginning or in the future.
    """
    client = in_use(registration.client)
    row = ClientCategory.objects.select_for_update().get(pk=registration.pk)
    if row.ends_on:
        raise ValidationError(f"“{row}”已于 {row.ends_on} 结束")
    ends_on = checks.past_day(ends_on, field="ends_on", label="结束日期", since=row.starts_on, since_label="起始日期")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    changes = {str(row): [f"{row.starts_on} 起", f"至 {ends_on}"]}
    trail.record(by=by, verb="结束类别", client=client, changes=changes, reason=checks.note(reason))
    stale.mark(client.station_id, stale.months_since(max(ends_on, client.opened_on)))
    return row


@transaction.atomic
def set_level(*, by: User | None, client: Client, level: int | None, since: date, reason: str = "") -> Client:
    """Follow the person up at `level` (1 closest … 6; None: none set) from that day on. Returns the file as saved.

    A new level on the day on which the present one began takes its place. Raises ValidationError by field.
    """
    client = in_use(client)
    level = checked_level(level)
    if level == client.level:
        raise ValidationError({"level": "跟进级别没有变化"})
    current = LevelSpell.objects.current().filter(client=client).first()
    last = LevelSpell.objects.filter(client=client).order_by("-starts_on", "-pk").first()
    floor = max(client.opened_on, last.ends_on or last.starts_on) if last else client.opened_on
    since = checks.past_day(since, field="since", label="起始日期", since=floor, since_label="建档或上次评定")
    old = client.level
    if current is not None:
        current.ends_on = since
        current.save(update_fields=["ends_on"])
    client.level = level
    client.save(update_fields=["level"])
    begin_level(client, since, checks.note(reason))
    changes = {"跟进级别": [_level_words(old), _level_words(level)], "起始日期": [None, str(since)]}
    trail.record(by=by, verb="评定跟进级别", client=client, changes=changes)
    stale.mark(client.station_id, stale.months_since(since))
    return client


def category_of(value: str) -> Category:
    try:
        return Category(value)
    except ValueError:
        raise ValidationError({"category": "请选择类别"}) from None


def checked_level(level: int | None) -> int | None:
    if level is not None and level not in LEVELS:
        raise ValidationError({"level": "跟进级别应为 1 至 6 级"})
    return level


def _level_words(level: int | None) -> str | None:
    return None if level is None else f"{level}级"


def begin_level(client: Client, since: date, reason: str = "") -> None:
    """The spell of the file's level, saved; the one before must have ended."""
    if client.level is not None:
        LevelSpell.objects.create(client=client, level=client.level, starts_on=since, reason=reason)


def put_categories(client: Client, categories: Iterable[Category], since: date) -> None:
    """Registrations of a new file."""
    ClientCategory.objects.bulk_create(
        ClientCategory(client=client, category=category, starts_on=since) for category in categories
    )
