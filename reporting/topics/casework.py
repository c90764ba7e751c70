"""Cases by their steps and outcomes, groups and their sessions, community activities (R13)."""

from __future__ import annotations

from functools import partial

from django.db.models import Count, F, Q, QuerySet

from casework.case_words import Outcome
from casework.models import Activity, Case, CaseSpell, Group, GroupSession, SessionAttendance
from reporting.indicators import Direction, Indicator, Records, Topic
from reporting.indicators import Group as Section
from reporting.measures import Source
from reporting.measures.aggregates import count
from reporting.measures.parameters import DAY, SYMBOLIC_MONTH


def _opened() -> QuerySet:
    return Case.objects.opened_in(SYMBOLIC_MONTH).values("station_id")


def _open() -> QuerySet:
    return Case.objects.open_at(DAY).values("station_id")


def _closed() -> QuerySet:
    return CaseSpell.objects.closed_in(SYMBOLIC_MONTH).annotate(here=F("case__station_id")).values("here")


def _cases(condition: Q | None = None) -> Count:
    """Cases, as their list does: one that was closed, reopened and closed again in the month is one."""
    return Count("case_id", distinct=True, filter=condition)


def _running() -> QuerySet:
    return Group.objects.running(DAY).values("station_id")


def _ended() -> QuerySet:
    return Group.objects.ended_in(SYMBOLIC_MONTH).values("station_id")


def _sessions() -> QuerySet:
    return GroupSession.objects.held_in(SYMBOLIC_MONTH).annotate(here=F("group__station_id")).values("here")


def _attendances() -> QuerySet:
    rows = SessionAttendance.objects.present_in(SYMBOLIC_MONTH)
    return rows.annotate(here=F("session__group__station_id")).values("here")


def _activities() -> QuerySet:
    return Activity.objects.held_in(SYMBOLIC_MONTH).values("station_id")


OPENED = Source("cases_opened", "接案", _opened, flow=True)
OPEN = Source("cases_open", "在办个案", _open)
CLOSED = Source("cases_closed", "结案", _closed, station="here", flow=True)
RUNNING = Source("groups", "小组", _running)
ENDED = Source("groups_ended", "结束的小组", _ended, flow=True)
SESSIONS = Source("group_sessions", "小组活动", _sessions, station="here", flow=True)
ATTENDANCES = Source("group_attendances", "组员到场", _attendances, station="here", flow=True)
ACTIVITIES = Source("activities", "社区活动", _activities, flow=True)

MEASURES = [
    *OPENED.counts(("cases_opened", "本月接案", count())),
    *OPEN.counts(("cases_open", "在办个案", count())),
    *CLOSED.counts(
        ("cases_closed", "本月结案", _cases()),
        *(
            (f"cases_closed_{outcome.value}", f"结案：{outcome.label}", _cases(Q(outcome=outcome.value)))
            for outcome in Outcome
        ),
    ),
    *RUNNING.counts(("groups_running", "在组小组", count())),
    *ENDED.counts(("groups_ended", "本月结束小组", count())),
    *SESSIONS.counts(("group_sessions", "小组活动节数", count())),
    *ATTENDANCES.counts(("group_attendances", "组员到场人次", count())),
    *ACTIVITIES.counts(("activities", "社区活动", count())),
]

HIGHER, NONE = Direction.HIGHER, Direction.NONE
indicator = partial(Indicator, group=Section.CASEWORK)
case_list = partial(Records.of, "case_list")
group_list = partial(Records.of, "group_list")
sessions = Records.of("session_list", state="held")

# key, label, unit, numerator, denominator, direction, clause, records
# fmt: off
INDICATORS = [
    indicator("cases_opened", "本月接案", "个", "cases_opened", None, HIGHER,
              "R13 个案（MZ/T 094）", case_list(state="opened")),
    indicator("cases_open", "在办个案", "个", "cases_open", None, NONE,
              "R13 个案（MZ/T 094）", case_list(state="open")),
    indicator("cases_closed", "本月结案", "个", "cases_closed", None, HIGHER,
              "R13 个案（MZ/T 094）", case_list(state="closed")),
    indicator("cases_met", "目标达成结案占比", "%", f"cases_closed_{Outcome.GOALS_MET.value}", "cases_closed", HIGHER,
              "R13 个案（MZ/T 094）", case_list(state="closed", outcome=Outcome.GOALS_MET.value)),
    *(
        indicator(f"cases_closed_{outcome.value}", f"结案：{outcome.label}", "个", f"cases_closed_{outcome.value}",
                  None, NONE, "R13 个案（MZ/T 094）", case_list(state="closed", outcome=outcome.value))
        for outcome in Outcome
    ),
    indicator("groups_running", "在组小组", "个", "groups_running", None, HIGHER,
              "R13 小组（MZ/T 095）", group_list(what="running")),
    indicator("groups_ended", "本月结束小组", "个", "groups_ended", None, HIGHER,
              "R13 小组（MZ/T 095）", group_list(what="ended")),
    indicator("group_sessions", "小组活动节数", "节", "group_sessions", None, HIGHER,
              "R13 小组（MZ/T 095）", sessions),
    indicator("group_attendances", "组员到场人次", "人次", "group_attendances", None, HIGHER,
              "R13 小组（MZ/T 095）", sessions),
    indicator("activities", "社区活动", "场", "activities", None, HIGHER,
              "R13 社区活动", Records.of("activity_list")),
]
# fmt: on

TOPIC = Topic(MEASURES, INDICATORS)
