"""Casework: cases 个案, groups 小组, community activities 社区活动."""

from casework.models.activities import Activity, ActivityRecord, ActivityState
from casework.models.case_contents import (
    Assessment,
    CaseEvaluation,
    CaseGoal,
    CaseReview,
    CaseScore,
    Closing,
    Plan,
)
from casework.models.case_records import CaseComment, CaseService
from casework.models.cases import Case, CaseHandover, CaseProblem, CaseSpell, CaseStep
from casework.models.group_evaluations import GroupEvaluation, GroupScale
from casework.models.groups import Group, GroupKind, GroupMember, GroupPhase, GroupSession, SessionAttendance
from casework.models.planned import Attainment
from casework.phases import GroupState, Phase

__all__ = [
    "Activity",
    "ActivityRecord",
    "ActivityState",
    "Assessment",
    "Attainment",
    "Case",
    "CaseComment",
    "CaseEvaluation",
    "CaseGoal",
    "CaseHandover",
    "CaseProblem",
    "CaseReview",
    "CaseScore",
    "CaseService",
    "CaseSpell",
    "CaseStep",
    "Closing",
    "Group",
    "GroupEvaluation",
    "GroupKind",
    "GroupMember",
    "GroupPhase",
    "GroupScale",
    "GroupSession",
    "GroupState",
    "Phase",
    "Plan",
    "SessionAttendance",
]
