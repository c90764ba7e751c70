"""Open a file 建档, change its facts, show its identity number. Numbers are encrypted and never written to the trail.

Every write locks the station before the file, and leaves one event that names the file and not the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.initials import initials_of
from accounts.models import User
from clients.actions import trail
from clients.actions.fields import Facts, MoreFacts, clean, follow_number
from clients.actions.locks import changeable, locked_client
from clients.actions.numbers import refuse_second_file
from clients.actions.registrations import begin_level, category_of, checked_level, put_categories
from clients.models import Client, FileSpell
from clients.queries.persons import newest_namesake
from common import checks
from common.encrypted import blind_index
from stations import stale
from stations.actions.locks import locked_station
from stations.models import Station


@transaction.atomic
def open_file(
    *,
    by: User | None,
    station: Station,
    name: str,
    opened_on: date | None = None,
    categories: Iterable[str] = (),
    level: int | None = None,
    namesake: int | None = None,
    is_demo: bool = False,
    **facts: Unpack[MoreFacts],
) -> Client:
    """A new file, open at the station since `opened_on` (today). A name alone is enough.

    `categories` (values of Category) and `level` hold since that day. Sex and date of birth follow from the number.
    `namesake` is the newest file of that name here which the user saw and says is another person (Client.pk).

    Raises ValidationError by field: a station that does not stand, a wrong number or one that an open file of the
    station bears, a contradicting sex or birth; {"namesake": …} when an open file of that name is here already, so that
    a repeated submit opens none.
    """
    station = locked_station(station)
    opened_on = opened_on or timezone.localdate()
    fields = clean({"name": name, **facts})
    chosen = sorted({category_of(value) for value in categories})
    level = checked_level(level)
    _check_station(station, opened_on)
    number = fields.get("id_number", "")
    number_index = blind_index(number) if number else None
    refuse_second_file(number_index, station, advice="不能重复建档")
    _refuse_namesake(fields["name"], station, namesake)
    client = Client(
        **fields,
        station=station,
        initials=initials_of(fields["name"]),
        id_number_index=number_index,
        level=level,
        opened_on=opened_on,
        created_by=by,
        is_demo=is_demo,
    )
    follow_number(client, fields)
    client.save(force_insert=True)
    FileSpell.objects.create(client=client, station=station, starts_on=opened_on)
    begin_level(client, opened_on)
    put_categories(client, chosen, opened_on)
    told = {"类别": [None, [value.label for value in chosen]]} if chosen else {}
    first = audit.first(client)
    del first["station"], first["initials"]
    trail.record(by=by, verb="建立档案", client=client, changes=first | told)
    stale.mark(station.unit_id, stale.months_since(opened_on))
    return client


@transaction.atomic
def change_file(*, by: User | None, client: Client, **facts: Unpack[Facts]) -> Client:
    """Change the given facts; `id_number=""` empties the number. Returns the file as saved.

    A closed file may be corrected, one that was merged or anonymised not. Raises ValidationError by field.
    """
    station = locked_station(client.station)
    client = changeable(client)
    if client.station_id != station.pk:
        raise ValidationError("档案刚刚转到其他站点，请刷新页面后再试")
    fields = clean(facts)
    before = audit.state(client)
    old_number = client.id_number
    for field, value in fields.items():
        setattr(client, field, value)
    client.initials = initials_of(client.name)
    if client.id_number != old_number:
        client.id_number_index = blind_index(client.id_number) if client.id_number else None
        if client.closed_on is None:
            refuse_second_file(client.id_number_index, station, advice="请先合并或归档", but=client)
    follow_number(client, fields)
    changes = audit.changes(before, audit.state(client))
    changes.pop("initials", None)
    if changes:
        client.save()
        trail.record(by=by, verb="修改档案", client=client, changes=changes)
    if "born_on" in changes:  # the groups that count by age
        stale.mark(client.station_id, stale.months_since(client.opened_on))
    return client


@transaction.atomic
def reveal_number(*, by: User, client: Client, reason: str) -> str:
    """The whole identity number, for who has said why they need it. The trail keeps who, when and why.

    Raises ValidationError without a number or a reason (4 characters).
    """
    reason = checks.required_text(reason, field="reason", label="查看理由")
    if len(reason) < 4:
        raise ValidationError({"reason": "请写明查看完整身份证号的理由（至少 4 个字）"})
    client = locked_client(client)
    if not client.id_number:
        raise ValidationError("档案里没有身份证号")
    trail.record(by=by, verb="查看完整身份证号", client=client, changes={}, reason=reason)
    return client.id_number


def _check_station(station: Station, opened_on: date) -> None:
    if station.completed_on is None or station.closed_on is not None:
        raise ValidationError({"station": f"{station}尚未建成或已撤销，不能建档"})
    checks.past_day(
        opened_on, field="opened_on", label="建档日期", since=station.completed_on, since_label="站点建成日期"
    )


def _refuse_namesake(name: str, station: Station, seen: int | None) -> None:
    newest = newest_namesake(station, name)
    if newest is not None and (seen is None or newest.pk > seen):
        words = describe(newest)
        raise ValidationError(
            {"namesake": f"本站已有同名的在档档案：{words}。如果是同一人请使用该档案，不是同一人请勾选后再保存"}
        )


def describe(client: Client) -> str:
    """“张三（76 岁，档案 12）”, for who may read the file."""
    age = client.age(timezone.localdate())
    return f"{client.name}（{'' if age is None else f'{age} 岁，'}档案 {client.pk}）"
