"""Writes of groups 小组: the plan, members and sessions. Steps: group_steps; who came: attendance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from accounts import audit
from accounts.models import User
from casework import phases
from casework.actions.planning import (
    held_station,
    money,
    plan_day,
    require_serving,
    shortened,
    team,
    tell,
    whole,
)
from casework.models import Group, GroupKind, GroupMember, GroupPhase, GroupSession, Phase, SessionAttendance
from casework.queries.group_facts import facts_of
from clients.models import Client, Consent, ConsentKind, FileSpell
from common import checks
from common.text import long_text, plain_name
from services.models import Domain
from stations.models import Station, Worker

MOST_SESSIONS = 60
MOST_MEMBERS = 200


# ---- the plan -------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_group(
    *, by: User | None, station: Station, opened_on: date, workers: Iterable[Worker], **plan: Any
) -> Group:
    """Begin a group's preparation 筹备. `plan`: the fields of `_plan`. Raises ValidationError by field."""
    station = held_station(station)
    opened_on = checks.past_day(opened_on, field="opened_on", label="筹备日期")
    require_serving(station, opened_on)
    clean = _plan(plan)
    leading = team(station, workers, opened_on)
    _refuse_namesake(station, clean["name"])
    group = Group.objects.create(station=station, opened_on=opened_on, created_by=by, is_demo=station.is_demo, **clean)
    group.workers.set(leading)
    GroupPhase.objects.create(group=group, phase=Phase.PREPARATION, starts_on=opened_on, by=by)
    tell(by, "筹备小组", group, station, shortened(audit.first(group)))
    return group


@transaction.atomic
def edit_group(*, by: User | None, group: Group, workers: Iterable[Worker], **plan: Any) -> Group:
    """Change the plan of a group that runs. Raises ValidationError by field."""
    group = held_group(group)
    refuse(phases.refuses_planning(facts_of(group)))
    clean = _plan(plan)
    leading = team(group.station, workers, group.opened_on)
    if clean["name"] != group.name:
        _refuse_namesake(group.station, clean["name"])
    before = {**audit.told(group), "workers": _names(group)}
    for name, value in clean.items():
        setattr(group, name, value)
    group.save()
    group.workers.set(leading)
    after = {**audit.told(group), "workers": [worker.name for worker in leading]}
    if changes := audit.changes(before, after):
        tell(by, "修改小组计划", group, group.station, shortened(changes))
    return group


def _names(group: Group) -> list[str]:
    return list(group.workers.order_by("pk").values_list("name", flat=True))


def _plan(plan: dict[str, Any]) -> dict[str, Any]:
    def text(name: str, label: str, most: int) -> str:
        return long_text(plan.get(name) or "", field=name, label=label, max_length=most)

    def line(name: str, label: str, most: int) -> str:
        return checks.optional_name(plan.get(name) or "", field=name, label=label, max_length=most)

    return checks.all_of(
        name=lambda: plain_name(plan.get("name") or "", field="name", label="小组名称", max_length=60),
        kind=lambda: checks.member(plan.get("kind") or "", GroupKind, field="kind", label="小组类型"),
        domain=lambda: checks.member(plan.get("domain") or "", Domain, field="domain", label="领域"),
        purpose=lambda: text("purpose", "小组目的", 500),
        goals=lambda: text("goals", "小组目标", 1000),
        target=lambda: plain_name(plan.get("target") or "", field="target", label="招募对象", max_length=200),
        planned_sessions=lambda: whole(
            plan.get("planned_sessions"), field="planned_sessions", label="计划节数", least=1, most=MOST_SESSIONS
        ),
        planned_members=lambda: whole(
            plan.get("planned_members"),
            field="planned_members",
            label="计划人数",
            least=phases.LEAST_MEMBERS,
            most=MOST_MEMBERS,
        ),
        schedule=lambda: line("schedule", "活动时间安排", 100),
        place=lambda: line("place", "活动地点", 100),
        difficulties=lambda: text("difficulties", "预计困难", 1000),
        answers=lambda: text("answers", "应对办法", 1000),
        budget=lambda: money(plan.get("budget"), field="budget", label="预算"),
    )


def _refuse_namesake(station: Station, name: str) -> None:
    """So that a repeated submit makes no second group."""
    if Group.objects.open().filter(station=station, name=name).exists():
        raise ValidationError({"name": "本站已有同名的小组正在进行，请换一个名称或打开原小组"})


# ---- members --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_members(
    *, by: User | None, group: Group, joined_on: date, clients: Iterable[Client] = (), unnamed: int = 0, expected: int
) -> list[GroupMember]:
    """Take people with files, and so many without, into the group. `expected`: members whom the user saw.

    Raises ValidationError by field; also for whom there is no file open at the station on that day.
    """
    group = held_group(group)
    refuse(phases.refuses_planning(facts_of(group)))
    joined_on = checks.past_day(
        joined_on, field="joined_on", label="入组日期", since=group.opened_on, since_label="筹备日期"
    )
    members = list(GroupMember.objects.filter(group=group).values_list("number", "client_id"))
    if len(members) != expected:
        raise ValidationError("组员名单刚刚有变动（可能重复提交），请核对后重新登记")
    known = {client_id for _, client_id in members}
    chosen = sorted({client.pk: client for client in clients}.values(), key=lambda client: client.pk)
    chosen = [client for client in chosen if client.pk not in known]
    unnamed = whole(unnamed, field="unnamed", label="未建档组员人数", most=MOST_MEMBERS)
    if not chosen and not unnamed:
        raise ValidationError({"clients": "请选择组员，或填写未建档组员人数"})
    if len(members) + len(chosen) + unnamed > MOST_MEMBERS:
        raise ValidationError({"clients": f"一个小组最多 {MOST_MEMBERS} 名组员"})
    _check_files(chosen, group.station, joined_on)
    number = max((number for number, _ in members), default=0)
    rows = [
        GroupMember(group=group, number=number + count, client=client, joined_on=joined_on)
        for count, client in enumerate([*chosen, *[None] * unnamed], 1)
    ]
    GroupMember.objects.bulk_create(rows)
    told = [f"{row.number} 号：档案 {row.client_id}" if row.client_id else str(row) for row in rows]
    tell(by, "登记组员", group, group.station, {"组员": [None, told], "入组日期": [None, joined_on]})
    return rows


def _check_files(clients: list[Client], station: Station, day: date) -> None:
    """Each has a file open here on the day and lets it be used. Two queries."""
    if not clients:
        return
    newest = Consent.objects.filter(client=OuterRef("pk"), kind=ConsentKind.SERVICE).order_by("-given_on", "-id")
    kept = FileSpell.objects.at(day).filter(station=station, client__in=clients)
    standing = Client.objects.standing().filter(pk__in=kept.order_by().values("client"))
    found = dict(standing.values_list("pk", Subquery(newest.values("withdrawn_on")[:1])))
    problems = [f"{client.name}在 {day} 没有本站在档的档案" for client in clients if client.pk not in found]
    problems += [f"{client.name}已撤回服务同意，不能登记为组员" for client in clients if found.get(client.pk)]
    if problems:
        raise ValidationError({"clients": problems})


@transaction.atomic
def change_member(
    *, by: User | None, member: GroupMember, joined_on: date, left_on: date | None, reason: str = ""
) -> GroupMember:
    """Say when a member came and, with the reason, left; no `left_on`: the member stays. Raises ValidationError."""
    group, member = _held_member(member)
    refuse(phases.refuses_planning(facts_of(group)))
    clean = checks.all_of(
        joined_on=lambda: checks.past_day(
            joined_on, field="joined_on", label="入组日期", since=group.opened_on, since_label="筹备日期"
        ),
        left_on=lambda: (
            left_on
            and checks.past_day(left_on, field="left_on", label="离组日期", since=joined_on, since_label="入组日期")
        ),
        left_reason=lambda: checks.required_text(reason, field="reason", label="离组原因") if left_on else "",
    )
    before = audit.told(member)
    for name, value in clean.items():
        setattr(member, name, value)
    came = SessionAttendance.objects.filter(member=member, present=True).select_related("session")
    outside = [str(row.session.held_on) for row in came if not member.in_group(row.session.held_on)]  # type: ignore[arg-type]
    if outside:
        raise ValidationError(f"该组员参加了 {'、'.join(sorted(outside))} 的活动，入组、离组日期不能把它们排除在外")
    member.save()
    refuse(phases.refuses_members(facts_of(group)))
    # Who was not in the group on the day of a session was not absent from it either.
    missed = SessionAttendance.objects.filter(member=member, present=False).select_related("session")
    SessionAttendance.objects.filter(
        pk__in=[row.pk for row in missed if not member.in_group(row.session.held_on)]  # type: ignore[arg-type]
    ).delete()
    changes = audit.changes(before, audit.told(member))
    if changes:
        told = audit.labelled(member, changes)
        tell(by, "组员离组" if left_on else "修改组员", group, group.station, {"组员": [None, str(member)], **told})
    return member


@transaction.atomic
def drop_member(*, by: User | None, member: GroupMember) -> None:
    """Strike a member entered by mistake, who came to no session. Raises ValidationError."""
    group, member = _held_member(member)
    refuse(phases.refuses_planning(facts_of(group)))
    if SessionAttendance.objects.filter(member=member, present=True).exists():
        raise ValidationError("该组员参加过活动，不能删除；不再参加的请登记离组")
    told = f"{member.number} 号：档案 {member.client_id}" if member.client_id else str(member)
    member.delete()
    refuse(phases.refuses_members(facts_of(group)))
    tell(by, "删除误登组员", group, group.station, {"组员": [told, None]})


def _held_member(member: GroupMember) -> tuple[Group, GroupMember]:
    group = held_group(member.group)
    found = GroupMember.objects.filter(pk=member.pk).first()
    if found is None:
        raise ValidationError("该组员已被他人删除")
    return group, found


# ---- sessions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_session(
    *, by: User | None, group: Group, planned_on: date, topic: str, phase: str, content: str = "",
    session: GroupSession | None = None,
) -> GroupSession:  # fmt: skip
    """Plan a session, the group's next by number, or change `session`'s plan. Raises ValidationError by field."""
    group = held_group(group)
    refuse(phases.refuses_planning(facts_of(group)))
    clean = checks.all_of(
        planned_on=lambda: plan_day(planned_on, field="planned_on", label="计划日期"),
        topic=lambda: plain_name(topic, field="topic", label="主题", max_length=60),
        phase=lambda: checks.member(phase, Phase, field="phase", label="所属阶段"),
        content=lambda: long_text(content, field="content", label="活动内容", max_length=1000),
    )
    if clean["phase"] == Phase.PREPARATION:
        raise ValidationError({"phase": "筹备期不开展小组活动，请选择其他阶段"})
    if clean["planned_on"] < group.opened_on:
        raise ValidationError({"planned_on": f"计划日期不能早于筹备日期（{group.opened_on}）"})
    others = GroupSession.objects.filter(group=group)
    if session:
        others = others.exclude(pk=session.pk)
    if others.filter(planned_on=clean["planned_on"], topic=clean["topic"]).exists():
        raise ValidationError({"topic": "这一天已安排同一主题的活动"})
    if session is None:
        found = GroupSession(group=group, number=(others.aggregate(last=Max("number"))["last"] or 0) + 1)
        if others.count() >= MOST_SESSIONS:
            raise ValidationError(f"一个小组最多安排 {MOST_SESSIONS} 节")
        before: dict[str, Any] = {}
    else:
        found = _found_session(session)
        before = audit.told(found)
    for name, value in clean.items():
        setattr(found, name, value)
    found.save()
    changes = shortened(audit.changes(before, audit.told(found)))
    if changes:
        verb = "修改小组活动计划" if session else "安排小组活动"
        told = audit.labelled(found, changes, leave=("group", "number"))
        tell(by, verb, group, group.station, {"节次": [None, found.number], **told})
    return found


@transaction.atomic
def drop_session(*, by: User | None, session: GroupSession) -> None:
    """Strike a session that will not be held; those after it move up. Raises ValidationError when it was held."""
    group = held_group(session.group)
    refuse(phases.refuses_planning(facts_of(group)))
    session = _found_session(session)
    if session.record_id:
        raise ValidationError("这一节已经开展，不能取消；登记有误的请作废服务记录")
    number, words = session.number, str(session)
    session.delete()
    # One at a time, upwards: (group, number) is unique at every moment.
    for later in GroupSession.objects.filter(group=group, number__gt=number).order_by("number"):
        later.number -= 1
        later.save(update_fields=["number"])
    tell(by, "取消小组活动安排", group, group.station, {"节次": [words, None]})


def _found_session(session: GroupSession) -> GroupSession:
    found = GroupSession.objects.filter(pk=session.pk).first()
    if found is None:
        raise ValidationError("这一节已被他人取消")
    return found


# ---- shared ---------------------------------------------------------------------------------------------------------


def held_group(group: Group) -> Group:
    """The group read again with its station's row locked, the one lock of all its writers."""
    station = held_station(group.station)
    found = Group.objects.get(pk=group.pk)
    found.station = station
    return found


def refuse(problem: str) -> None:
    if problem:
        raise ValidationError(problem)
