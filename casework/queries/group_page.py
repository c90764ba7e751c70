"""What the page of one group and its printed file show. Names and texts only for who may read people's files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.gate import allowed, may
from accounts.models import User
from accounts.roles import Permission
from casework import phases
from casework.models import Group, GroupEvaluation, GroupMember, GroupSession, SessionAttendance
from casework.models.satisfaction import SCORE_FIELDS, Satisfaction
from casework.phases import GroupFacts, GroupState, Phase
from casework.queries.group_facts import facts_of
from casework.queries.group_list import SessionRow, session_rows, state_tone, state_words
from clients.models import Client
from clients.queries.namesakes import APART, told_apart

UNFILED = "未建档"


@dataclass
class MemberRow:
    member: GroupMember
    name: str  # with what tells namesakes apart; "" for who may not read it
    url_key: int | None  # the file to open
    here: bool
    came: int = 0
    of: int = 0


@dataclass(frozen=True)
class GroupSteps:
    """What this user may do with the group now; `blocked`: why the next phase, or the end, cannot be entered yet."""

    edit: bool = False
    next: Phase | None = None
    evaluate: bool = False
    end: bool = False
    stop: bool = False
    take_back: bool = False
    log: bool = False
    blocked: str = ""


@dataclass(frozen=True)
class Cell:
    """One member at one session."""

    mark: str  # √ 缺 — and "" before it is held
    words: str
    absent: bool = False


@dataclass
class AttendanceTable:
    """Members × the sessions held."""

    sessions: list[GroupSession]
    rows: list[tuple[MemberRow, list[Cell]]]
    totals: list[str] = field(default_factory=list)


def steps_open_to(user: User, group: Group, facts: GroupFacts) -> GroupSteps:
    """No query."""
    path, today = group.station.unit.path, timezone.localdate()
    if not may(user, Permission.EDIT_CASES, path):
        return GroupSteps()
    running = group.state == GroupState.RUNNING
    ending = facts.phase == Phase.ENDING
    problem = phases.refuses_end(facts, today) if ending else phases.refuses_next(facts, today)
    return GroupSteps(
        edit=running,
        next=facts.phase.next if running and not problem and not ending else None,
        evaluate=running and ending,
        end=running and ending and not problem,
        stop=running,
        take_back=not running or facts.phase != Phase.PREPARATION,
        log=running and facts.phase != Phase.PREPARATION and may(user, Permission.LOG_SERVICE, path),
        blocked=problem if running else "",
    )


def reads_people(user: User, group: Group) -> bool:
    return allowed(user, Permission.VIEW_CLIENTS, group)


def group_context(user: User, group: Group) -> dict[str, Any]:
    """A fixed number of queries."""
    facts, reads = facts_of(group), reads_people(user, group)
    sessions = session_rows(_sessions(group))
    members = member_rows(user, group, reads=reads)
    evaluation = GroupEvaluation.objects.filter(group=group).select_related("by").prefetch_related("scales").first()
    return {
        "group": group,
        "facts": facts,
        "reads": reads,
        "opens_records": may(user, Permission.VIEW_RECORDS, group.station.unit.path),
        "badge": {"label": state_words(group), "tone": state_tone(group)},
        "can": steps_open_to(user, group, facts),
        "gaps": list(phases.gaps(facts)),
        "phases": phase_rows(group, facts),
        "sessions": sessions,
        "held": sum(row.present is not None for row in sessions),
        "members": members if reads else [],
        "here": facts.members(group.closed_on or timezone.localdate()),
        "ever": len(members),
        "rate": attendance_rate(sessions),
        "workers": list(group.workers.order_by("pk").values_list("name", flat=True)),
        "evaluation": evaluation,
        "scores": score_rows(evaluation),
        "standard": phases.STANDARD,
    }


def _sessions(group: Group) -> list[GroupSession]:
    rows = GroupSession.objects.filter(group=group).order_by("number").select_related("record")
    found = list(rows)
    for session in found:
        session.group = group
    return found


def phase_rows(group: Group, facts: GroupFacts) -> list[dict[str, Any]]:
    """All five phases, entered or not. One query."""
    entered = {row.phase: row for row in group.phases.select_related("by")}
    running = group.state == GroupState.RUNNING
    return [
        {
            "label": phase.label,
            "row": entered.get(phase.value),
            "current": running and phase == facts.phase,
            "done": phase.value in entered and (not running or phase != facts.phase),
        }
        for phase in Phase
    ]


def member_rows(user: User, group: Group, *, reads: bool) -> list[MemberRow]:
    """All memberships by number. Three queries; without names one less."""
    members = list(GroupMember.objects.filter(group=group).order_by("number"))
    names: dict[int, tuple[str, int]] = {}
    today = timezone.localdate()
    if reads:
        keys = [member.client_id for member in members if member.client_id]
        # Only these columns: addresses and numbers stay unread.
        found = list(Client.objects.filter(pk__in=keys).only(*APART, "merged_into"))
        told = told_apart(found, today)
        names = {row.pk: (told[row.pk] if row.name else "（已匿名）", row.merged_into_id or row.pk) for row in found}
    rows = {}
    for member in members:
        name, file = names.get(member.client_id or 0, ("", None))
        shown = name if member.client_id else UNFILED
        rows[member.pk] = MemberRow(member, shown if reads else "", file, member.in_group(today))
    for key, present in SessionAttendance.objects.filter(session__group=group).values_list("member_id", "present"):
        rows[key].of += 1
        rows[key].came += present
    return list(rows.values())


def attendance_rate(sessions: list[SessionRow]) -> dict[str, Any]:
    """{ratio: 0…1 or None, came, of} over all sessions held."""
    of = sum(row.expected for row in sessions)
    came = sum(row.present or 0 for row in sessions)
    return {"ratio": came / of if of else None, "came": came, "of": of}


def score_rows(found: Satisfaction | None) -> list[dict[str, Any]]:
    """{score, people} from 5 to 1; empty without any answer."""
    if found is None or not found.answers:
        return []
    return [{"score": score, "people": getattr(found, name)} for score, name in SCORE_FIELDS.items()]


def attendance_table(user: User, group: Group) -> AttendanceTable:
    """For who may read the members. Four queries."""
    members = member_rows(user, group, reads=True)
    sessions = [session for session in _sessions(group) if session.held_on]
    rows = SessionAttendance.objects.filter(session__group=group)
    found = {(row.session_id, row.member_id): row for row in rows}
    table = AttendanceTable(sessions, [])
    for member in members:
        cells = [_cell(found.get((session.pk, member.member.pk)), member.name, session) for session in sessions]
        table.rows.append((member, cells))
    for session in sessions:
        there = [row for (key, _), row in found.items() if key == session.pk]
        table.totals.append(f"{sum(row.present for row in there)}/{len(there)}")
    return table


def _cell(row: SessionAttendance | None, name: str, session: GroupSession) -> Cell:
    day: date | None = session.held_on
    if row is None:
        return Cell("—", f"{day} 不在组")
    if row.present:
        return Cell("√", f"{name} {day} 到场")
    return Cell("缺", row.reason or "缺席，未说明原因", absent=True)
