"""Sessions held through service records, and who came.

A record that is attached holds its session. Of members with files the record's people say who came; of the others the
station does. When the record is corrected, attendance follows it; when it is voided, the session is planned again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from casework import phases
from casework.actions.groups import held_group
from casework.actions.planning import tell
from casework.models import Group, GroupMember, GroupSession, SessionAttendance
from casework.queries.group_facts import facts_of
from clients.models import Client
from common.text import long_text
from services.actions import MonthLocked, correct_service
from services.models import Method, ServiceRecord
from services.queries import is_locked
from stations import stale

REASON = "登记小组出勤"


def attach_session(*, by: User | None, record: ServiceRecord, row: GroupSession) -> None:
    """The record, just logged, holds the session: inside the log's transaction. Raises ValidationError by field."""
    group = held_group(row.group)
    session = GroupSession.objects.filter(pk=row.pk, group=group).first()
    if session is None:
        raise ValidationError({"link": "这一节已被取消，请从小组页面重新登记"})
    if session.record_id:
        raise ValidationError({"link": f"第 {session.number} 节已登记过服务记录，不能重复登记"})
    _check(group, record)
    session.record, session.held_on = record, record.starts_on
    session.save(update_fields=["record", "held_on"])
    _write(session, record, unnamed_came=None)
    tell(by, "开展小组活动", group, group.station, {"节次": [None, session.number], "日期": [None, record.starts_on]})


def _check(group: Group, record: ServiceRecord) -> None:
    if record.station_id != group.station_id:
        raise ValidationError({"link": "服务记录和小组不在同一站点"})
    if record.method != Method.GROUP:
        raise ValidationError({"method": "小组活动的方法应为“小组”"})
    if problem := phases.refuses_session(facts_of(group), record.starts_on):
        raise ValidationError({"starts_on": problem})


def _persons(record: ServiceRecord) -> set[int]:
    """Keys of the people whom the record names: a person with two files is one."""
    return set(record.service_clients.values_list("person_id", flat=True))


def _members_at(session: GroupSession, record: ServiceRecord) -> list[GroupMember]:
    rows = GroupMember.objects.filter(group=session.group_id).at(record.starts_on)
    return list(rows.select_related("client").order_by("number"))


def _write(session: GroupSession, record: ServiceRecord, *, unnamed_came: Collection[int] | None) -> None:
    """Attendance of every member of that day, by the record; reasons of those still absent stay.

    `unnamed_came`: keys of members without file who came; None: those said before, or at first all of them when the
    record counts as many people more than it names.
    """
    members, persons = _members_at(session, record), _persons(record)
    before = {row.member_id: row for row in SessionAttendance.objects.filter(session=session)}
    unnamed = [member for member in members if member.client_id is None]
    if unnamed_came is None:
        said = {key for key, row in before.items() if row.present}
        everybody = record.contacts - len(persons) >= len(unnamed)
        unnamed_came = said if before else {member.pk for member in unnamed} if everybody else set()
    rows = []
    for member in members:
        came = member.client.person_id in persons if member.client else member.pk in unnamed_came
        was = before.get(member.pk)
        reason = "" if came or was is None else was.reason
        rows.append(SessionAttendance(session=session, member=member, present=came, reason=reason))
    SessionAttendance.objects.filter(session=session).delete()
    SessionAttendance.objects.bulk_create(rows)


@transaction.atomic
def set_attendance(
    *,
    by: User | None,
    session: GroupSession,
    came: Iterable[GroupMember],
    reasons: Mapping[int, str],
    seen: Collection[int],
) -> GroupSession:
    """Say who of the members of that day came, and why others did not (member key → reason).

    Writes the people of the service record, which is corrected for it, and its contacts when more came than it counts.
    `seen`: keys of the members whom the user saw as present. Raises ValidationError, MonthLocked.
    """
    group = held_group(session.group)
    session = GroupSession.objects.select_related("record").get(pk=session.pk, group=group)
    record = session.record
    if record is None:
        raise ValidationError("这一节还没有开展，请先登记活动")
    if is_locked(group.station, record.month):
        raise MonthLocked(record.month)
    present = set(SessionAttendance.objects.filter(session=session, present=True).values_list("member_id", flat=True))
    if present != set(seen):
        raise ValidationError("出勤刚刚被他人修改，请核对后重新登记")
    members = {member.pk: member for member in _members_at(session, record)}
    chosen = {member.pk for member in came} & members.keys()
    _correct(by, record, members, chosen)
    record.refresh_from_db()
    _write(session, record, unnamed_came={key for key in chosen if members[key].client_id is None})
    _say_reasons(session, members, chosen, reasons)
    told = [str(members[key]) for key in sorted(chosen, key=lambda key: members[key].number)]
    tell(by, REASON, group, group.station, {"节次": [None, session.number], "到场": [None, told]})
    stale.mark(group.station_id, stale.months_since(record.starts_on))
    return session


def _correct(by: User | None, record: ServiceRecord, members: dict[int, GroupMember], chosen: set[int]) -> None:
    """The record names those members with files who came, and whom it named besides the members."""
    of_members = {member.client.person_id for member in members.values() if member.client}
    named = list(Client.objects.filter(service_clients__service=record))
    others = [client for client in named if client.pk not in of_members and client.person_id not in of_members]
    wanted = [*others, *(member.client for key in chosen if (member := members[key]).client)]
    fields: dict[str, Any] = {}
    unnamed = sum(members[key].client_id is None for key in chosen)
    if len(wanted) + unnamed > record.contacts:
        fields["contacts"] = len(wanted) + unnamed
    moved = {client.person_id for client in named} != {client.person_id for client in wanted if client}
    if fields or moved:
        correct_service(by=by, record=record, reason=REASON, clients=wanted, **fields)


def _say_reasons(
    session: GroupSession, members: dict[int, GroupMember], chosen: set[int], reasons: Mapping[int, str]
) -> None:
    rows = {row.member_id: row for row in SessionAttendance.objects.filter(session=session)}
    for key, row in rows.items():
        if key in chosen:
            continue
        text = reasons.get(key, "")
        label = f"{members[key]}的缺席原因"
        row.reason = long_text(text, field=f"reason_{key}", label=label, max_length=100)
    SessionAttendance.objects.bulk_update(rows.values(), ["reason"])


# ---- what happens to the record -------------------------------------------------------------------------------------


def follow_correction(*, record: ServiceRecord, by: User | None, **_: Any) -> None:
    """services.signals.corrected: the session's day and attendance follow. What no session fits is refused."""
    session = GroupSession.objects.filter(record=record).select_related("group__station__unit").first()
    if session is None:
        return
    _check(session.group, record)
    if session.held_on != record.starts_on:
        session.held_on = record.starts_on
        session.save(update_fields=["held_on"])
    _write(session, record, unnamed_came=None)


def follow_voiding(*, record: ServiceRecord, by: User | None, **_: Any) -> None:
    """services.signals.voided: the session is as before it was held."""
    session = GroupSession.objects.filter(record=record).select_related("group__station__unit").first()
    if session is None:
        return
    SessionAttendance.objects.filter(session=session).delete()
    session.record = session.held_on = None
    session.save(update_fields=["record", "held_on"])
    told = {"节次": [None, session.number], "日期": [record.starts_on, None]}
    tell(by, "小组活动记录作废", session.group, session.group.station, told)
