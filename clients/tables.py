"""The list of people served as a table for export: a right of its own (EXPORT_CLIENTS), numbers always masked, every
page marked with who made it and when, filter and number of rows in the trail.

Names that somebody searched for are no filter of an export: they would stay in the job and in the trail.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from clients.forms.filters import ClientFilter
from clients.models import Client
from clients.queries.client_list import ClientRow, client_rows, sorted_clients
from common.forms import filter_words
from jobs.tables import Column, Kind, RowSource, Table, declare, require_valid, source_of

EXPORT = Permission.EXPORT_CLIENTS


def _clients(user: User, params: QueryDict) -> RowSource:
    if params.get("q", "").strip():
        raise ValidationError("不能按姓名导出：查找的内容会留在任务和操作日志里，请改用筛选条件")
    form = ClientFilter(params, user=user, permission=EXPORT)
    require_valid(form)
    rows = form.apply(Client.objects.visible_to(user, EXPORT)).select_related("station__unit")
    said = "；".join(filter(None, [form.unit_name, filter_words(form)]))
    return source_of(sorted_clients(rows, params.get("sort", "")), prepare=_prepared, conditions=said)


def _prepared(clients: Iterable[Client]) -> list[tuple[ClientRow, Client]]:
    clients = list(clients)
    return list(zip(client_rows(clients, timezone.localdate()), clients, strict=True))


declare(
    Table(
        key="clients",
        title="服务对象名册",
        permission=EXPORT,
        personal=True,
        note="身份证号一律隐去中间各位。",
        columns=(
            Column("站点", lambda row: row[0].station, width=18),
            Column("档案号", lambda row: row[0].pk, Kind.WHOLE, width=8),
            Column("姓名", lambda row: row[0].name, width=10),
            Column("性别", lambda row: row[0].sex, width=6),
            Column("出生日期", lambda row: row[1].born_on, Kind.DATE),
            Column("年龄", lambda row: row[0].age, Kind.WHOLE, width=6),
            Column("身份证号", lambda row: row[0].masked, width=20),
            Column("联系电话", lambda row: row[1].phone, width=14),
            Column("居住地址", lambda row: row[1].residence, width=22),
            Column("户籍地址", lambda row: row[1].household, width=22),
            Column("居住状况", lambda row: row[0].living, width=10),
            Column("自理能力", lambda row: row[0].self_care, width=10),
            Column("类别", lambda row: row[0].categories, width=18),
            Column("跟进级别", lambda row: row[0].level, width=9),
            Column("服务同意", lambda row: row[0].consent.label, width=9),
            Column("建档", lambda row: row[0].opened_on, Kind.DATE),
            Column("归档", lambda row: row[0].closed_on, Kind.DATE),
        ),
        rows=_clients,
    )
)
